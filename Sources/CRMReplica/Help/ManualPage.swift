/// The manual page, derived from the commands, the keys of the configuration and the exit codes.
enum ManualPage {
  /// The page in the macros of man(7).
  static func text(_ commands: [CommandSyntax], _ keys: [KeyDescription]) -> String {
    var page = ManualText(
      name: Program.name, section: 1, date: Program.date,
      footer: "\(Program.name) \(Program.version)")
    page.section("NAME")
    page.paragraph([.plain("\(Program.name) - \(Program.purpose)")], isFirst: true)
    page.section("SYNOPSIS")
    page.paragraph(
      [
        .bold(Program.name), .plain(" "), .italic("COMMAND"), .plain(" ["), .italic("OPTION"),
        .plain("]..."),
      ], isFirst: true)
    page.section("DESCRIPTION")
    for (index, paragraph) in ManualProse.description.enumerated() {
      page.paragraph([.plain(paragraph)], isFirst: index == 0)
    }
    page.section("COMMANDS")
    for syntax in commands { add(syntax, to: &page) }
    page.section("OPTIONS")
    for option in OptionSyntax.global { page.item(term(option), [.plain(sentence(option.help))]) }
    page.section("CONFIGURATION")
    page.paragraph([.plain(ManualProse.configuration)], isFirst: true)
    for (path, key) in keys.flatMap({ $0.flattened() }) where key.kind.keys.isEmpty {
      page.item([.bold(path)], about(key, at: path))
    }
    page.section("EXIT STATUS")
    for code in ExitCode.allCases {
      page.item([.bold("\(code.rawValue)")], [.plain(sentence(code.meaning))])
    }
    for (title, items) in [
      ("ENVIRONMENT", ManualProse.environment), ("FILES", ManualProse.files),
      ("SIGNALS", ManualProse.signals),
    ] {
      page.section(title)
      for (term, text) in items { page.item([.bold(term)], [.plain(text)]) }
    }
    page.section("EXAMPLES")
    for (index, (text, lines)) in ManualProse.examples.enumerated() {
      page.paragraph([.plain(text)], isFirst: index == 0)
      page.example(lines)
    }
    page.section("SEE ALSO")
    page.paragraph(
      ManualProse.related.enumerated().flatMap { index, page -> [ManualText.Piece] in
        [.plain(index == 0 ? "" : ", "), .bold(page.name), .plain("(\(page.section))")]
      }, isFirst: true)
    return page.text
  }

  private static func add(_ syntax: CommandSyntax, to page: inout ManualText) {
    page.subsection(syntax.name)
    let operands = syntax.allOperands.flatMap { operand -> [ManualText.Piece] in
      let more = operand.isRepeatable ? "..." : ""
      return operand.isRequired
        ? [.plain(" "), .italic(operand.name), .plain(more)]
        : [.plain(" ["), .italic(operand.name), .plain("]\(more)")]
    }
    let options = syntax.options.flatMap { option -> [ManualText.Piece] in
      let (opening, closing) =
        switch option.presence {
        case .required: ("", "")
        case .optional, .defaulted: ("[", "]")
        case .repeatable: ("[", "]...")
        }
      return [.plain(" \(opening)")] + spelled(option) + [.plain(closing)]
    }
    page.paragraph(
      [.bold("\(Program.name) \(syntax.name)")] + operands + options, isFirst: true)
    page.paragraph([.plain(sentence(syntax.summary))])
    // Lines that are indented stand as they are.
    let lines = syntax.details.split(separator: "\n")
    let prose = lines.filter { !$0.hasPrefix(" ") }
    if !prose.isEmpty { page.paragraph([.plain(prose.joined(separator: " "))]) }
    let listing = lines.filter { $0.hasPrefix(" ") }
    if !listing.isEmpty { page.example(listing.map { String($0.drop { $0 == " " }) }) }
    for option in syntax.options {
      let more =
        switch option.presence {
        case .required: " Required."
        case .optional, .repeatable: ""
        case .defaulted(let value): " Default: \(value)."
        }
      page.item(term(option), [.plain(sentence(option.help) + more)])
    }
  }

  private static func spelled(_ option: OptionSyntax) -> [ManualText.Piece] {
    [.bold(option.name)] + (option.value.map { [.plain(" "), .italic($0)] } ?? [])
  }

  private static func term(_ option: OptionSyntax) -> [ManualText.Piece] {
    (option.short.map { [.bold($0), .plain(", ")] } ?? []) + spelled(option)
  }

  private static func about(_ key: KeyDescription, at path: String) -> [ManualText.Piece] {
    let standard = key.standard.map { "Default: \($0.line)." } ?? ""
    let requiring = SourceKind.allCases.filter { $0.requiredKeys.contains { $0.path == path } }
    let must =
      key.isRequired
      ? "Required."
      : requiring.isEmpty ? standard : "\(standard) Required of the kind \(list(requiring))."
    let owners = SourceKind.owners(ofKey: path).map { "Of the kind \(list($0)). " } ?? ""
    return [.plain("\(owners)\(key.help) It is \(key.kind.right). \(must)")]
  }

  private static func list(_ kinds: [SourceKind]) -> String {
    kinds.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
  }

  /// A phrase of the help as a sentence.
  private static func sentence(_ phrase: String) -> String {
    phrase.prefix(1).uppercased() + phrase.dropFirst() + "."
  }
}
