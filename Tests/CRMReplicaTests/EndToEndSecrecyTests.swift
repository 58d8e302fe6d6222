import CapsuleSimulator
import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// What must not be found anywhere, and streams that nobody reads.
@Suite(.onWaitingThreads) struct EndToEndSecrecyTests {
  /// Whether the bytes of the text stand somewhere among these.
  private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    return bytes.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while rest.count >= wanted.count, let start = rest.firstIndex(of: wanted[0]) {
        rest = rest[start...]
        if rest.starts(with: wanted) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }

  /// The names of the files in the stage's folder that hold the text.
  private func files(of stage: Stage, holding text: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: stage.folder).filter { name in
      holds(try bytes(of: "\(stage.folder)/\(name)"), text)
    }.sorted()
  }

  @Test func `the token is in its file alone`() throws {
    let stage = try Stage()
    let child = try stage.start("run")
    try #require(
      poll(seconds: 20) { (try? stage.value("SELECT outcome FROM _runs")) == "good" },
      "\(child.text(of: 2))")
    for name in ["cmdline", "environ"] {
      let text = try bytes(of: "/proc/\(child.pid)/\(name)")
      #expect(!text.isEmpty)
      #expect(!holds(text, Stage.token))
    }
    child.signal(SIGTERM)
    #expect(try child.wait().code == 0)
    stage.trouble(.serverError(500, html: true), at: "goals", times: 1)
    stage.trouble(.foreignLink, at: "parties?")
    for command in ["sync", "check", "status"] { try stage.run(command) }
    stage.server.withAccount { $0.token = "another" }
    for command in ["sync", "check"] {
      let ending = try stage.run(command)
      #expect(ending.code == 77, "\(ending.log)")
    }
    // What the commands wrote to their streams stands in files of the same folder.
    #expect(try files(of: stage, holding: Stage.token) == ["token"])
  }

  @Test func `an excluded column is stored nowhere`() throws {
    let stage = try Stage(.small)
    let marker = "marker-of-what-is-excluded"
    let id = stage.server.withAccount { account in
      let id = account.visibleIDs(.parties)[0]
      account.describe(.parties, id, "\(marker) before")
      return id
    }
    try stage.configure(["tables": #"{"parties": {"exclude_columns": ["about"]}}"#])
    try #require(try stage.run("sync").code == 0)
    stage.server.withAccount { _ = $0.describe(.parties, id, "\(marker) after") }
    try #require(try stage.run("sync").code == 0)
    #expect(try files(of: stage, holding: marker).isEmpty)
    try stage.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    #expect(try files(of: stage, holding: marker).isEmpty)
    #expect(
      try stage.value("SELECT count(*) FROM pragma_table_info('parties') WHERE name = 'about'")
        == 0)
    // Wanted, it is found: the search can fail.
    try stage.configure(["tables": "{}"])
    try #require(try stage.run("sync").code == 0)
    #expect(
      try stage.value("SELECT about FROM parties WHERE id = \(id)") == .text("\(marker) after"))
    #expect(try !files(of: stage, holding: marker).isEmpty)
  }

  @Test(arguments: [Child.Stream.brokenPipe, .closed])
  func `nobody needs to read`(stream: Child.Stream) throws {
    let stage = try Stage()
    for arguments in [["sync", "--config", stage.config], ["help"], ["schema"]] {
      let silent = try Child(arguments, in: stage.folder, output: stream)
      #expect(try silent.wait().code == 0)
      let quiet = try Child(arguments, in: stage.folder, log: stream)
      #expect(try quiet.wait().code == 0)
    }
    let none = try Child(
      ["sync", "--config", stage.config], in: stage.folder, input: .closed, output: .closed,
      log: .closed)
    #expect(try none.wait().code == 0)
    #expect(try bytes(of: stage.database + ".lock").isEmpty)
    #expect(try stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'") == 3)
    #expect(try stage.isWhole())
  }
}
