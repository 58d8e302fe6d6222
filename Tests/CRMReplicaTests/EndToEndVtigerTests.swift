import Glibc
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

/// The program against a simulated Vtiger: what it copies, follows and says.
@Suite(.onWaitingThreads) struct EndToEndVtigerTests {
  @Test func `an account is copied and followed, and a quiet round asks little`() throws {
    let stage = try VtigerStage()
    let first = try stage.run("sync")
    #expect(first.code == 0, "\(first.log)\(first.output)")
    #expect(try stage.differences() == [])
    #expect(first.requests.count { $0.contains("/describe?") } > 20)
    #expect(first.requests.count { $0.hasSuffix("/me") } == 2)
    #expect(try stage.value("SELECT count(*) FROM _runs") == 1)
    #expect(
      try stage.value("SELECT requests FROM _runs") == .integer(Int64(first.requests.count)))

    let quiet = try stage.run("sync")
    #expect(quiet.code == 0, "\(quiet.log)")
    #expect(quiet.requests.count { $0.contains("/describe?") || $0.contains("/listtypes") } == 0)
    #expect(quiet.requests.count { $0.hasSuffix("/me") } == 1)
    #expect(
      try stage.value(
        "SELECT sum(inserted + updated + deleted) FROM _run_tables WHERE run_id = 2") == 0)

    let (created, revised, deleted) = stage.server.withAccount { account in
      let contacts = account.records(of: "Contacts").keys.sorted()
      account.revise(contacts[0], "lastname", "Lovelace")
      account.delete(contacts[1])
      return (account.createRecord(in: "Potentials"), contacts[0], contacts[1])
    }
    let changes = try stage.run("sync")
    #expect(changes.code == 0, "\(changes.log)")
    #expect(try stage.differences() == [])
    #expect(try stage.value("SELECT lastname FROM contacts WHERE id = \(revised)") == "Lovelace")
    #expect(
      try stage.value("SELECT _deleted_reason IS NOT NULL FROM contacts WHERE id = \(deleted)")
        == 1)
    #expect(try stage.value("SELECT count(*) FROM potentials WHERE id = \(created)") == 1)
  }

  @Test(arguments: [VtigerSwitches.Release.v8_0, .v8_3])
  func `a server of one's own is copied and followed in sessions`(
    release: VtigerSwitches.Release
  ) throws {
    let stage = try VtigerStage(VtigerSwitches(release))
    try stage.configure(["source": stage.source(api: "session")])
    let first = try stage.run("sync")
    #expect(first.code == 0, "\(first.log)\(first.output)")
    #expect(try stage.differences() == [])
    let deleted = stage.server.withAccount { account in
      let contacts = account.records(of: "Contacts").keys.sorted()
      account.revise(contacts[0], "lastname", "Lovelace")
      account.delete(contacts[1])
      return contacts[1]
    }
    let changes = try stage.run("sync")
    #expect(changes.code == 0, "\(changes.log)")
    #expect(try stage.differences() == [])
    #expect(
      try stage.value("SELECT _deleted_reason IS NOT NULL FROM contacts WHERE id = \(deleted)")
        == 1)
    let check = try stage.run("check")
    #expect(check.code == 0, "\(check.output)\(check.log)")
    #expect(check.output.contains("release: ok, Vtiger \(release.rawValue)"))
    try stage.file("access-key", "not-the-key\n")
    #expect(try stage.run("sync").code == 77)
    #expect(try stage.run("check").code == 77)
  }

  @Test func `the daemon reads what the account was found to have, round after round`() throws {
    let stage = try VtigerStage()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    let daemon = try Child(["run", "--config", stage.config], in: stage.folder)
    func runs() -> Int64 {
      guard access(stage.database, F_OK) == 0 else { return 0 }
      let count = try? stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'")
      return count?.integer ?? 0
    }
    #expect(poll(seconds: 60) { runs() >= 3 })
    daemon.signal(SIGTERM)
    let ending = try daemon.wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(try stage.differences() == [])
    let asked = stage.server.withAccount { $0.log.map(\.target) }
    #expect(asked.count { $0.contains("/listtypes?") } == 1)
    // Each table was read in the first round, the new ones with those that were known before.
    #expect(
      try stage.value("SELECT count(*) FROM _run_tables WHERE run_id = 1 AND outcome <> 'good'")
        == 0)
    #expect(
      try stage.value("SELECT count(*) FROM _run_tables WHERE run_id = 1")
        == stage.value("SELECT count(*) FROM _cursors"))
  }

  @Test func `a demo of a Vtiger leaves its file, and replaces no other`() throws {
    let directory = try TemporaryDirectory()
    let database = directory.path + "/demo.sqlite"
    for _ in 1...2 {
      let ending = try Child(
        ["demo", "--source", "vtiger", "--database", database], in: directory.path
      ).wait(seconds: 60)
      #expect(ending.code == 0, "\(ending.log)\(ending.output)")
      #expect(ending.output.contains("A simulated Vtiger account answers"))
      #expect(ending.output.contains("Who owns most"))
      #expect(ending.output.contains("4 contacts are deleted"))
      let connection = try Connection(path: database, mode: .readOnly)
      #expect(try connection.value("SELECT count(*) FROM _runs") == 2)
      #expect(try connection.value("SELECT count(*) FROM contacts") == 1_009)
      #expect(
        try connection.value("SELECT count(*) FROM contacts WHERE _deleted_at IS NOT NULL") == 4)
      #expect(try connection.value("PRAGMA integrity_check") == "ok")
      // What the end of the demonstration tells people to try.
      let report = try Child(
        ["report", "sync_freshness", "--limit", "5", "--database", database], in: directory.path
      ).wait()
      #expect(report.code == 0 && report.output.contains("accounts"), "\(report.log)")
    }
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let foreign = try Child(
      ["demo", "--source", "vtiger", "--database", stage.database], in: stage.folder
    ).wait()
    #expect(foreign.code == 73)
    #expect(foreign.log.contains("holds no demo"), "\(foreign.log)")
    let odd = try Child(["demo", "--source", "none"], in: stage.folder).wait()
    #expect(odd.code == 64)
    #expect(odd.log.contains(#"must be "capsule" or "vtiger""#), "\(odd.log)")
  }
}
