/// The options that stand with several commands, or with none.
extension OptionSyntax {
  /// Stands alone or behind any command.
  static let help = OptionSyntax(
    name: "--help", value: nil, presence: .optional, help: "show this help", short: "-h")
  /// Stands alone.
  static let version = OptionSyntax(
    name: "--version", value: nil, presence: .optional,
    help: "print the versions of the program and of its libraries", short: "-V")
  /// The options that stand without a command.
  static let global = [help, version]

  static let config = OptionSyntax(
    name: "--config", value: "FILE", presence: .optional, help: "the configuration, a JSON file",
    short: "-c")
  static let replica = OptionSyntax(
    name: "--database", value: "FILE", presence: .optional,
    help: "the replica itself, in the place of a configuration")
  static let table = OptionSyntax(
    name: "--table", value: "NAME", presence: .repeatable,
    help: "only this table; may stand more than once")
  static let full = OptionSyntax(
    name: "--full", value: nil, presence: .optional,
    help: "read everything once more, not only what has changed")
  static let json = OptionSyntax(
    name: "--json", value: nil, presence: .optional, help: "print one JSON object")
  static let quiet = OptionSyntax(
    name: "--quiet", value: nil, presence: .optional,
    help: "say nothing but what needs a person", short: "-q")
  static let verbose = OptionSyntax(
    name: "--verbose", value: nil, presence: .optional, help: "say everything", short: "-v")
  static let logFormat = OptionSyntax(
    name: "--log-format", value: "FORMAT", presence: .defaulted(LogFormat.text.rawValue),
    help: "the form of the log: text or json, an object a line")
  /// What is said of the log.
  static let voice = [quiet, verbose, logFormat]
  static let dryRun = OptionSyntax(
    name: "--dry-run", value: nil, presence: .optional, help: "tell how many rows, change nothing")
}

extension OperandSyntax {
  /// The replica itself, in the place of a configuration. It has a point or a slash in its path, by
  /// which it is told from other words.
  static let database = OperandSyntax(name: "DATABASE", isRequired: false)
}

extension ParsedWords {
  /// What the command is to work by; nil where nothing is named.
  func place() throws(UsageError) -> ReplicaPlace? {
    switch (optional(.config), optional(.replica)) {
    case (let config?, nil): .configured(by: config)
    case (nil, let database?): .file(database)
    case (nil, nil): nil
    case (.some, .some):
      throw .badValue(
        OptionSyntax.replica.name, complaint: "and --config exclude each other", command: command)
    }
  }

  /// What is said of the log.
  func voice() throws(UsageError) -> Voice {
    guard let format = LogFormat(rawValue: try value(.logFormat)) else {
      throw .badValue(
        OptionSyntax.logFormat.name, complaint: "must be text or json", command: command)
    }
    if has(.quiet), has(.verbose) {
      throw .badValue(
        OptionSyntax.quiet.name, complaint: "and --verbose exclude each other", command: command)
    }
    return Voice(
      minimum: has(.quiet) ? .error : has(.verbose) ? .debug : nil,
      reader: format == .json ? .collector : nil)
  }

  /// The value of an option that counts something, if it stands.
  func count(_ option: OptionSyntax) throws(UsageError) -> Int? {
    guard let spelling = optional(option) else { return nil }
    guard let count = Int(spelling), count > 0 else {
      throw .badValue(option.name, complaint: "must be a whole number from 1", command: command)
    }
    return count
  }
}
