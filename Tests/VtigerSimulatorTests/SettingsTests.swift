import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Settings that change below a reader.
struct SettingsTests {
  @Test func theHourThatComesTwiceStampsTwice() {
    let account = account(size: .empty)
    account.switches.sync = .records
    account.switches.zoneOffset = 7_200
    account.zoneChanges = [.init(at: noon + 3_600, offset: 3_600)]
    account.now = noon + 1_800
    let first = account.createRecord(in: "Leads")
    account.now = noon + 5_400
    let second = account.createRecord(in: "Leads")
    let stamps = account.records(of: "Leads").mapValues { $0["modifiedtime"]?.string }
    #expect(stamps[first] == "2026-03-01 14:30:00")
    #expect(stamps[second] == "2026-03-01 14:30:00")
    // A reader that asks by stamp sees neither again: they are one second.
    #expect(account.ids("SELECT id FROM Leads WHERE modifiedtime > '2026-03-01 14:30:00';") == [])
    let page = account.ask(
      "sync",
      [
        ("modifiedTime", String(noon + 5_399)), ("elementType", "Leads"),
        ("syncType", "application"),
      ])
    let result = JSON(page.body)?["result"]
    #expect(result?["lastModifiedTime"] == .number(String(noon + 5_400)))
    #expect(result?["updated"]?.items.count == 2)
  }

  @Test func labelsChangeAndKeysDoNot() throws {
    let account = account()
    account.relabel(module: "Accounts", to: "Firms")
    account.relabel(field: "fax", of: "Accounts", to: "Telefax")
    let types = JSON(account.ask("listtypes").body)?["result"]?["information"]
    #expect(types?["Accounts"]?["label"] == .string("Firms"))
    let described = try account.describe("Accounts")
    #expect(described["label"] == .string("Firms"))
    let fax = described["fields"]?.items.first { $0["name"] == .string("fax") }
    #expect(fax?["label"] == .string("Telefax"))
  }

  @Test func aDeletedCurrencyIsGone() {
    let account = account()
    account.reviseActor("Currency", 2, "deleted", "1")
    #expect(account.ids("SELECT id FROM Currency;") == [1])
    account.reviseActor("Tax", 2, "deleted", "1")
    #expect(account.ids("SELECT id FROM Tax ORDER BY id;") == [1, 2, 3])
  }

  @Test func aRelationStampsItsSourceAndThatOfADocumentBoth() {
    let account = account(size: .empty)
    let contact = account.createRecord(in: "Contacts")
    let deal = account.createRecord(in: "Potentials")
    let document = account.createRecord(in: "Documents")
    func stamps() -> [Int64] {
      [("Contacts", contact), ("Potentials", deal), ("Documents", document)].map {
        account.shelves[$0.0]?[$0.1]?.modified ?? 0
      }
    }
    account.now += 60
    account.relate(deal, to: contact)
    #expect(stamps() == [noon, noon + 60, noon])
    account.now += 60
    account.relate(document, to: contact)
    #expect(stamps() == [noon + 120, noon + 60, noon + 120])
  }

  @Test func theHourHasAnAllowanceThatNoHeaderTells() {
    let account = account(.init(.cloud))
    account.minute = RateLimit(limit: 100, window: 60)
    account.hour = RateLimit(limit: 2, window: 3_600)
    let target = VtigerAccount.restPath + "me"
    let headers: Headers = ["Authorization": account.authorization ?? ""]
    let statuses = (0..<3).map { _ in
      account.respond(to: WireRequest(target: target, headers: headers)).status
    }
    #expect(statuses == [200, 200, 429])
    account.now += 3_600
    #expect(account.respond(to: WireRequest(target: target, headers: headers)).status == 200)
  }

  @Test func namesOfACustomModuleMeetEachOther() {
    let account = account()
    let row = account.query(rows: "SELECT * FROM Workshops LIMIT 1;").first
    for name in ["name", "Name", "about", "about_module", "_synced_at"] {
      #expect(row?.keys.contains(name) == true)
    }
    #expect(account.outcome(of: "SELECT Name,name,_synced_at FROM Workshops;") == "OK")
  }
}
