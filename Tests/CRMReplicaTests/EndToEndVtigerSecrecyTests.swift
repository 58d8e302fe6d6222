import FoundationEssentials
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

/// Where an access key must not be found: neither in a file, nor in a log, nor with the process.
@Suite(.onWaitingThreads) struct EndToEndVtigerSecrecyTests {
  private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return false }
    return (0...bytes.count - wanted.count).contains { start in
      bytes[start] == wanted[0] && bytes[start...].starts(with: wanted)
    }
  }

  /// The names of the files in the stage's folder that hold one of the secrets.
  private func files(of stage: VtigerStage, holding secrets: [String]) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: stage.folder).filter { name in
      let bytes = try bytes(of: "\(stage.folder)/\(name)")
      return secrets.contains { holds(bytes, $0) }
    }
  }

  /// The key and what requests make of it.
  private static let secrets = [
    VtigerStage.accessKey,
    Data("ada@example.com:\(VtigerStage.accessKey)".utf8).base64EncodedString(),
  ]

  @Test func `the access key stands in its own file alone`() throws {
    let stage = try VtigerStage()
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.run("verify").code == 0)
    #expect(try stage.run("check").code == 0)
    stage.server.withAccount {
      let effect = FaultScript.Effect.saying(VtigerStage.accessKey, status: 500)
      $0.faults.faults.append(.init(effect, on: .path("restapi", times: 1_000)))
    }
    #expect(try stage.run("check").code == 69)
    #expect(try files(of: stage, holding: Self.secrets) == ["access-key"])
    // Neither does the file hold what 8.0 hands out of other users.
    #expect(try files(of: stage, holding: ["SimulatedKey", "$1$simulated"]) == [])
  }

  @Test func `a process shows the access key to nobody`() throws {
    let stage = try VtigerStage()
    stage.server.withAccount {
      $0.faults.faults.append(.init(.slowBody, on: .path("restapi", times: 1_000)))
    }
    let child = try Child(["sync", "--config", stage.config], in: stage.folder)
    try #require(poll(seconds: 20) { stage.server.withAccount { !$0.log.isEmpty } })
    for name in ["cmdline", "environ"] {
      let shown = try bytes(of: "/proc/\(child.pid)/\(name)")
      for secret in Self.secrets { #expect(!holds(shown, secret), "\(name)") }
    }
    child.signal(SIGTERM)
    _ = try child.wait()
    #expect(try files(of: stage, holding: Self.secrets) == ["access-key"])
  }

  @Test func `a key may come from the environment or a credential of systemd`() throws {
    let stage = try VtigerStage()
    unlink(stage.keyFile)
    try stage.configure([
      "source": """
      {"kind": "vtiger", "base_url": "\(stage.server.baseURL)", "username": "ada@example.com",
       "api": "rest"}
      """
    ])
    let key = VtigerStage.accessKey
    for (environment, code) in [
      ([], 78), (["CRM_REPLICA_TOKEN=\(key)"], 78), (["CRM_REPLICA_ACCESS_KEY=\(key)"], 0),
    ] as [([String], Int32)] {
      let child = try Child(
        ["sync", "--config", stage.config], in: stage.folder, environment: environment)
      let ending = try child.wait()
      #expect(ending.code == code, "\(ending.log)")
      #expect(!ending.log.contains(key))
    }
    try stage.file("access_key", key)
    let child = try Child(
      ["sync", "--config", stage.config], in: stage.folder,
      environment: ["CREDENTIALS_DIRECTORY=\(stage.folder)"])
    #expect(try child.wait().code == 0)
  }
}
