/// What the source counts of a list, held against what came of it and what is known.
///
/// **A count is believed until two equal readings contradict it.** A list that ends below its count
/// is read once more. If that shows the very same records in the same order, a few rows too many
/// are an error of the count, which is remembered for the table; more hide rows, unless an operator
/// has accepted as many. A count that goes down from one page to the next tells of rows that have
/// gone, unless it is known to waver by that much. One that is less than what came, or is taken for
/// wrong, confirms nothing.
///
/// A list may be longer than it has rows, as it shows some of them twice. That is no row missed if
/// it has always been so, or if two equal readings show it; that is remembered as well, and says
/// nothing of a list of changes.
struct SourceCount: Equatable {
  /// A list and what is known of it when it has been read.
  struct Balance: Equatable {
    /// How many records the list held by the last reply that counted it.
    var length: Int
    /// How many different rows came of them and are still there.
    var known: Int
    /// How many rows left the list without a word about which.
    var lost = 0
    /// What the source counts, where it does.
    var counted: Int?
    /// Whether the list is that of everything.
    var isWhole = true
  }

  /// Rows by which the count is off, or wavers.
  private(set) var error: Int
  /// By how many records the list is longer than it has rows.
  private(set) var lengthError: Int
  /// Whether it is learnt here by how many.
  private let learnsLength: Bool
  /// By how much the count went down from page to page, in all and at the most at once.
  private(set) var shrinkage = 0
  private var largestDrop = 0
  /// Rows by which the list ended below its count, the most of any of its parts, and the count of
  /// the last part that did.
  private(set) var shortfall = 0
  private(set) var total = 0
  /// Whether a part of the list held more than is counted.
  private var isExceeded = false
  /// Whether a part of the list came without a count.
  var isMissing = false
  /// Whether the count went down while the list was read, be it as it is known to waver.
  private(set) var hasDropped = false

  /// Rows by which a count may be wrong, or hide others, in a list that is the same twice.
  static let tolerance = 3

  init(error: Int = 0, lengthError: Int = 0, learnsLength: Bool = true) {
    (self.error, self.lengthError, self.learnsLength) = (error, lengthError, learnsLength)
  }

  // MARK: While the list is read

  /// The count of one page is another one than that of the page before.
  mutating func moved(from before: Int, to total: Int) {
    let drop = before - total
    hasDropped = hasDropped || drop > 0
    guard drop > error else { return }
    shrinkage += drop
    largestDrop = max(largestDrop, drop)
  }

  /// A part of the list has ended. Each list of a table has its own count, and each may be off.
  mutating func ended(behind delivered: Int, of total: Int) {
    if delivered > total { isExceeded = true }
    guard delivered < total else { return }
    shortfall = max(shortfall, total - delivered)
    self.total = total
  }

  /// The list is read again from its beginning; `forgets` says that what went down before is none
  /// of that reading's.
  mutating func beginAgain(forgets: Bool) {
    (shortfall, isExceeded, isMissing) = (0, false, false)
    if forgets { (shrinkage, largestDrop, hasDropped) = (0, 0, false) }
  }

  // MARK: When it has been read

  /// Whether each part of the list came with a count, and with as many records.
  var agrees: Bool { !isMissing && shortfall == 0 && !isExceeded }

  /// Whether the list ended further below its count than is known to be harmless. What an operator
  /// has accepted is the error of a list of everything: it could hide all of a few changes.
  func isShort(ofChanges: Bool) -> Bool {
    shortfall > (ofChanges ? min(error, Self.tolerance) : error)
  }

  /// Whether the count of a list of changes is their own, and not that of the whole table: a count
  /// of less than the rows that live can be nothing else, and so is one that the pages have places
  /// for where they are several.
  func isOwn(living: Int, places: Int) -> Bool {
    total < living || places >= total
  }

  /// The count at hand is that of something else.
  mutating func disregardShortfall() {
    shortfall = 0
  }

  /// The list has been read twice and is short. Returns whether the count is off by that: only if
  /// both readings were the same, and by no more than a few rows or what has been accepted.
  mutating func isErrorLearnt(isSteady: Bool) -> Bool {
    guard isSteady, shortfall <= max(error, Self.tolerance) else { return false }
    error = max(error, shortfall)
    return true
  }

  /// What an operator has accepted holds as long as it is needed.
  mutating func dropNeedless() {
    if error > Self.tolerance, !isMissing { error = shortfall }
  }

  /// How many rows left the list without a word about which. In a list of changes a row that is
  /// reported deleted may be one that was counted before it went, so those count as lost as well;
  /// of a list of everything behind which they were read (`explains`) they explain a shrinking.
  func lost(reported: Int, explains: Bool) -> Int {
    explains ? max(0, shrinkage - reported) : shrinkage + reported
  }

  /// Whether the rows known are all there are although the list is not as long: the source counts
  /// as many and they have been searched for, or the list repeats records as it always does, or two
  /// equal readings have shown that it does and that its count wavers.
  mutating func explains(_ balance: Balance, isSearched: Bool, isSteady: Bool) -> Bool {
    let repeated = balance.length - balance.known
    guard repeated >= 0 else { return false }
    // A row may have slid past one reading, and the count may be too small by it.
    if balance.lost == 0, balance.known == balance.counted, isSearched {
      learn(lengthError: repeated)
      return true
    }
    if balance.isWhole, balance.lost == 0, repeated > 0, repeated == lengthError { return true }
    let missing = (balance.counted ?? balance.known) - balance.known
    let deviation = max(missing, largestDrop)
    guard isSteady, deviation <= max(Self.tolerance, error) else { return false }
    error = max(error, deviation)
    learn(lengthError: repeated)
    return true
  }

  private mutating func learn(lengthError repeated: Int) {
    if learnsLength { lengthError = repeated }
  }
}
