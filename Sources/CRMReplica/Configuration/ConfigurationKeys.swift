internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication

extension ConfigurationKey<Configuration> {
  /// Every key of the configuration, outermost first, in the order in which it is shown.
  static func all(_ names: TableNames) -> [Self] {
    [
      .value(
        "$schema", \.schema, .word,
        "Where an editor finds the JSON Schema of this file, which \"generate config-schema\" "
          + "prints. The program does not look at it."),
      .value(
        "database", \.database, .path, required: "names the file of the replica",
        "The file of the replica, an SQLite database. The first sync makes it."),
      .value(
        "metrics_file", \.metricsFile, .path,
        "The file that holds metrics for Prometheus, written anew after each round, in a folder "
          + "that a textfile collector reads. Without it none are written."),
      .value(
        "published_copy", \.publishedCopy, .path,
        "The file that a whole, checked copy of the replica takes the place of after each good "
          + "round, for tools that cannot read a write-ahead log. It takes as much room again, "
          + "and twice while it is written. A file that is no such copy is left as it is. "
          + "Without it none is made."),
      .object(
        "source", \.source, ConfigurationKey<Configuration.Source>.all,
        required: "says where the account is", "The account to copy."),
      .object(
        "schedule", \.schedule, ConfigurationKey<Configuration.Schedule>.all,
        "When the daemon asks, and how far back."),
      .object(
        "requests", \.requests, ConfigurationKey<Configuration.Requests>.all,
        "How much is asked of the account's allowance."),
      .object(
        "guard", \.deleteGuard, ConfigurationKey<Configuration.Guard>.all,
        "When rows that a complete list suddenly lacks are held back: "
          + "when they are more than both."),
      .object(
        "history", \.history, ConfigurationKey<Configuration.History>.all,
        "How long former versions of records are kept."),
      .object(
        "reports", \.reports, ConfigurationKey<Configuration.Reports>.all,
        "What the reporting views show."),
      .object(
        "alerts", \.alerts, ConfigurationKey<Configuration.Alerts>.all,
        "Who is told when something begins to be wrong, and when it is well again: a round that "
          + "is not good, rows that the guard holds, no good round for long. Names of tables, "
          + "numbers and times are told, no secret and nothing of a record."),
      .value(
        "search", \.search, .boolean,
        "Whether the file has a full-text index of parties and of entries: the tables "
          + "\"parties_search\" and \"entries_search\"."),
      .tables(
        "tables", \.tables, names,
        "What differs for single tables, by their names. The others are as the defaults say."),
    ]
  }
}

extension ConfigurationKey<Configuration.Source> {
  static let all: [Self] = [
    .value(
      "kind", \.kind, .choice,
      required: "must be \(ValueRule<SourceKind>.choice.kind.right)",
      "The product that holds the account."),
    .value(
      "base_url", \.baseURL, .address,
      "Where every request begins. \"http://\" is accepted for loopback addresses alone."),
    .value(
      "ca_file", \.authorityFile, .path,
      "The file of certificates, in PEM, of authorities that are trusted beside those of the "
        + "system: for a server or a proxy with a certificate of your own. Without it the "
        + "environment's SSL_CERT_FILE."),
    .value(
      "token_file", \.tokenFile, .secretPath,
      "The file that holds the token, alone on one line, closed to other users. Without it the "
        + "token is the systemd credential \"token\" or stands in CRM_REPLICA_TOKEN."),
    .object(
      "oauth", \.oauth, from: Configuration.OAuth(), excluding: "token_file",
      ConfigurationKey<Configuration.OAuth>.all,
      "The registered client of OAuth 2, in the place of a personal token. \"authorise\" has a "
        + "user grant access."),
    .value(
      "username", \.username, .word, "The name of the user as whom the account is read."),
    .value(
      "access_key_file", \.accessKeyFile, .secretPath,
      "The file that holds that user's access key, alone on one line, closed to other users. "
        + "Without it the key is the systemd credential \"access_key\" or stands in "
        + "CRM_REPLICA_ACCESS_KEY."),
    .value(
      "time_zone", \.timeZone, .timeZone,
      "The zone in which the server writes its instants."),
    .value(
      "api", \.api, .choice,
      "The form of the API: that of the hosted product, or that of servers of one's own, which "
        + "opens sessions. Without it the path of the address decides if it is that of a form, "
        + "else its host."),
  ]
}

extension ConfigurationKey<Configuration.OAuth> {
  static let all: [Self] = [
    .value(
      "client_id", \.clientID, .word, required: "names the registered client",
      "The registered client's name."),
    .value(
      "client_secret_file", \.clientSecretFile, .secretPath,
      "The file that holds the client's secret, alone on one line, closed to other users. "
        + "Without it the secret is the systemd credential \"client_secret\"."),
    .value(
      "token_store", \.tokenStore, .path,
      required: "names the file in which granted tokens are kept",
      "The file in which granted tokens are kept, which the program writes, closed to other "
        + "users."),
  ]
}

