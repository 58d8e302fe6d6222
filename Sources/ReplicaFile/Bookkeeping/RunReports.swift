package import Model

/// The report of a run on one table.
package struct TableReport: Sendable {
  package enum Outcome: String, Sendable, Hashable {
    case good
    case failed
    /// The delete guard held tombstones back.
    case held
    /// The run ended before the table's pass did; the next run goes on from there.
    case unfinished
  }

  package let table: String
  package var counts = Counts()
  /// How many rows the source counts in the lists of the whole table, where it says so of each.
  package var counted: Int?
  package var requests = 0
  package var waited = Duration.zero
  package var outcome = Outcome.unfinished
  /// Whether it has ended before parents were read again that nothing calls changed.
  package var isCut = false
  /// Why it failed, or nil.
  package var failure: TableFailure?
  /// The same, or what the guard holds back, as a sentence.
  package var error: String?

  package init(table: String) {
    self.table = table
  }
}

/// The report of a run.
package struct RunSummary: Sendable {
  package enum Outcome: String, Sendable, Hashable {
    case good
    /// Some tables failed or were held.
    case partial
    /// A signal ended it.
    case stopped
    /// The allowance is spent and the wait would be too long.
    case deferred
    /// The token is not accepted, or it may see nothing.
    case refused
    /// The source cannot be reached.
    case unavailable
  }

  package let id: Int64
  package var outcome: Outcome
  package var tables: [TableReport]
  package var requests: Int
  package var waited: Duration
  /// Whether only work that can wait was left, and gave way to the next run.
  package var hasYielded = false
  /// Whether the source said whose account it is and who reads.
  package var isIdentified = false
  /// The tables that have got rows which only records name.
  package var named: Set<String> = []
  /// When the next request may leave, for a run that was deferred.
  package var resumeAt: Timestamp?
  /// The source's clock at the last reply that said it.
  package var lastDate: Timestamp?
  package var error: String?
  /// What lets requests in, as people call it.
  package var secret = "token"
  /// What has changed in what the account sends or defines.
  package var schemaChanges: [SchemaChange] = []

  package init(
    id: Int64, outcome: Outcome, tables: [TableReport], requests: Int, waited: Duration,
    hasYielded: Bool = false, resumeAt: Timestamp? = nil, error: String? = nil
  ) {
    (self.id, self.outcome, self.tables) = (id, outcome, tables)
    (self.requests, self.waited, self.hasYielded) = (requests, waited, hasYielded)
    (self.resumeAt, self.error) = (resumeAt, error)
  }

  /// Whether all was refused that was asked for.
  package var isAllRefused: Bool {
    let asked = tables.filter { $0.requests > 0 || $0.outcome == .failed }
    return !asked.isEmpty
      && asked.allSatisfy { $0.failure.map { $0.isRefusal || $0.isParentUnread } ?? false }
  }

  /// Whether every table is up to date that the source lets the token read: what waits for a good
  /// run would wait for ever where one is forbidden.
  package var isAsGoodAsItGets: Bool {
    outcome == .good
      || outcome == .partial && !hasYielded
        && tables.allSatisfy { $0.outcome == .good || $0.failure?.isRefusal ?? false }
  }
}
