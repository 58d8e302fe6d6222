package import HTTP

/// A CRM: its tables, and the functions that turn a table and a position into a request and the
/// answer into a reply. Values and pure functions; no I/O.
package protocol Source {
  /// All tables in the order in which they are read.
  var tables: [Table] { get }
  var views: [View] { get }
  /// How many records one request by ids may name.
  var recordsPerRequest: Int { get }

  /// The request for one page of a listing, or for records of it.
  func request(for listing: Listing, _ page: PageRequest) -> Request
  /// What a reply to a request means and says.
  func reply(_ response: Response, to request: Request) -> Reply
  /// What tells whose account it is and as whom it is read. Where a question is the first page of a
  /// table, of so many records, its answer serves as that page.
  func identityQuestions(pageSize: Int) -> [IdentityQuestion]
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

/// What the source makes of an answer.
package struct Reply: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    /// There is another page, the one after this.
    case more
    /// This was the last page.
    case end
    /// The answer does not tell.
    case unknown
    /// The next page is said to be somewhere we do not go.
    case elsewhere
  }

  package var verdict: Verdict
  package var next: Next
  /// The server's clock when it answered.
  package var date: Timestamp?
  package var allowance: Allowance
  /// How long the server wants to be left alone, or nil when it does not say.
  package var retryAfter: Duration?
  /// What a refusal says to people, on one line, or nil without a sentence.
  package var message: String?

  package init(
    _ verdict: Verdict, next: Next = .unknown, date: Timestamp? = nil,
    allowance: Allowance = Allowance(), retryAfter: Duration? = nil, message: String? = nil
  ) {
    (self.verdict, self.next, self.date) = (verdict, next, date)
    (self.allowance, self.retryAfter, self.message) = (allowance, retryAfter, message)
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
