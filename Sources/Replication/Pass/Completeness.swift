/// Whether a list that was read page by page is complete, and what to do when that is not certain.
///
/// A page is a piece of a list that lives: while we read, rows are made, changed and deleted, and a
/// row that slides over a border from a page not yet read to one that was is missed. It keeps its
/// old date of change, so no later question for changes finds it. The order of the lists is
/// unknown, so none is assumed.
///
/// **One scan proves itself, for no request.** The last page of a list is asked for when all others
/// have come. Every page before it was full, so all records delivered, repetitions counted, are as
/// many as the list held when its last page was answered: its `length`. Suppose that every row
/// delivered is still there. Then the different rows delivered are a part of the list, and if there
/// are as many of them as the list is long, they are all of it. A row that was missed leaves a
/// repetition behind, or one that is gone. The feed of deletions, read behind the list, says which
/// are gone; a count that goes down from page to page says that some are. A list without a feed
/// (entries and tasks) hides one case: a row that goes, whose going moves another over a border,
/// while between the same two replies one comes behind them, or where nothing is counted. Tasks
/// are read whole again in the next run, or asked behind this one for what has changed
/// (`ChangeProofs`); entries are read whole in a week, after a first reading in the next run.
///
/// **A pass that goes on from a former run** begins with the last page which that one has read,
/// unless it is young.
/// What stands there and was not met has slid onto it; as long as something met stands before it,
/// nothing else has been missed. Otherwise the list is read from its beginning.
///
/// **What is not proven is repaired from the cheapest side.** Rows of a table that can be asked for
/// changes are asked for what has changed since the first page; one more request, for the page on
/// which the list must end, counts it again; the feed is read behind both. What is then still
/// missing slid between pages, and the list is read again until as many rows have turned up as the
/// count says are missing: what has been found is kept, so even an account that never rests
/// converges. When rows have gone and nobody says which, what was seen is forgotten and the list is
/// read anew. After a bounded number of attempts the table is not called good and keeps its cursor.
///
/// Reading by ascending id through filter queries would not slide either, but whether a source
/// sorts them may be unproven, and then the scan is needed all the same; it costs nothing in a
/// quiet list.
struct Completeness: Equatable {
  /// What has been done last to mend the list.
  enum Repair: Hashable {
    /// It was read again until the missing rows were found.
    case search
    /// What has changed since its first page was asked for, and its end.
    case changes
  }

  enum Decision: Hashable {
    /// The rows known are the list.
    case complete
    /// Ask for changes, then for the page on which the list ends.
    case recount
    /// Read the list until so many rows more are known.
    case find(Int)
    /// Read the list anew; what was seen may be gone.
    case restart
    case giveUp
  }

  /// Attempts of repair in one run.
  static let attemptsLimit = 8

  /// Whether changes can be asked for.
  var canAskForChanges = false
  var repair: Repair?
  private(set) var attempts = 0

  /// Decides after a reading.
  ///
  /// `length` is how many records the list held when the last reply to count it came, `known` how
  /// many different rows were delivered and have not been reported gone since, and `lost` how many
  /// left the list without a word about which.
  mutating func decide(length: Int, known: Int, lost: Int) -> Decision {
    if known == length, lost == 0 { return .complete }
    attempts += 1
    if attempts > Self.attemptsLimit { return .giveUp }
    if lost > 0 || known > length { return .restart }
    if canAskForChanges, repair != .changes { return .recount }
    return .find(length - known)
  }
}
