internal import Model
internal import ReplicaFile

/// What a pass asks for next, and how it ends.
extension PassMachine {
  mutating func ask(_ stage: Stage, _ scans: [Scan]) -> Action {
    (self.stage, state) = (stage, .pages)
    return .ask(scans)
  }

  /// Asks for what has changed since the first page, and behind that for the end of the list.
  mutating func askForChanges(endsAlways: Bool) -> Action {
    guard let date = progress.date else {
      (isProven, completeness.canAskForChanges) = (false, false)
      return readAgain()
    }
    completeness.repair = .changes
    former.close()
    let since = date + -terms.lookback
    return ask(.changes(since: since, endsAlways: endsAlways), [Scan(listing: 0)])
  }

  /// The last page is that of a list of the rows known.
  mutating func countForLastPage() -> Action {
    ask(for: measure(nil), .lastPage, Settlement())
  }

  mutating func askForLastPage(_ known: Int) -> Action {
    let size = max(1, pager.length ?? terms.pageLength ?? progress.pageSize)
    let page = max(1, (known + size - 1) / size)
    evidence.length = (page - 1) * size
    return ask(.lastPage(page), [Scan(listing: 0)])
  }

  mutating func ask(
    for measure: Measure, _ purpose: Purpose, _ settlement: Settlement
  ) -> Action {
    state = .count(purpose, settlement)
    return .count(measure)
  }

  /// How it is counted how many different rows were delivered and are still there; `reported` are
  /// the deletions reported meanwhile, nil when that is not known.
  func measure(_ reported: Int?) -> Measure {
    if isCensus { return .census }
    if progress.kind == .changes { return .delivered }
    // Deletions during an interrupted run were reported to that run, so a resumed one cannot
    // subtract them from what was delivered: the rows in the file are counted instead.
    guard completeness.repair == nil, reported == 0, !former.isOpen else { return .living }
    return progress.tracksAbsence ? .delivered : .inserted
  }

  /// Reads the list again, what was found being kept: until so many rows more have come, where the
  /// list is one.
  mutating func search(_ missing: Int) -> Action {
    guard progress.kind == .full, terms.scans.count == 1 else { return readAgain() }
    completeness.repair = .search
    return restart(.search(missing: missing), forgets: false)
  }

  mutating func readAgain() -> Action {
    completeness.repair = nil
    return restart(.list, forgets: false)
  }

  /// Reads the list anew with nothing known of it. Attempts and pages are still counted.
  mutating func forgetAndRestart() -> Action {
    completeness.repair = nil
    isProven = false
    former.close()
    absence.beginAgain()
    progress.tracksAbsence = progress.kind == .full
    return restart(.list, forgets: true)
  }

  /// Begins at the first page again. A run that goes on from here later goes on with the list.
  mutating func restart(_ stage: Stage, forgets: Bool) -> Action {
    (progress.read, progress.total) = (0, nil)
    evidence.beginAgain()
    count.beginAgain(forgets: forgets || progress.kind == .recent)
    former.forgetBorder()
    isGroundReached = false
    pager.restart()
    (self.stage, state) = (stage, .pages)
    return .startOver(terms.scans, forgets: forgets)
  }

  // MARK: The end

  mutating func conclude() -> Action {
    state = .ended
    return .conclude(
      isCounted: progress.kind == .full || isCensus && isProven, isAged: former.isAged)
  }

  mutating func readEverything(_ difference: Int = 0) -> Action {
    state = .ended
    return .readEverything(difference: difference)
  }

  mutating func giveUp(_ reason: TableFailure.Kind) -> Action {
    state = .ended
    return .giveUp(reason)
  }

  /// Pages of a list that are read a second time because a former run has read the first of them.
  static let pagesReadTwice = 400
}
