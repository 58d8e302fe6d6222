/// Completion for bash, 4 or newer.
///
/// Source: the section "Programmable Completion" of bash(1).
enum BashCompletion {
  /// The script that bash reads.
  static func text(_ commands: [CommandSyntax], tables: [String]) -> String {
    let valued = Set(
      commands.flatMap(\.allOptions).filter { $0.value != nil }
        .flatMap(\.spellings)
    ).sorted()
    return """
      # Completion of \(Program.name) for bash. Printed by "\(Program.name) generate bash".

      _crm_replica() {
        local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        local command=${COMP_WORDS[1]} place=0 index words=
        COMPREPLY=()
        local tables='\(tables.joined(separator: " "))'
        local commands='\(commands.map(\.name).joined(separator: " "))'
        # Readline may take "--option=value" for three words.
        if [[ $word == = ]]; then
          word=
        elif [[ $previous == = ]]; then
          previous=${COMP_WORDS[COMP_CWORD - 2]}
        fi
        # How many words that are no options stand before this one.
        for ((index = 2; index < COMP_CWORD; index++)); do
          case ${COMP_WORDS[index]} in
            \(valued.joined(separator: " | ")))
              [[ ${COMP_WORDS[index + 1]} == = ]] && index=$((index + 1))
              index=$((index + 1))
              ;;
            -*) ;;
            *) place=$((place + 1)) ;;
          esac
        done
        if ((COMP_CWORD == 1)); then
          words="$commands \(OptionSyntax.global.flatMap(\.spellings).joined(separator: " "))"
        else
          case $command in
      \(commands.map(branch).joined())    esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$word"))
      }

      complete -F _crm_replica \(Program.name)

      """
  }

  /// What may follow a command.
  private static func branch(of syntax: CommandSyntax) -> String {
    var text = "      \(syntax.name))\n        case $previous in\n"
    for option in syntax.options {
      if let kind = option.valueKind {
        let spellings = option.spellings.joined(separator: " | ")
        text += "          \(spellings)) \(completing(kind)) ;;\n"
      }
    }
    text += "          *)\n"
    for (place, operand) in syntax.completedOperands.enumerated() where operand.kind != .free {
      // Files are offered by the shell, which knows no options.
      let word = operand.kind == .file ? " && [[ $word != -* ]]" : ""
      text += "            if ((place == \(place)))\(word); then \(completing(operand.kind)); fi\n"
    }
    let options = syntax.allOptions.flatMap(\.spellings).joined(separator: " ")
    return text + """
                  words+=' \(options)'
                  ;;
              esac
              ;;

      """
  }

  /// The statement that offers words of a kind.
  private static func completing(_ kind: WordKind) -> String {
    switch kind {
    case .file: "compopt -o default; return"
    case .table: "words=$tables"
    case .command: "words=$commands"
    case .choice(let words): "words='\(words.joined(separator: " "))'"
    case .free: "return"
    }
  }
}
