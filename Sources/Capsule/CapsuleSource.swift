package import HTTP
package import Model

/// Capsule CRM, REST API v2, as a source: its tables and the shape of its requests and replies.
///
/// Source: developer.capsulecrm.com, "Reading from the API" and "Handling API responses".
package struct CapsuleSource: Source {
  package let tables: [Table]
  package let views: [View]
  package let workingViews: [View] = Self.workingViews
  /// "Show multiple parties": up to ten; one that is gone makes the whole answer a 404.
  package let recordsPerRequest = 10
  package let totalMembers = (outer: "meta", inner: "totalCount")
  package let allowanceRules = [Self.hour]
  /// Where the API lives; a `Link` that leads elsewhere is not followed.
  let base: BaseURL

  /// All tables, or those that the operator wants.
  package init(base: BaseURL, tables: [Table] = Self.catalogue) {
    self.base = base
    self.tables = tables
    views = Self.allViews
  }

  /// "API rate limits": so many requests an hour for each user.
  package static let hour = AllowanceRule("an hour", seconds: 3_600, limit: 4_000)
  /// Where the API lives unless the configuration says otherwise.
  package static let defaultBaseURL = "https://api.capsulecrm.com/api/v2"
  /// The user whose token it is: the smallest reply that shows that a token is accepted.
  package static let currentUser = Request("users/current")

  package func request(for listing: Listing, _ question: Question) -> Request {
    var path = listing.path.split(separator: "/").map { part in
      part == "{id}" ? question.parent.map { "\($0)" } ?? "" : String(part)
    }.joined(separator: "/")
    var query: [String] = []
    var embed = listing.embed
    switch question.subject {
    case .page(let position, let size), .keys(let position, let size):
      // Lists that are documented without pages ignore the two; were they to learn them, the size
      // has to be the same from the first page on.
      query = ["page=\(position.text)", "perPage=\(size)"] + listing.query
      // An embed that the server does not know is ignored, so the count may be asked for anywhere.
      if listing.isCounted { embed.append("meta") }
    case .records(let ids): path += "/" + ids.map { "\($0)" }.joined(separator: ",")
    case .record(let id), .aside(let id): path += "/\(id)"
    }
    if !embed.isEmpty { query.append("embed=" + embed.joined(separator: ",")) }
    if let since = question.since { query.append("since=\(since.iso8601)") }
    return Request(path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")))
  }

  package func position(ofPage number: Int, in listing: Listing) -> Position? {
    Position(page: number)
  }

  package func reply(_ response: Response, to request: Request) -> Reply {
    let headers = response.headers
    let retryAfter = response.retryAfter
    let isBusy = response.status == 503 && retryAfter != nil
    return Reply(
      isBusy ? .pause(.status(503)) : Self.verdict(on: response.status, to: request),
      next: next(headers, request), date: response.date,
      // A source that is busy means no allowance.
      allowances: isBusy
        ? [:]
        : [
          Self.hour: Allowance(
            limit: headers["X-RateLimit-Limit"].flatMap { Int($0) },
            remaining: headers["X-RateLimit-Remaining"].flatMap { Int($0) },
            reset: headers["X-RateLimit-Reset"].flatMap { Int64($0) }.map { Timestamp($0) })
        ],
      retryAfter: retryAfter,
      message: response.status == 200 ? nil : ErrorReply.message(in: response.body))
  }

  /// What a status means. One table, one place; but a 503 may say how long it lasts.
  private static func verdict(on status: Int, to request: Request) -> Verdict {
    switch status {
    case 200: .accept
    case 401: .refuse
    // A record that this user may not see, as good as gone: of a token that may not read the table
    // the list would say so.
    case 403 where namesRecords(request): .missing(.forbidden("status 403"))
    case 403: .fail(.forbidden("status 403"))
    case 404: .missing(.status(404))
    case 429: .wait
    case 408, 425, 500...599: .retry(.status(status))
    case 300...399: .fail(.redirect(status))
    default: .fail(.status(status))
    }
  }

  /// A `next` link or `X-Pagination-Has-More` says that there is more; either may be missing, or
  /// say nothing of pages. Where they contradict each other, the one that says more is believed.
  private func next(_ headers: Headers, _ request: Request) -> Reply.Next {
    let hasMore: Reply.Next? =
      switch headers.first("X-Pagination-Has-More")?.lowercased() {
      case "true": .more
      case "false": .end
      default: nil
      }
    let link = headers["Link"].map { LinkHeader($0) }
    guard let address = link?.next else {
      return hasMore ?? (link?.speaksOfPages ?? false ? .end : .unknown)
    }
    return isNext(address, of: request) ? .more : .elsewhere
  }

  /// Whether an address is the page after this one, at the same path of the same origin.
  private func isNext(_ address: String, of request: Request) -> Bool {
    guard let target = base.target(of: address, from: request.target) else { return false }
    let asked = Self.parts(request.target)
    let next = Self.parts(target)
    return next.path == asked.path && next.page == asked.page + 1
  }

  /// Whether records are asked for by their ids.
  private static func namesRecords(_ request: Request) -> Bool {
    let last = parts(request.target).path.split(separator: "/").last ?? ""
    return !last.isEmpty && last.allSatisfy { $0 == "," || $0.isNumber }
  }

  private static func parts(_ target: String) -> (path: Substring, page: Int) {
    let halves = target.split(separator: "?", maxSplits: 1)
    let pages = halves.dropFirst().flatMap { $0.split(separator: "&") }.compactMap {
      $0.hasPrefix("page=") ? Int($0.dropFirst(5)) : nil
    }
    return (halves.first ?? "", pages.first ?? 1)
  }
}
