extension CommandSyntax {
  /// Every command, in the order of the overview.
  static let all: [CommandSyntax] = [
    CommandSyntax(
      name: "demo", summary: "show a sync, changes, a second sync and reports; needs no account",
      details: [
        "Starts a simulated Capsule on this machine, copies it to a file, changes it, copies the",
        "changes and prints reports from the file. Nothing leaves this machine.",
      ],
      options: [.database]
    ) { given throws(UsageError) in
      .demo(database: try given.value(.database))
    },
    CommandSyntax(
      name: "check", summary: "test configuration, token, connection, quota and database",
      details: [
        "Prints one line for each. Changes nothing. With --print-config it prints the configuration as",
        "it takes effect, as JSON that is a configuration itself, and asks the account nothing. No secret",
        "stands in it, only the names of the files that hold one.",
      ],
      options: [.config, .printConfig]
    ) { given throws(UsageError) in
      .check(config: try given.value(.config), printConfig: given.has(.printConfig))
    },
    CommandSyntax(
      name: "authorise", summary: "have a user grant access by OAuth 2, and store the tokens",
      details: [
        "Prints an address. Open it in a browser on this machine and say yes there: the answer comes back",
        "to this command, which asks for tokens and keeps them in \"token_store\". Needs \"oauth\" under",
        "\"source\" in the configuration. Ends after five minutes without an answer.",
      ],
      options: [.config, .port]
    ) { given throws(UsageError) in
      .authorise(config: try given.value(.config), port: try given.port())
    },
    CommandSyntax(
      name: "sync", summary: "bring the file up to date once, then exit",
      details: [
        "Asks for what has changed since the last sync. With --full it reads everything once more,",
        "within the allowance of requests.",
      ],
      options: [.config, .table, .full]
    ) { given throws(UsageError) in
      .sync(
        config: try given.value(.config), tables: given.each(.table), full: given.has(.full))
    },
    CommandSyntax(
      name: "run", summary: "keep the file up to date until stopped (the daemon)",
      details: [
        "Syncs on the schedule of the configuration. SIGTERM or SIGINT stops it cleanly. SIGHUP reads the",
        "configuration and the token again, for the next round on; a bad one is refused and the old one",
        "kept, and the database and the address of the source stay. SIGUSR1 begins a round of all tables",
        "now; a round of all tables that is under way is that round. While the source is down, the disk",
        "full or the file locked, it stays and tries again; a refused token ends it with 77.",
      ],
      options: [.config]
    ) { given throws(UsageError) in
      .run(config: try given.value(.config))
    },
    CommandSyntax(
      name: "plan", summary: "tell the requests and the time that the next round will take",
      details: [
        "Reads the file. Where there is none yet, it asks the account for the number of records, one",
        "request a list. With --full it foretells \"sync --full\". Changes nothing.",
      ],
      options: [.config, .full, .offline, .json]
    ) { given throws(UsageError) in
      .plan(
        config: try given.value(.config), full: given.has(.full), offline: given.has(.offline),
        json: given.has(.json))
    },
    CommandSyntax(
      name: "status", summary: "tell how fresh and complete each table is",
      details: ["Reads the file alone and asks the account nothing."],
      options: [.config, .json, .maxAge]
    ) { given throws(UsageError) in
      .status(
        config: try given.value(.config), json: given.has(.json), maxAge: try given.maxAge())
    },
    CommandSyntax(
      name: "report", summary: "print what a view of the file shows, or list the views",
      details: [
        "VIEW is the name of a view, with or without \"v_\". Views of your own are listed too. Prints an",
        "aligned table, in which long texts are cut off; --csv and --json print everything, as RFC 4180",
        "and RFC 8259 have it. Opens the file for reading alone and asks the account nothing.",
      ],
      options: [.ofConfig, .replica, .csv, .rowsAsJSON, .limit, .columns],
      operands: [OperandSyntax(name: "VIEW", isRequired: false)]
    ) { given throws(UsageError) in
      .report(
        of: try given.place(), view: given.operands.first, format: try given.format(),
        limit: try given.count(.limit), columns: given.has(.columns))
    },
    CommandSyntax(
      name: "resync", summary: "read one table in full from its first page",
      details: [
        "Rows are replaced as they come, and the table is never emptier than before. What a complete",
        "list no longer holds becomes a tombstone. No other table's position changes.",
      ],
      options: [.config], operands: [OperandSyntax(name: "TABLE")]
    ) { given throws(UsageError) in
      .resync(config: try given.value(.config), table: given.operands[0])
    },
    CommandSyntax(
      name: "why", summary: "tell what the file knows of one row, and since when",
      details: [
        "ENTITY is a table or one of its records (parties, party), ID its key; a key of two columns",
        "is written with a slash (party/12). Reads the file alone and asks the account nothing.",
        "Exits with 1 when the file has never had such a row.",
      ],
      options: [.config, .json],
      operands: [OperandSyntax(name: "ENTITY"), OperandSyntax(name: "ID")]
    ) { given throws(UsageError) in
      .why(
        config: try given.value(.config), entity: given.operands[0], key: given.operands[1],
        json: given.has(.json))
    },
    CommandSyntax(
      name: "accept", summary: "make tombstones of the rows that the delete guard holds back",
      details: [
        "A list that suddenly lacks many rows is not believed at once: the guard holds them back. This",
        "says that they are gone indeed. \"status\" shows what is held. Asks the account nothing.",
      ],
      options: [.config, .dryRun], operands: [OperandSyntax(name: "TABLE")]
    ) { given throws(UsageError) in
      .accept(
        config: try given.value(.config), table: given.operands[0], dryRun: given.has(.dryRun))
    },
    CommandSyntax(
      name: "purge", summary: "take what deleted records held out of the file for good",
      details: [
        "ENTITY is a table or one of its records (parties, party), ID its key. Only records that are gone",
        "from the account can be purged, as the next sync would bring back the others; all of them are, or",
        "none. Of each the key, \"_deleted_at\" and \"_deleted_reason\" are left. Its lists, its history, what",
        "was kept aside of it, the entries, tasks and tracks that belong to it, and the participants of",
        "other entries that have an e-mail address which the file knows to be its own go too; what texts of",
        "other records say of it stays. Then the whole file is written anew and its log emptied, so that",
        "nothing is left in unused bytes. That takes as much room as the file in the folder for temporary",
        "files (SQLITE_TMPDIR, or /var/tmp), and again beside the file. The published copy is made anew;",
        "backups are yours to purge. Exits with 1, 73 or 75 when something of it may be left: run it again",
        "then. Stop the daemon first. Asks the account nothing.",
      ],
      options: [.config, .dryRun],
      operands: [OperandSyntax(name: "ENTITY"), OperandSyntax(name: "ID", isRepeatable: true)]
    ) { given throws(UsageError) in
      .purge(
        config: try given.value(.config), entity: given.operands[0],
        ids: Array(given.operands.dropFirst()), dryRun: given.has(.dryRun))
    },
    CommandSyntax(
      name: "verify", summary: "compare the file with the account, and change nothing",
      details: [
        "Reads the whole account and compares each row with a copy of the file; a daemon may be at work",
        "meanwhile. Prints missing, extra and differing rows by their keys and columns. Edits made while",
        "it runs are told apart as pending. What costs a request a parent is compared within the budget.",
        "The result is kept in _verifications, _verified_tables and _differences. Exits with 1 if",
        "anything differs.",
      ],
      options: [.config, .table, .requests, .json]
    ) { given throws(UsageError) in
      .verify(
        config: try given.value(.config), tables: given.each(.table),
        requests: try given.count(.requests), json: given.has(.json))
    },
    CommandSyntax(name: "tables", summary: "list the tables and how each is read") {
      _ throws(UsageError) in .tables
    },
    CommandSyntax(name: "schema", summary: "print the SQL that creates the file") {
      _ throws(UsageError) in .schema
    },
    CommandSyntax(
      name: "generate", summary: "print the manual page, shell completion or JSON Schema",
      details: ["WHAT is one of:"] + GeneratedText.allCases.map(\.line),
      operands: [OperandSyntax(name: "WHAT")]
    ) { given throws(UsageError) in
      .generate(try GeneratedText.find(given.operands[0]))
    },
    CommandSyntax(
      name: "help", summary: "show this overview, or the page of one command",
      operands: [OperandSyntax(name: "COMMAND", isRequired: false)]
    ) { given throws(UsageError) in
      .help(topic: try given.operands.first.map { name throws(UsageError) in try find(name).name })
    },
  ]

  /// The command of that name. Throws with the nearest known one when there is none.
  static func find(_ name: String) throws(UsageError) -> CommandSyntax {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw .unknownCommand(name, nearest: nearestName(to: name, among: all.map(\.name)))
  }
}
