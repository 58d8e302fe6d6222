/// The words behind a command, parsed: its options' values as spelt, and its operands.
struct ParsedWords: Sendable {
  let command: String
  /// By option name, in the order given; a switch has an empty value.
  var values: [String: [String]] = [:]
  /// Those that are required stand here once the command is built.
  var operands: [String] = []

  /// Whether the switch stands.
  func has(_ option: OptionSyntax) -> Bool {
    values[option.name] != nil
  }

  /// The value of an option, or nil when it was left out.
  func optional(_ option: OptionSyntax) -> String? {
    values[option.name]?.first
  }

  /// The value of an option or its default. Throws when there is neither.
  func value(_ option: OptionSyntax) throws(UsageError) -> String {
    if let value = optional(option) { return value }
    if case .defaulted(let value) = option.presence { return value }
    throw .missingOption(option.synopsis, command: command)
  }

  /// The values of a repeatable option, each once, in the order given.
  func each(_ option: OptionSyntax) -> [String] {
    var seen: Set<String> = []
    return values[option.name, default: []].filter { seen.insert($0).inserted }
  }
}
