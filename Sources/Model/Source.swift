package import HTTP

/// A CRM: its tables, and the functions that turn a table and a position into a request and a
/// reply's headers into signals. Values and pure functions; no I/O.
package protocol Source {
  /// All tables in the order in which they are read.
  var tables: [Table] { get }
  var views: [View] { get }
  /// How many records one request by ids may name.
  var recordsPerRequest: Int { get }

  /// The request for one page of a listing, or for records of it.
  func request(for listing: Listing, _ page: PageRequest) -> Request
  /// What the headers say about the pages that follow, the time and the allowance.
  func signals(of response: Response, to request: Request) -> Signals
  /// What tells whose account it is and as whom it is read. Where a question is the first page of a
  /// table, of so many records, its answer serves as that page.
  func identityQuestions(pageSize: Int) -> [IdentityQuestion]
  /// The sentence for people in the body of a refusal, or nil without one.
  func message(in body: [UInt8]) -> String?
}

/// Which page of a listing is wanted.
package struct PageRequest: Sendable, Hashable {
  /// From 1.
  package var page: Int
  package var size: Int
  /// Only what has changed since; nil for everything.
  package var since: Timestamp?
  /// Whose rows, where the listing asks for one parent's.
  package var parent: Int64?
  /// The records themselves instead of a page; empty for a page.
  package var ids: [Int64] = []

  package init(page: Int, size: Int, since: Timestamp? = nil, parent: Int64? = nil) {
    self.page = page
    self.size = size
    self.since = since
    self.parent = parent
  }

  /// Asks for records by their ids.
  package init(ids: [Int64]) {
    self.init(page: 1, size: ids.count)
    self.ids = ids
  }
}

/// What the headers of a reply say.
package struct Signals: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    /// There is another page, the one after this.
    case more
    /// This was the last page.
    case end
    /// The headers do not tell.
    case unknown
    /// The next page is said to be somewhere we do not go.
    case elsewhere
  }

  package var next: Next
  /// The server's clock when it answered.
  package var date: Timestamp?
  package var allowance: Allowance

  package init(next: Next, date: Timestamp?, allowance: Allowance) {
    self.next = next
    self.date = date
    self.allowance = allowance
  }
}

/// How many requests the server still grants, as far as it says.
package struct Allowance: Sendable, Hashable {
  /// Requests an hour.
  package var limit: Int?
  /// Requests left in the running window.
  package var remaining: Int?
  /// The server's clock when the next window begins.
  package var reset: Timestamp?

  package init(limit: Int? = nil, remaining: Int? = nil, reset: Timestamp? = nil) {
    self.limit = limit
    self.remaining = remaining
    self.reset = reset
  }
}
