import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// How values leave the server, as measured on 8.0.0 and 8.3.0.
struct ValueTests {
  @Test func emptyValuesAreNullOrTextByTheRelease() {
    for (release, empty) in [
      (VtigerSwitches.Release.v8_0, JSON.string("")), (.v8_3, .null), (.cloud, .null),
    ] {
      let account = account(.init(release), size: .empty)
      let id = account.createRecord(in: "Contacts")
      account.update(id) { $0[account.key("birthday")] = nil }
      account.link(id, "account_id", to: 0)
      let row = account.query(rows: "SELECT * FROM Contacts;").first
      #expect(row?["birthday"] == empty)
      #expect(row?["account_id"] == empty)
    }
  }

  @Test func retrieveSaysTextForPlainFields() {
    let account = account(size: .empty)
    let id = account.createRecord(in: "Contacts")
    account.update(id) { $0[account.key("birthday")] = nil }
    account.link(id, "account_id", to: 0)
    let record = JSON(account.ask("retrieve", [("id", "12x\(id)")]).body)?["result"]
    #expect(record?["birthday"] == .string(""))
    #expect(record?["account_id"] == .null)
    #expect(record?["label"] != nil)
  }

  @Test func everyOtherValueIsText() {
    for module in account().visibleModules {
      for row in account().query(rows: "SELECT * FROM \(module);") {
        for key in row.keys { #expect(row[key] == .null || row[key]?.string != nil) }
      }
    }
  }

  @Test func decimalsHaveTheDigitsOfTheirColumn() {
    let account = account(size: .empty)
    let id = account.createRecord(in: "Contacts")
    for name in ["cf_853", "cf_855", "cf_857", "cf_859"] {
      account.update(id) { $0[account.key(name)] = nil }
    }
    let row = account.query(rows: "SELECT * FROM Contacts;").first
    #expect(row?["cf_853"] == .string("0.000"))
    #expect(row?["cf_855"] == .string("0"))
    #expect(row?["cf_857"] == .string("0.00"))
    #expect(row?["cf_859"] == .string("0.00"))
    #expect(decimal(-5_000, 3) == "-0.500")
    #expect(decimal(12_345_678, 8) == "1234.56780000")
  }

  @Test func controlCharactersComeOutRawFrom83() {
    let text = "a\u{1}b\u{B}c \"é/\" 1\n2"
    for (release, spelt) in [
      (VtigerSwitches.Release.v8_3, "\"a\u{1}b\u{B}c \\\"é/\\\" 1\\n2\""),
      (.v8_0, #""a\u0001b\u000bc \"\u00e9\/\" 1\n2""#),
    ] {
      let account = VtigerAccount(
        seed: 1, size: .empty, now: noon, switches: VtigerSwitches(release))
      let id = account.createRecord(in: "Contacts")
      account.revise(id, "description", text)
      let reply = account.ask("query", [("query", "SELECT description FROM Contacts;")])
      #expect(String(decoding: reply.body, as: UTF8.self).contains(spelt))
      #expect((JSON(reply.body) == nil) == (release == .v8_3))
    }
  }

  @Test func fourByteCharactersArePairsInJSONOfPHP() {
    var encoder = Encoder(isPHP: true, writesRawControls: false)
    encoder.write(.string("😀"))
    #expect(String(decoding: encoder.bytes, as: UTF8.self) == #""\ud83d\ude00""#)
  }

  @Test func ownersAreUsersGroupsOrBareNumbers() {
    let account = account(size: .empty)
    let id = account.createRecord(in: "Contacts")
    func owner() -> String? {
      account.query(rows: "SELECT assigned_user_id FROM Contacts;").first?["assigned_user_id"]?
        .string
    }
    account.assign(id, to: 4)
    #expect(owner() == "19x4")
    account.setStatus(ofUser: 4, "Inactive")
    #expect(owner() == "19x4")
    account.purgeUser(4)
    #expect(owner() == "4")
    account.assign(id, to: 7)
    #expect(owner() == "20x7")
    account.assign(id, to: 0)
    #expect(owner() == "0")
  }

  @Test func referencesToInactiveUsersFlap() {
    let account = account(size: .empty)
    let ids = (0..<3).map { _ in account.createRecord(in: "Contacts") }
    for id in ids { account.update(id) { $0.modifiedBy = 5 } }
    func shown() -> [JSON?] {
      account.query(rows: "SELECT modifiedby FROM Contacts ORDER BY id;").map { $0["modifiedby"] }
    }
    #expect(shown() == [.string("19x5"), .string("19x5"), .string("19x5")])
    account.setStatus(ofUser: 5, "Inactive")
    #expect(shown() == [.null, .string("19x5"), .string("19x5")])
    #expect(account.records(of: "Contacts")[ids[0]]?["modifiedby"] == .string("19x5"))
    let retrieved = JSON(account.ask("retrieve", [("id", "12x\(ids[2])")]).body)?["result"]
    #expect(retrieved?["modifiedby"] == .null)
    #expect(account.ids("SELECT id FROM Users WHERE status = 'Inactive';") == [])
    account.switches.referencesFlap = false
    #expect(shown() == [.string("19x5"), .string("19x5"), .string("19x5")])
  }

  @Test func aStarIsPerUser() {
    let account = account(size: .empty)
    let ids = (0..<2).map { _ in account.createRecord(in: "Contacts") }
    account.update(ids[0]) { $0.creator = 1 }
    account.update(ids[1]) { $0.creator = 2 }
    let rows = account.query(rows: "SELECT starred FROM Contacts ORDER BY id;")
    #expect(rows[0]["starred"]?.string != nil)
    #expect(rows[1]["starred"] == .null)
  }

  @Test func secretsOfUsersCameOutOf80() {
    let secrets = ["user_password", "confirm_password", "accesskey"]
    let old = account(.init(.v8_0)).query(rows: "SELECT * FROM Users LIMIT 1;").first
    let new = account().query(rows: "SELECT * FROM Users LIMIT 1;").first
    for secret in secrets {
      #expect(old?[secret]?.string?.isEmpty == false)
      #expect(new?[secret] == nil)
      #expect(account().outcome(of: "SELECT \(secret) FROM Users;") == "ACCESS_DENIED")
    }
    let described = account().ask("describe", [("elementType", "Users")])
    #expect(String(decoding: described.body, as: UTF8.self).contains("user_password"))
  }

  @Test func stampsAreOfTheServersZoneAndOldOnesKeepTheirText() {
    let account = account(size: .empty)
    let old = account.createRecord(in: "Contacts")
    account.switches.zoneOffset = -5 * 3_600
    let new = account.createRecord(in: "Contacts")
    let stamps = account.records(of: "Contacts").mapValues { $0["modifiedtime"]?.string }
    #expect(stamps[old] == "2026-03-01 12:00:00")
    #expect(stamps[new] == "2026-03-01 07:00:00")
    #expect(account.ask("listtypes").headers["Date"] == "Sun, 01 Mar 2026 12:00:00 GMT")
  }

  @Test func attachmentsAreNamedByNoField() {
    let account = account()
    let stored = account.query(rows: "SELECT * FROM Documents;").filter {
      $0["filelocationtype"] == .string("I")
    }
    #expect(!stored.isEmpty)
    for row in stored { #expect(row["imageattachmentids"]?.string?.hasPrefix("15x") == true) }
  }
}
