import Glibc
import SQLite
import Simulation
import Testing
import VtigerSimulator

/// The program against a simulated Vtiger: what it copies, follows and says.
@Suite struct EndToEndVtigerTests {
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
}
