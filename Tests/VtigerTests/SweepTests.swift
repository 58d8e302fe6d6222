import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// What changes without a word is found by reading rows again.
@Suite struct SweepTests {
  @Test(arguments: VtigerForm.allCases)
  func `a request reads a hundred rows again, however many modules there are`(
    form: VtigerForm
  ) throws {
    let account = VtigerAccount(
      seed: 5, size: VtigerSize(records: ["Contacts": 130, "Accounts": 20, "Leads": 7]),
      now: 1_795_000_000, switches: .init(form == .rest ? .cloud : .v8_3))
    let replica = try Replica(account, form)
    replica.modules = ["Contacts", "Accounts", "Leads"]
    replica.options.scrubBudget = 4
    try replica.sync()
    for name in ["Contacts", "Accounts", "Leads"] {
      for id in account.ids(of: name) {
        account.alterSilently(id, name == "Accounts" ? "accountname" : "lastname", "New")
      }
    }
    account.now += replica.options.scrubEvery
    let before = account.requestCount
    try replica.sync()
    let asked = account.log.suffix(account.requestCount - before)
    #expect(asked.count { $0.target.contains("id%20IN%20(") } == 4)
    let differences = try Oracle(replica).differences(replica.open(replica.source()))
    #expect(differences.isEmpty, "\(differences)")
  }
}
