package import Model

/// What the operator decides about a run.
package struct RoundOptions: Sendable {
  /// Tables to read; nil for all.
  package var selection: Set<String>?
  /// Whether everything is read, whatever the cursors say, and compared value by value.
  package var full = false
  /// Whether passes that a former run has begun are begun anew.
  package var anew = false
  /// Whether tables that are all forbidden mean that the token is refused; not so where some tables
  /// are only tried once more.
  package var judgesToken = true
  /// Whether the run compares a copy with the account, and brings nothing up to date. Per-parent
  /// tables then keep within their budget even in a full run, and ask again only about parents that
  /// were read.
  package var compares = false
  /// Rows that are read again by their ids, and nothing else of their tables.
  package var records: [String: [Int64]] = [:]
  /// Whether the source is asked whose account it is before anything is read.
  package var identifies = true
  /// What could not be learnt of the account before anything is read, a sentence, or nil: with it
  /// no run is good, for what is not known is not missed.
  package var shortcoming: String?
  /// Requests that the run may make; nil for as many as the allowance lets it.
  package var requestLimit: Int?
  /// Records asked for in one page.
  package var pageSize = 100
  /// Requests on the wire at the same time.
  package var concurrency = 4
  /// Seconds by which the question for changes looks back behind the last pass.
  package var lookback: Int64 = 300
  /// Seconds by which the newest-first pass reads back beyond the last one.
  package var recentLookback: Int64 = 86_400
  /// Seconds after which a table is read in full again, by table. `defaultFullEvery` for the others
  /// that are sorted newest first.
  package var fullEvery: [String: Int64] = [:]
  package var defaultFullEvery: Int64 = 7 * 86_400
  /// Seconds within which a source is not asked again what has happened to older rows; nil never
  /// asks. A little less than an hour, so that a round which begins some seconds early asks.
  package var hintEvery: Int64? = 3_450
  /// Requests of a run for tables that cost one for each parent, and those tables of which parents
  /// are read again that nothing calls changed; nil for all.
  package var perParentBudget = 500
  package var rereads: Set<String>?
  package var reserve = 400
  /// Seconds in which the scrub reads each row again, and its requests in a run.
  package var scrubEvery: Int64 = 30 * 86_400
  package var scrubBudget = 300
  /// Requests of a run for the keys of tables that are compared with the source's.
  package var censusBudget = 300
  /// Seconds after which the living rows are counted against the account again.
  package var countEvery: Int64 = 20 * 3_600
  /// Seconds after which a good run deletes what `_history` holds; nil keeps it for ever.
  package var historyKeep: Int64?
  /// The longest wait for the allowance; nil waits for as long as it takes.
  package var longestWait: Duration?
  /// When the next round is due: work that can wait ends then, to go on behind the urgent work of
  /// that round. Nil lets it take as long as it needs.
  package var patientUntil: Timestamp?
  /// The delete guard: absent rows are held back when they are more than `guardRows` and more than
  /// this share of the living ones.
  package var guardRows = 10
  package var guardShare = 0.25
  package var retry = Retry()

  /// Whether rows are compared value by value: their digests cannot be trusted where somebody may
  /// have changed the file.
  var comparesValues: Bool { full || compares }

  package init() {}

  /// The same for a run that reads one table in full from its first page, and nothing else.
  package func resyncing(_ table: String) -> RoundOptions {
    var options = self
    (options.selection, options.full, options.anew) = ([table], true, true)
    return options
  }
}
