internal import Model
internal import ReplicaFile

/// What a pass over a list asks for next, and when it is at its end.
///
/// A value without file, network or clock: facts come in, actions go out, and whoever drives it
/// obeys the last action before the next event. A pass reads its lists (`page`, `listEnded`,
/// `allRead`), waits until the deletions of its table have been read as well, and is then settled:
/// it is proven complete, or goes on with what mends it.
struct PassMachine: Equatable {
  let terms: Terms
  var progress: Cursor.Progress
  var stage = Stage.list
  var state = State.pages
  /// Where the list at hand ends.
  var pager: Pager
  /// What the lists have shown of themselves, from their first pages on.
  var evidence: ListEvidence
  /// What the source counts of them.
  var count: SourceCount
  /// What they lack.
  var absence = Absence()
  /// What a former run has read of them.
  var former: FormerRun
  /// Whether they are complete, by as many attempts as that takes.
  var completeness = Completeness()
  /// Whether that is proven.
  var isProven = false
  /// How often the newest pages have been read where nothing counts them.
  var readings = 1
  /// Whether a list of the newest records has come to where all is known.
  var isGroundReached = false
  /// Whether it is only counted how many rows the source has.
  var isCensus = false
  /// Whether less was asked for than had to be, because the source refused more.
  private(set) var isShortened = false
  /// Whether a reply has come in this run.
  private var hasReply = false

  /// A pass that begins, or one that goes on behind the pages of a former run.
  ///
  /// `length` is that of a full page, where this run knows it; `isYoung` says that the last page is
  /// no older than if one run had read both.
  init(
    _ terms: Terms, _ progress: Cursor.Progress, isResumed: Bool = false, isYoung: Bool = false,
    length: Int? = nil
  ) {
    (self.terms, self.progress) = (terms, progress)
    let isAmidList = isResumed && terms.isNumbered && progress.scan < terms.scans.count
    let hasBorder = isAmidList && !isYoung && progress.page > 1
    former = FormerRun(isOpen: isResumed, border: hasBorder ? progress.page - 1 : nil)
    let read = isResumed && terms.scans.count == 1 ? progress.read ?? 0 : 0
    pager = Pager(size: progress.pageSize, length: length, delivered: read)
    count = SourceCount(
      error: terms.countError, lengthError: terms.lengthError,
      learnsLength: terms.method != .incremental)
    evidence = ListEvidence(isWhole: !isResumed)
    completeness.canAskForChanges =
      terms.method == .incremental && progress.kind == .full && terms.isNumbered
    guard isResumed else { return }
    // Which requests were under way at the end of the former run is not known. More than one page
    // is assumed, so that what is absent is confirmed by id.
    (evidence.length, evidence.pages) = (progress.read ?? 0, 2)
    if terms.scans.count == 1, progress.scan >= 1 { noteShortfall() }
  }

  // MARK: Pages

  /// Whether pages are asked for.
  var isReading: Bool { state == .pages }
  /// Whether there is something to resume.
  var isWorthSaving: Bool { hasReply || former.isOpen }
  /// The page that a former run has read last, until it has come again.
  var border: Int? { former.border }

  /// A reply has come, at this instant of the source's clock.
  mutating func replied(at date: Timestamp?) {
    if let before = progress.date {
      // One clock among several that is ahead must not move the cursor ahead.
      progress.date = min(before, date ?? before)
    } else if !hasReply, !former.isOpen {
      progress.date = date
    }
    hasReply = true
  }

  /// A page has been stored: that of this number, from 1, in the list at hand.
  mutating func page(_ facts: PageFacts, _ number: Int) -> Step {
    progress.inserted += facts.inserted
    var list = Pager.List(isWhole: progress.since == nil, isNumbered: terms.isNumbered)
    switch stage {
    case .records:
      // The record exists although the list lacked it. So some row that was counted has been
      // deleted since, and the proof no longer holds.
      if facts.returned > 0 { isProven = false }
      absence.shown(facts.returned)
      return Step(behindRecords: facts.next)
    case .list:
      (list.isCounted, list.mustEnd) = (true, progress.kind == .full)
      list.isReadAgain = number == border
    case .search(let missing):
      stage = .search(missing: missing - facts.inserted - facts.returned)
      (list.isCounted, list.mustEnd) = (true, true)
    case .changes:
      list.isWhole = false
      // One page shows one moment. Several move like those of the list, and are proven like them.
      if number > 1, terms.isNumbered { isProven = false }
    case .recent: list.isWhole = true
    case .lastPage(let first): (list.isWhole, list.first) = (true, first)
    }
    var count = 0
    let isBehind = pager.isBehindEnd
    var step = pager.page(facts, number, of: list, count: &count)
    if case .lastPage = stage {
      evidence.length += count
      progress.total = facts.total ?? progress.total
    }
    if list.isCounted { note(facts, count, number, isBehind) }
    if list.isReadAgain {
      if former.crossed(facts, isEnd: step.next == .end) { return Step(next: .anew) }
    }
    if isFound(facts) {
      if stage == .list { isGroundReached = true }
      if step.next == .more { step.next = .end }
    }
    return step
  }

