import HTTP
import Model
import Testing

@testable import Vtiger

/// The texts of the questions, to the letter.
@Suite struct VTQLTests {
  private let start = Question(.page(Position("0"), size: 100))

  @Test func `a list goes on behind the last id`() throws {
    let source = try Fixture().source()
    #expect(
      try source.query("accounts", start)
        == "SELECT * FROM Accounts WHERE id > '11x0' ORDER BY id LIMIT 100;")
    #expect(
      try source.query("accounts", Question(.page(Position("186"), size: 40)))
        == "SELECT * FROM Accounts WHERE id > '11x186' ORDER BY id LIMIT 40;")
    // More is never sent, and would look like the end of the list.
    #expect(
      try source.query("users", Question(.page(Position("3"), size: 200)))
        == "SELECT * FROM Users WHERE id > '19x3' ORDER BY id LIMIT 100;")
  }

  @Test func `changes go on behind the last instant and id`() throws {
    let zone = ServerZone([.init(from: Timestamp(0), seconds: 3_600)])
    let source = try Fixture().source(zone: zone)
    let since = Timestamp(1_795_907_566)
    #expect(
      try source.query("accounts", Question(.page(Position("0"), size: 100), since: since))
        == "SELECT * FROM Accounts WHERE modifiedtime >= '2026-11-29 00:12:46' "
        + "ORDER BY modifiedtime, id LIMIT 100;")
    #expect(
      try source.query(
        "pbx_manager",
        Question(.page(Position("2026-11-29 00:12:46/12"), size: 100), since: since))
        == "SELECT * FROM PBXManager WHERE ModifiedTime > '2026-11-29 00:12:46' "
        + "OR ModifiedTime = '2026-11-29 00:12:46' AND id > '24x12' "
        + "ORDER BY ModifiedTime, id LIMIT 100;")
  }

  @Test func `records are asked for by their ids`() throws {
    let source = try Fixture().source()
    #expect(source.recordsPerRequest == 100)
    #expect(
      try source.query("accounts", Question(.records([1, 22])))
        == "SELECT * FROM Accounts WHERE id IN (11x1,11x22) LIMIT 100;")
    // Rows of activities are folded: first it is asked which there are.
    #expect(
      try source.query("events", Question(.records([1, 22])))
        == "SELECT id FROM Events WHERE id IN (18x1,18x22) LIMIT 100;")
    #expect(
      try source.query("events", Question(.page(Position("of 1,22"), size: 100)))
        == "SELECT * FROM Events WHERE id IN (18x1,18x22) ORDER BY id LIMIT 100;")
  }

  @Test func `documents are asked for without what multiplies their rows`() throws {
    let source = try Fixture().source()
    #expect(
      try source.query("invoice", start)
        == "SELECT id,subject,hdnGrandTotal,modifiedtime,description FROM Invoice "
        + "WHERE id > '7x0' ORDER BY id LIMIT 100;")
    #expect(
      try source.query("invoice", Question(.page(Position("lines 1,2;9"), size: 100)))
        == "SELECT * FROM LineItem WHERE parent_id IN (7x1,7x2) "
        + "ORDER BY parent_id, id LIMIT 100;")
    #expect(
      try source.query("invoice", Question(.page(Position("count 1,2;"), size: 100)))
        == "SELECT COUNT(*) FROM LineItem WHERE parent_id IN (7x1,7x2);")
    #expect(
      try "\(source.request("invoice", Question(.page(Position("documents 1,2;"), size: 100))))"
        == "GET retrieve?id=7x1")
  }

  /// A user may not read lines, and so sees no description of them.
  @Test func `documents are known without their lines`() throws {
    var fixture = Fixture()
    fixture.modules.removeAll { $0.name == "LineItem" }
    let invoice = try #require(fixture.modules.firstIndex { $0.name == "Invoice" })
    for name in ["tax12", "taxfree", "listprice", "hdnTaxType", "productid"] {
      fixture.modules[invoice].fields.append(Fixture.field(name, "string"))
    }
    #expect(
      try fixture.source().query("invoice", start)
        == "SELECT id,subject,hdnGrandTotal,modifiedtime,description,taxfree,hdnTaxType "
        + "FROM Invoice WHERE id > '7x0' ORDER BY id LIMIT 100;")
  }

  @Test func `a census asks for ids alone`() throws {
    let source = try Fixture().source()
    let listing = try #require(
      source.tables.flatMap(\.listings).first { $0.path == "Invoice" && $0.hasCensus })
    let request = source.request(for: listing, Question(.keys(Position("5"), size: 100)))
    #expect(
      source.form.parts(of: request).parameters["query"]
        == "SELECT id FROM Invoice WHERE id > '7x5' ORDER BY id LIMIT 100;")
    let full = (6...105).map { "{\"id\":\"7x\($0)\"}" }.joined(separator: ",")
    #expect(
      source.reply(Fixture.success("[\(full)]"), to: request).next == .moreAt(Position("105")))
    #expect(source.reply(Fixture.success("[]"), to: request).next == .end)
    #expect(
      source.tables.flatMap(\.listings).allSatisfy { $0.path != "ProductTaxes" || !$0.hasCensus })
  }

  @Test func `a module without ids goes on behind its references`() throws {
    let source = try Fixture().source()
    #expect(
      try source.query("product_taxes", start)
        == "SELECT * FROM ProductTaxes ORDER BY productid, taxid LIMIT 100;")
    #expect(
      try source.query("product_taxes", Question(.page(Position("key 5,7"), size: 100)))
        == "SELECT * FROM ProductTaxes WHERE productid > '14x5' "
        + "OR productid = '14x5' AND taxid > '34x7' ORDER BY productid, taxid LIMIT 100;")
  }

  @Test func `who is no administrator reads activities by windows of ids`() throws {
    let source = try Fixture().source(isAdministrator: false)
    #expect(
      try source.query("events", start)
        == "SELECT id FROM Events WHERE id > '18x0' AND id <= '18x100' ORDER BY id LIMIT 100;")
    #expect(
      try source.query("events", Question(.page(Position("above 500,300"), size: 100)))
        == "SELECT id FROM Events WHERE id > '18x500' AND id <= '18x600' AND id > '18x300' "
        + "ORDER BY id LIMIT 100;")
    #expect(
      try source.query("events", Question(.page(Position("in 501,507"), size: 100)))
        == "SELECT * FROM Events WHERE id IN (18x501,18x507) ORDER BY id LIMIT 100;")
    #expect(
      try source.query("accounts", start)
        == "SELECT * FROM Accounts WHERE id > '11x0' ORDER BY id LIMIT 100;")
  }

  @Test func `each form has its own request`() throws {
    #expect(
      "\(try Fixture().source(.rest).request("groups", start))"
        == "GET query?query=SELECT%20*%20FROM%20Groups%20WHERE%20id%20%3E%20'20x0'%20"
        + "ORDER%20BY%20id%20LIMIT%20100%3B")
    #expect(
      "\(try Fixture().source(.session).request("groups", start))".hasPrefix(
        "GET webservice.php?operation=query&query=SELECT%20*%20FROM%20Groups%20WHERE"))
    #expect("\(VtigerForm.rest.describe("A&B"))" == "GET describe?elementType=A%26B")
    #expect(
      "\(VtigerForm.session.listTypes)"
        == "GET webservice.php?operation=listtypes&fieldTypeList=null")
  }

  @Test(
    arguments: [
      Walk.behind(0), .behind(.max), .behindChange(stamp: "2026-11-28 10:00:00", 4),
      .behindKey([1], skipping: 0), .behindKey([1, 2], skipping: 0),
      .behindKey([1, 2], skipping: 9), .behindKey([], skipping: 3),
      .window(0, emptySince: 0), .window(900, emptySince: 300),
      .records([5]), .records([5, 6]), .known([5]), .lines([1, 2], then: nil),
      .lines([1, 2], then: .behindChange(stamp: "2026-11-28 10:00:00", 4)),
      .lineCount([1], then: .lines([2, 3], then: .behind(9))), .anyLine([1], then: .behind(9)),
      .linesBeside(.init(prefix: 7, id: 5), [1, 2], then: nil),
      .documents([7, 8], then: .behind(1)),
    ])
  func `a position is read as it was written`(walk: Walk) {
    #expect(Walk(walk.position) == walk)
  }

  /// Positions come from the file, and go into a query.
  @Test(
    arguments: [
      "", "-1", "1'", "in ", "in 1,", "in 1;2", "above 1", "key x", "lines 1", "lines x;",
      "lines 1;x",
      "of", "line 1,2;' OR '/3", "x/1", "' OR '/3", "1/2/3",
    ])
  func `no other text is a position`(text: String) {
    #expect(Walk(Position(text)) == nil)
  }
}
