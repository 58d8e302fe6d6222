import Glibc
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

/// The account says which tables it has: when it is asked, and what the program knows without.
@Suite(.onWaitingThreads) struct EndToEndVtigerDiscoveryTests {
  private func age(_ stage: VtigerStage, days: Int) throws {
    try Connection(path: stage.database).execute(
      """
      UPDATE _discovery SET listed_at = datetime(listed_at, '-\(days) days'),
        described_at = datetime(described_at, '-\(days) days')
      """)
  }

  private func asked(_ ending: Ending) -> (lists: Int, descriptions: Int) {
    (
      ending.requests.count { $0.contains("/listtypes?") },
      ending.requests.count { $0.contains("/describe?") }
    )
  }

  @Test func `the list is read each day, and everything described each week`() throws {
    let stage = try VtigerStage()
    let first = asked(try stage.run("sync"))
    #expect(first.lists == 1 && first.descriptions > 20)
    #expect(asked(try stage.run("sync")) == (0, 0))
    try age(stage, days: 1)
    #expect(asked(try stage.run("sync")) == (1, 0))
    #expect(asked(try stage.run("sync")) == (0, 0))
    try age(stage, days: 7)
    // What was not counted once is asked to be counted again.
    try Connection(path: stage.database).execute(
      "INSERT OR IGNORE INTO _uncounted VALUES ('contacts')")
    #expect(asked(try stage.run("sync")) == first)
    #expect(try stage.rows("SELECT 1 FROM _uncounted WHERE table_name = 'contacts'") == [])
    #expect(asked(try stage.run("resync", "modules")) == first)
    #expect(asked(try stage.run("resync", "contacts")) == (0, 0))
    #expect(asked(try stage.run("sync", "--full")) == first)
  }

