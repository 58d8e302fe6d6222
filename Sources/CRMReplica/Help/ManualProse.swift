internal import ReplicaFile

/// The prose of the manual page: all of it but commands, keys and exit codes.
enum ManualProse {
  static let description = [
    "\(Program.name) copies what one account of Capsule CRM or Vtiger CRM shows to one user into "
      + "one SQLite file, and keeps that file up to date. It asks only for what has changed. "
      + "Deleted records stay as tombstones, and the table _history says what changed, when, from "
      + "what to what.",
    "It may be ended at any instant: the file is whole, and the next start goes on behind the "
      + "last page that was committed. Others may read the file meanwhile.",
    HelpText.configurationOrigins.joined(separator: " "),
    HelpText.tokenOrigins.joined(separator: " "),
    "Results go to standard output, the log goes to standard error.",
  ]

  static let configuration =
    "The configuration is one JSON object. Objects inside it are written here with points, and * "
    + "stands for the name of a table. A key that is not known is an error. A path begins in the "
    + "folder of the configuration, and ~ in it is the user's home. A duration is a whole number "
    + "and s, m, h or d, at most \(Duration.seconds(Duration.longestSpelled).spelling)."

  /// Variables and what they do, whole sentences.
  static let environment = [
    ("CRM_REPLICA_CONFIG", "The configuration, where the command line names none."),
    (
      "CRM_REPLICA_TOKEN",
      "The token, if the configuration names no file and no credential is passed."
    ),
    (
      "CRM_REPLICA_ACCESS_KEY",
      "The access key of a source of the kind \"vtiger\", likewise."
    ),
    (
      "CREDENTIALS_DIRECTORY",
      "Set by systemd: the folder of the credentials \"token\" or \"access_key\" and, with "
        + "OAuth 2, \"client_secret\"."
    ),
    ("NOTIFY_SOCKET", "Set by systemd: where the daemon says that it is ready and what it does."),
    ("HOME", "What ~ stands for in a configuration."),
    ("TZ", "The zone in which \"schedule.at\" is meant; without it that of the host."),
    (
      "https_proxy, no_proxy",
      "The proxy that libcurl uses, and the hosts it does not use it for. The token is not "
        + "shown to it."
    ),
  ]

  /// Files beside the configuration, whole sentences.
  static let files = [
    (
      "DATABASE",
      "The replica. SQLite keeps DATABASE-wal and DATABASE-shm beside it; who copies the file "
        + "while it is in use copies them too, or lets SQLite do it."
    ),
    ("DATABASE.lock", "Held by the one process that writes. It stays when that process ends."),
    (
      "PUBLISHED_COPY.new",
      "The copy that is being written, until it takes the name of the last one."
    ),
    (
      "DATABASE.verify",
      "The private copy that a verification works on. It loses its name as soon as it is open."
    ),
    (
      "TOKEN_STORE",
      "The tokens granted by OAuth 2, written by the program; TOKEN_STORE.lock is held while "
        + "they change."
    ),
  ]

  /// Signals and what they do, whole sentences.
  static let signals = [
    (
      "SIGTERM, SIGINT",
      "End at the edge of the transaction, within a second. The exit status of the daemon is then "
        + "0, that of a command that is cut off 143 or 130, as if it had died of the signal."
    ),
    (
      "SIGHUP",
      "The daemon reads its configuration again. A bad one is refused, and the old one kept."
    ),
    ("SIGUSR1", "The daemon begins a round now."),
  ]

  /// What is shown, and the lines that do it.
  static let examples = [
    ("See it work, without an account:", ["crm-replica demo"]),
    (
      "Copy an account into a file, without a configuration:",
      ["CRM_REPLICA_TOKEN=$(cat token) crm-replica sync capsule.sqlite"]
    ),
    (
      "Test a configuration, copy the account once, and keep the copy up to date:",
      [
        "crm-replica check --config capsule.json", "crm-replica sync --config capsule.json",
        "crm-replica run --config capsule.json",
      ]
    ),
    (
      "Validate a configuration elsewhere:",
      [
        "crm-replica generate config-schema > crm-replica.schema.json",
        "check-jsonschema --schemafile crm-replica.schema.json capsule.json",
      ]
    ),
  ]

  static let related = [
    (name: "sqlite3", section: 1), (name: "systemd.exec", section: 5),
    (name: "systemd.service", section: 5),
  ]
}
