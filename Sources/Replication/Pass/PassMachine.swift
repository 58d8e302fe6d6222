internal import Model
internal import ReplicaFile

/// What a pass over a list asks for next, and when it is at its end.
///
/// A value without file, network or clock: facts come in, actions go out, and whoever drives it
/// obeys the last action before the next event. A pass reads its lists (`page`, `listEnded`,
/// `allRead`), waits until the deletions of its table have been read as well, and is then settled:
/// it is proven complete, or goes on with what mends it.
struct PassMachine: Equatable {
  private let terms: Terms
  private(set) var progress: Cursor.Progress
  private(set) var stage = Stage.list
  private(set) var state = State.pages
  private(set) var pager: Pager
  private var completeness = Completeness()
  /// What the list has shown of itself, from its first page on.
  private var evidence: ListEvidence
  /// Whether a reply has come in this run, and whether a former one has read the first pages.
  private(set) var hasReply = false
  private var isResumed = false
  /// The page that a former run has read last, until it has come again: rows that went meanwhile
  /// have moved others onto it that were to be read behind it.
  private(set) var border: Int?
  private var isProven = false
  /// What is known of rows that the list lacks.
  private var absence = Absence.unknown
  /// Rows that the list lacks and that the source shows by their ids.
  private var denied = 0
  /// How often the list has been read where nothing counts it.
  private var readings = 1
  /// Rows by which the source's count is off, or wavers, as two equal readings have shown.
  private(set) var countError: Int
  /// By how many records the list is longer than it has rows.
  private(set) var lengthError: Int
  /// Whether less was asked for than had to be, because the source refused more.
  private(set) var isShortened = false
  /// Whether it is only counted how many rows the source has.
  private(set) var isCensus = false
  private var isReadTwice = false
  /// Whether what a former run has read is too much to be read again.
  private var isAged = false

