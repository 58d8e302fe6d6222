/// What a word of the command line names, by which a shell completes it.
enum WordKind: Sendable, Hashable {
  case file, table, command
  /// One of these.
  case choice([String])
  /// Nothing that is known beforehand.
  case free

  /// The kind of a word that the help calls by this name.
  init(_ name: String) {
    switch name {
    case "FILE", "DATABASE": self = .file
    case "TABLE", "NAME", "ENTITY": self = .table
    case "COMMAND": self = .command
    case "FORMAT": self = .choice(LogFormat.allCases.map(\.rawValue))
    case "WHAT": self = .choice(GeneratedText.allCases.map(\.rawValue))
    default: self = .free
    }
  }
}

/// An option of a command, such as `--config FILE`.
struct OptionSyntax: Sendable {
  /// How often an option may and must stand.
  enum Presence: Sendable, Hashable {
    case required, optional, repeatable
    /// The option may be left out and then has this value.
    case defaulted(String)
  }

  /// With its two dashes.
  let name: String
  /// What the value is called in the help; nil for a switch, which takes none.
  let value: String?
  let presence: Presence
  /// A phrase without a full stop.
  let help: String
  /// Another spelling, of one letter behind one dash.
  var short: String?

  /// What may stand for the option, the shortest first.
  var spellings: [String] { [short, name].compactMap { $0 } }

  /// The kind of its value; nil for a switch.
  var valueKind: WordKind? { value.map { WordKind($0) } }

  /// The option as a synopsis shows it: `[--table NAME]...`.
  var synopsis: String {
    let spelling = value.map { "\(name) \($0)" } ?? name
    switch presence {
    case .required: return spelling
    case .optional, .defaulted: return "[\(spelling)]"
    case .repeatable: return "[\(spelling)]..."
    }
  }
}

/// A word that follows a command, such as `TABLE`.
struct OperandSyntax: Sendable {
  /// What the word is called.
  let name: String
  var isRequired = true
  /// Whether more such words may follow it; it is then the last.
  var isRepeatable = false

  var kind: WordKind { WordKind(name) }

  var synopsis: String { (isRequired ? name : "[\(name)]") + (isRepeatable ? "..." : "") }
}

/// The syntax behind a command's name: parsing, its help page and the overview derive from it.
struct CommandSyntax: Sendable {
  let name: String
  /// A phrase for the overview, without a full stop.
  let summary: String
  /// Whole sentences for the command's own page, in lines of at most 100 characters.
  var details = ""
  var options: [OptionSyntax] = []
  /// The words that may follow, in order; those that may be left out come last.
  var operands: [OperandSyntax] = []
  /// Whether the path of a replica may stand before the operands.
  var takesDatabase = false
  /// Every word that may follow.
  var allOperands: [OperandSyntax] { (takesDatabase ? [.database] : []) + operands }
  /// The words that a shell completes by their places; the replica stands alone or not at all.
  var completedOperands: [OperandSyntax] { operands.isEmpty ? allOperands : operands }
  /// Every option that the command understands.
  var allOptions: [OptionSyntax] { options + [.help] }
}
