internal import Model
internal import ReplicaFile

/// What a pass makes of lists that have been read to their ends.
extension PassMachine {
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
    if count.isShort(ofChanges: true), progress.kind == .changes {
      return ask(for: .rows, .ownTotal, settlement)
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
      // need not be their own is the table's if they are the same twice.
      let places = evidence.pages * (pager.length ?? progress.pageSize)
      let isOwn = count.isOwn(living: known, places: evidence.pages > 1 ? places : 0)
      if !isOwn, evidence.isSteady { count.disregardShortfall() }
      return judgeEnd(settlement)
    }
  }

  /// The file's answer to `listAbsent`: how many rows the list did not hold, and the questions for
  /// them, or for as many as can be asked for by id.
  mutating func absent(_ count: Int, _ questions: [Scan]) -> Action {
    guard case .absent(let settlement) = state else {
      preconditionFailure("rows are listed when they are asked for")
    }
    // What a list shows twice and its count confirms is so.
    let isSure = agreesWithCount && !terms.hasCensus
    let askable = questions.reduce(0) { $0 + $1.ids.count }
    switch absence.lacks(count, askable: askable, isSure: isSure) {
    case .believe: return takeCensus(settlement)
    case .ask: return ask(.records, questions)
    case .readAgain:
      isProven = false
      return readAgain()
    }
  }

  /// Whether the source's clock stands before the last cursor: that came from a clock that was
  /// ahead, and what has changed since then is not known.
  private var isClockBack: Bool {
    guard progress.kind == .changes, terms.method == .incremental, let date = progress.date,
      let last = terms.lastRunDate
    else { return false }
    return date < last + -terms.lookback
  }

  /// Whether the source counts as many records as the lists held. Where some could not be stored,
  /// a row that seems to be lacking may be one of them.
  private var agreesWithCount: Bool { count.agrees && !evidence.hasRefused }

  /// What contradicts the end of a list is settled, or the table is not complete: the list is read
  /// once more, and what both readings show is held against its count (`SourceCount`) and against
  /// what it lacks (`Absence`). So it is where a page that was named came without records, which
  /// ends a list only if the count says that all has come. Of changes, a count that is not
  /// explained has everything read.
  private mutating func judgeEnd(_ settlement: Settlement) -> Action {
    if evidence.isEndless { return giveUp(.endless) }
    // A list by key does not slide: what it lacks it hides.
    if absence.isHidden(isSteady: evidence.isSteady || terms.showsAll) {
      return giveUp(.hidden(absence.denied))
    }
    if count.isShort(ofChanges: progress.kind == .changes) {
      guard progress.isReadAgain else {
        progress.isReadAgain = true
        return forgetAndRestart()
      }
      guard count.isErrorLearnt(isSteady: evidence.isSteady) else {
        if progress.kind == .changes { return readEverything() }
        return giveUp(.short(read: count.total - count.shortfall, counted: count.total))
      }
    }
    let isCutOff = evidence.hasEmptyEnd && !count.agrees
    if evidence.hasHole || isCutOff, terms.isNumbered, !progress.isReadAgain {
      progress.isReadAgain = true
      return forgetAndRestart()
    }
    if progress.kind == .full { count.dropNeedless() }
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
    return ask(for: measure(settlement.reportedDeleted), .proof, settlement)
  }

  /// Whether nothing proves what the newest pages of a list have shown. A row that goes meanwhile
  /// moves another from a page not yet read to one that was. Where a count goes down with it, or
  /// where there is none, the pages are read again, until those behind the first bring nothing new.
  private var isUnproven: Bool {
    guard progress.kind == .recent, terms.isNumbered, evidence.pages > 1, stage == .list,
      !former.isOpen
    else { return false }
    if count.isMissing { return readings == 1 || evidence.found > 0 && !evidence.isSteady }
    return count.shrinkage > 0 && !evidence.isSteady
  }

  /// Whether a row may have slid past the first reading of a table without a feed, of which neither
  /// the file nor a count would tell: nothing is counted, or the count went down, or a former run
  /// has read a part, and what went then is not known. The list is read in full again in the next
  /// run, which misses the rows that the file has.
  var wantsSecondLook: Bool {
    guard case .newestFirst = terms.method, progress.kind == .full else { return false }
    let isFirst = !progress.tracksAbsence || terms.lastRunDate == nil
    let isDoubted = count.isMissing || count.hasDropped || !evidence.isWhole
    return isFirst && isDoubted && terms.isNumbered && evidence.pages > 1
  }

  private mutating func prove(_ known: Int, _ settlement: Settlement) -> Action {
    let isAccountedFor = (progress.kind == .full || isCensus) && settlement.isFeedRead
    var lost = count.lost(reported: settlement.reportedDeleted, explains: isAccountedFor)
    // A resumed pass cannot trust equal counts: as many rows may have been added between the two
    // runs as were deleted. Unless the deletions were read behind a list of everything, it is taken
    // for one row lost.
    let mayHideLoss = !settlement.isFeedRead || progress.kind == .changes
    if former.isOpen, terms.method == .incremental, mayHideLoss { lost += 1 }
    let length = evidence.length
    let balance = SourceCount.Balance(
      length: length, known: known, lost: lost, counted: progress.total,
      isWhole: progress.kind == .full || isCensus)
    let isExplained = count.explains(
      balance, isSearched: completeness.repair == .search,
      isSteady: !isCensus && evidence.isSteady)
    if isExplained { return proven(settlement) }
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
      evidence.pages > 1 || evidence.length == 0 || !agreesWithCount || terms.hasCensus
    if progress.tracksAbsence, isDoubted, !absence.isAnswered {
      state = .absent(settlement)
      return .listAbsent(max(Absence.askedByID, evidence.pages))
    }
    return takeCensus(settlement)
  }

  /// The first pages of a pass that goes on from a former run are as old as that run.
  private mutating func refresh() -> Action? {
    guard former.isOpen else { return nil }
    former.close()
    switch terms.method {
    case .incremental: return askForChanges(endsAlways: false)
    case .newestFirst: return progress.date.map { ask(.recent(since: $0), [Scan(listing: 0)]) }
    case .full, .deletions, .perParent:
      // Nothing says what has changed on them. A list that is not too long is read again.
      former.isAged = evidence.pages > Self.pagesReadTwice
      return former.isAged ? nil : forgetAndRestart()
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
}
