import Capsule
import Model
import Replication
import Testing

@testable import CRMReplica

@Suite struct CompletionTests {
  private static let tables = CapsuleSource.catalogue.map(\.name)

  @Test(
    arguments: [
      ("FILE", .file), ("DATABASE", .file), ("TABLE", .table), ("NAME", .table), ("ENTITY", .table),
      ("COMMAND", .command), ("WHAT", .choice(["man", "bash", "zsh", "fish", "config-schema"])),
      ("DURATION", .free), ("N", .free), ("ID", .free),
    ] as [(String, WordKind)])
  func `a word is what it is called`(name: String, kind: WordKind) {
    #expect(WordKind(name) == kind)
  }

  @Test(arguments: [GeneratedText.bash, .zsh, .fish], Commands.syntaxes.map(\.name))
  func `every command and option stands`(shell: GeneratedText, name: String) throws {
    let syntax = try Commands.find(name).syntax
    let text = shell.text
    let part =
      switch shell {
      case .bash, .zsh: Self.branch(of: name, in: text)
      default: Self.lines(of: name, in: text)
      }
    for option in syntax.allOptions {
      let spelling = shell == .fish ? "-l \(option.name.dropFirst(2)) " : option.name
      #expect(part.contains(spelling), "\(option.name)")
    }
    #expect(text.contains(shell == .zsh ? "'\(name):" : shell == .fish ? "-a \(name) " : name))
    for table in Self.tables { #expect(text.contains(table)) }
  }

  /// From the label of a command to the end of its branch.
  private static func branch(of name: String, in text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let start = lines.firstIndex { $0.drop { $0 == " " } == "\(name))" } ?? lines.endIndex
    let indent = lines[start...].first?.prefix { $0 == " " }.count ?? 0
    let end = lines[start...].firstIndex { $0 == String(repeating: " ", count: indent + 2) + ";;" }
    return lines[start..<(end ?? lines.endIndex)].joined(separator: "\n")
  }

  private static func lines(of name: String, in text: String) -> String {
    text.split(separator: "\n").filter {
      $0.contains("'__crm_replica_at \(name)'") || $0.contains("'__crm_replica_at \(name) ")
    }.joined(separator: "\n")
  }

  @Test func `a phrase cannot end its quotation`() {
    let option = OptionSyntax(
      name: "--odd", value: "A:B", presence: .optional, help: #"it's [odd]: \ "$(x)`"#)
    let syntax = CommandSyntax(name: "odd", summary: "it's odd", options: [option])
    let zsh = ZshCompletion.text([syntax], tables: [])
    #expect(zsh.contains(#"'--odd=[it'\''s \[odd\]\: \\ "$(x)`]:A\:B: '"#))
    #expect(zsh.contains(#"'odd:it'\''s odd'"#))
    let fish = FishCompletion.text([syntax], tables: [])
    #expect(fish.contains(#"-l odd -x -d 'it\'s [odd]: \\ "$(x)`'"#))
  }

  // MARK: bash itself

  @Test(
    arguments: [
      (["sy"], ["sync"]),
      (["--v"], ["--version"]),
      (["-"], OptionSyntax.global.flatMap(\.spellings)),
      (["sync", "--t"], ["--table"]),
      (["check", "--p"], ["--print-config"]),
      (["sync", "-c", "a"], ["compopt -o default"]),
      (["sync", "a"], ["compopt -o default"]),
      (["sync", "-c", "c", "a"], ["compopt -o default"]),
      (["sync", "--table", "part"], ["parties"]),
      (["sync", "--table", "=", "part"], ["parties"]),
      (["sync", "--table", "="], tables),
      (["sync", "--config", ""], ["compopt -o default"]),
      (["sync", "--config", "=", "a"], ["compopt -o default"]),
      (["status", "--max-age", ""], []),
      (["resync", "tea"], ["teams"]),
      (["resync", "--config", "c", "tea"], ["teams"]),
      (["resync", "--config", "=", "c", "tea"], ["teams"]),
      (["accept", "--dry-run", "tea"], ["teams"]),
      (["resync", "teams", "tea"], []),
      (["why", "parties", "--j"], ["--json"]),
      (["help", "ver"], ["verify", "version"]),
      (["help", ""], Commands.syntaxes.map(\.name) + ["-h", "--help"]),
      (["generate", "z"], ["zsh"]),
      (["blorb", ""], []),
    ] as [([String], [String])])
  func `bash completes commands, options and values`(words: [String], expected: [String]) throws {
    let directory = try TemporaryDirectory()
    let completion = try directory.file("completion", Array(GeneratedText.bash.text.utf8))
    // Outside of a completion compopt refuses to work.
    let script = """
      source \(completion)
      compopt() { echo "compopt $*"; }
      COMP_WORDS=(crm-replica "$@")
      COMP_CWORD=$#
      _crm_replica
      printf '%s\\n' "${COMPREPLY[@]}"
      complete -p crm-replica >&2
      """
    let ending = try Child(
      words, in: directory.path, launcher: ["/bin/bash", "--norc", "-uc", script]
    ).wait()
    #expect(ending.code == 0)
    #expect(ending.log == "complete -F _crm_replica crm-replica\n")
    #expect(ending.output.split(separator: "\n").map(String.init) == expected)
  }
}
