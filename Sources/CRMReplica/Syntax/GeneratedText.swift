/// The texts that `generate` prints for other programs, derived from the commands and the keys.
enum GeneratedText: String, CaseIterable, Sendable {
  case man, bash, zsh, fish
  case configSchema = "config-schema"

  /// What the text is and where it belongs, as a line of the help.
  var line: String {
    let meaning =
      switch self {
      case .man: "the manual page, crm-replica(1)"
      case .bash: "completion of commands and options for bash"
      case .zsh: "the same for zsh"
      case .fish: "the same for fish"
      case .configSchema: "the JSON Schema of the configuration, for editors and validators"
      }
    let longest = Self.allCases.map(\.rawValue.count).max() ?? 0
    return "  \(rawValue)\(String(repeating: " ", count: longest - rawValue.count))  \(meaning)"
  }
}
