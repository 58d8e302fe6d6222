import HTTP
import Model
import Testing

@testable import Vtiger

/// Where lists go on, and what ends them.
@Suite struct WalkTests {
  private func next(
    _ table: String, _ question: Question, _ records: [String], _ source: VtigerSource
  ) throws -> Reply {
    let request = try source.request(table, question)
    return source.reply(Fixture.success("[\(records.joined(separator: ","))]"), to: request)
  }

  private func page(_ position: String, size: Int = 3, since: Timestamp? = nil) -> Question {
    Question(.page(Position(position), size: size), since: since)
  }

  private func ids(_ prefix: Int, _ numbers: ClosedRange<Int64>) -> [String] {
    numbers.map { "{\"id\":\"\(prefix)x\($0)\",\"modifiedtime\":\"2026-11-28 10:00:0\($0 % 10)\"}" }
  }

  @Test func `a full page goes on, and a short one ends the list`() throws {
    let source = try Fixture().source()
    #expect(
      try next("accounts", page("0"), ids(11, 4...6), source).next == .moreAt(Position("6")))
    #expect(try next("accounts", page("6"), ids(11, 7...8), source).next == .end)
    #expect(try next("accounts", page("8"), [], source).next == .end)
    #expect(
      try next("accounts", Question(.records([4, 5])), ids(11, 4...4), source).next == .end)
  }

  @Test func `a full page of changes goes on behind the last of them`() throws {
    let source = try Fixture().source()
    let since = Timestamp(1_795_000_000)
    #expect(
      try next("accounts", page("0", since: since), ids(11, 4...6), source).next
        == .moreAt(Position("2026-11-28 10:00:06/6")))
    #expect(try next("accounts", page("0", since: since), ids(11, 4...5), source).next == .end)
  }

  @Test func `folded rows make a page short and do not end it`() throws {
    let source = try Fixture().source()
    #expect(try next("events", page("0"), ids(18, 4...4), source).next == .moreAt(Position("4")))
    #expect(try next("events", page("4"), [], source).next == .end)
    let since = Timestamp(1_795_000_000)
    #expect(
      try next("events", page("0", since: since), ids(18, 4...4), source).next
        == .moreAt(Position("2026-11-28 10:00:04/4")))
  }

  @Test func `records that came twice count as rows of the page`() throws {
    let records = ids(11, 4...5) + ids(11, 5...5)
    #expect(
      try next("accounts", page("0"), records, Fixture().source()).next == .moreAt(Position("5")))
  }

  @Test func `a full page of a module without ids goes on behind its references`() throws {
    let rows = (1...3).map { "{\"productid\":\"14x\($0)\",\"taxid\":\"34x\($0 + 1)\"}" }
    let source = try Fixture().source()
    #expect(
      try next("product_taxes", page("0"), rows, source).next == .moreAt(Position("key 3,4")))
    #expect(try next("product_taxes", page("0"), Array(rows.dropLast()), source).next == .end)
  }

  /// As those of a product that was deleted: the server knows which it was, and does not say so.
  @Test func `rows without all references of their key do not say where they stand`() throws {
    let source = try Fixture().source()
    let whole = (1...2).map { "{\"productid\":\"14x\($0)\",\"taxid\":\"34x3\"}" }
    let lost = #"{"productid":null,"taxid":"34x1"}"#
    func behind(_ position: String, _ rows: [String]) throws -> Reply.Next {
      try next("product_taxes", page(position), rows, source).next
    }
    #expect(try behind("0", whole + [lost]) == .moreAt(Position("key 2,3")))
    #expect(try behind("key 2,3", [lost, lost, lost]) == .moreAt(Position("key 2,3;3")))
    #expect(try behind("key 2,3;3", [lost, lost, lost]) == .moreAt(Position("key 2,3;6")))
    #expect(try behind("0", [lost, lost, lost]) == .moreAt(Position("key ;3")))
    #expect(try behind("key ;3", [lost, lost]) == .end)
    // A server that does not go on, or skips nothing, would be asked without end.
    #expect(try behind("key 2,3", whole + [lost]) == .more)
    #expect(try behind("key 2,3;9999", [lost, lost, lost]) == .more)
    #expect(
      try source.query("product_taxes", page("key 2,3;6"))
        == "SELECT * FROM ProductTaxes WHERE productid > '14x2' "
        + "OR productid = '14x2' AND taxid > '34x3' ORDER BY productid, taxid LIMIT 6,3;")
    #expect(
      try source.query("product_taxes", page("key ;3"))
        == "SELECT * FROM ProductTaxes ORDER BY productid, taxid LIMIT 3,3;")
  }

  /// A server that shows these events and none of the others: its rows have several contacts, so
  /// that three records fill a page.
  private func walk(_ shown: Set<Int64>, greatest: Int64) throws -> (read: [Int64], asked: Int) {
    let source = try Fixture().source(isAdministrator: false, greatestID: greatest)
    var (position, read, asked): (Position?, [Int64], Int) = (Position("0"), [], 0)
    while let here = position, asked < 1_000 {
      asked += 1
      let question = Question(.page(here, size: 100))
      let query = try source.query("events", question)
      let numbers = query.split { !$0.isNumber && $0 != "x" }.filter { $0.hasPrefix("18x") }
        .compactMap { Int64($0.dropFirst(3)) }
      var found: [Int64]
      if query.contains("<=") {
        found = shown.filter { $0 > numbers[0] && $0 <= numbers[1] }.sorted()
      } else {
        found = Array(numbers.filter(shown.contains).sorted().prefix(3))
      }
      let reply = try next("events", question, found.map { "{\"id\":\"18x\($0)\"}" }, source)
      #expect(reply.verdict == .accept)
      if query.contains("<=") { found = [] }
      let body = String(decoding: reply.body ?? [], as: UTF8.self)
      #expect(found.allSatisfy { body.contains("{\"id\":\($0)}") })
      #expect(body.contains("id") == !found.isEmpty)
      read += found
      position = nil
      if case .moreAt(let next) = reply.next {
        #expect(next != here)
        position = next
      } else {
        #expect(reply.next == .end)
      }
    }
    return (read, asked)
  }

  @Test func `windows find every activity, however few there are`() throws {
    let shown: Set<Int64> = [1, 100, 101, 2_350, 2_351, 2_352, 2_353, 2_354, 2_355, 2_400, 4_900]
    #expect(try walk(shown, greatest: 5_000).read == shown.sorted())
    #expect(try walk([], greatest: 0).asked == 10)
    #expect(try walk([], greatest: 5_000).asked == 60)
    // What is newer than the greatest id that is known is found, unless ten windows are empty.
    #expect(try walk([1_990, 2_950], greatest: 1_000).read == [1_990, 2_950])
    #expect(try walk([1_990], greatest: 1_000).asked == 31)
  }

  @Test func `records that a window has just shown are not taken for gone`() throws {
    let source = try Fixture().source(isAdministrator: false)
    let question = Question(.page(Position("in 501,507"), size: 100))
    #expect(try next("events", question, [], source).verdict == .retry(.hidden(2)))
    // The first of them has gone in between, and the second is there.
    #expect(
      try next("events", question, ["{\"id\":\"18x507\"}"], source).next
        == .moreAt(Position("above 600,600")))
    #expect(
      try next("events", question, ["{\"id\":\"18x501\"}"], source).next
        == .moreAt(Position("in 507")))
  }
}
