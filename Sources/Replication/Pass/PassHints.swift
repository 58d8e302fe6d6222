internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass that has read the newest rows of its table learns which older ones have changed.
extension Pass {
  private var hints: Hints { Hints(table, context.connection) }

  /// Begins to ask what has happened, where the run has not read all rows anyway. A list of one
  /// page is not worth a request more: it is read whole soon enough.
  func beginHints() throws {
    let options = context.options
    guard table.hint != nil, let every = options.hintEvery, hasEnded, isFinished,
      report.outcome == .good, !options.compares, options.records[table.name] == nil,
      let now = cursor.lastRunDate, let whole = cursor.fullRunDate, whole != now,
      let since = try hints.since(whole, at: now, every: every),
      try living() > options.pageSize
    else { return }
    try hints.tried(at: now)
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    start([Scan(listing: 0)])
    work = .hints(HintMachine(since: since + -options.lookback))
  }

  /// Whether the page at hand shows rows of which nothing that has happened need be asked.
  var isOfNewest: Bool {
    guard table.hint != nil, case .list(let machine) = work else { return false }
    return machine.progress.kind == .recent
  }

  /// The list of which the page at hand is one, if it is one of what has happened.
  func hint(_ scan: Scan) -> Hint? {
    guard case .hints = work, scan.ids.isEmpty else { return nil }
    return table.hint
  }

  /// A page of what has happened. Nothing of it is stored.
  func hinted(
    _ body: [UInt8], _ next: Reply.Next, _ address: PageAddress, _ hint: Hint
  ) throws -> PageFacts {
    guard case .hints(var machine) = work else { return PageFacts(next: .end) }
    guard let page = Self.happenings(body, hint) else {
      throw TableFailure(.unreadable(.noEnvelope), doing: "\(request(address))")
    }
    let size = context.options.pageSize
    let isMore = machine.page(page, address.page, next, size: size)
    work = .hints(machine)
    return PageFacts(records: page.count, next: isMore ? .more : .end)
  }

  private static func happenings(_ body: [UInt8], _ hint: Hint) -> [Happening]? {
    guard let page = try? JSONNode(reading: body).value[hint.listing.envelope],
      case .array(let elements) = page
    else { return nil }
    return elements.map { element in
      var happening = Happening()
      switch element.value[hint.row]?["id"] {
      case .number(let digits), .string(let digits): happening.row = Int64(digits)
      default: break
      }
      if case .string(let text) = element.value[hint.instant] { happening.at = Timestamp(text) }
      return happening
    }
  }

  /// Whether a row that was asked for is there.
  func hintAnswered(_ scan: Scan, _ arrival: Arrival) {
    guard case .hints(var machine) = work, let row = scan.ids.first,
      arrival.answer == .gone || arrival.answer == .page && shown.contains(row)
    else { return }
    machine.answered(row, isGone: arrival.answer == .gone)
    work = .hints(machine)
  }

  /// One row cannot be had: it comes with the whole list. Of a source in trouble no more are asked.
  func hintRefused(at address: PageAddress, _ failure: TableFailure) throws {
    guard !failure.mayPass, gaps.skips() else { throw failure }
    try take(.skipped, at: address)
  }

  /// What was asked for has come.
  func hintsRead() throws {
    guard case .hints(var machine) = work else { return }
    var rows: [Int64] = []
    switch machine.stage {
    case .list:
      let known: Set<Int64>
      (rows, known) = try unread(machine.named)
      machine.ask(known)
    case .rows where !machine.gone.isEmpty && !machine.isAnswered:
      // One that this run has read.
      rows = newest.subtracting(machine.gone).max().map { [$0] } ?? []
      machine.askControl()
    case .rows, .control: break
    }
    work = .hints(machine)
    if rows.isEmpty { return try endHints() }
    frontier.append(rows.map { Scan(listing: 0, ids: [$0]) })
  }

  /// Marks what is gone as deleted, as far as the guard lets it, and notes up to when was told what
  /// has happened. That it was not is no matter of the table; that the file cannot take it is.
  func endHints(_ failure: TableFailure? = nil) throws {
    guard case .hints(let machine) = work else { return }
    noteUnstored(" by id")
    if let failure, case .unmarked = failure.kind {
      (report.failure, report.error) = (failure, failure.sentence)
    }
    if report.failure != nil { report.outcome = .failed }
    if failure == nil, machine.isAnswered, !machine.gone.isEmpty {
      try endUpkeep(machine.gone, at: context.now)
      try context.cursors.save(cursor, of: table.name)
    }
    if report.failure == nil, machine.isVain || failure.map({ !$0.mayPass }) ?? false {
      try hints.refused(at: context.now)
    } else if failure == nil, machine.isAnswered || machine.gone.isEmpty,
      let date = cursor.lastRunDate
    {
      try hints.asked(at: date)
    }
    try finish()
  }

  /// Those of the rows that this run has not read, as many as are asked for, and those of them that
  /// live. One that is known to be gone does not come back.
  private func unread(_ named: [Int64]) throws -> (rows: [Int64], known: Set<Int64>) {
    var (rows, known): ([Int64], Set<Int64>) = ([], [])
    for id in named where !newest.contains(id) && rows.count < HintMachine.rows {
      let row = try context.connection.row(
        "SELECT \"_deleted_at\" IS NULL FROM \(quoted(table.name)) WHERE \"id\" = ?",
        [.integer(id)])
      guard row.map({ $0[0] == 1 }) ?? true else { continue }
      rows.append(id)
      if row != nil { known.insert(id) }
    }
    return (rows, known)
  }
}

extension JSONValue {
  fileprivate subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.node.value
  }
}
