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
      try living() > options.pageSize,
      let since = try hints.since(whole, at: now, every: every)
    else { return }
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    start([Scan(listing: 0)])
    work = .hints(HintMachine(since: since + -options.lookback))
  }

  /// The list of which the page at hand is one, if it is one of what has happened.
  func hint(_ scan: Scan) -> Hint? {
    guard case .hints = work, scan.ids.isEmpty else { return nil }
    return table.hint
  }

  /// A page of what has happened. Nothing of it is stored.
  func hinted(_ body: [UInt8], _ next: Reply.Next, _ number: Int, _ hint: Hint) -> PageFacts {
    guard case .hints(var machine) = work else { return PageFacts(next: .end) }
    let page = Self.happenings(body, hint)
    let isMore = machine.page(page, number, next, size: context.options.pageSize)
    work = .hints(machine)
    return PageFacts(records: page?.count ?? 0, next: isMore ? .more : .end)
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
      rows = try control(beside: machine.gone)
      machine.askControl()
    case .rows, .control: break
    }
    work = .hints(machine)
    if rows.isEmpty { return try endHints() }
    frontier.append(rows.map { Scan(listing: 0, ids: [$0]) })
  }

  /// Marks what is gone as deleted, as far as the guard lets it, and notes that all was told. That
  /// nothing was told is no matter of the table.
  func endHints(_ failure: TableFailure? = nil) throws {
    guard case .hints(let machine) = work else { return }
    noteUnstored(" by id")
    if refusals.missed > 0 { report.outcome = .failed }
    if machine.isAnswered, !machine.gone.isEmpty {
      try endUpkeep(machine.gone, at: context.now)
      try context.cursors.save(cursor, of: table.name)
    }
    let isRefused = failure.map { !$0.isUnavailability || $0.kind == .status(500) } ?? false
    if isRefused || machine.isVain {
      try hints.refused(at: context.now)
    } else if failure == nil, let date = cursor.lastRunDate {
      try hints.asked(at: date)
    }
    try finish()
  }

  /// Those of the rows that this run has not read among the newest, and those that live. One that
  /// is known to be gone does not come back.
  private func unread(_ named: [Int64]) throws -> (rows: [Int64], known: Set<Int64>) {
    guard case .newestFirst(let column) = table.method, let last = formerRunDate else {
      return ([], [])
    }
    let edge = (last + -context.options.recentLookback).sql
    var (rows, known): ([Int64], Set<Int64>) = ([], [])
    for id in named {
      let row = try context.connection.row(
        """
        SELECT "_deleted_at" IS NULL, coalesce(\(quoted(column)) >= ?2, 0)
          FROM \(quoted(table.name)) WHERE "id" = ?1
        """, [.integer(id), .text(edge)])
      guard row.map({ $0[0] == 1 && $0[1] == 0 }) ?? true else { continue }
      rows.append(id)
      if row != nil { known.insert(id) }
    }
    return (rows, known)
  }

  /// The newest row that lives, apart from these.
  private func control(beside gone: [Int64]) throws -> [Int64] {
    guard case .newestFirst(let column) = table.method else { return [] }
    let rows = try context.connection.rows(
      """
      SELECT "id" FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL
        ORDER BY \(quoted(column)) DESC LIMIT ?
      """, [Value(gone.count + 1)])
    return Array(rows.compactMap { $0[0].integer }.filter { !gone.contains($0) }.prefix(1))
  }
}

extension JSONValue {
  fileprivate subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key == key }?.node.value
  }
}
