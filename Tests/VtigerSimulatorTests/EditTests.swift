import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// What an edit stamps and what it leaves unstamped, as measured on 8.0.0 and 8.3.0.
struct EditTests {
  private func stamp(_ account: VtigerAccount, _ module: String, _ id: Int64) -> String? {
    account.records(of: module)[id]?["modifiedtime"]?.string
  }

  private let before = "2026-03-01 12:00:00"
  private let after = "2026-03-01 12:01:00"

  @Test func aCommentStampsWhatItIsAbout() {
    let account = account(size: .empty)
    let company = account.createRecord(in: "Accounts")
    let contact = account.createRecord(in: "Contacts")
    account.link(contact, "account_id", to: company)
    account.now += 60
    let comment = account.comment(on: contact, "Called back.")
    #expect(stamp(account, "ModComments", comment) == after)
    #expect(stamp(account, "Contacts", contact) == after)
    #expect(stamp(account, "Accounts", company) == before)
    #expect(
      account.records(of: "ModComments")[comment]?["related_to"] == .string("12x\(contact)"))
  }

  @Test func aSaveStampsWithTheSameValueToo() {
    let account = account(size: .empty)
    let lead = account.createRecord(in: "Leads", ["lastname": "Dunne"])
    account.now += 60
    account.revise(lead, "lastname", "Dunne")
    #expect(stamp(account, "Leads", lead) == after)
    account.now += 60
    account.alterSilently(lead, "lastname", "Doyle")
    #expect(stamp(account, "Leads", lead) == after)
    #expect(account.records(of: "Leads")[lead]?["lastname"] == .string("Doyle"))
  }

  @Test func anAccountTakesDealsAndQuotesAndEmptiesReferencesWithoutAStamp() {
    let account = account(size: .empty)
    let company = account.createRecord(in: "Accounts")
    let child = account.createRecord(in: "Accounts")
    let contact = account.createRecord(in: "Contacts")
    let ticket = account.createRecord(in: "HelpDesk")
    let deal = account.createRecord(in: "Potentials")
    let quote = account.createRecord(in: "Quotes")
    let invoice = account.createRecord(in: "Invoice")
    account.link(child, "account_id", to: company)
    account.link(contact, "account_id", to: company)
    account.link(ticket, "parent_id", to: company)
    account.link(deal, "related_to", to: company)
    account.link(quote, "account_id", to: company)
    account.link(invoice, "account_id", to: company)
    account.now += 60
    account.delete(company)
    #expect(account.records(of: "Accounts")[company] == nil)
    #expect(account.records(of: "Potentials").isEmpty)
    #expect(account.records(of: "Quotes").isEmpty)
    for (module, id, field) in [
      ("Contacts", contact, "account_id"), ("HelpDesk", ticket, "parent_id"),
      ("Invoice", invoice, "account_id"), ("Accounts", child, "account_id"),
    ] {
      #expect(account.records(of: module)[id]?[field] == .null)
      #expect(stamp(account, module, id) == before)
    }
    account.restore(company)
    #expect(stamp(account, "Accounts", company) == after)
    #expect(account.records(of: "Potentials").isEmpty)
    #expect(account.records(of: "Contacts")[contact]?["account_id"] == .null)
    #expect(account.records(of: "HelpDesk")[ticket]?["parent_id"] == .null)
    // What was merely shown as null is there again.
    #expect(account.records(of: "Invoice")[invoice]?["account_id"] == .string("11x\(company)"))
  }

  @Test func aVendorTakesItsOrdersAndAContactNothing() {
    let account = account(size: .empty)
    let vendor = account.createRecord(in: "Vendors")
    let order = account.createRecord(in: "PurchaseOrder")
    account.link(order, "vendor_id", to: vendor)
    let contact = account.createRecord(in: "Contacts")
    let deal = account.createRecord(in: "Potentials")
    account.link(deal, "contact_id", to: contact)
    account.now += 60
    account.delete(vendor)
    account.delete(contact)
    #expect(account.records(of: "PurchaseOrder")[order] == nil)
    #expect(account.records(of: "Potentials")[deal]?["contact_id"] == .null)
    #expect(stamp(account, "Potentials", deal) == before)
  }

  @Test func deletedPurgedAndUnknownAreTheSame() {
    let account = account(size: .empty)
    let ids = (0..<3).map { _ in account.createRecord(in: "Contacts") }
    account.delete(ids[0])
    account.delete(ids[1])
    account.purge(ids[1])
    #expect(account.recycled(in: "Contacts") == [ids[0]])
    for id in ["12x\(ids[0])", "12x\(ids[1])", "12x999999", "99x1", "177", ""] {
      #expect(account.outcome("retrieve", [("id", id)]) == "ACCESS_DENIED")
    }
    #expect(account.outcome("retrieve", [("id", "12x\(ids[2])")]) == "OK")
    #expect(account.outcome("retrieve", [("id", "11x\(ids[2])")]) == "INVALID_ID_ATTRIBUTE")
    account.purge(ids[2])
    #expect(account.outcome("retrieve", [("id", "12x\(ids[2])")]) == "OK")
  }

  @Test func usersThatAreInactiveAndDeletedAnswerDifferently() {
    let account = account(size: .empty)
    account.setStatus(ofUser: 4, "Inactive")
    #expect(account.outcome("retrieve", [("id", "19x4")]) == "RECORD_NOT_FOUND")
    account.deleteUser(5, transferringTo: 2)
    #expect(account.outcome("retrieve", [("id", "19x5")]) == "ACCESS_DENIED")
    #expect(account.ids("SELECT id FROM Users ORDER BY id;") == [1, 2, 3, 6])
  }

  @Test func aDeletedUsersRecordsAreStampedWhereOwned() {
    let account = account(size: .empty)
    let owned = account.createRecord(in: "Leads")
    let modified = account.createRecord(in: "Leads")
    account.assign(owned, to: 5)
    account.assign(modified, to: 1)
    account.update(modified) { $0.modifiedBy = 5 }
    account.now += 60
    account.deleteUser(5, transferringTo: 2)
    let rows = account.records(of: "Leads")
    #expect(rows[owned]?["assigned_user_id"] == .string("19x2"))
    #expect(stamp(account, "Leads", owned) == after)
    #expect(rows[modified]?["modifiedby"] == .string("19x2"))
    #expect(stamp(account, "Leads", modified) == before)
  }

  @Test func aMergeMovesChildrenWithoutAStamp() {
    let account = account(size: .empty)
    let winner = account.createRecord(in: "Contacts")
    let loser = account.createRecord(in: "Contacts")
    let ticket = account.createRecord(in: "HelpDesk")
    account.link(ticket, "contact_id", to: loser)
    let comment = account.comment(on: loser, "Hm.")
    let event = account.createRecord(in: "Events")
    account.invite([loser], to: event)
    account.now += 60
    account.merge(loser, into: winner)
    #expect(account.recycled(in: "Contacts") == [loser])
    let target = JSON.string("12x\(winner)")
    #expect(account.records(of: "HelpDesk")[ticket]?["contact_id"] == target)
    #expect(account.records(of: "ModComments")[comment]?["related_to"] == target)
    #expect(account.records(of: "Events")[event]?["contact_id"] == .null)
    for (module, id) in [("HelpDesk", ticket), ("ModComments", comment), ("Events", event)] {
      #expect(stamp(account, module, id) == before)
    }
    // Whoever comes back is not at the event again.
    account.restore(loser)
    #expect(account.records(of: "Events")[event]?["contact_id"] == .null)
  }

  @Test func aConvertedLeadIsGoneFromQueryAndAnswersRetrieve() throws {
    let account = account(size: .empty)
    let lead = account.createRecord(in: "Leads", ["company": "Fjord Boats"])
    let comment = account.comment(on: lead, "Warm.")
    account.now += 60
    let made = try #require(account.convert(lead: lead))
    #expect(account.ids("SELECT id FROM Leads;") == [])
    #expect(account.outcome("retrieve", [("id", "10x\(lead)")]) == "OK")
    #expect(account.records(of: "Accounts")[made.account]?["accountname"] == .string("Fjord Boats"))
    #expect(
      account.records(of: "Potentials")[made.deal]?["related_to"] == .string("11x\(made.account)"))
    #expect(
      account.records(of: "ModComments")[comment]?["related_to"] == .string("12x\(made.contact)"))
    #expect(stamp(account, "ModComments", comment) == before)
    #expect(account.convert(lead: lead) == nil)
  }

  @Test func aRenamedValueChangesRecordsWithoutAStamp() {
    let account = account(size: .empty)
    let lead = account.createRecord(in: "Leads", ["leadsource": "Partner"])
    let contact = account.createRecord(in: "Contacts", ["cf_875": "North |##| O'Hara"])
    account.now += 60
    account.renameValue(of: "leadsource", "Partner", to: "Ally")
    account.renameValue(of: "cf_875", "O'Hara", to: "West")
    #expect(account.records(of: "Leads")[lead]?["leadsource"] == .string("Ally"))
    #expect(account.records(of: "Contacts")[contact]?["cf_875"] == .string("North |##| West"))
    #expect(stamp(account, "Leads", lead) == before)
    #expect(account.picklists["leadsource"]?.contains("Ally") == true)
  }

  @Test func aSaveIsSeenHalfDoneUnderItsFinalStamp() {
    let account = account(size: .init(records: ["Products": 5]))
    let invoice = account.createRecord(in: "Invoice")
    account.writeLines(account.drafts(2), of: invoice)
    let old = account.lines(of: invoice)
    #expect(account.records(of: "Invoice")[invoice]?["hdnGrandTotal"] == .string("3.00000000"))
    account.now += 60
    account.generator = SplitMix64(seed: 3)
    account.beginSave(invoice)
    #expect(account.lines(of: invoice).isEmpty)
    #expect(account.records(of: "Invoice")[invoice]?["hdnGrandTotal"] == .string("0.00000000"))
    #expect(stamp(account, "Invoice", invoice) == after)
    account.now += 3
    account.endSaves()
    let new = account.lines(of: invoice)
    #expect(!new.isEmpty)
    #expect(stamp(account, "Invoice", invoice) == after)
    #expect(Set(old.map { $0["id"] }).isDisjoint(with: new.map { $0["id"] }))
    account.now += 57
    account.addLineSilently(to: invoice)
    #expect(account.lines(of: invoice).count == new.count + 1)
    #expect(stamp(account, "Invoice", invoice) == after)
  }

  @Test func aDocumentWithoutLinesAndWithIndividualTaxCrashesRetrieve() {
    let account = account(size: .init(records: ["Products": 5]))
    let invoice = account.createRecord(in: "Invoice", ["hdnTaxType": "individual"])
    account.writeLines([], of: invoice)
    #expect(account.outcome("retrieve", [("id", "7x\(invoice)")]) == "500")
    account.writeLines(account.drafts(2), of: invoice)
    let reply = JSON(account.ask("retrieve", [("id", "7x\(invoice)")]).body)?["result"]
    #expect(reply?["LineItems"]?.items.count == 2)
    #expect(reply?["LineItems"]?.items.first?["entity_type"] == .string("Products"))
    #expect(reply?["hdnDiscountPercent"] != nil)
    account.crashingRecords = [invoice]
    #expect(account.outcome("retrieve", [("id", "7x\(invoice)")]) == "500")
    #expect(account.ids("SELECT id FROM Invoice;") == [invoice])
  }

  @Test func aDeletedProductEmptiesItsLinesButNotTheirNames() {
    let account = account(size: .init(records: ["Products": 1]))
    let invoice = account.createRecord(in: "Invoice", ["hdnTaxType": "group"])
    account.writeLines(account.drafts(1), of: invoice)
    account.delete(account.first("Products"))
    #expect(account.lines(of: invoice).first?["productid"] == .null)
    let reply = JSON(account.ask("retrieve", [("id", "7x\(invoice)")]).body)?["result"]
    #expect(reply?["LineItems"]?.items.first?["product_name"] == .string("A product"))
  }

  @Test func aTaskBecomesAnEventUnderItsNumber() {
    let account = account(size: .empty)
    let task = account.createRecord(in: "Calendar")
    #expect(account.outcome("retrieve", [("id", "9x\(task)")]) == "OK")
    account.makeEvent(of: task)
    #expect(account.ids("SELECT id FROM Calendar;") == [])
    #expect(account.ids("SELECT id FROM Events;") == [task])
    #expect(account.outcome("retrieve", [("id", "9x\(task)")]) == "INVALID_ID_ATTRIBUTE")
    let untyped = account.createRecord(in: "Calendar", ["activitytype": ""])
    #expect(account.outcome("retrieve", [("id", "9x\(untyped)")]) == "INVALID_ID_ATTRIBUTE")
    #expect(account.outcome("retrieve", [("id", "18x\(untyped)")]) == "OK")
  }

  @Test func aRecordMayBeCommittedLateOrStampedAhead() {
    let account = account(size: .empty)
    let late = account.commitLate(in: "Leads", by: 45)
    #expect(stamp(account, "Leads", late) == "2026-03-01 11:59:15")
    account.postdate(late, by: 3_600)
    #expect(stamp(account, "Leads", late) == "2026-03-01 13:00:00")
  }

  @Test func aCrashedCreateIsSeenByRetrieveAlone() {
    let account = account(size: .empty)
    account.switches.sync = .records
    let id = account.crashInCreate("Contacts")
    #expect(account.ids("SELECT id FROM Contacts;") == [])
    #expect(account.outcome("retrieve", [("id", "12x\(id)")]) == "OK")
    let feed = account.ask("sync", [("modifiedTime", "1"), ("elementType", "Contacts")])
    #expect(JSON(feed.body)?["result"]?["deleted"] == .array([]))
    #expect(JSON(feed.body)?["result"]?["updated"] == .array([]))
  }

  @Test func actorsHaveNoChangeTimeAndAreReadByKey() {
    let account = account()
    account.reviseActor("Currency", 2, "conversion_rate", "12.00000")
    let rows = account.query(rows: "SELECT * FROM Currency WHERE id > '21x1' ORDER BY id;")
    #expect(rows.map { $0["conversion_rate"] } == [.string("12.00000")])
    #expect(rows[0]["modifiedtime"] == nil)
    let group = account.addActor("Groups", ["groupname": "Night shift"])
    #expect(account.ids("SELECT id FROM Groups ORDER BY id;").last == group)
    let groups = JSON(account.ask("retrieve", [("id", "20x\(group)")]).body)?["result"]
    #expect(groups?["groupid"] == .string(String(group)))
    account.removeActor("Groups", group)
    #expect(account.outcome("retrieve", [("id", "20x\(group)")]) == "ACCESS_DENIED")
  }

  @Test func offsetsLoseRowsThatKeysDoNot() {
    func read(byKey: Bool) -> Set<Int64> {
      let account = account(size: .init(records: ["Leads": 300]))
      var seen: [Int64] = []
      var (time, last) = ("2000-01-01 00:00:00", Int64(0))
      for page in 0..<12 {
        account.now += 1
        let condition =
          byKey
          ? "WHERE modifiedtime > '\(time)' OR modifiedtime = '\(time)' AND id > '10x\(last)' " : ""
        let limit = byKey ? "100" : "\(page * 100),100"
        let rows = account.query(
          rows: "SELECT id,modifiedtime FROM Leads \(condition)ORDER BY modifiedtime, id "
            + "LIMIT \(limit);")
        let ids = rows.compactMap { VtigerAccount.number(in: $0["id"]?.string ?? "") }
        seen += ids
        if let row = rows.last, let id = ids.last {
          (time, last) = (row["modifiedtime"]?.string ?? "", id)
        }
        if page < 2 { for id in ids.prefix(25) { account.touch(id) } }
      }
      return Set(seen)
    }
    #expect(read(byKey: true).count == 300)
    #expect(read(byKey: false).count == 250)
  }
}
