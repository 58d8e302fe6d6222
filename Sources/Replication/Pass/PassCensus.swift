internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass compares the keys of its table with the source's.
extension Pass {
  /// The requests for all keys that are not compared yet, that behind the last of them included; 0
  /// where the table has no census.
  func censusNeed() throws -> Int {
    guard table.hasCensus, hasEnded, table.method == .incremental, report.outcome == .good else {
      return 0
    }
    let from = try CensusStore(table, context.connection).load()?.key ?? .min
    return try living(behind: from) / context.options.pageSize + 2
  }

  func beginCensus(budget: Int) throws {
    guard budget > 0 else { return }
    let listing = table.listings[0]
    let saved = try CensusStore(table, context.connection).load()
    let place = CensusMachine.Place(
      position: saved.map { Position($0.position) }
        ?? context.source.position(ofPage: 1, in: listing),
      key: saved?.key ?? .min)
    cursor = try context.cursors.load(table.name)
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    if try saved == nil && mayCount() {
      start([Scan(listing: 0, isCount: true)])
    } else {
      start([Scan(listing: 0, isCensus: true)], at: place.position)
    }
    work = .census(
      CensusMachine(
        from: place, budget: budget, perRequest: context.source.recordsPerRequest, at: context.now))
  }

  /// Whether a count of the records may save the census: where the source is not known to count
  /// nothing, and all keys were compared within the period in which every row is read again. As
  /// many may have come without a word as have gone.
  private func mayCount() throws -> Bool {
    guard context.source.countRequest(for: table.listings[0], in: nil) != nil else {
      // For who foretells the next run, and does not know what the server says of its release.
      try Uncounted(context.connection).note(table)
      return false
    }
    return try Self.mayCount(table, cursor, context.options, at: context.now, context.connection)
  }

  static func mayCount(
    _ table: Table, _ cursor: Cursor, _ options: RoundOptions, at now: Timestamp,
    _ connection: Connection
  ) throws -> Bool {
    guard !cursor.needsFull, let last = cursor.countedAt, now - last < options.scrubEvery else {
      return false
    }
    return try !Uncounted(connection).holds(table)
  }

  /// The source has said how many records there are, or does not count them.
  func counted(_ count: Int?, _ scan: Scan, _ machine: CensusMachine) throws {
    if let keys = scan.keys {
      let known = try living(behind: keys.behind, to: keys.upTo).count
      var machine = machine
      let parts = machine.halving?.counted(keys, count, known: known) ?? []
      return try search(parts, &machine)
    }
    if count == nil { try Uncounted(context.connection).note(table) }
    if let count, try count == living() + cursor.unstoredRows {
      var machine = machine
      machine.agrees()
      work = .census(machine)
    } else if let count, cursor.unstoredRows == 0 {
      let whole = Halving.Part(known: try living(), counted: count)
      let leaf = context.source.recordsPerRequest
      var machine = machine
      machine.halving = Halving(whole, leaf: leaf, budget: machine.budget)
      if machine.halving != nil { return try search([whole], &machine) }
      frontier.append([Scan(listing: 0, isCensus: true)])
    } else {
      frontier.append([Scan(listing: 0, isCensus: true)])
    }
  }

  /// Has halves of ranges counted that differ.
  private func search(_ parts: [Halving.Part], _ machine: inout CensusMachine) throws {
    for part in parts {
      let half = try machine.halving?.take(part) { part in
        try context.connection.value(
          """
          SELECT "id" FROM \(quoted(table.name))
            WHERE "_deleted_at" IS NULL AND "id" > ? AND "id" <= ? ORDER BY "id" LIMIT 1 OFFSET ?
          """,
          [.integer(part.keys.behind), .integer(part.keys.upTo), Value(part.known / 2 - 1)]
        ).integer
      }
      if let half { frontier.append([Scan(listing: 0, keys: half, isCount: true)]) }
    }
    work = .census(machine)
  }

  func living(behind key: Int64, to last: Int64) throws -> [Int64] {
    try context.connection.rows(
      """
      SELECT "id" FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL AND "id" > ? AND "id" <= ?
        ORDER BY "id"
      """, [.integer(key), .integer(last)]
    ).compactMap { $0[0].integer }
  }

  /// Records have been asked for by their ids because a list lacks them: they are gone, if the one
  /// that was asked for with them has come. Returns whether it has.
  func hasControl(_ scan: Scan) -> Bool {
    scan.control.map { shown.contains($0) } ?? shown.isSuperset(of: scan.ids)
  }

  func unanswered(_ scan: Scan) -> TableFailure {
    TableFailure(.unanswered(scan.ids.count), doing: "reading \(table.name) by id")
  }

  func censusAnswered(_ scan: Scan, _ arrival: Arrival) throws {
    guard !scan.isCensus, case .census(var machine) = work else { return }
    switch arrival.answer {
    case .page:
      guard let alone = machine.answered(scan, with: shown) else { throw unanswered(scan) }
      frontier.append(alone)
    case .gone: frontier.append(machine.isGone(scan))
    case .skipped: break
    }
    work = .census(machine)
  }

  /// All keys have come that this run may ask for, or the records that differ.
  func censusRead() throws {
    guard case .census(var machine) = work else { return }
    if machine.isAgreed { return try conclude(machine) }
    let ranges = machine.beginRanges()
    let scans = ranges.isEmpty ? machine.allRead() : ranges
    work = .census(machine)
    if scans.isEmpty { return try conclude(machine) }
    frontier.append(scans)
    hasUnsaved = true
  }

  /// Marks what is gone as deleted, and notes how far the census has come.
  private func conclude(_ machine: CensusMachine) throws {
    noteUnstored(" by id")
    if machine.hidden > 0, !table.listings[0].showsUnlisted, report.failure == nil {
      let failure = TableFailure(.hidden(machine.hidden), doing: "listing \(table.name)")
      (report.failure, report.error) = (failure, failure.sentence)
    }
    if report.failure != nil { report.outcome = .failed }
    try endUpkeep(machine.gone, at: machine.date)
    if machine.place == nil, machine.stage == .records, machine.halving == nil {
      cursor.countedAt = machine.date
    }
    // Of a search nothing is left: the next count begins another.
    let place = machine.halving == nil ? machine.place : nil
    try CensusStore(table, context.connection).save(
      place.flatMap { place in place.position.map { ($0.text, place.key) } })
    try context.cursors.save(cursor, of: table.name)
    try finish()
  }
}
