/// The command line: `crm-replica COMMAND [--option VALUE | --option=VALUE | --switch]...`.
///
/// A value that begins with a dash is given with `=`. `--help` and `-h` after a command show its
/// page, whatever else is missing.
struct Arguments {
  private let words: [String]
  private var position = 0

  private init(_ words: [String]) {
    self.words = words
  }

  /// The command that the words after the program's name ask for.
  static func parse(_ words: [String]) throws(UsageError) -> any Command {
    var arguments = Arguments(words)
    return try arguments.command()
  }

  private mutating func next() -> String? {
    guard position < words.count else { return nil }
    defer { position += 1 }
    return words[position]
  }

  private mutating func command() throws(UsageError) -> any Command {
    guard let first = next(), !first.isEmpty else { throw .noCommand }
    if OptionSyntax.help.spellings.contains(first) {
      return try alone(HelpCommand(topic: nil), as: first)
    }
    if OptionSyntax.version.spellings.contains(first) {
      return try alone(VersionCommand(), as: first)
    }
    if first.hasPrefix("-") {
      let name = splitOption(first).name
      let nearest = nearestName(to: name, among: OptionSyntax.global.map(\.name))
      throw .unknownOption(name, command: nil, nearest: nearest)
    }
    return try command(try Commands.find(first))
  }

  /// An option that stands for a command and lets nothing follow.
  private mutating func alone(
    _ command: any Command, as name: String
  ) throws(UsageError) -> any Command {
    if let stray = next() { throw .strayArgument(splitOption(stray).name, command: name) }
    return command
  }

  /// The command with what follows its name.
  private mutating func command(_ type: any Command.Type) throws(UsageError) -> any Command {
    let syntax = type.syntax
    var given = ParsedWords(command: syntax.name)
    while let word = next() {
      if OptionSyntax.help.spellings.contains(word) { return HelpCommand(topic: syntax.name) }
      if word.hasPrefix("-"), word != "-" {
        try take(word, of: syntax, into: &given)
      } else {
        given.operands.append(word)
      }
    }
    takeDatabase(of: syntax, from: &given)
    if given.operands.count > syntax.operands.count, syntax.operands.last?.isRepeatable != true {
      throw .strayArgument(given.operands[syntax.operands.count], command: syntax.name)
    }
    for (place, operand) in syntax.operands.enumerated() where operand.isRequired {
      guard place < given.operands.count else {
        throw .missingOperand(operand.name, command: syntax.name)
      }
    }
    return try type.init(given)
  }

  /// The first word is the replica where nothing else says which it is, and it looks like a path,
  /// as no name of a table or view does.
  private func takeDatabase(of syntax: CommandSyntax, from given: inout ParsedWords) {
    guard syntax.takesDatabase, !given.has(.config), !given.has(.replica),
      let first = given.operands.first, first.contains(where: { $0 == "." || $0 == "/" })
    else { return }
    given.values[OptionSyntax.replica.name] = [first]
    given.operands.removeFirst()
  }

  private mutating func take(
    _ word: String, of syntax: CommandSyntax, into given: inout ParsedWords
  ) throws(UsageError) {
    let (name, attached) = splitOption(word)
    guard let option = syntax.options.first(where: { $0.spellings.contains(name) }) else {
      let nearest = nearestName(to: name, among: syntax.allOptions.map(\.name))
      throw .unknownOption(name, command: syntax.name, nearest: nearest)
    }
    if option.presence != .repeatable, given.has(option) {
      throw .repeatedOption(option.name, command: syntax.name)
    }
    let value = try value(of: option, attached: attached, command: syntax.name)
    given.values[option.name, default: []].append(value)
  }

  private mutating func value(
    of option: OptionSyntax, attached: String?, command: String
  ) throws(UsageError) -> String {
    guard let name = option.value else {
      if attached != nil { throw .unexpectedValue(option.name, command: command) }
      return ""
    }
    let followed = position < words.count && !words[position].hasPrefix("-")
    guard let value = attached ?? (followed ? next() : nil), !value.isEmpty else {
      throw .missingValue(option.name, value: name, command: command)
    }
    return value
  }

  private func splitOption(_ word: String) -> (name: String, value: String?) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
  }
}
