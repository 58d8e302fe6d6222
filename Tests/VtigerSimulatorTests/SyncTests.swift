import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// The change feed, by the algorithm that was measured through `syncx`.
struct SyncTests {
  private func live(_ size: VtigerSize = .empty) -> VtigerAccount {
    let account = account(.init(.v8_3), size: size)
    account.switches.sync = .records
    return account
  }

  private func sync(
    _ account: VtigerAccount, _ module: String, since: Int64, _ type: String? = "application"
  ) -> JSON {
    let parameters =
      [
        ("modifiedTime", String(since)), ("elementType", module),
      ] + (type.map { [("syncType", $0)] } ?? [])
    return JSON(account.ask("sync", parameters).body)?["result"] ?? .null
  }

  private func numbers(_ json: JSON?) -> [Int64] {
    (json?.items ?? []).compactMap { VtigerAccount.number(in: $0["id"]?.string ?? $0.string ?? "") }
  }

  @Test func tiesAreNeverParted() {
    let account = live()
    let start = account.now
    for _ in 0..<60 { account.createRecord(in: "Leads") }
    account.now += 1
    for _ in 0..<340 { account.createRecord(in: "Leads") }
    account.now += 1
    let last = account.createRecord(in: "Leads")
    let first = sync(account, "Leads", since: start - 1)
    #expect(first.keys == ["updated", "deleted", "more", "lastModifiedTime"])
    #expect(first["updated"]?.items.count == 400)
    #expect(first["more"] == .bool(true))
    #expect(first["lastModifiedTime"] == .number(String(start + 1)))
    let rest = sync(account, "Leads", since: start + 1)
    #expect(numbers(rest["updated"]) == [last])
    #expect(rest["more"] == .bool(false))
    let nothing = sync(account, "Leads", since: start + 2)
    #expect(nothing["updated"] == .array([]))
    #expect(nothing["lastModifiedTime"] == .number(String(start + 2)))
  }

  @Test func olderRowsComeAloneWhenTheyFillThePage() {
    let account = live()
    for _ in 0..<100 { account.createRecord(in: "Leads") }
    account.now += 1
    for _ in 0..<300 { account.createRecord(in: "Leads") }
    let first = sync(account, "Leads", since: noon - 1)
    #expect(first["updated"]?.items.count == 100)
    #expect(sync(account, "Leads", since: noon)["updated"]?.items.count == 300)
  }

  @Test func aRowStampedLaterInTheLastSecondIsNotSeen() {
    let account = live()
    let first = account.createRecord(in: "Leads")
    #expect(numbers(sync(account, "Leads", since: noon - 1)["updated"]) == [first])
    let late = account.createRecord(in: "Leads")
    #expect(sync(account, "Leads", since: noon)["updated"] == .array([]))
    #expect(numbers(sync(account, "Leads", since: noon - 1)["updated"]) == [first, late])
  }

  @Test func deletionsAreToldAndCascadesAndPurgesAreNot() {
    let account = live()
    let ids = (0..<4).map { _ in account.createRecord(in: "Leads") }
    let company = account.createRecord(in: "Accounts")
    let deal = account.createRecord(in: "Potentials")
    account.link(deal, "related_to", to: company)
    account.now += 60
    account.delete(ids[0])
    account.delete(ids[1])
    account.purge(ids[1])
    account.convert(lead: ids[2])
    account.delete(ids[3])
    account.restore(ids[3])
    account.delete(company)
    let leads = sync(account, "Leads", since: noon)
    #expect(numbers(leads["deleted"]) == [ids[0], ids[2]])
    #expect(numbers(leads["updated"]) == [ids[3]])
    let deals = sync(account, "Potentials", since: noon)
    #expect(!numbers(deals["deleted"]).contains(deal))
    #expect(!numbers(deals["updated"]).contains(deal))
    #expect(account.records(of: "Potentials")[deal] == nil)
  }

