import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// What the built program makes of a standard output that takes nothing.
@Suite(.onWaitingThreads) struct EndToEndOutputTests {
  /// How each command is called so that it prints, in each of its forms.
  private static let lines: [String] =
    [
      "demo --database demo.sqlite", "demo --database vtiger.sqlite --source vtiger",
      "demo --serve",
      "init --config new.json --database new.sqlite",
      "check --config config.json", "check --print-config --config config.json",
      "authorise --config granting.json", "sync --config config.json", "plan --config config.json",
      "plan --json --config config.json", "status --config config.json",
      "status --json --config config.json", "report --config config.json",
      "report pipeline_snapshot --config config.json", "report party --csv --config config.json",
      "report party --json --config config.json", "report party --columns --config config.json",
      "resync users --config config.json", "why party 1 --config config.json",
      "why party 1 --json --config config.json", "accept tasks --config config.json",
      "accept tasks --dry-run --config config.json", "verify --config config.json",
      "verify --json --config config.json", "tables", "tables --config config.json", "schema",
      "schema --config config.json", "help", "--help", "help sync", "sync --help", "--version",
      "version",
      "purge party GONE --dry-run --config config.json",
      // Last of all, for the account still shows some of it.
      "purge party GONE --config config.json",
    ] + GeneratedText.allCases.map { "generate \($0.rawValue)" }

  /// A stage with a replica, in which a party has gone, and a second configuration, for OAuth.
  private func stage() throws -> (stage: Stage, gone: Int64) {
    let stage = try Stage(.small)
    try stage.useOAuth()
    try #require(rename(stage.config, stage.folder + "/granting.json") == 0)
    stage.server.withAccount { $0.token = Stage.token }
    try stage.file("token", Stage.token + "\n")
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "token_file": "\(stage.tokenFile)"}
      """
    ])
    try #require(try stage.run("sync").code == 0)
    let gone = try #require(
      stage.server.withAccount { account in
        let id = account.visibleIDs(.parties).first
        _ = id.map { account.delete(.parties, $0) }
        return id
      })
    // Some of what was left of it carries no new date.
    try #require(try stage.run("sync", "--full").code == 0)
    return (stage, gone)
  }

  private func words(_ line: String, _ gone: Int64) -> [String] {
    line.split(separator: " ").map { $0 == "GONE" ? "\(gone)" : String($0) }
  }

  @Test func `every command that prints is tried`() {
    let tried = Set(Self.lines.compactMap { $0.split(separator: " ").first.map(String.init) })
    // The daemon has nothing but a log.
    #expect(Set(Commands.syntaxes.map(\.name)).subtracting(tried) == ["run"])
  }

  @Test func `a standard output that is full is an error of every command`() throws {
    let (stage, gone) = try stage()
    for line in Self.lines {
      let child = try Child(
        words(line, gone), in: stage.folder, launcher: Child.here(stage.folder),
        input: .text(stage.answers), output: .full)
      let ending = try child.wait()
      #expect(ending.code == 74, "\(line): \(ending.log)")
      let sentence =
        "Standard output cannot be written, so what was printed is not whole: "
        + "No space left on device.\n"
      #expect(ending.log.hasSuffix(sentence), "\(line): \(ending.log)")
      #expect(ending.log.components(separatedBy: sentence).count == 2, "\(line): \(ending.log)")
    }
    // What was to be done beside printing is done.
    #expect(
      try stage.value("SELECT outcome FROM _verifications ORDER BY id DESC LIMIT 1") == "equal")
    #expect(try stage.isWhole())
  }

  @Test func `a reader that has gone is none`() throws {
    let (stage, gone) = try stage()
    for line in Self.lines {
      let child = try Child(
        words(line, gone), in: stage.folder, launcher: Child.here(stage.folder),
        input: .text(stage.answers), output: .brokenPipe)
      let ending = try child.wait()
      // Nobody can grant access whom no address was shown.
      let code: Int32 = line.hasPrefix("authorise") ? 75 : line.hasPrefix("why") ? 1 : 0
      #expect(ending.code == code, "\(line): \(ending.log)")
      #expect(!ending.log.contains("tandard output"), "\(line): \(ending.log)")
    }
  }

  /// A text that was cut off half way is no result, however much of it came out.
  @Test func `a disk that fills up amid a text is an error`() throws {
    let directory = try TemporaryDirectory()
    let whole = try Child(["schema"], in: directory.path).wait()
    // Blocks of 512 bytes.
    let launcher = ["/bin/sh", "-c", #"ulimit -f 40; exec "$0" "$@""#]
    let ending = try Child(["schema"], in: directory.path, launcher: launcher).wait()
    #expect(ending.code == 74, "\(ending.log)")
    #expect(ending.log.hasSuffix(": File too large.\n"), "\(ending.log)")
    #expect(ending.output.utf8.count == 20_480 && whole.output.hasPrefix(ending.output))
  }
}