  /// A pass that begins, or one that goes on behind the pages of a former run.
  ///
  /// `length` is that of a full page, where this run knows it; `isYoung` says that the last page is
  /// no older than if one run had read both.
  init(
    _ terms: Terms, _ progress: Cursor.Progress, isResumed: Bool = false, isYoung: Bool = false,
    length: Int? = nil
  ) {
    (self.terms, self.progress, self.isResumed) = (terms, progress, isResumed)
    let isAmidList = isResumed && terms.isNumbered && progress.scan < terms.scans.count
    if isAmidList, !isYoung, progress.page > 1 { border = progress.page - 1 }
    let read = isResumed && terms.scans.count == 1 ? progress.read ?? 0 : 0
    pager = Pager(size: progress.pageSize, length: length, delivered: read)
    (countError, lengthError) = (terms.countError, terms.lengthError)
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
  var isWorthSaving: Bool { hasReply || isResumed }

  /// A reply has come, at this instant of the source's clock.
  mutating func replied(at date: Timestamp?) {
    if let before = progress.date {
      // One clock among several that is ahead must not move the cursor ahead.
      progress.date = min(before, date ?? before)
    } else if !hasReply, !isResumed {
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
      denied += facts.returned
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
      border = nil
      // Nothing that was read stands there: how far the list has slid is not known.
      if facts.unmet == facts.records, facts.records > 0 || step.next == .end {
        return Step(next: .anew)
      }
    }
    if step.next == .more, isFound(facts) { step.next = .end }
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
      evidence.shrank(by: before - total, expected: countError)
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
    if progress.total == nil { evidence.isUncounted = true }
    if isMissing { (progress.tracksAbsence, progress.read) = (false, nil) }
    noteShortfall()
  }

  /// Holds a list that has come to its end against the source's count of it. Where pages follow one
  /// another by key, a row that is added behind their back is counted and never delivered.
  private mutating func noteShortfall() {
    guard terms.isNumbered, let total = progress.total, total != pager.delivered else { return }
    switch stage {
    case .list where progress.kind == .full: break
    case .list where progress.kind == .changes && terms.method == .incremental: break
    case .search(let missing) where missing > 0: break
    default: return
    }
    evidence.disagreed(with: total, delivered: pager.delivered)
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

  // MARK: Settling

  /// Whether the deletions have to be read again behind what is asked for now.
  var wantsFeed: Bool {
    state == .pages && stage != .records && !(isCensus && completeness.attempts == 0)
  }

  /// The deletions of the table have been read, or could not be, or there is nothing to wait for.
  mutating func settle(_ settlement: Settlement) -> Action {
    if isClockBack { return readEverything() }
    if stage != .records, !settlement.doubtful.isEmpty {
      return ask(.records, settlement.doubtful)
    }
    guard progress.read != nil else { return conclude() }
    if isShort, progress.kind == .changes {
      return count(.rows, for: .ownTotal, settlement)
    }
    return judgeEnd(settlement)
  }

  /// The file's answer to `count`.
  mutating func counted(_ known: Int) -> Action {
    guard case .count(let purpose, let settlement) = state else {
      preconditionFailure("a figure is given when it is asked for")
    }
    switch purpose {
    case .lastPage: return askForLastPage(known)
    case .proof: return prove(known, settlement)
    case .ownTotal:
      // Whether changes are counted by themselves or as the whole table is not known. A count that
      // is less than the rows that live can only be their own, and so is one that is as long as
      // they are in pages. Another is the table's if the changes are the same twice.
      let isOwn = evidence.total < known || evidence.pages > 1 && hasLastPage
      if !isOwn, evidence.isSteady { evidence.ignoreShortfall() }
      return judgeEnd(settlement)
    }
  }

  /// The file's answer to `listAbsent`: how many rows the list did not hold, and the questions for
  /// them, or for as many as can be asked for by id.
  mutating func absent(_ count: Int, _ questions: [Scan]) -> Action {
    guard case .absent(let settlement) = state else {
      preconditionFailure("rows are listed when they are asked for")
    }
    guard count > 0 else { return takeCensus(settlement) }
    if count <= questions.reduce(0, { $0 + $1.ids.count }) {
      absence = .confirmed
      return ask(.records, questions)
    }
    if absence == .unknown {
      (absence, isProven) = (.readTwice, false)
      return readAgain()
    }
    absence = .sampled
    // What a list shows twice and its count confirms is so; otherwise some of them are asked for.
    let isSure = evidence.agreesWithCount && !terms.hasCensus
    guard !isSure, !questions.isEmpty else { return takeCensus(settlement) }
    return ask(.records, questions)
  }

  /// Whether the source's clock stands before the last cursor: that came from a clock that was
  /// ahead, and what has changed since then is not known.
  private var isClockBack: Bool {
    guard progress.kind == .changes, terms.method == .incremental, let date = progress.date,
      let last = terms.lastRunDate
    else { return false }
    return date < last + -terms.lookback
  }

  /// Whether a list ended further below its count than is known to be harmless. What an operator
  /// has accepted is the error of a list of everything: it could hide all of a few changes.
  private var isShort: Bool {
    let isOfChanges = progress.kind == .changes
    return evidence.shortfall > (isOfChanges ? min(countError, ListEvidence.tolerance) : countError)
  }

  /// Whether the list came to the page on which one of as many records as are counted ends.
  private var hasLastPage: Bool {
    evidence.pages * (pager.length ?? progress.pageSize) >= evidence.total
  }

  /// What contradicts the end of a list is settled, or the table is not complete.
  ///
  /// A list that ends before as many rows as the source counts is read once more. If that shows the
  /// very same records, a small difference is an error of the count, which is remembered; a large
  /// one hides rows, which of changes has everything read. Rows that a steady list lacks and the
  /// source shows by their ids are hidden.
  private mutating func judgeEnd(_ settlement: Settlement) -> Action {
    if evidence.isEndless { return giveUp(.endless) }
    if denied > 0, evidence.isSteady || absence == .sampled { return giveUp(.hidden(denied)) }
    if isShort {
      guard isReadTwice else {
        isReadTwice = true
        return forgetAndRestart()
      }
      guard evidence.isSteady, evidence.shortfall <= max(countError, ListEvidence.tolerance) else {
        if progress.kind == .changes { return readEverything() }
        return giveUp(.short(read: evidence.total - evidence.shortfall, counted: evidence.total))
      }
      countError = max(countError, evidence.shortfall)
    }
    if evidence.hasHole, terms.isNumbered, !isReadTwice {
      isReadTwice = true
      return forgetAndRestart()
    }
    // What an operator has accepted holds as long as it is needed.
    if progress.kind == .full, countError > ListEvidence.tolerance, !evidence.isUncounted {
      countError = evidence.shortfall
    }
    if isUnproven {
      guard readings <= Completeness.attemptsLimit else {
        return giveUp(.restless(known: evidence.length - evidence.found, length: evidence.length))
      }
      readings += 1
      return readAgain()
    }
    let needsProof = evidence.pages > 1 && terms.isNumbered || isCensus
    guard !isProven, needsProof, progress.kind != .recent else { return goOn(settlement) }
    // A feed that is read in pages may repeat an id on the next one, so its count of different ids
    // can never match its length. It is read once more, and then believed.
    if case .deletions = terms.method, completeness.attempts > 0 { return proven(settlement) }
    return count(measure(settlement.reportedDeleted), for: .proof, settlement)
  }

  /// Whether nothing proves what the newest pages of a list have shown. A row that goes meanwhile
  /// moves another from a page not yet read to one that was. Where a count goes down with it, or
  /// where there is none, the pages are read again, until those behind the first bring nothing new.
  private var isUnproven: Bool {
    guard progress.kind == .recent, terms.isNumbered, evidence.pages > 1, stage == .list,
      !isResumed
    else { return false }
    if evidence.isUncounted { return readings == 1 || evidence.found > 0 && !evidence.isSteady }
    return evidence.shrinkage > 0 && !evidence.isSteady
  }

  /// Whether a row may have slid past the reading of an empty table's list: it has neither a feed
  /// nor a count that would tell. The list is then read in full again in the next run.
  var wantsSecondLook: Bool {
    guard case .newestFirst = terms.method, progress.kind == .full else { return false }
    return !progress.tracksAbsence && terms.isNumbered && evidence.pages > 1 && evidence.isUncounted
  }

  private mutating func prove(_ known: Int, _ settlement: Settlement) -> Action {
    let reported = settlement.reportedDeleted
    let shrinkage = evidence.shrinkage
    // In a list of changes a row that is reported deleted may be one that was counted before it
    // went, so reported deletions count as rows lost; of a list of everything they explain a
    // shrinking.
    let isAccountedFor = (progress.kind == .full || isCensus) && settlement.isFeedRead
    var lost = isAccountedFor ? max(0, shrinkage - reported) : shrinkage + reported
    // A resumed pass cannot trust equal counts: as many rows may have been added between the two
    // runs as were deleted. Unless the deletions were read behind a list of everything, it is taken
    // for one row lost.
    let mayHideLoss = !settlement.isFeedRead || progress.kind == .changes
    if isResumed, terms.method == .incremental, mayHideLoss { lost += 1 }
    let length = evidence.length
    if isExplained(length: length, known: known, lost: lost) { return proven(settlement) }
    switch completeness.decide(length: length, known: known, lost: lost) {
    case .complete: return proven(settlement)
    case .recount: return askForChanges(endsAlways: true)
    // Rows came or went without a trace.
    case _ where isCensus: return readEverything(length - known)
    case .find(let count): return search(count)
    case .restart: return forgetAndRestart()
    case .giveUp: return giveUp(.restless(known: known, length: length))
    }
  }

  /// Whether the rows known are all there are although the list is not as long: the source counts
  /// as many and they have been searched for, or it repeats records as it always does, or two equal
  /// readings have shown that it does and that its count wavers; that is then remembered.
  private mutating func isExplained(length: Int, known: Int, lost: Int) -> Bool {
    let repeated = length - known
    guard repeated >= 0 else { return false }
    // A row may have slid past one reading, and the count may be too small by it.
    if lost == 0, known == progress.total, completeness.repair == .search {
      if terms.method != .incremental { lengthError = repeated }
      return true
    }
    if lost == 0, repeated > 0, repeated == lengthError { return true }
    guard !isCensus, evidence.isSteady else { return false }
    let missing = (progress.total ?? known) - known
    guard max(missing, evidence.largestDrop) <= max(ListEvidence.tolerance, countError) else {
      return false
    }
    countError = max(countError, missing, evidence.largestDrop)
    if terms.method != .incremental { lengthError = repeated }
    return true
  }

  private mutating func proven(_ settlement: Settlement) -> Action {
    isProven = true
    return goOn(settlement)
  }

  /// The list is proven, or one page: what is left are the pages of a former run, rows that it
  /// lacked, and the daily count.
  private mutating func goOn(_ settlement: Settlement) -> Action {
    if let action = refresh() { return action }
    // An empty list is no evidence, whatever is counted.
    let isDoubted =
      evidence.pages > 1 || evidence.length == 0 || !evidence.agreesWithCount || terms.hasCensus
    if progress.tracksAbsence, isDoubted, !absence.isAnswered {
      state = .absent(settlement)
      return .listAbsent(max(Self.askedByID, evidence.pages))
    }
    return takeCensus(settlement)
  }

  /// The first pages of a pass that goes on from a former run are as old as that run.
  private mutating func refresh() -> Action? {
    guard isResumed else { return nil }
    isResumed = false
    switch terms.method {
    case .incremental: return askForChanges(endsAlways: false)
    case .newestFirst: return progress.date.map { ask(.recent(since: $0), [Scan(listing: 0)]) }
    case .full, .deletions, .perParent:
      // Nothing says what has changed on them. A list that is not too long is read again.
      isAged = evidence.pages > Self.pagesReadTwice
      return isAged ? nil : forgetAndRestart()
    }
  }

  /// Compares the number of living rows with the source's, once a day, for one request: rows that
  /// come back with an old date of change are in no list of changes.
  private mutating func takeCensus(_ settlement: Settlement) -> Action {
    guard terms.method == .incremental, terms.isNumbered, progress.kind == .changes, !isCensus,
      let date = progress.date
    else { return conclude() }
    let isDue = PassPlan.isCountDue(terms.countedAt, every: terms.countEvery, at: date)
    // Without its feed only the count tells that something has gone.
    let isCounted =
      settlement.isFeedRead || !terms.hasFeed ? isDue : settlement.isFeedForbidden
    guard isCounted else { return conclude() }
    (isCensus, isProven) = (true, false)
    completeness = Completeness()
    completeness.canAskForChanges = true
    return countForLastPage()
  }

  // MARK: What is asked for

  private mutating func ask(_ stage: Stage, _ scans: [Scan]) -> Action {
    (self.stage, state) = (stage, .pages)
    return .ask(scans)
  }

  /// Asks for what has changed since the first page, and behind that for the end of the list.
  private mutating func askForChanges(endsAlways: Bool) -> Action {
    guard let date = progress.date else {
      (isProven, completeness.canAskForChanges) = (false, false)
      return readAgain()
    }
    completeness.repair = .changes
    isResumed = false
    let since = date + -terms.lookback
    return ask(.changes(since: since, endsAlways: endsAlways), [Scan(listing: 0)])
  }

  /// The last page is that of a list of the rows known.
  private mutating func countForLastPage() -> Action {
    count(measure(nil), for: .lastPage, Settlement())
  }

  private mutating func askForLastPage(_ known: Int) -> Action {
    let size = max(1, pager.length ?? terms.pageLength ?? progress.pageSize)
    let page = max(1, (known + size - 1) / size)
    evidence.length = (page - 1) * size
    return ask(.lastPage(page), [Scan(listing: 0)])
  }

  private mutating func count(
    _ measure: Measure, for purpose: Purpose, _ settlement: Settlement
  ) -> Action {
    state = .count(purpose, settlement)
    return .count(measure)
  }

  /// How it is counted how many different rows were delivered and are still there; `reported` are
  /// the deletions reported meanwhile, nil when that is not known.
  private func measure(_ reported: Int?) -> Measure {
    if isCensus { return .census }
    if progress.kind == .changes { return .delivered }
    // Deletions during an interrupted run were reported to that run, so a resumed one cannot
    // subtract them from what was delivered: the rows in the file are counted instead.
    guard completeness.repair == nil, reported == 0, !isResumed else { return .living }
    return progress.tracksAbsence ? .delivered : .inserted
  }

  /// Reads the list again, what was found being kept: until so many rows more have come, where the
  /// list is one.
  private mutating func search(_ missing: Int) -> Action {
    guard progress.kind == .full, terms.scans.count == 1 else { return readAgain() }
    completeness.repair = .search
    return restart(.search(missing: missing), forgets: false)
  }

  private mutating func readAgain() -> Action {
    completeness.repair = nil
    return restart(.list, forgets: false)
  }

  /// Reads the list anew with nothing known of it. Attempts and pages are still counted.
  mutating func forgetAndRestart() -> Action {
    completeness.repair = nil
    (isResumed, isProven) = (false, false)
    if absence.isAnswered { absence = .unknown }
    progress.tracksAbsence = progress.kind == .full
    return restart(.list, forgets: true)
  }

  /// Begins at the first page again. A run that goes on from here later goes on with the list.
  private mutating func restart(_ stage: Stage, forgets: Bool) -> Action {
    (progress.read, progress.total) = (0, nil)
    evidence.beginAgain()
    if forgets || progress.kind == .recent { evidence.forgetShrinkage() }
    pager.restart()
    (self.stage, state, border) = (stage, .pages, nil)
    return .startOver(terms.scans, forgets: forgets)
  }

  // MARK: The end

  private mutating func conclude() -> Action {
    state = .ended
    return .conclude(isCounted: progress.kind == .full || isCensus && isProven, isAged: isAged)
  }

  private mutating func readEverything(_ difference: Int = 0) -> Action {
    state = .ended
    return .readEverything(difference: difference)
  }

  private mutating func giveUp(_ reason: TableFailure.Kind) -> Action {
    state = .ended
    return .giveUp(reason)
  }

  /// How far back deletions are asked for where the source refuses more, in seconds, in this order:
  /// so many days, less what may pass until the question arrives.
  private static let reaches: [Int64] = [365, 90, 30, 7, 1].map { $0 * 86_400 - 3_600 }
  /// Absent rows that are asked for one by one at the least; more of them take another reading.
  static let askedByID = 10
  /// Pages of a list that are read a second time because a former run has read the first of them.
  static let pagesReadTwice = 400
}
