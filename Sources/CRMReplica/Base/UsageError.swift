internal import Model

/// Why a command line was not understood. The value of an unknown option is not repeated, lest it
/// is a secret.
enum UsageError: OperatorError, Hashable {
  case noCommand
  case unknownCommand(String, nearest: String?)
  case unknownOption(String, command: String?, nearest: String?)
  /// The option came last, before another option, or with an empty value.
  case missingValue(String, value: String, command: String)
  /// `synopsis` is the option with its value's name.
  case missingOption(_ synopsis: String, command: String)
  case missingOperand(_ name: String, command: String)
  case repeatedOption(String, command: String)
  /// A switch was given a value: `--full=yes`.
  case unexpectedValue(String, command: String)
  case strayArgument(String, command: String)
  /// A word that is none of what may stand there; `known` are all of them.
  case badOperand(String, known: [String], command: String)
  case badValue(_ option: String, complaint: String, command: String)

  /// No configuration is named, and none is found.
  case noConfiguration(command: String)
  /// A name of a table stands for what the configuration does not replicate.
  case unknownTable(String, nearest: String?)
  /// A word that no view or table of the file bears.
  case unknownView(String, nearest: String?)
  /// A word that is no key of the table; `shape` says what one is.
  case badKey(String, table: String, shape: String, command: String)
  /// Rows of a table that only says what is gone from another cannot be purged.
  case feedRow(_ table: String, of: String)

  var exitCode: ExitCode { .usage }

  var message: String {
    "\(sentence)\nRun \"\(helpCommand)\" to see what there is."
  }

  private var sentence: String {
    switch self {
    case .noCommand:
      "A command is missing."
    case .unknownCommand(let name, let nearest):
      "\(name.quoted()) is not a command\(suggestion(nearest))"
    case .unknownOption(let name, let command?, let nearest):
      "\(name.quoted()) is not an option of \"\(command)\"\(suggestion(nearest))"
    case .unknownOption(let name, nil, let nearest):
      "\(name.quoted()) is not an option\(suggestion(nearest))"
    case .missingValue(let option, let value, _):
      "\(option) needs a value: \(option) \(value)."
    case .missingOption(let synopsis, let command):
      "\"\(command)\" needs \(synopsis)."
    case .missingOperand(let name, let command):
      "\"\(command)\" needs \(name)."
    case .repeatedOption(let option, _):
      "\(option) stands more than once; give it once."
    case .unexpectedValue(let option, _):
      "\(option) takes no value."
    case .strayArgument(let argument, let command):
      "\(argument.quoted()) is more than \"\(command)\" understands."
    case .noConfiguration(let command):
      "\"\(command)\" needs --config FILE or a database, and there is no CRM_REPLICA_CONFIG, no "
        + "./crm-replica.json and no /etc/crm-replica/crm-replica.json."
    case .unknownTable(let name, let nearest):
      "\(name.quoted()) is no table that this configuration replicates\(suggestion(nearest))"
    case .unknownView(let name, let nearest):
      "\(name.quoted()) is no view or table of this replica\(suggestion(nearest))"
    case .feedRow(let table, let other):
      "\(table) says what is gone, and holds nothing else: purge the row of \(other)."
    case .badKey(let key, let table, let shape, _):
      "\(key.quoted()) is no key of \"\(table)\"; it must be \(shape)."
    case .badOperand(let word, let known, _):
      "\(word.quoted()) is none of \(known.joined(separator: ", "))"
        + suggestion(nearestName(to: word, among: known))
    case .badValue(let option, let complaint, _):
      "\(option) \(complaint)."
    }
  }

  private var helpCommand: String {
    switch self {
    case .noCommand, .unknownCommand, .unknownOption(_, nil, _):
      "crm-replica help"
    case .feedRow: "crm-replica help purge"
    case .unknownTable:
      "crm-replica tables"
    case .unknownView:
      "crm-replica report --database FILE"
    case .strayArgument(_, let command) where command.hasPrefix("-"):
      "crm-replica help"
    case .unknownOption(_, let command?, _), .missingValue(_, _, let command),
      .missingOption(_, let command), .missingOperand(_, let command),
      .repeatedOption(_, let command),
      .unexpectedValue(_, let command), .strayArgument(_, let command),
      .badOperand(_, _, let command), .badValue(_, _, let command),
      .badKey(_, _, _, let command), .noConfiguration(let command):
      "crm-replica help \(command)"
    }
  }

  private func suggestion(_ nearest: String?) -> String {
    nearest.map { "; did you mean \"\($0)\"?" } ?? "."
  }
}
