internal import Model

/// Completion for fish, 3 or newer.
///
/// Source: complete(1) and commandline(1) of fish.
enum FishCompletion {
  /// The script that fish reads.
  static func text(_ commands: [CommandSyntax], tables: [String]) -> String {
    let valued = Set(
      commands.flatMap(\.allOptions).filter { $0.value != nil }
        .flatMap(\.spellings)
    ).sorted()
    return """
      # Completion of \(Program.name) for fish. Printed by "\(Program.name) generate fish".

      # Whether this command stands and, with a number, so many words behind it that are no options.
      function __crm_replica_at
          set -l words (commandline -opc)
          test (count $words) -ge 2; and test "$words[2]" = $argv[1]; or return 1
          test (count $argv) -eq 2; or return 0
          set -e words[1..2]
          set -l place 0
          set -l is_value 0
          for word in $words
              if test $is_value -eq 1
                  set is_value 0
              else if contains -- $word \(valued.joined(separator: " "))
                  set is_value 1
              else if not string match -q -- '-*' $word
                  set place (math $place + 1)
              end
          end
          test $place -eq $argv[2]
      end

      function __crm_replica_tables
          printf '%s\\n' \(tables.joined(separator: " "))
      end

      function __crm_replica_commands
          printf '%s\\n' \(commands.map(\.name).joined(separator: " "))
      end

      complete -c \(Program.name) -f
      \(OptionSyntax.global.map { line("test (count (commandline -opc)) -eq 1", $0) }.joined())\
      \(commands.map { first($0) }.joined())\
      \(commands.map(branch).joined())
      """
  }

  /// The flags that offer words of a kind.
  private static func flags(_ kind: WordKind?) -> String {
    switch kind {
    case nil: ""
    case .file: " -r -F"
    case .table: " -x -a '(__crm_replica_tables)'"
    case .command: " -x -a '(__crm_replica_commands)'"
    case .choice(let words): " -x -a \(quoted(words.joined(separator: " ")))"
    case .free: " -x"
    }
  }

  private static func first(_ syntax: CommandSyntax) -> String {
    "complete -c \(Program.name) -n 'test (count (commandline -opc)) -eq 1' "
      + "-a \(syntax.name) -d \(quoted(syntax.summary))\n"
  }

  /// What may follow a command.
  private static func branch(of syntax: CommandSyntax) -> String {
    let options = syntax.allOptions.map { line("__crm_replica_at \(syntax.name)", $0) }
    let operands = syntax.completedOperands.enumerated().filter { $1.kind != .free }.map {
      place, operand in
      "complete -c \(Program.name) -n '__crm_replica_at \(syntax.name) \(place)'"
        + "\(flags(operand.kind)) -d \(quoted(operand.name))\n"
    }
    return (options + operands).joined()
  }

  private static func line(_ condition: String, _ option: OptionSyntax) -> String {
    let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
    return "complete -c \(Program.name) -n \(quoted(condition))\(short) "
      + "-l \(option.name.dropFirst(2))\(flags(option.valueKind)) -d \(quoted(option.help))\n"
  }

  /// A word between single quotation marks, where fish reads `\\` and `\'` alone as escapes.
  private static func quoted(_ word: String) -> String {
    let escaped = word.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }
    return "'" + escaped.joined() + "'"
  }
}
