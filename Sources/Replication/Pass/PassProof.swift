internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass finds out whether the source tells what has changed in a list that it has just read
/// whole, and how it notices that it does not: see `ChangeProofs`.
struct ChangeProbe: Equatable {
  /// Since when changes are asked for, and the rows that the reading has found changed since then.
  let since: Timestamp
  let changed: Set<Int64>
  /// The rows that live.
  let living: Int
  /// What the answer says; nil where it says nothing.
  private(set) var isProof: Bool?

  init(since: Timestamp, changed: Set<Int64>, living: Int) {
    (self.since, self.changed, self.living) = (since, changed, living)
  }

  /// An answer of one page with these rows, of which so many have not changed since.
  mutating func answered(_ facts: PageFacts, _ shown: Set<Int64>, older: Int) {
    let isWhole = facts.next != .more && facts.total == facts.records
    if older > 0 || isWhole && !shown.isSuperset(of: changed) {
      isProof = false
    } else if isWhole, facts.refused == 0, facts.records < living {
      isProof = true
    }
  }

  /// There is no answer. A source that does not know the question does not tell.
  mutating func failed(_ failure: TableFailure) {
    if failure.isOfQuestion { isProof = false }
  }
}

extension Table {
  /// The table as a run reads it at an instant of the source's clock: by what has changed where the
  /// account has proved that it tells, where that costs less than the list, and where the whole of
  /// it is not due.
  func read(
    _ connection: Connection, _ options: RoundOptions, at now: Timestamp
  ) throws -> Table {
    guard mayTellChanges, freshness != nil, !options.compares, options.records[name] == nil,
      try ChangeProofs(self, connection).areGiven(),
      try Inventory(connection).living(name) > Self.shortList * options.pageSize
    else { return self }
    let cursor = try Cursors(connection).load(name)
    let told = askedForChanges()
    let isDue = PassPlan(told, cursor, options, at: now).kind == .full
    return isDue || cursor.progress?.kind == .full ? self : told
  }

  /// Pages of a list that is read whole rather than asked for changes and counted.
  fileprivate static let shortList = 2

  /// Seconds behind the last count after which its rows are counted again.
  func countEvery(_ options: RoundOptions) -> Int64 { tellsChanges ? 0 : options.countEvery }
}

extension Pass {
  private var proofs: ChangeProofs { ChangeProofs(table, context.connection) }

  /// Begins to ask for what has changed since the last run, where this one has read all of it: what
  /// the reading has found changed is to be told. That slid past it is told as well.
  func beginProbe() throws {
    let options = context.options
    guard table.mayTellChanges, !table.tellsChanges, hasEnded, isFinished, report.outcome == .good,
      table.freshness != nil, !options.compares, options.records[table.name] == nil,
      let counted = report.counted, let last = formerRunDate
    else { return }
    let areGiven = try proofs.areGiven()
    // Only the count tells what goes.
    let living = try living()
    guard counted == living + cursor.unstoredRows else {
      if areGiven { try proofs.refute(at: context.now) }
      return
    }
    guard
      try areGiven || proofs.areWanted(at: context.now, behind: options.defaultFullEvery),
      living > Table.shortList * options.pageSize
    else { return }
    let since = last + -options.lookback
    let changed = try changes(since: since, atMost: options.pageSize)
    // An account that tells of new rows alone has told nothing of changes.
    guard changed.count < options.pageSize, areGiven || changed.contains(where: \.isEdit) else {
      return
    }
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    start([Scan(listing: 0)])
    work = .probe(
      ChangeProbe(since: since, changed: Set(changed.map(\.id)), living: living))
  }

  /// The page has been stored. Nothing follows it.
  func probed(_ facts: PageFacts, _ probe: ChangeProbe) throws -> Step {
    var probe = probe
    let older = try shown.count { try isOlder($0, than: probe.since) }
    probe.answered(facts, shown, older: older)
    work = .probe(probe)
    return Step(next: .end)
  }

  /// Notes what the answer has said. Where there was none, that is no matter of the table.
  func endProbe(_ failure: TableFailure? = nil) throws {
    guard case .probe(var probe) = work else { return }
    if let failure { probe.failed(failure) }
    switch probe.isProof {
    case true?: try proofs.prove(probe.changed.count)
    case false?: try proofs.refute(at: context.now)
    case nil: break
    }
    noteUnstored(" by its changes")
    if refusals.missed > 0 { report.outcome = .failed }
    try finish()
  }

  /// All has been read of a list that is asked for what has changed in other runs: edits of which
  /// it was to tell before refute that it does.
  func judgeChanges() throws {
    guard table.mayTellChanges, !wasOwed, let last = formerRunDate, try proofs.areGiven() else {
      return
    }
    let untold = try edits(before: last + -context.options.lookback)
    guard untold > 0 else { return }
    try proofs.refute(at: context.now)
    report.counts.drifted += untold
    report.error =
      report.error
      ?? "Of \(untold.counted("change")) the source had not told: for a time its list is read "
      + "whole in each run."
  }

  /// Rows that this run has found new or changed and that have changed since an instant, and
  /// whether they were known before.
  private func changes(
    since instant: Timestamp, atMost limit: Int
  ) throws -> [(id: Int64, isEdit: Bool)] {
    try context.connection.rows(
      """
      SELECT h."row_id", max(h."change" = 'update') FROM "_history" AS h
        JOIN \(quoted(table.name)) AS t ON t."id" = h."row_id"
        WHERE h."id" > ?1 AND h."table_name" = ?2 AND t."_deleted_at" IS NULL
          AND t.\(quoted(stamp)) >= ?3
        GROUP BY h."row_id" LIMIT ?4
      """,
      [.integer(formerHistory), .text(table.name), .text(instant.sql), Value(limit)]
    ).compactMap { row in row[0].integer.map { ($0, row[1] == 1) } }
  }

  /// Rows of which this run has found that they were edited before an instant.
  private func edits(before instant: Timestamp) throws -> Int {
    let count = try context.connection.value(
      """
      SELECT count(DISTINCT h."row_id") FROM "_history" AS h
        JOIN "_history_values" AS v ON v."history_id" = h."id" AND v."column_name" = ?4
        JOIN \(quoted(table.name)) AS t ON t."id" = h."row_id"
        WHERE h."id" > ?1 AND h."table_name" = ?2 AND h."change" = 'update'
          AND t.\(quoted(stamp)) < ?3
      """,
      [.integer(formerHistory), .text(table.name), .text(instant.sql), .text(stamp)])
    return Int(count.integer ?? 0)
  }

  private func isOlder(_ id: Int64, than instant: Timestamp) throws -> Bool {
    try context.connection.value(
      "SELECT 1 FROM \(quoted(table.name)) WHERE \"id\" = ? AND \(quoted(stamp)) < ?",
      [.integer(id), .text(instant.sql)]) == 1
  }

  /// The column that says when a row has changed.
  private var stamp: String { table.freshness.map { table.columns[$0].name } ?? "" }
}