  private mutating func note(
    _ facts: PageFacts, _ count: Int, _ number: Int, _ isBehind: Bool
  ) {
    // Where a feed tells what goes, an end that is seen on a page of its own is held against it.
    let isBehind = isBehind && terms.method != .incremental
    evidence.add(facts, number, isBehind: isBehind, isRepeating: pager.isRepeating)
    progress.read? += count
    if number == 1, border != 1 { progress.total = nil }
    if let total = facts.total, let before = progress.total {
      self.count.moved(from: before, to: total)
    }
    progress.total = facts.total ?? progress.total
  }

  /// The next page of the list was refused. Returns whether that is its end.
  func endsBeforeRefusal(of number: Int) -> Bool {
    switch stage {
    case .list, .search, .changes, .recent:
      number > 1 && pager.endsBeforeRefusal(counted: progress.total)
    case .lastPage: true
    case .records: false
    }
  }

  /// A page behind the first one was refused, though it should be there: the list has become
  /// shorter since the pages before were read. Where a former run has read them, the list is begun
  /// anew, once; nil where it cannot be had.
  mutating func laterRefused(_ number: Int) -> Action? {
    guard number > 1, stage == .list, former.isOpen, !progress.isReadAgain else { return nil }
    progress.isReadAgain = true
    return forgetAndRestart()
  }

  /// The source refuses to tell what has happened since an instant, at this instant of a clock. Of
  /// changes everything is read instead. Of deletions less is asked for: what is missing from them
  /// the count of the rows tells.
  mutating func sinceRefused(at now: Timestamp) -> Action? {
    guard progress.kind == .changes, stage == .list, let since = progress.since else { return nil }
    guard case .deletions = terms.method else { return readEverything() }
    guard let reach = Self.reaches.first(where: { now + -$0 > since }) else { return nil }
    (progress.since, isShortened) = (now + -reach, true)
    return restart(.list, forgets: false)
  }

  /// Whether a list has shown what it was read for before its end.
  private func isFound(_ facts: PageFacts) -> Bool {
    switch stage {
    case .search(let missing): missing <= 0
    case .list: progress.kind == .recent && facts.isKnownGround
    case .recent: facts.isKnownGround
    case .changes, .lastPage, .records: false
    }
  }

  /// Since when everything is read that a newest-first list shows, where that ends it.
  var knownGround: Timestamp? {
    switch stage {
    case .recent(let since): since
    case .list where progress.kind == .recent: terms.lastRunDate
    default: nil
    }
  }

  /// The list at hand is at its end; `isMissing` says that its parent was not there.
  mutating func listEnded(isMissing: Bool = false) {
    defer {
      evidence.isEndless = evidence.isEndless || pager.isEndless
      pager.restart()
    }
    guard stage != .records else { return }
    if progress.total == nil { count.isMissing = true }
    if isMissing { (progress.tracksAbsence, progress.read) = (false, nil) }
    if pager.isNamedInVain { evidence.hasEmptyEnd = true }
    noteShortfall()
  }

  /// Holds a list that has come to its end against the source's count of it. Where pages follow one
  /// another by key, a row that is added behind their back is counted and never delivered. The
  /// newest records that come to no known ground are the whole list.
  private mutating func noteShortfall() {
    guard terms.isNumbered, let total = progress.total else { return }
    switch stage {
    case .list where progress.kind == .full: break
    case .list where progress.kind == .recent && !isGroundReached: break
    case .list where progress.kind == .changes && terms.method == .incremental: break
    case .search(let missing) where missing > 0: break
    default: return
    }
    count.ended(behind: pager.delivered, of: total)
  }

  /// All that was asked for has come.
  mutating func allRead() -> Action {
    switch stage {
    case .changes(_, let endsAlways) where endsAlways || !isProven && terms.isNumbered:
      return countForLastPage()
    case .search(let missing) where missing <= 0:
      evidence.breakOff()
      return countForLastPage()
    case .list, .search: evidence.length = progress.read ?? 0
    case .changes, .recent, .lastPage, .records: break
    }
    state = .feed
    return .awaitFeed(listIsRead: stage == .list)
  }

  /// How far back deletions are asked for where the source refuses more, in seconds, in this order:
  /// so many days, less what may pass until the question arrives.
  private static let reaches: [Int64] = [365, 90, 30, 7, 1].map { $0 * 86_400 - 3_600 }
}
