/// The help pages, derived from the commands and `ExitCode`.
enum HelpText {
  /// The page of a command, or the overview; each line ends with a line feed.
  static func page(topic: String?, of commands: [CommandSyntax]) -> String {
    guard let syntax = commands.first(where: { $0.name == topic }) else {
      return overview(commands)
    }
    return page(of: syntax)
  }

  /// Where the token comes from, whole sentences, a line each.
  static let tokenOrigins = [
    "The token comes from the file named by \"token_file\" in the configuration, from the systemd",
    "credential \"token\" or from CRM_REPLICA_TOKEN, never from the command line.",
  ]

  /// Where the configuration comes from, whole sentences, a line each.
  static let configurationOrigins = [
    "Without --config, the configuration is the one that CRM_REPLICA_CONFIG names, or",
    ReplicaPlace.usual.map { $0.contains("/") ? $0 : "./\($0)" }.joined(separator: " or ") + ".",
    "DATABASE, a path with a point or a slash, takes its place: all else is then as by default.",
  ]

  private static func overview(_ commands: [CommandSyntax]) -> String {
    let commands = commands.map { ($0.name, $0.summary) }
    let codes = ExitCode.allCases.map { (String($0.rawValue), $0.meaning) }
    return """
      \(Program.name) \(Program.purpose).

      usage: crm-replica COMMAND [OPTION]...

      commands:
      \(listing(commands))
      options:
      \(listing(OptionSyntax.global))
      exit codes:
      \(listing(codes))
      \((configurationOrigins + tokenOrigins).joined(separator: "\n"))
      Run "crm-replica help COMMAND" for the options of a command.

      """
  }

  private static func page(of syntax: CommandSyntax) -> String {
    let details = syntax.details.isEmpty ? "" : "\n\(syntax.details)\n"
    return """
      crm-replica \(syntax.name): \(syntax.summary)

      \(usage(syntax))
      \(details)
      options:
      \(listing(syntax.allOptions))
      """
  }

  /// The synopsis on lines of at most 90 characters.
  private static func usage(_ syntax: CommandSyntax) -> String {
    var lines = ["usage: crm-replica \(syntax.name)"]
    for part in syntax.allOperands.map(\.synopsis) + syntax.options.map(\.synopsis) {
      if lines[lines.count - 1].count + part.count < 90 {
        lines[lines.count - 1] += " \(part)"
      } else {
        lines.append("         \(part)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static func listing(_ options: [OptionSyntax]) -> String {
    listing(
      options.map { option in
        let spellings = option.spellings.joined(separator: ", ")
        return (option.value.map { "\(spellings) \($0)" } ?? spellings, help(of: option))
      })
  }

  private static func help(of option: OptionSyntax) -> String {
    switch option.presence {
    case .required: "\(option.help) (required)"
    case .optional, .repeatable: option.help
    case .defaulted(let value): "\(option.help) (default: \(value))"
    }
  }

  /// Two columns, the first indented by two blanks.
  private static func listing(_ rows: [(String, String)]) -> String {
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { name, text in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)\n"
    }.joined()
  }
}
