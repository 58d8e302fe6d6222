extension OptionSyntax {
  /// Stands alone or behind any command.
  static let help = OptionSyntax(
    name: "--help", value: nil, presence: .optional, help: "show this help", short: "-h")
  /// Stands alone.
  static let version = OptionSyntax(
    name: "--version", value: nil, presence: .optional, help: "print the version")
  /// The options that stand without a command.
  static let global = [help, version]

  static let config = OptionSyntax(
    name: "--config", value: "FILE", presence: .required, help: "the configuration, a JSON file")
  static let database = OptionSyntax(
    name: "--database", value: "FILE", presence: .defaulted("demo.sqlite"),
    help: "the SQLite file to write")
  static let ofConfig = OptionSyntax(
    name: "--config", value: "FILE", presence: .optional,
    help: "the configuration, a JSON file, that names the replica")
  static let replica = OptionSyntax(
    name: "--database", value: "FILE", presence: .optional,
    help: "the replica itself; no configuration is read")
  static let table = OptionSyntax(
    name: "--table", value: "NAME", presence: .repeatable,
    help: "only this table; may stand more than once")
  static let full = OptionSyntax(
    name: "--full", value: nil, presence: .optional,
    help: "read everything once more, not only what has changed")
  static let json = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print one JSON object")
  static let csv = OptionSyntax(
    name: "--csv", value: nil, presence: .optional, help: "print comma-separated values")
  static let rowsAsJSON = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print a JSON array of objects")
  static let limit = OptionSyntax(
    name: "--limit", value: "N", presence: .optional, help: "print at most so many rows")
  static let columns = OptionSyntax(
    name: "--columns", value: nil, presence: .optional,
    help: "tell the columns of the view, not its rows")
  static let offline = OptionSyntax(
    name: "--offline", value: nil, presence: .optional, help: "ask the account nothing")
  static let dryRun = OptionSyntax(
    name: "--dry-run", value: nil, presence: .optional, help: "tell how many rows, change nothing")
  static let printConfig = OptionSyntax(
    name: "--print-config", value: nil, presence: .optional,
    help: "print the configuration with all defaults, test nothing else")
  static let requests = OptionSyntax(
    name: "--requests", value: "N", presence: .optional,
    help: "make at most so many requests")
  static let port = OptionSyntax(
    name: "--port", value: "N", presence: .optional,
    help: "listen on this port, as the client is registered; any free one without it")
  static let maxAge = OptionSyntax(
    name: "--max-age", value: "DURATION", presence: .optional,
    help: "exit 1 if a table is older than this, such as 26h")
}

extension GivenArguments {
  /// The value of an option that counts something, if it stands.
  func count(_ option: OptionSyntax) throws(UsageError) -> Int? {
    guard let spelling = optional(option) else { return nil }
    guard let count = Int(spelling), count > 0 else {
      throw .badValue(option.name, complaint: "must be a whole number from 1", command: command)
    }
    return count
  }

  /// Where the replica is.
  func place() throws(UsageError) -> ReplicaPlace {
    switch (optional(.ofConfig), optional(.replica)) {
    case (let config?, nil): .configured(by: config)
    case (nil, let database?): .file(database)
    case (nil, nil): throw .missingOption("--config FILE or --database FILE", command: command)
    case (.some, .some):
      throw .badValue(
        OptionSyntax.replica.name, complaint: "and --config exclude each other", command: command)
    }
  }

  /// How rows are printed.
  func format() throws(UsageError) -> ReportFormat {
    switch (has(.csv), has(.rowsAsJSON)) {
    case (true, true):
      throw .badValue(
        OptionSyntax.csv.name, complaint: "and --json exclude each other", command: command)
    case (true, false): .csv
    case (false, true): .json
    case (false, false): .table
    }
  }

  /// The value of `--port`, or 0.
  func port() throws(UsageError) -> UInt16 {
    guard let spelling = optional(.port) else { return 0 }
    guard let port = UInt16(spelling), port > 0 else {
      throw .badValue(
        OptionSyntax.port.name, complaint: "must be a whole number from 1 to 65535",
        command: command)
    }
    return port
  }

  /// The value of `--max-age`, if it stands.
  func maxAge() throws(UsageError) -> Duration? {
    guard let spelling = optional(.maxAge) else { return nil }
    do {
      return try Duration(spelling: spelling)
    } catch {
      throw .badValue(OptionSyntax.maxAge.name, complaint: error.text, command: command)
    }
  }
}
