internal import Model
internal import SQLite

/// What a pass knows of the list it reads, from the list's first page on.
///
/// It is one value, so that a list that is begun anew is begun with nothing known.
struct Reading {
  /// What the walks at hand are there for.
  enum Stage {
    case list, refresh, recount, missing, end, records, sweep
  }

  var stage = Stage.list
  var completeness = Completeness()
  /// Whether a reply has come in this run, and whether the pass began in a former one.
  var hasReply = false
  var isResumed = false
  /// How many records the list held by the last reply that counted it.
  var length = 0
  /// The highest page of any walk.
  var pages = 1
  /// By how much the count went down while the list was read.
  var shrinkage = 0
  /// Rows that are still to be found, and whether the walk was ended before the end of the list.
  var missing = 0
  var endedEarly = false
  /// The source's clock at the first reply of a walk that is no part of the list itself.
  var walkDate: Timestamp?
  /// Records that the walk at hand has delivered, and empty pages that came last in succession.
  var walkRecords = 0
  var emptyPages = 0
  /// Whether a list came to no end, and was left although the source names a next page.
  var isEndless = false
  /// Rows by which the walks fell short of what the source counted, and whether the list was read
  /// again for it.
  var shortfall = 0
  var isReadTwice = false
  /// Records that cannot be stored, by their digests: those without a key, and those without a row.
  var keyless: Set<UInt64> = []
  var unstored: Set<UInt64> = []
  /// The keys of records whose last version could not be stored.
  var refusedKeys: Set<Value> = []
  /// The sum of the digests on the walk's last page, and how often that page has been repeated.
  var lastContent: UInt64?
  var repeats = 0
  /// Whether what a former run has read is too much to be read again.
  var isAged = false
  var isProven = false
  /// Whether only the living rows are counted.
  var isCounting = false
  var areAbsentConfirmed = false

  /// Records that have come and are no rows.
  var refused: Int { keyless.count + unstored.count }
  /// Records of which the file does not hold the version that has come.
  var missed: Int { keyless.count + refusedKeys.count }

  /// Forgets what was delivered. Attempts and pages are still counted.
  mutating func forget() {
    keyless.removeAll()
    unstored.removeAll()
    refusedKeys.removeAll()
    (shortfall, walkRecords, emptyPages, isEndless) = (0, 0, 0, false)
    (shrinkage, areAbsentConfirmed, completeness.stage) = (0, false, .list)
    (isResumed, isProven) = (false, false)
  }
}
