internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass reads rows of its table again, when the list has been read.
extension Pass {
  /// The requests that the rows due take, 0 when so little time has passed that it is not worth
  /// one.
  func scrubNeed() throws -> Int {
    guard table.isSwept, report.outcome == .good else { return 0 }
    cursor = try context.cursors.load(table.name)
    guard let date = cursor.lastRunDate, let last = cursor.sweptAt, date > last else { return 0 }
    return ScrubMachine.need(
      rows: try living(), from: last, to: date, every: context.options.scrubEvery,
      perRequest: context.source.recordsPerRequest)
  }

  /// Requests that a share has beyond those for what is due: for the records of a group that turns
  /// out to lack one, where that makes the whole answer a refusal. Where nothing tells what is
  /// gone, such an answer has the others.
  var scrubSpare: Int { table.hasCensus ? 0 : context.source.recordsPerRequest }

  /// Begins to read rows again: `need` requests for what is due, and at the most `budget` of them.
  func beginScrub(need: Int, budget: Int) throws {
    guard let date = cursor.lastRunDate, let last = cursor.sweptAt, budget > 0 else { return }
    let most = context.source.recordsPerRequest
    let share = ScrubMachine.Share(
      need: need, budget: budget, perRequest: most, spare: scrubSpare)
    let ids = try context.connection.rows(
      """
      SELECT "id" FROM \(quoted(table.name)) WHERE "_deleted_at" IS NULL AND "id" > ?
        ORDER BY "id" LIMIT ?
      """, [Value(cursor.sweptKey ?? .min), Value(share.rows)]
    ).compactMap { $0[0].integer }
    let machine = ScrubMachine(
      ids, share, budget: budget, due: need * most, rows: try living(), from: last, to: date,
      every: context.options.scrubEvery)
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    start(machine.scans)
    work = .scrub(machine)
    if machine.scans.isEmpty { try conclude(machine) }
  }

  /// Begins to read these rows again, and nothing else.
  func beginRecords(_ ids: [Int64]) {
    let most = table.method == .incremental ? context.source.recordsPerRequest : 1
    let budget = Int.max / 2
    let share = ScrubMachine.Share(
      need: (ids.count + most - 1) / most, budget: budget, perRequest: most)
    let now = context.clock.now()
    let machine = ScrubMachine(
      ids, share, budget: budget, due: ids.count, rows: ids.count, from: now, to: now, every: 1)
    start(machine.scans)
    work = .scrub(machine)
  }

  /// Some records have been asked for: they were stored, or one of them at least is gone, or they
  /// could not be had, and then nothing is known of them.
  func scrubbed(_ scan: Scan, _ arrival: Arrival) throws {
    guard case .gone(let kind) = arrival, case .scrub(var machine) = work else { return }
    if scan.ids.count == 1 { report.counts.swept += 1 }
    frontier.append(machine.gone(scan.ids, of: scan.listing, kind))
    work = .scrub(machine)
  }

  /// Marks what is gone as deleted, and notes how far the scrub has come.
  func conclude(_ machine: ScrubMachine) throws {
    if let kind = machine.noAnswer {
      throw TableFailure(kind, doing: "reading \(table.name) by id")
    }
    noteUnstored(" by id")
    if refusals.missed > 0 { report.outcome = .failed }
    report.counts.drifted += try endUpkeep(machine.gone, at: machine.date)
    cursor.progress = nil
    // With a record that is not stored the same rows are read again.
    if refusals.missed == 0 { machine.advance(&cursor) }
    try context.cursors.save(cursor, of: table.name)
    try finish()
  }

  /// Marks rows that are gone as deleted, as far as the guard lets it. Returns how many it did.
  @discardableResult
  func endUpkeep(_ gone: [Int64], at date: Timestamp) throws -> Int {
    try absent.removeAll()
    for id in gone { try absent.insert(TableStore.joined([.integer(id)])) }
    let options = context.options
    let held = try absent.hold(
      over: options.guardRows, options.guardShare, context.writing, isList: false)
    if held > 0 {
      report.outcome = .held
      report.error =
        "\(held) rows that were read again are gone from the account. They are kept as they are "
        + "until a complete listing lacks them too, or until you accept it."
      cursor.heldRows += held
    }
    let marked = try absent.markDeleted(tombstones, at: date, context.writing)
    report.counts.deleted += marked
    return marked
  }
}
