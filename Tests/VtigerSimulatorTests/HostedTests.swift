import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// What hosted accounts have that self-hosted ones do not, as clients of them were seen to read it.
struct HostedTests {
  private func described(_ account: VtigerAccount, _ module: String) -> JSON {
    (try? account.describe(module)) ?? .null
  }

  @Test func prefixesAreTheAccountsOwn() {
    let account = account(.init(.cloud))
    #expect(described(account, "Contacts")["idPrefix"] == .string("4"))
    #expect(described(account, "Users")["idPrefix"] == .string("19"))
    let prefixes = account.visibleModules.compactMap(account.prefix)
    #expect(Set(prefixes).count == account.visibleModules.count)
    let contact = account.page("SELECT id FROM Contacts LIMIT 1;").first?["id"]?.string ?? ""
    #expect(contact.hasPrefix("4x"))
    #expect((try? account.retrieve(contact))?["id"] == .string(contact))
  }

  @Test func ticketsAreCases() {
    let account = account(.init(.cloud))
    #expect(!account.visibleModules.contains("HelpDesk"))
    #expect(account.records(of: "Cases").count == 30)
    let fields = described(account, "Cases")["fields"]?.items.compactMap { $0["name"]?.string }
    #expect(fields?.contains("casestatus") == true)
    let events = described(account, "Events")["fields"]?.items.first {
      $0["name"] == .string("parent_id")
    }
    #expect(events?["type"]?["refersTo"]?.items.contains(.string("Cases")) == true)
    #expect(events?["type"]?["refersTo"]?.items.contains(.string("HelpDesk")) == false)
  }

  @Test func closedStatesAreToldAndShown() {
    let account = account(.init(.cloud))
    let info = described(account, "Potentials")["closedStatesInfo"]
    #expect(info?["status_field"] == .string("sales_stage"))
    #expect(
      info?["status_values"] == .array([.string("Closed Won"), .string("Closed Lost")]))
    #expect(described(account, "Contacts")["closedStatesInfo"] == nil)
    let deal = account.createRecord(in: "Potentials", ["sales_stage": "Prospecting"])
    #expect(account.records(of: "Potentials")[deal]?["isclosed"] == .string("0"))
    account.revise(deal, "sales_stage", "Closed Lost")
    #expect(account.records(of: "Potentials")[deal]?["isclosed"] == .string("1"))
    account.renameValue(of: "sales_stage", "Closed Lost", to: "Gone")
    #expect(account.records(of: "Potentials")[deal]?["isclosed"] == .string("1"))
    #expect(account.records(of: "Potentials")[deal]?["pipeline"]?.string != nil)
  }

  @Test func aSelfHostedAccountTellsNoClosedStates() {
    let account = account()
    #expect(described(account, "Potentials")["closedStatesInfo"] == nil)
    #expect(account.outcome(of: "SELECT isclosed FROM Potentials;") == "ACCESS_DENIED")
  }

  @Test func customFieldsBearTheNameOfTheirModule() {
    let account = account(.init(.cloud))
    #expect(account.columns(of: "Contacts").contains("cf_contacts_x851"))
    #expect(account.addField(to: "Cases", type: "date").hasPrefix("cf_cases_x"))
  }

  @Test func inactiveFieldsAreListedApart() {
    let account = account(.init(.cloud))
    account.setActive(false, field: "fax", of: "Contacts")
    let contacts = described(account, "Contacts")
    #expect(contacts["inactivefields"]?.items.map { $0["name"] } == [.string("fax")])
    #expect(contacts["fields"]?.items.contains { $0["name"] == .string("fax") } == false)
  }

  @Test func makersAreNamed() {
    let account = account(.init(.cloud), size: .empty)
    let lead = account.createRecord(in: "Leads")
    account.update(lead) { $0.creator = 3 }
    #expect(account.records(of: "Leads")[lead]?["created_user_id"] == .string("19x3"))
  }
}
