import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// Changes and deletions by the account's feed.
@Suite struct FeedTests {
  /// An account that was read once, and that compares no keys: what is gone, the feed must say.
  private func followed(_ form: VtigerSwitches.SyncForm = .records) throws -> FollowedAccount {
    var switches = VtigerSwitches(.cloud)
    switches.sync = form
    let replica = try FollowedAccount(switches)
    replica.account.now += 100_000
    (replica.isFed, replica.options.scrubBudget, replica.options.censusBudget) = (true, 0, 0)
    try replica.sync()
    replica.account.now += 3_600
    return replica
  }

  private func isOfChanges(_ text: String) -> Bool {
    text.lowercased().contains("where modifiedtime")
  }

  @Test(arguments: [VtigerSwitches.SyncForm.records, .ids])
  func `changes and deletions are read from the feed`(form: VtigerSwitches.SyncForm) throws {
    let replica = try followed(form)
    let account = replica.account
    let contacts = replica.ids("Contacts")
    account.delete(contacts[3])
    for id in contacts.suffix(3) { account.revise(id, "description", "new") }
    account.createRecord(in: "Leads")
    account.convert(lead: replica.ids("Leads")[0])
    account.revise(replica.ids("Invoice")[0], "description", "new")
    account.now += 60
    let asked = try replica.asked { _ = try replica.sync() }
    #expect(asked.filter(isOfChanges).allSatisfy { $0.contains("FROM Emails") }, "\(asked)")
    #expect(try replica.differences() == [])
    #expect(try replica.lineDifferences() == [])
    #expect(
      try replica.rows(
        "SELECT _deleted_reason FROM contacts WHERE id = \(contacts[3])") == [["deleted"]])
    #expect(try replica.rows("SELECT * FROM _told") == [])
  }

  @Test func `a quiet round costs as much as without it`() throws {
    let replica = try followed()
    try replica.sync()
    replica.account.now += 7_200
    let fed = try replica.asked { _ = try replica.sync() }
    replica.account.now += 7_200
    replica.isFed = false
    let listed = try replica.asked { _ = try replica.sync() }
    #expect(fed.contains("sync"))
    #expect(fed.count <= listed.count)
  }

  @Test func `all that one second has changed comes`() throws {
    let replica = try followed()
    for _ in 0..<250 { replica.account.createRecord(in: "Leads") }
    replica.account.now += 10
    for _ in 0..<120 { replica.account.createRecord(in: "Leads") }
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.differences() == [])
  }

  @Test func `what was told deleted and lives by its id stays`() throws {
    let replica = try followed()
    let account = replica.account
    let id = replica.ids("Contacts")[2]
    account.delete(id)
    account.beforeRequest = { account, _ in
      let isTold = account.log.suffix(20).contains {
        $0.target.contains("sync?") && $0.target.contains("elementType=Contacts")
      }
      if isTold { account.restore(id) }
    }
    replica.options.concurrency = 1
    try replica.sync()
    account.beforeRequest = nil
    #expect(account.ids(of: "Contacts").contains(id))
    try replica.sync()
    #expect(try replica.differences() == [])
    #expect(
      try replica.rows("SELECT count(*) FROM _history WHERE change = 'delete'") == [[0]])
  }

  /// The row beside it is gone without a word: then nothing is known of the one that was told.
  @Test func `a deletion waits for an answer that shows another row`() throws {
    let replica = try followed()
    let account = replica.account
    let quotes = replica.ids("Quotes")
    let owner = try #require(
      replica.rows("SELECT account_id FROM quotes WHERE id = \(quotes[0])")[0][0].integer)
    account.delete(owner)
    account.delete(try #require(account.ids(of: "Quotes").max()))
    let summary = try replica.sync()
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    replica.options.censusBudget = 300
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try replica.differences() == [])
    try replica.sync()
    #expect(try replica.rows("SELECT * FROM _told") == [])
  }

  @Test func `a feed that is dead is left for the list, and for a week`() throws {
    let replica = try followed()
    replica.account.switches.sync = .dead
    let id = replica.ids("Contacts")[1]
    replica.account.revise(id, "description", "new")
    let summary = try replica.sync()
    #expect(summary.outcome == .good)
    #expect(summary.tables.contains { $0.error?.contains("by its time instead") ?? false })
    #expect(try replica.differences() == [])
    replica.account.now += 86_400
    replica.account.revise(id, "description", "new")
    #expect(try !replica.asked { _ = try replica.sync() }.contains("sync"))
    #expect(try replica.differences() == [])
    replica.account.switches.sync = .records
    replica.account.now += 7 * 86_400
    #expect(try replica.asked { _ = try replica.sync() }.contains("sync"))
  }

  @Test(arguments: [
    #"{"updated":[],"deleted":[],"more":true,"lastModifiedTime":1}"#,
    #"{"updated":[],"deleted":[],"lastModifiedTime":1895000000}"#,
    #"{"updated":["99x5"],"deleted":[],"more":false,"lastModifiedTime":1895000000}"#,
    #"{"updated":[],"deleted":[7],"more":false,"lastModifiedTime":1895000000}"#,
    #"[]"#,
  ])
  func `what is no page of a feed is none`(result: String) throws {
    let source = try followed().source()
    let listing = try source.table("contacts").listings[0]
    let position = try #require(source.feedPosition(since: Timestamp(1_795_000_000), in: listing))
    let request = source.request(for: listing, Question(.page(position, size: 100)))
    let body = Array(#"{"success":true,"result":\#(result)}"#.utf8)
    guard case .fail = source.reply(Response(status: 200, body: body), to: request).verdict else {
      Issue.record("\(result) was taken for a page")
      return
    }
  }

  @Test func `who may not ask the feed is not refused altogether`() throws {
    let source = try followed().source()
    let listing = try source.table("contacts").listings[0]
    let position = try #require(source.feedPosition(since: Timestamp(1_795_000_000), in: listing))
    let request = source.request(for: listing, Question(.page(position, size: 100)))
    let verdict = source.reply(Response(status: 403, body: []), to: request).verdict
    #expect(verdict == .fail(.forbidden("status 403")))
  }

  // MARK: Whether it tells of all records

  private func isProven(_ change: (VtigerAccount) -> Void) throws -> Bool {
    let account = VtigerAccount(seed: 4, now: 1_795_000_000, switches: .init(.cloud))
    change(account)
    let replica = try Replica(account, .rest)
    replica.probesFeed = true
    _ = try replica.source()
    return replica.isFed
  }

  @Test func `only a feed that names another user's record is read`() throws {
    #expect(try isProven { _ in })
    #expect(try isProven { $0.switches.sync = .ids })
    #expect(try !isProven { $0.switches.sync = .dead })
    #expect(try !isProven { $0.switches.knowsApplication = false })
    #expect(try !isProven { $0.switches.access = .viewAll })
    #expect(
      try !isProven { account in
        for module in ["Contacts", "Accounts", "Potentials", "Leads"] {
          for id in account.ids(of: module) { account.assign(id, to: 1) }
        }
      })
  }

  // MARK: Interruptions

  @Test func `a run that is cut off loses no deletion`() throws {
    for stop in 1...12 {
      var switches = VtigerSwitches(.cloud)
      switches.sync = .records
      let account = VtigerAccount(
        seed: 5, size: VtigerSize(records: ["Contacts": 12, "Leads": 5]), now: 1_795_000_000,
        switches: switches)
      let replica = try Replica(account, .rest)
      (replica.modules, replica.probesFeed) = (["Contacts", "Leads"], true)
      (replica.options.scrubBudget, replica.options.censusBudget) = (0, 0)
      try replica.sync()
      account.now += 3_600
      for module in ["Contacts", "Leads"] {
        for id in account.ids(of: module).sorted().prefix(3) { account.delete(id) }
        for id in account.ids(of: module).sorted().suffix(1) {
          account.revise(id, "description", "new")
        }
      }
      replica.prepare = { $0.interruptAfter = stop }
      try replica.sync()
      replica.prepare = { _ in }
      account.now += 60
      #expect(try replica.sync().outcome == .good)
      let connection = try Database.openReadOnly(path: replica.path)
      #expect(try Oracle(replica).differences(connection).map(\.description) == [], "\(stop)")
    }
  }

  // MARK: Zones

  /// The clock of the server is put back: what is stamped in the hour that comes twice is not
  /// missed, whether its zone is known or not.
  @Test(arguments: [true, false])
  func `the hour that comes twice loses nothing`(isKnown: Bool) throws {
    let replica = try FollowedAccount(.init(.cloud))
    let account = replica.account
    let change = account.now + 200_000
    account.switches.zoneOffset = 7_200
    account.zoneChanges = [.init(at: change, offset: 3_600)]
    if isKnown {
      replica.zone = ServerZone([
        .init(from: Timestamp(0), seconds: 7_200), .init(from: Timestamp(change), seconds: 3_600),
      ])
    }
    (replica.isFed, replica.options.scrubBudget, replica.options.censusBudget) = (true, 0, 0)
    account.now = change - 7_000
    try replica.sync()
    account.now = change - 600
    try replica.sync()
    account.now = change + 900
    account.revise(replica.ids("Contacts")[0], "description", "new")
    account.delete(replica.ids("Contacts")[1])
    account.now += 60
    let asked = try replica.asked { _ = try replica.sync() }
    #expect(asked.contains("sync"))
    #expect(
      try replica.rows(
        "SELECT description FROM contacts WHERE id = \(replica.ids("Contacts")[0])") == [["new"]])
  }
}
