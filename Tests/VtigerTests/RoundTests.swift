import FoundationEssentials
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

/// Whole rounds of the engine's over an account of Vtiger's.
@Suite struct RoundTests {
  private let account = SmallAccount()
  private let folder: String
  private var path: String { folder + "/replica.sqlite" }

  init() throws {
    folder = try ScratchFile.newFolder()
    let past = account.now - 7 * 86_400
    for id in Int64(1)...250 {
      account.add(
        "Accounts", id,
        ["accountname": "Name \(id)", "annual_revenue": "\(id).25000000", "cf_9": "A |##| C"],
        at: past)
    }
    for id in Int64(300)...340 { account.add("Events", id, ["subject": "\(id)"], at: past) }
    account.add("PBXManager", 400, at: past)
    account.add("Users", 5, ["user_name": "ada", "accesskey": "pssst"])
    account.add("Groups", 6, ["groupname": "All"])
    for id in Int64(1)...3 {
      account.add(
        "ProductTaxes", id, ["productid": "14x\(id)", "taxid": "34x1", "taxpercentage": "7.000"])
    }
  }

  private func source(isAdministrator: Bool = true) throws -> VtigerSource {
    VtigerSource(
      base: try BaseURL(account.baseURL), form: .rest,
      catalogue: try account.fixture.catalogue(),
      user: VtigerUser(id: "19x5", name: "ada", isAdministrator: isAdministrator),
      greatestID: 400)
  }

  private func sync(_ source: VtigerSource) throws -> [String] {
    let before = account.queries.count
    let transport = SimulatedTransport(account)
    var options = RoundOptions()
    (options.scrubBudget, options.censusBudget, options.reserve) = (0, 0, 0)
    let summary = try Round(
      Database.open(path: path, tables: source.tables, views: source.views), source: source,
      tables: source.tables, transport: transport, clock: SmallClock(transport: transport),
      options: options
    ).run()
    #expect(summary.outcome == .good, "\(summary)")
    return Array(account.queries.dropFirst(before))
  }

  private func value(_ sql: String) throws -> Value {
    try Database.openReadOnly(path: path).value(sql)
  }

