import Model
import SQLite
import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// When a record is taken for gone.
@Suite struct AbsenceTests {
  private func replica(_ form: VtigerForm, _ module: String) throws -> Replica {
    let account = VtigerAccount(
      seed: 3, size: VtigerSize(records: [module: 1]), now: 1_795_000_000,
      switches: .init(form == .rest ? .cloud : .v8_3))
    let replica = try Replica(account, form)
    replica.modules = [module]
    return replica
  }

  private func living(_ replica: Replica, _ table: String) throws -> Value {
    try replica.value("SELECT count(*) FROM \(table) WHERE _deleted_at IS NULL")
  }

  @Test(
    arguments: VtigerForm.allCases, [("Contacts", "contacts"), ("PBXManager", "pbx_manager")])
  func `the last record of a module is gone when its own answer says so`(
    form: VtigerForm, module: (name: String, table: String)
  ) throws {
    let replica = try replica(form, module.name)
    let account = replica.account
    #expect(try replica.sync().outcome == .good)
    #expect(try living(replica, module.table) == 1)
    account.now += 3_600
    account.delete(try #require(account.ids(of: module.name).first))
    let summary = try replica.sync()
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    #expect(try living(replica, module.table) == 0)
  }

  /// Every query that joins a broken table finds nothing, and says that this is a success.
  @Test(arguments: VtigerForm.allCases)
  func `a module that comes back wholly empty is not believed`(form: VtigerForm) throws {
    let replica = try replica(form, "Contacts")
    try replica.sync()
    let content = try replica.rows("SELECT * FROM contacts")
    replica.account.now += 3_600
    let account = replica.account
    account.brokenTables = ["Contacts"]
    account.revise(try #require(account.ids(of: "Contacts").first), "lastname", "Lovelace")
    for _ in 0..<2 {
      let report = try #require(try replica.sync().tables.first { $0.table == "contacts" })
      #expect(report.outcome == .failed && report.failure?.kind == .hidden(1))
      account.now += 86_400
    }
    // As its own answer spells it, which has a label besides.
    #expect(try living(replica, "contacts") == 1)
    account.brokenTables = []
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.value("SELECT lastname FROM contacts") == "Lovelace")
    _ = content
  }

  /// A converted lead is on no list, and by its id it is shown for ever.
  @Test func `what its own answer shows stays`() throws {
    let replica = try replica(.session, "Leads")
    let account = replica.account
    try replica.sync()
    account.now += 3_600
    account.convert(lead: try #require(account.ids(of: "Leads").first))
    #expect(try replica.sync().outcome == .good)
    #expect(try living(replica, "leads") == 1)
    // Beside another one it is gone.
    account.createRecord(in: "Leads")
    #expect(try replica.sync().outcome == .good)
    #expect(
      try replica.rows(
        "SELECT id IN (SELECT max(id) FROM leads) FROM leads WHERE _deleted_at IS NULL") == [[1]])
  }
}
