internal import HTTP
internal import SQLite

/// `version`: what this program is, and what it runs on.
struct VersionCommand: Command {
  static let syntax = CommandSyntax(
    name: "version", summary: "print the versions of the program and of its libraries")

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let commit = Program.commit.map { ", commit \($0)" } ?? ""
    // Blanks stand between libcurl and what it uses, and a slash before each version.
    let libraries = CurlTransport.libraries.split(separator: " ")
      .map { $0.split(separator: "/", maxSplits: 1).joined(separator: " ") }
    try environment.output.write(
      """
      \(Program.name) \(Program.version)\(commit)
      SQLite \(Connection.version)
      \(libraries.joined(separator: ", "))

      """)
    return .success
  }
}

extension VersionCommand {
  init(_ words: ParsedWords) { self.init() }
}
