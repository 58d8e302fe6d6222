internal import Capsule
internal import Replication

/// What `generate` prints: texts for other programs, derived from the commands and the keys.
enum GeneratedText: String, CaseIterable, Sendable {
  case man, bash, zsh, fish
  case configSchema = "config-schema"

  /// The text, ended by a line feed.
  var text: String {
    let tables = CapsuleSource.catalogue.map(\.name)
    return switch self {
    case .man: ManualPage.text(KeyDescription.configuration(ReplicaSettings.names))
    case .bash: BashCompletion.text(CommandSyntax.all, tables: tables)
    case .zsh: ZshCompletion.text(CommandSyntax.all, tables: tables)
    case .fish: FishCompletion.text(CommandSyntax.all, tables: tables)
    case .configSchema: ConfigurationSchema.document(ReplicaSettings.names).text
    }
  }

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

  /// The text of that name. Throws with the nearest known one when there is none.
  static func find(_ name: String) throws(UsageError) -> GeneratedText {
    if let found = GeneratedText(rawValue: name) { return found }
    throw .badOperand(name, known: allCases.map(\.rawValue), command: "generate")
  }
}
