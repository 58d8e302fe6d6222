import HTTP
import Model

/// The ledger as a source that knows an answer itself, and has another form of records on the wire
/// than it declares.
struct AnsweringSource: Source {
  let ledger = LedgerSource()
  let tables = [Self.kinds, Self.sparse, LedgerSource.accounts]
  let views: [View] = []
  let recordsPerRequest = 2
  let totalMembers = (outer: "paging", inner: "count")
  let allowanceRules = [LedgerSource.minute]

  /// What the source knows without asking.
  static let kinds = Table(
    "kinds", .full, from: [Listing("kinds", "items")],
    columns: [.integer("id", or: .key), .text("name")])
  /// A list whose first pages are empty, though rows follow.
  static let sparse = Table(
    "sparse", .full, from: [Listing("sparse", "items")], columns: [.integer("id", or: .key)])
  static let emptyPages = 25

  func request(for listing: Listing, _ question: Question) -> Request {
    ledger.request(for: listing, question)
  }

  func known(_ request: Request) -> Response? {
    if request.target.hasPrefix("kinds?") {
      return Response(
        status: 200, body: Array(#"{"items":[{"id":1,"name":"credit"},{"id":2}]}"#.utf8))
    }
    guard let page = Self.sparsePage(request) else { return nil }
    let items = page == Self.emptyPages ? #"{"id":7}"# : ""
    return Response(status: 200, body: Array("{\"items\":[\(items)]}".utf8))
  }

  func position(ofPage number: Int, in listing: Listing) -> Position? {
    ledger.position(ofPage: number, in: listing)
  }

  func reply(_ response: Response, to request: Request) -> Reply {
    var reply = ledger.reply(response, to: request)
    if let page = Self.sparsePage(request), page < Self.emptyPages {
      reply.next = .moreAt(Position("\(page + 1)"))
    }
    guard request.target.hasPrefix("accounts") else { return reply }
    let text = String(decoding: response.body, as: UTF8.self)
    let body = text.split(separator: "\"name\":\"", omittingEmptySubsequences: false)
      .joined(separator: "\"name\":\"The ")
    reply.body = Array(body.utf8) + repeatElement(0, count: Response.padding)
    return reply
  }

  func identityQuestions(pageSize: Int) -> [IdentityQuestion] {
    ledger.identityQuestions(pageSize: pageSize)
  }

  private static func sparsePage(_ request: Request) -> Int? {
    guard request.target.hasPrefix("sparse?after=") else { return nil }
    return Int(request.target.dropFirst(13).prefix { $0 != "&" })
  }
}
