import HTTP
import Model

/// A source as small as one may be: two tables, pages by key, HTTP Basic.
struct LedgerSource: Source {
  let tables: [Table]
  /// Whether its entries have a census, in the place of nothing that tells what is gone.
  init(hasCensus: Bool = false) {
    tables = [Self.accounts, Self.entries(hasCensus)]
  }

  let views: [View] = []
  let recordsPerRequest = 2
  let totalMembers = (outer: "paging", inner: "count")
  let allowanceRules = [Self.minute]

  static let minute = AllowanceRule("a minute", seconds: 60, limit: 20)

  /// Read in full each time: it has no dates.
  static let accounts = Table(
    "accounts", .full, from: [Listing("accounts", "items")],
    columns: [.integer("id", or: .key), .text("name")])
  /// Asked for what has changed.
  static func entries(_ hasCensus: Bool) -> Table {
    Table(
      "entries", .incremental,
      from: [Listing("entries", "items", record: "item", hasCensus: hasCensus)],
      columns: [
        .integer("id", or: .key), .reference("account_id", at: "account"), .real("amount"),
        .dateTime("changed_at", at: "changed", or: .freshness),
      ])
  }

  func request(for listing: Listing, _ question: Question) -> Request {
    switch question.subject {
    case .page(let position, let size):
      let since = question.since.map { "&since=\($0.iso8601)" } ?? ""
      return Request("\(listing.path)?after=\(position.text)&limit=\(size)\(since)")
    case .keys(let position, let size):
      return Request("\(listing.path)?keys=1&after=\(position.text)&limit=\(size)")
    case .records(let ids):
      return Request("\(listing.path)/" + ids.map { "\($0)" }.joined(separator: ";"))
    case .record(let id), .aside(let id): return Request("\(listing.path)/\(id)")
    }
  }

  /// A page begins behind the last key of the one before it.
  func position(ofPage number: Int, in listing: Listing) -> Position? {
    number == 1 ? Position("0") : nil
  }

  func reply(_ response: Response, to request: Request) -> Reply {
    let headers = response.headers
    let verdict: Verdict =
      switch response.status {
      case 200: .accept
      case 401: .refuse
      case 404: .missing(.status(404))
      case 503: .wait
      default: .fail(.status(response.status))
      }
    let next = headers["Next-After"].map { Reply.Next.moreAt(Position($0)) } ?? .end
    return Reply(
      verdict, next: next, date: headers["Date"].flatMap { Timestamp(httpDate: $0) },
      allowances: [
        Self.minute: Allowance(
          limit: headers["Allowed"].flatMap { Int($0) },
          remaining: headers["Left"].flatMap { Int($0) },
          reset: headers["Renewed"].flatMap { Int64($0) }.map { Timestamp($0) })
      ])
  }

  func identityQuestions(pageSize: Int) -> [IdentityQuestion] {
    [
      IdentityQuestion(.account, Request("ledger")) {
        Identity(id: String(decoding: $0, as: UTF8.self))
      }
    ]
  }
}
