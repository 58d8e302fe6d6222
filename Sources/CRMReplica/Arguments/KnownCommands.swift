extension OptionSyntax {
  static let config = OptionSyntax(
    name: "--config", value: "FILE", presence: .required, help: "the configuration, a JSON file")
  static let database = OptionSyntax(
    name: "--database", value: "FILE", presence: .defaulted("demo.sqlite"),
    help: "the SQLite file to write")
  static let table = OptionSyntax(
    name: "--table", value: "NAME", presence: .repeatable,
    help: "only this table; may stand more than once")
  static let full = OptionSyntax(
    name: "--full", value: nil, presence: .optional,
    help: "read everything once more, not only what has changed")
  static let json = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print one JSON object")
  static let maxAge = OptionSyntax(
    name: "--max-age", value: "DURATION", presence: .optional,
    help: "exit 1 if a table is older than this, such as 26h")
}

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
      details: ["Prints one line for each. Changes nothing."],
      options: [.config]
    ) { given throws(UsageError) in
      .check(config: try given.value(.config))
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
      details: ["Syncs on the schedule of the configuration. SIGTERM or SIGINT stops it cleanly."],
      options: [.config]
    ) { given throws(UsageError) in
      .run(config: try given.value(.config))
    },
    CommandSyntax(
      name: "status", summary: "tell how fresh and complete each table is",
      details: ["Reads the file alone and asks the account nothing."],
      options: [.config, .json, .maxAge]
    ) { given throws(UsageError) in
      .status(
        config: try given.value(.config), json: given.has(.json), maxAge: try given.maxAge())
    },
    CommandSyntax(name: "tables", summary: "list the tables and how each is read") {
      _ throws(UsageError) in .tables
    },
    CommandSyntax(name: "schema", summary: "print the SQL that creates the file") {
      _ throws(UsageError) in .schema
    },
    CommandSyntax(
      name: "help", summary: "show this overview, or the page of one command", operand: "COMMAND"
    ) { given throws(UsageError) in
      .help(topic: try given.operand.map { name throws(UsageError) in try find(name).name })
    },
  ]

  /// The command of that name. Throws with the nearest known one when there is none.
  static func find(_ name: String) throws(UsageError) -> CommandSyntax {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw .unknownCommand(name, nearest: nearestName(to: name, among: all.map(\.name)))
  }
}

extension GivenArguments {
  /// The value of `--max-age`, if it stands.
  fileprivate func maxAge() throws(UsageError) -> Duration? {
    guard let spelling = optional(.maxAge) else { return nil }
    do {
      return try Duration(spelling: spelling)
    } catch {
      throw .badValue(OptionSyntax.maxAge.name, complaint: error.text, command: command)
    }
  }
}
