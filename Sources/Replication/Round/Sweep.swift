internal import Model
internal import ReplicaFile
internal import SQLite

/// The rolling sweep: rows of a table that is asked for changes are read again, so many a run that
/// each of them is read within a period. It finds what changes without a new date of change.
///
/// Rows are asked for by their ids, ten in a request, in the order of their keys: that is exact
/// whatever moves meanwhile, and takes no note for each row. Ids that are gone make the whole
/// answer a 404; they are then asked for one by one.
struct Sweep {
  /// Requests that may still be made.
  var budget = 0
  /// Rows that the account no longer has.
  var gone: [[Value]] = []
  /// The last key that is asked for, or nil when it is the last of all.
  var lastKey: Int64?
  /// The first key that there was no request left for.
  var cut: Int64?
  /// How far this sweep takes the period, in seconds.
  var seconds: Int64 = 0

  /// The requests for the rows that are due after the time from the last sweep, 0 when so little
  /// has passed that it is not worth one.
  static func need(
    rows: Int, from last: Timestamp, to date: Timestamp, every period: Int64, perRequest count: Int
  ) -> Int {
    let share = min(1, Double(date - last) / Double(period))
    let due = Int((Double(rows) * share).rounded(.up))
    guard due >= min(count, rows), rows > 0 else { return 0 }
    return (due + count - 1) / count
  }
}

extension Pass {
  /// The requests that the rows due take, 0 when so little time has passed that it is not worth
  /// one.
  func sweepNeed() throws -> Int {
    guard table.method == .incremental, report.outcome == .good,
      table.listings.first?.record != nil
    else { return 0 }
    cursor = try context.cursors.load(table.name)
    guard let date = cursor.lastRunDate, let last = cursor.sweptAt, date > last else { return 0 }
    return Sweep.need(
      rows: try living(), from: last, to: date, every: context.options.sweepEvery,
      perRequest: context.source.recordsPerRequest)
  }

  /// Begins to read rows again: `need` requests for what is due, and at the most `budget` of them.
  func beginSweep(need: Int, budget: Int) throws {
    guard let date = cursor.lastRunDate, let last = cursor.sweptAt, budget > 0 else { return }
    let rows = try living()
    // Of a small budget single records are asked for; otherwise one group may turn out to lack one.
    let most = context.source.recordsPerRequest
    let count = budget > most ? most : 1
    let limit = count == 1 ? budget : min(need, budget - most) * count
    let ids = try context.connection.rows(
      """
      SELECT "id" FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL AND "id" > ?
        ORDER BY "id" LIMIT ?
      """, [Value(cursor.sweptKey ?? .min), Value(limit)]
    ).compactMap { $0[0].integer }
    let walks = stride(from: 0, to: ids.count, by: count).map {
      Walk(
        listing: 0, parent: nil, question: .records(Array(ids[$0..<min($0 + count, ids.count)])))
    }
    sweep = Sweep(budget: budget - walks.count, lastKey: ids.count < limit ? nil : ids.last)
    let period = Double(context.options.sweepEvery)
    let isAll = walks.count * count >= min(need * most, rows)
    sweep.seconds =
      isAll ? date - last : min(date - last, Int64(period * Double(ids.count) / Double(rows)))
    cursor.progress = Cursor.Progress(
      kind: .changes, date: date, pageSize: count, tracksAbsence: false)
    frontier = Frontier(
      walks, from: PageAddress(walk: 0, page: 1), window: 2 * context.options.concurrency)
    generation += 1
    arrivals.removeAll()
    (reading.stage, state) = (.sweep, .active)
    if walks.isEmpty { try endSweep() }
  }

  /// Whether a row was not as the account has it. What was edited since the question for changes of
  /// this run is no drift.
  func isDrift(
    _ record: DecodedPage.Record, _ source: PageBytes, _ outcome: TableStore.Outcome
  ) -> Bool {
    guard outcome != .unchanged, let column = table.freshness, let date = cursor.progress?.date
    else { return false }
    return source.value(record.slots + column).text.map { $0 < date.sql } ?? true
  }

  func endSwept(_ ids: [Int64], _ walk: Walk, areMissing: Bool) {
    guard areMissing else { return }
    if ids.count == 1 {
      report.counts.swept += 1
      sweep.gone.append(ids.map { .integer($0) })
    } else if sweep.budget >= ids.count, sweep.cut == nil {
      sweep.budget -= ids.count
      frontier.append(
        ids.map { Walk(listing: walk.listing, parent: nil, question: .records([$0])) })
    } else {
      sweep.cut = min(sweep.cut ?? .max, ids.first ?? .max)
    }
  }

  /// Makes tombstones of what is gone, and notes how far the sweep has come.
  func endSweep() throws {
    let writing = context.writing
    let date = cursor.progress?.date ?? writing.now
    if sweep.gone.count > 2, sweep.gone.count == report.counts.swept {
      // Every record gone is no answer about records: the path itself is not there.
      throw TableFailure(.status(404), doing: "reading \(table.name) by id")
    }
    if reading.missed > 0 {
      let failure = TableFailure(.unstored(reading.missed), doing: "reading \(table.name) by id")
      (report.failure, report.error, report.outcome) = (failure, failure.sentence, .failed)
    }
    try absent.removeAll()
    for key in sweep.gone { try absent.insert(TableStore.joined(key)) }
    let held = try absent.hold(
      over: context.options.guardRows, context.options.guardShare, writing, isList: false)
    if held > 0 {
      report.outcome = .held
      report.error =
        "\(held) rows that were read again are gone from the account. They are kept as they are "
        + "until a complete listing lacks them too, or until you accept it."
      cursor.heldRows += held
    }
    let buried = try absent.bury(tombstones, at: date, writing)
    report.counts.deleted += buried
    report.counts.drifted += buried
    cursor.progress = nil
    // With a record that is not stored the same rows are read again.
    if reading.missed == 0 {
      cursor.sweptAt = cursor.sweptAt.map { $0 + sweep.seconds } ?? date
      cursor.sweptKey = sweep.cut.map { $0 - 1 } ?? sweep.lastKey
    }
    try context.cursors.save(cursor, of: table.name)
    try context.log.save(report)
    hasUnsaved = false
    state = .ended
  }
}