  @Test func `a new module is read whole, and one that is gone keeps its rows and is said`() throws
  {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let rows = try stage.value("SELECT count(*) FROM vendors")
    stage.server.withAccount {
      $0.addModule("Warehouses")
      for _ in 0..<3 { $0.createRecord(in: "Warehouses") }
      $0.setEnabled(false, module: "Vendors")
    }
    try age(stage, days: 1)
    let ending = try stage.run("sync")
    #expect(ending.code == 1, "\(ending.log)")
    #expect(ending.log.contains("name=Vendors") && ending.log.contains("module=Warehouses"))
    #expect(ending.output.contains("The account does not show Vendors any more"))
    #expect(!ending.output.contains("All is well"))
    #expect(asked(ending) == (1, 1))
    #expect(try stage.value("SELECT count(*) FROM warehouses") == 3)
    #expect(try stage.value("SELECT count(*) FROM vendors WHERE _deleted_at IS NULL") == rows)
    #expect(
      try stage.value("SELECT _deleted_at IS NOT NULL FROM modules WHERE name = 'Vendors'") == 1)
    try age(stage, days: 1)
    let again = try stage.run("sync")
    #expect(again.code == 0 && !again.log.contains("Vendors"), "\(again.log)")
  }

  /// Documents that have changed meanwhile were read without them.
  @Test func `lines that are shown again are read for all documents`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    func isReadWhole(_ ending: Ending) -> Bool {
      ending.requests.contains { target in
        ["SELECT%20id,subject,", "FROM%20Invoice%20WHERE%20id%20%3E"].allSatisfy(target.contains)
      }
    }
    stage.server.withAccount { $0.setEnabled(false, module: "LineItem") }
    try age(stage, days: 1)
    let gone = try stage.run("sync")
    #expect(gone.code == 1 && gone.output.contains("LineItem"), "\(gone.output)")
    let id = try #require(try stage.value("SELECT min(record_id) FROM invoice_line_items").integer)
    stage.server.withAccount { $0.saveLines(of: id) }
    let without = try stage.run("sync")
    #expect(without.code == 0 && !isReadWhole(without))
    stage.server.withAccount { $0.setEnabled(true, module: "LineItem") }
    try age(stage, days: 1)
    let back = try stage.run("sync")
    #expect(back.code == 0 && isReadWhole(back))
    #expect(try stage.run("verify", "--table", "invoice").code == 0)
    #expect(try !isReadWhole(stage.run("sync")))
  }

  @Test func `a module that cannot be described is left alone, and said until it can`() throws {
    let stage = try VtigerStage()
    func crash(_ modules: String...) {
      stage.server.withAccount { account in
        account.faults.faults = modules.map { module in
          let target = "restapi/v1/vtiger/default/describe?elementType=\(module)"
          return .init(.serverError(500, html: false), on: .path(target, times: 100))
        }
      }
    }
    crash("Vendors")
    let first = try stage.run("sync")
    #expect(first.code == 1, "\(first.log)")
    #expect(first.log.contains("elementType=Vendors"), "\(first.log)")
    #expect(first.log.contains("The account is not known whole"), "\(first.log)")
    #expect(try stage.value("SELECT outcome FROM _runs") == "partial")
    #expect(try stage.value("SELECT count(*) FROM accounts") == 40)
    crash("Accounts")
    let second = try stage.run("sync")
    #expect(second.code == 1, "\(second.log)")
    #expect(try stage.value("SELECT count(*) FROM vendors") == 4)
    #expect(
      try stage.value("SELECT _deleted_at IS NULL FROM modules WHERE name = 'Accounts'") == 1)
    crash()
    #expect(try stage.run("sync").code == 0)
    #expect(asked(try stage.run("sync")) == (0, 0))
  }

  @Test func `a new field is filled, and one that is gone keeps what it had`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let (field, id) = stage.server.withAccount { account in
      let field = account.addField(to: "Contacts", type: "string")
      let id = account.records(of: "Contacts").keys.sorted()[0]
      account.revise(id, field, "blue")
      return (field, id)
    }
    let ending = try stage.run("resync", "modules")
    #expect(ending.code == 0, "\(ending.log)")
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT \"\(field)\" FROM contacts WHERE id = \(id)") == "blue")
    stage.server.withAccount { $0.removeField(field, from: "Contacts") }
    let gone = try stage.run("resync", "modules")
    #expect(gone.log.contains("name=Contacts.\(field)"), "\(gone.log)")
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT \"\(field)\" FROM contacts WHERE id = \(id)") == "blue")
  }

  /// Documents are asked for by the names of their fields, and one that has gone is refused.
  @Test func `a field that is refused has everything described, once`() throws {
    let stage = try VtigerStage()
    let field = stage.server.withAccount { $0.addField(to: "Invoice", type: "string") }
    try #require(try stage.run("sync").code == 0)
    stage.server.withAccount { account in
      account.removeField(field, from: "Invoice")
      account.revise(account.records(of: "Invoice").keys.sorted()[0], "subject", "Again")
    }
    let refused = try stage.run("sync")
    #expect(refused.code == 1 && asked(refused) == (0, 0))
    let next = try stage.run("sync")
    #expect(asked(next).lists == 1 && next.log.contains("name=Invoice.\(field)"), "\(next.log)")
    #expect(try stage.value("SELECT count(*) FROM invoice WHERE subject = 'Again'") == 1)
    let last = try stage.run("sync")
    #expect(last.code == 0 && asked(last) == (0, 0))
  }

  /// A record tells of it before the account is asked again what it has.
  @Test func `a field that a record shows first is described at once`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let (field, id) = stage.server.withAccount { account in
      let field = account.addField(to: "Contacts", type: "string")
      let id = account.records(of: "Contacts").keys.sorted()[0]
      account.revise(id, field, "blue")
      return (field, id)
    }
    #expect(asked(try stage.run("sync")).descriptions == 0)
    #expect(asked(try stage.run("sync")).descriptions > 20)
    #expect(try stage.value("SELECT \"\(field)\" FROM contacts WHERE id = \(id)") == "blue")
    #expect(asked(try stage.run("sync")).descriptions == 0)
  }

  @Test func `a first run of one table knows all of them`() throws {
    let stage = try VtigerStage()
    try stage.configure([
      "tables": #"{"contacts": {"exclude_columns": ["title", "id", "nonsense"]}, "cats": {}}"#
    ])
    // No table is known yet, so that none can be named.
    #expect(try stage.run("sync", "--table", "accounts").code == 64)
    let first = try stage.run("resync", "modules")
    #expect(first.code == 0, "\(first.log)")
    #expect(first.log.contains("table=cats") && first.log.contains("column=nonsense"))
    #expect(try stage.value("SELECT count(*) FROM modules") != 0)
    let one = try stage.run("sync", "--table", "accounts")
    #expect(one.code == 0, "\(one.log)")
    #expect(try stage.value("SELECT count(*) FROM accounts") == 40)
    #expect(
      try stage.value("SELECT count(*) FROM pragma_table_info('contacts') WHERE name = 'title'")
        == 0)
    #expect(
      try stage.value("SELECT count(*) FROM pragma_table_info('contacts') WHERE name = 'id'") == 1)
  }

  @Test func `commands that ask nobody know the tables`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let deal = try #require(try stage.value("SELECT min(id) FROM potentials").integer)
    let gone = stage.server.withAccount { account in
      let id = account.records(of: "Contacts").keys.sorted()[0]
      account.delete(id)
      return id
    }
    try #require(try stage.run("sync").code == 0)
    stage.server.stop()
    for (words, expected) in [
      (["status"], "potentials"), (["tables"], "potentials"),
      (["tables"], "v_sync_freshness"),
      (["schema"], "\"potentials\""), (["report"], "v_sync_freshness"),
      (["report", "sync_freshness"], "potentials"),
      (["why", "potentials", "\(deal)"], "a living row"),
      (["why", "potential", "\(deal)"], "a living row"),
      (["why", "Opportunity", "\(deal)"], "a living row"), (["plan"], "potentials"),
      (["why", "contact", "\(gone)"], "the account says that it was deleted"),
      (["accept", "contacts"], "holds no row"),
      (["purge", "contact", "\(gone)"], "Purged: 1 row of contacts"),
      (["check", "--print-config"], "\"potentials\""),
    ] {
      let ending = try Child(
        [words[0], "--config", stage.config] + words.dropFirst(), in: stage.folder
      ).wait()
      #expect(ending.code == 0, "\(words): \(ending.log)\(ending.output)")
      #expect(
        ending.output.lowercased().contains(expected.lowercased()), "\(words): \(ending.output)")
    }
    #expect(try stage.value("SELECT lastname FROM contacts WHERE id = \(gone)") == .null)
    // The reports of any CRM stand in the file, and no view of another product.
    let views = try stage.rows("SELECT name FROM sqlite_schema WHERE type = 'view'")
      .compactMap(\.[0].text)
    #expect(Set(views).isSuperset(of: ["v_opportunity", "v_pipeline_daily", "v_sync_freshness"]))
    #expect(Set(views).isDisjoint(with: ["employees", "projects", "v_goal_progress"]))
    #expect(
      try stage.value("SELECT count(DISTINCT view_name) FROM _view_docs")
        == .integer(Int64(views.count)))
  }

  @Test func `a file can be searched by words`() throws {
    let stage = try VtigerStage()
    try stage.configure(["search": "true"])
    let first = try stage.run("sync")
    #expect(first.code == 0, "\(first.log)")
    let id = stage.server.withAccount { account in
      let id = account.records(of: "Contacts").keys.sorted()[0]
      account.revise(id, "lastname", "Lovelace")
      return id
    }
    try #require(try stage.run("sync").code == 0)
    #expect(
      try stage.rows("SELECT rowid FROM contacts_search WHERE contacts_search MATCH 'lovelace'")
        == [[.integer(id)]])
  }

  @Test func `a verification finds what was changed, and a resync mends it`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let equal = try stage.run("verify")
    #expect(equal.code == 0, "\(equal.log)\(equal.output)")
    try Connection(path: stage.database).execute(
      "UPDATE contacts SET lastname = 'x' WHERE id = (SELECT min(id) FROM contacts)")
    let different = try stage.run("verify", "--table", "contacts")
    #expect(different.code == 1, "\(different.log)\(different.output)")
    #expect(try stage.run("resync", "contacts").code == 0)
    #expect(try stage.run("verify", "--table", "contacts").code == 0)
  }

  @Test func `a plan for a file that is not there yet counts what the account says`() throws {
    let stage = try VtigerStage()
    let ending = try stage.run("plan")
    #expect(ending.code == 0, "\(ending.log)\(ending.output)")
    #expect(ending.output.contains("contacts"), "\(ending.output)")
    #expect(access(stage.database, F_OK) != 0)
    #expect(try stage.run("plan", "--offline").code == 0)
  }

  @Test func `a module that is not replicated is asked for no record`() throws {
    let stage = try VtigerStage()
    try stage.configure(["tables": #"{"contacts": {"enabled": false}}"#])
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(!ending.requests.contains { $0.contains("FROM%20Contacts") })
  }
}
