internal import Model

/// Completion for zsh.
///
/// Source: `_arguments` and `_describe` in zshcompsys(1).
enum ZshCompletion {
  /// The function that zsh loads, for a file `_crm-replica` in its `fpath`.
  static func text(_ commands: [CommandSyntax], tables: [String]) -> String {
    let described = commands.map { "    \(quoted("\($0.name):\($0.summary)"))\n" }.joined()
    return """
      #compdef \(Program.name)
      # Completion of \(Program.name) for zsh. Printed by "\(Program.name) generate zsh".

      _crm_replica_tables() {
        local -a tables=(\(tables.joined(separator: " ")))
        _describe table tables
      }

      _crm_replica_commands() {
        local -a commands=(
      \(described)  )
        _describe command commands
      }

      _crm_replica() {
        local curcontext=$curcontext state line
        local -A opt_args
        _arguments -C \\
      \(OptionSyntax.global.map { "    \(alone($0)) \\\n" }.joined())\
          '1:command:_crm_replica_commands' \\
          '*::argument:->argument'
        [[ $state == argument ]] || return
        case $words[1] in
      \(commands.map(branch).joined())\
        esac
      }

      # Loaded by compinit it is called; sourced it is registered.
      if [[ $funcstack[1] == _crm-replica ]]; then
        _crm_replica "$@"
      else
        compdef _crm_replica \(Program.name)
      fi

      """
  }

  /// What may follow a command.
  private static func branch(of syntax: CommandSyntax) -> String {
    let options = syntax.options.flatMap { option in
      // One spelling takes the place of all.
      let many =
        option.presence == .repeatable
        ? "*" : option.short == nil ? "" : "(\(option.spellings.joined(separator: " ")))"
      return option.spellings.map { spelling in
        guard let value = option.value, let kind = option.valueKind else {
          return quoted("\(many)\(spelling)[\(escaped(option.help))]")
        }
        let mark = spelling == option.name ? "=" : ""
        return quoted(
          "\(many)\(spelling)\(mark)[\(escaped(option.help))]:\(escaped(value)):\(action(kind))")
      }
    }
    let operands = syntax.completedOperands.enumerated().map { place, operand in
      let colons = operand.isRequired ? ":" : "::"
      let position = operand.isRepeatable ? "*" : "\(place + 1)"
      return quoted("\(position)\(colons)\(escaped(operand.name)):\(action(operand.kind))")
    }
    let lines = options + [alone(.help)] + operands
    return "    \(syntax.name))\n      _arguments \\\n"
      + lines.map { "        \($0)" }.joined(separator: " \\\n") + "\n      ;;\n"
  }

  /// An option that lets nothing stand beside it.
  private static func alone(_ option: OptionSyntax) -> String {
    let spellings =
      option.spellings.count == 1
      ? option.name : "{" + option.spellings.joined(separator: ",") + "}"
    return "'(- *)'\(spellings)\(quoted("[\(escaped(option.help))]"))"
  }

  private static func action(_ kind: WordKind) -> String {
    switch kind {
    case .file: "_files"
    case .table: "_crm_replica_tables"
    case .command: "_crm_replica_commands"
    case .choice(let words): "(\(words.joined(separator: " ")))"
    case .free: " "
    }
  }

  /// A phrase inside a specification, where brackets and colons mean something.
  private static func escaped(_ phrase: String) -> String {
    phrase.reduce(into: "") { text, character in
      text += "\\[]:".contains(character) ? "\\\(character)" : "\(character)"
    }
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
