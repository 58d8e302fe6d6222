package import HTTP

/// A CRM: its tables, and the functions that turn a table and a position into a request and the
/// answer into a reply. Values and pure functions; no I/O.
package protocol Source {
  /// All tables in the order in which they are read.
  var tables: [Table] { get }
  var views: [View] { get }
  /// The views that the program makes for itself, to fill tables that views of the file read.
  var workingViews: [View] { get }
  /// How many records one request by ids may name.
  var recordsPerRequest: Int { get }
  /// The windows in which requests are counted, the shortest first; none where nobody counts them.
  var allowanceRules: [AllowanceRule] { get }

  /// What lets requests in, as people call it: `token`.
  var secret: String { get }

  /// The members, one in the other, in which a reply says how many records its list has.
  var totalMembers: (outer: String, inner: String) { get }

  /// The request that asks a listing a question.
  func request(for listing: Listing, _ question: Question) -> Request
  /// The answer to a request that the source has already; nil where it must be made. It costs
  /// nothing: no request leaves, and none is counted.
  func known(_ request: Request) -> Response?
  /// Where the page of this number begins, from 1. Nil for all but the first where pages follow one
  /// another by key; replies then say `.moreAt` or `.end`. The lists of a table are paged alike.
  ///
  /// Pages that have numbers are asked for ahead, slide while they are read, and are proven by
  /// their count. The others do neither and need no proof; nor are their rows counted again.
  func position(ofPage number: Int, in listing: Listing) -> Position?
  /// Where a feed begins that tells what has changed in a listing since an instant, and what was
  /// deleted; nil where there is none. Whatever it does not tell the listing itself is asked for.
  func feedPosition(since instant: Timestamp, in listing: Listing) -> Position?
  /// Whether a page that begins here is one of such a feed, or of the records that it has named.
  func isOfFeed(_ position: Position) -> Bool
  /// The same of a page of keys behind this one.
  func position(behindKey key: Int64, in listing: Listing) -> Position?
  /// Asks how many records a listing has whose keys are compared, in all or in a range of keys; nil
  /// where the source does not count them.
  func countRequest(for listing: Listing, in keys: KeyRange?) -> Request?
  /// Where a list goes on behind a page that cannot be had, nil where it cannot go on.
  func next(behindRefused position: Position) -> Reply.Next?
  /// The same source where this is the greatest key that the file has in any table.
  func knowing(greatestKey: Int64) -> Self
  /// What a reply to a request means and says.
  func reply(_ response: Response, to request: Request) -> Reply
  /// What tells whose account it is and as whom it is read. Where a question is the first page of a
  /// table, of so many records, its answer serves as that page.
  func identityQuestions(pageSize: Int) -> [IdentityQuestion]
}

extension Source {
  package var workingViews: [View] { [] }

  package var secret: String { "token" }
  package func known(_ request: Request) -> Response? { nil }
  package func next(behindRefused position: Position) -> Reply.Next? { nil }
  package func feedPosition(since instant: Timestamp, in listing: Listing) -> Position? { nil }
  package func isOfFeed(_ position: Position) -> Bool { false }
  package func position(behindKey key: Int64, in listing: Listing) -> Position? { nil }
  package func countRequest(for listing: Listing, in keys: KeyRange?) -> Request? { nil }
  package func knowing(greatestKey: Int64) -> Self { self }
}

/// Where a page of a list begins: its number, or the key behind which it starts. Only the source
/// knows which.
package struct Position: Sendable, Hashable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// A page by its number, from 1.
  package init(page: Int) {
    self.init("\(page)")
  }
}

/// Keys behind one, up to another.
package struct KeyRange: Sendable, Hashable {
  package let behind: Int64
  package let upTo: Int64

  package init(behind: Int64 = .min, upTo: Int64 = .max) {
    (self.behind, self.upTo) = (behind, upTo)
  }
}

/// What is asked of a listing.
package struct Question: Sendable, Hashable {
  package enum Subject: Sendable, Hashable {
    case page(Position, size: Int)
    /// The same of the keys alone, of a listing that has a census.
    case keys(Position, size: Int)
    /// The records themselves, by their ids. Where one answer does not show them all, it says where
    /// they go on.
    case records([Int64])
    /// One record alone, so that the source says itself when it is not there.
    case record(Int64)
    /// What no list tells of a record: its columns that are `Column.Traits.aside`.
    case aside(Int64)
  }

  package let subject: Subject
  /// Only what has changed since; nil for everything.
  package var since: Timestamp?
  /// Whose rows, where the listing asks for one parent's.
  package var parent: Int64?

  package init(_ subject: Subject, since: Timestamp? = nil, parent: Int64? = nil) {
    (self.subject, self.since, self.parent) = (subject, since, parent)
  }
}

/// What the source makes of an answer.
package struct Reply: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    /// There is another page, the next in number.
    case more
    /// There is another page, and it begins here.
    case moreAt(Position)
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
  /// What is left, of the windows that the answer speaks of.
  package var allowances: [AllowanceRule: Allowance]
  /// How long the server wants to be left alone, or nil when it does not say.
  package var retryAfter: Duration?
  /// What a refusal says to people, on one line, or nil without a sentence.
  package var message: String?
  /// The newest instant of change that its records bear, but none that lies more than
  /// `stampTolerance` ahead of its date; and whether one does.
  package var stamp: Timestamp?
  package var isStampAhead = false
  /// The records in the declared form, where the answer has them in another: they are read in the
  /// place of its body. `Response.padding` zero bytes end it.
  package var body: [UInt8]?
  /// How many records there are, where it was that which was asked.
  package var count: Int?
  /// The ids of records of which a feed says that they were deleted.
  package var deleted: [Int64] = []
  /// Members of its records that no column takes, and none is known to be left out for.
  package var unknownKeys: [String] = []
  package var content = Content.records

  /// What the records of a reply hold.
  package enum Content: Sendable, Hashable {
    case records
    /// The key of a record that came before, and lists of it that had to be asked for apart.
    case lists
    /// The same, and those of its columns that are asides.
    case asides
  }

  /// Seconds by which a stamp may be ahead of the clock and be believed.
  package static let stampTolerance: Int64 = 60

  package init(
    _ verdict: Verdict, next: Next = .unknown, date: Timestamp? = nil,
    allowances: [AllowanceRule: Allowance] = [:], retryAfter: Duration? = nil,
    message: String? = nil, body: [UInt8]? = nil
  ) {
    (self.verdict, self.next, self.date) = (verdict, next, date)
    (self.allowances, self.retryAfter, self.message) = (allowances, retryAfter, message)
    self.body = body
  }
}