extension ConfigurationKey<Configuration.Schedule> {
  static let all: [Self] = [
    .value(
      "every", \.every, .duration,
      "How often the daemon begins a round. In rounds more frequent than daily, lists that seldom "
        + "change rest: countries and currencies for a week, those of settings for six hours, "
        + "unless a record names a row that they lack; and what \"per_parent_budget\" has room for "
        + "of parents that have not changed is read again every six hours."),
    .value(
      "at", \.at, .timeOfDay,
      "The time of day that rounds are tied to, on this host's clock: intervals of more than a "
        + "day are whole days then. Without it they count from the last one."),
    .value(
      "overlap", \.overlap, .duration,
      "How far behind the source's clock a question for changes begins."),
    .value(
      "sweep_every", \.sweepEvery, .duration(atLeastDays: 1),
      "The period in which each row is read again, for changes that carry no new date."),
  ]
}

extension ConfigurationKey<Configuration.Requests> {
  static let all: [Self] = [
    .value("concurrency", \.concurrency, .wholeNumber(1...8), "Requests in flight at a time."),
    .value("page_size", \.pageSize, .wholeNumber(1...100), "Records asked for in one request."),
    .value(
      "reserve", \.reserve, .wholeNumber(0...(.max)),
      "Requests of each hour's allowance that are left to others."),
    .value(
      "per_parent_budget", \.perParentBudget, .wholeNumber(0...(.max)),
      "Requests that a round may spend on what costs one request a record."),
    .value(
      "sweep_budget", \.scrubBudget, .wholeNumber(0...(.max)),
      "Requests that a round may spend on reading rows again. 0 switches that off."),
    .value(
      "census_budget", \.censusBudget, .wholeNumber(0...(.max)),
      "Requests that a round may spend on comparing ids, which tells what is gone. A server of "
        + "one's own has no such limit."),
  ]
}

extension ConfigurationKey<Configuration.Guard> {
  static let all: [Self] = [
    .value("rows", \.rows, .wholeNumber(0...(.max)), "So many rows may vanish at a time."),
    .value("share", \.share, .share, "This share of the living rows may vanish at a time."),
  ]
}

extension ConfigurationKey<Configuration.History> {
  static let all: [Self] = [
    .value(
      "keep", \.keep, .duration,
      "How long a change stays in \"_history\". Good rounds delete what is older, bit by bit, "
        + "and the views that tell the past (v_pipeline_daily, v_stage_history, v_slippage) "
        + "then tell less of it. Without it changes are kept for ever.")
  ]
}

extension ConfigurationKey<Configuration.Reports> {
  static let all: [Self] = [
    .value(
      "time_zone", \.timeZone, .timeZone,
      "The zone of every day in the reports, such as \"Europe/London\". Without it the zone that "
        + "most active users of the account have set, and UTC where nobody has. Instants are "
        + "stored in UTC.")
  ]
}

extension ConfigurationKey<Configuration.Alerts> {
  static let all: [Self] = [
    .value(
      "command", \.command, .command,
      "A program by its absolute path, and its arguments. It is run without a shell, with the "
        + "alert as JSON on its standard input and in CRM_REPLICA_ALERT, CRM_REPLICA_STATE, "
        + "CRM_REPLICA_DATABASE and CRM_REPLICA_TEXT, and is ended after ten seconds."),
    .value(
      "url", \.url, .call,
      "Where the same JSON is posted. It may have a query. \"http://\" is accepted for loopback "
        + "addresses alone."),
    .value(
      "late_after", \.lateAfter, .duration,
      "How long no round may be good before that is an alert. Without it, it never is."),
    .value(
      "ping_url", \.pingURL, .call,
      "What is called behind each good round, by a GET that says nothing: a monitor elsewhere "
        + "then notices that it stays away, even where this host is down."),
  ]
}

extension ConfigurationKey<Configuration.Table> {
  /// The keys of a table, whose columns are known by the names.
  static func all(of table: String, _ names: TableNames) -> [Self] {
    let fullEvery = Duration.seconds(RoundOptions().defaultFullEvery).spelling
    return [
      .value(
        "enabled", \.isEnabled, .boolean,
        "Whether the table is copied. A disabled one costs no request and is not made."),
      .value(
        "every", \.every, .duration,
        "How often this table is read. It takes the place of the schedule's \"every\"; \"at\" "
          + "stays."
      ),
      .value(
        "full_every", \.fullEvery, .duration,
        "How often the whole list is read again. Without it every \(fullEvery) where a list is "
          + "read newest first, and tasks that are asked for what has changed."),
      .value(
        "exclude_columns", \.excludedColumns, .columns(of: table, names),
        "Columns and lists that are stored nowhere, by their names in the file."),
    ]
  }
}