  @Test func scopesAreOwnersAndAnUnknownOneIsTheUsers() {
    let account = live()
    let group = account.groupsByUser[1]?.first ?? 0
    let ids = [1, group, 4].map { owner in
      let id = account.createRecord(in: "Leads")
      account.assign(id, to: owner)
      return id
    }
    for type in [nil, "user", "nonsense"] {
      #expect(numbers(sync(account, "Leads", since: 1, type)["updated"]) == [ids[0]])
    }
    #expect(
      numbers(sync(account, "Leads", since: 1, "userandgroup")["updated"]) == [ids[0], ids[1]])
    #expect(numbers(sync(account, "Leads", since: 1)["updated"]) == ids)
    account.switches.access = .viewAll
    #expect(
      account.outcome(
        "sync",
        [("modifiedTime", "1"), ("elementType", "Leads"), ("syncType", "application")])
        == "ACCESS_DENIED")
  }

  @Test func someModulesHaveNone() {
    let account = live()
    #expect(sync(account, "Users", since: 1)["lastModifiedTime"] == .string("1"))
    for (module, outcome) in [
      ("Groups", "ACCESS_DENIED"), ("Foo", "ACCESS_DENIED"), ("Emails", "500"), ("", "500"),
    ] {
      #expect(
        account.outcome("sync", [("modifiedTime", "1"), ("elementType", module)]) == outcome)
    }
    for time in ["0", "", "2026-03-01"] {
      #expect(
        account.outcome("sync", [("modifiedTime", time), ("elementType", "Leads")]) == "500")
    }
    for time in ["1.5", "-5"] {
      #expect(account.outcome("sync", [("modifiedTime", time), ("elementType", "Leads")]) == "OK")
    }
  }

  @Test func anActivityComesOnceForEachContact() {
    let account = live(.init(records: ["Contacts": 5]))
    let contacts = account.records(of: "Contacts").keys.sorted()
    let task = account.createRecord(in: "Calendar")
    account.invite(Array(contacts.prefix(3)), to: task)
    #expect(numbers(sync(account, "Calendar", since: 1)["updated"]) == [task, task, task])
    account.makeEvent(of: task)
    #expect(sync(account, "Calendar", since: 1)["updated"] == .array([]))
    #expect(sync(account, "Calendar", since: 1)["deleted"] == .array([]))
    #expect(Set(numbers(sync(account, "Events", since: 1)["updated"])) == [task])
  }

  @Test func documentsComeWithoutLinesAndRecordsWithTheKeysOfQuery() {
    let account = live(.init(records: ["Products": 5, "Contacts": 1, "Invoice": 3]))
    for invoice in account.records(of: "Invoice").keys {
      account.writeLines(account.drafts(3), of: invoice)
    }
    let invoices = sync(account, "Invoice", since: 1)["updated"]?.items ?? []
    #expect(invoices.count == 3)
    #expect(invoices[0].keys.contains("quantity") == false)
    #expect(invoices[0]["discount_percent"] == .null)
    let contact = sync(account, "Contacts", since: 1)["updated"]?.items.first
    #expect(contact == account.query(rows: "SELECT * FROM Contacts;").first)
  }

  @Test func timesAreThoseOfTheClockWhateverTheZone() {
    let account = live()
    account.switches.zoneOffset = 3_600
    let id = account.createRecord(in: "Leads")
    let page = sync(account, "Leads", since: noon - 1)
    #expect(numbers(page["updated"]) == [id])
    #expect(page["lastModifiedTime"] == .number(String(noon)))
    #expect(sync(account, "Leads", since: noon)["updated"] == .array([]))
  }

  @Test func changesMayBeIDsAlone() {
    let account = live()
    account.switches.sync = .ids
    let id = account.createRecord(in: "Leads")
    #expect(sync(account, "Leads", since: 1)["updated"] == .array([.string("10x\(id)")]))
  }
}