  @Test func `a first run reads all, and a second one what has changed`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try sync(source())
    #expect(first.filter { $0.contains("FROM Accounts") }.count == 3)
    #expect(try value("SELECT count(*) FROM accounts") == 250)
    #expect(try value("SELECT annual_revenue FROM accounts WHERE id = 7") == .real(7.25))
    #expect(try value("SELECT count(*) FROM accounts_cf_9") == 500)
    #expect(try value("SELECT count(*) FROM events") == 41)
    #expect(try value("SELECT ModifiedTime FROM pbx_manager") == "2026-11-21 23:12:46")
    #expect(try value("SELECT group_concat(productid) FROM product_taxes") == "1,2,3")
    #expect(try value("SELECT count(*) FROM modules") == 10)
    #expect(
      try value("SELECT account || ' ' || user_name FROM _account") == "https://crm.example 19 ada")
    account.now += 3_600
    account.add("Accounts", 251, ["accountname": "New"])
    account.add("Accounts", 7, ["accountname": "Changed"])
    account.records["Groups"] = [8: ["groupname": "Some"]]
    let second = try sync(source())
    #expect(second.count { $0.contains("FROM Accounts") } == 1)
    // What is stamped says nothing of the zone's error, which is 26 hours at the most.
    #expect(second.contains { $0.contains("Accounts WHERE modifiedtime >= '2026-11-27 21:07:46'") })
    #expect(try value("SELECT accountname FROM accounts WHERE id = 7") == "Changed")
    #expect(try value("SELECT count(*) FROM accounts") == 251)
    #expect(try value("SELECT id FROM groups WHERE _deleted_at IS NOT NULL") == 6)
    #expect(
      try value("SELECT sum(requests) FROM _run_tables WHERE table_name LIKE 'module%'") == 0)
  }

  @Test func `a field that is gone leaves its values where they are`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let before = try source()
    _ = try sync(before)
    account.now += 3_600
    account.fixture.modules[0].fields.removeAll { $0.contains("\"annual_revenue\"") }
    account.add("Accounts", 7, ["accountname": "Changed"])
    let after = try account.fixture.catalogue(after: before.catalogue)
    _ = try sync(VtigerSource(base: before.base, form: .rest, catalogue: after, user: before.user))
    #expect(
      try Database.openReadOnly(path: path).rows(
        "SELECT accountname, annual_revenue FROM accounts WHERE id IN (7, 8)")
        == [["Changed", .real(7.25)], ["Name 8", .real(8.25)]])
    #expect(
      try value(
        "SELECT _deleted_at IS NOT NULL FROM module_fields WHERE name = 'annual_revenue'") == 1)
  }

  @Test func `one question tells account and user of a file that knows them`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try sync(source())
    let before = account.identityQuestions
    _ = try sync(source())
    #expect(account.identityQuestions - before == 1)
  }

  @Test func `changes beyond one page are read to their end`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try sync(source())
    account.now += 3_600
    for id in Int64(1)...250 { account.add("Accounts", id, ["accountname": "Again \(id)"]) }
    let stamp = Timestamp(account.now).sql
    let asked = try sync(source()).filter { $0.contains("FROM Accounts") }
    #expect(asked.count == 3)
    #expect(
      asked.last
        == "SELECT * FROM Accounts WHERE modifiedtime > '\(stamp)' OR "
        + "modifiedtime = '\(stamp)' AND id > '11x200' "
        + "ORDER BY modifiedtime, id LIMIT 100;")
    #expect(try value("SELECT count(*) FROM accounts WHERE accountname LIKE 'Again %'") == 250)
  }

  @Test func `a user who is no administrator gets every activity that there is for them`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    account.visible = [300, 340, 1_390]
    for id in Int64(1_000)...1_390 { account.add("Events", id) }
    let source = try source(isAdministrator: false)
    _ = try sync(source)
    #expect(try value("SELECT group_concat(id) FROM events") == "300,340,1390")
    account.visible = [340, 1_390, 1_391]
    account.add("Events", 1_391)
    _ = try sync(source)
    #expect(
      try value("SELECT group_concat(id) FROM events WHERE _deleted_at IS NULL")
        == "340,1390,1391")
  }

  /// The rates of deleted products name none, and fill pages.
  @Test(arguments: [1, 2, 5])
  func `a module without ids is read to its end`(pageSize: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let replica = try FollowedAccount()
    replica.options.pageSize = pageSize
    let products = (0..<60).map { _ in replica.account.createRecord(in: "Products") }
    for product in products[10..<40] { replica.account.delete(product) }
    var summary: RunSummary?
    let asked = try replica.asked { summary = try replica.sync() }
    #expect(summary?.outcome == .good)
    let pages = asked.count { $0.contains(" FROM ProductTaxes") }
    #expect((20 / pageSize...80 / pageSize).contains(pages))
    #expect(try replica.rows("SELECT 1 FROM product_taxes WHERE productid = 0 LIMIT 1") == [[1]])
    #expect(
      try replica.rows("SELECT 1 FROM product_taxes WHERE productid > \(products[40])") != [])
  }

  /// The first reference to an inactive user in an answer is null.
  @Test func `an inactive user who changed records last stays, whatever the pages`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let replica = try FollowedAccount()
    replica.account.switches.referencesFlap = true
    try replica.sync()
    let shown = "SELECT id, modifiedby FROM contacts ORDER BY id"
    let users = try replica.rows(
      "SELECT modifiedby FROM contacts WHERE modifiedby > 1 GROUP BY 1 ORDER BY count(*) DESC")
    replica.account.setStatus(ofUser: try #require(users.first?[0].integer), "Inactive")
    let before = try replica.rows(shown)
    for size in [3, 7, 4] {
      replica.options.pageSize = size
      replica.account.now += 3_600
      #expect(try replica.sync(full: true).outcome == .good)
      #expect(try replica.rows(shown) == before)
    }
    #expect(
      try replica.rows("SELECT * FROM _history_values WHERE column_name = 'modifiedby'") == [])
  }

  @Test func `what an account adds later appears with its names`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    _ = try sync(source())
    account.fixture.modules[5].fields.append(Fixture.field("Groupname", "string"))
    account.fixture.modules.append(("Groups_2", 90, false, [Fixture.field("id", "string")]))
    account.add("Groups", 6, ["groupname": "All", "Groupname": "ALL"])
    account.add("Groups_2", 1)
    _ = try sync(source())
    #expect(try value("SELECT Groupname_2 FROM groups") == "ALL")
    #expect(try value("SELECT count(*) FROM groups_2") == 1)
  }
}
