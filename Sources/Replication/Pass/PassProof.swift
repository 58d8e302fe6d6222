internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass finds out whether the source tells what has changed in a list that it has just read
/// whole, and how it notices that it does not: see `ChangeProofs`.
struct ChangeProbe: Equatable {
  /// Since when changes are asked for, and the rows that have changed since then.
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
}

extension ReplicaFile.Cursor {
  /// Whether the source counts the list as long as it is: only the count tells what goes.
  fileprivate var isCountedRight: Bool { countError == 0 && lengthError == 0 && unstoredRows == 0 }
}

extension Table {
  /// The table as it is read: by what has changed where the account has proved that it tells and
  /// where that costs less than the list.
  func read(_ connection: Connection, _ options: RoundOptions) throws -> Table {
    guard mayTellChanges, !options.full, !options.compares, options.records[name] == nil,
      try ChangeProofs(self, connection).isGiven(),
      try Cursors(connection).load(name).isCountedRight,
      try Inventory(connection).living(name) > Self.shortList * options.pageSize
    else { return self }
    return askedForChanges()
  }

  /// Pages of a list that is read whole rather than asked for changes and counted.
  private static let shortList = 2

  /// Seconds behind the last count after which its rows are counted again.
  func countEvery(_ options: RoundOptions) -> Int64 { tellsChanges ? 0 : options.countEvery }
}

extension Pass {
  /// Begins to ask for what has changed since the last reading but one, where this one was whole
  /// and has found some of it.
  func beginProbe() throws {
    let options = context.options
    guard table.mayTellChanges, !table.tellsChanges, hasEnded, isFinished, report.outcome == .good,
      !options.compares, options.records[table.name] == nil, cursor.isCountedRight,
      let last = formerRunDate,
      try ChangeProofs(table, context.connection).isWanted(
        at: context.now, behind: options.scrubEvery)
    else { return }
    let living = try living()
    let since = last + -options.lookback
    let changed = try changes(atOrAfter: since)
    guard report.counted == living, !changed.isEmpty, changed.count < options.pageSize,
      living > options.pageSize
    else { return }
    generation += 1
    arrivals.removeAll()
    refusals = try Refusals(quarantine, isResumed: true)
    start([Scan(listing: 0)])
    work = .probe(ChangeProbe(since: since, changed: changed, living: living))
  }

  /// The page has been stored. Returns nothing to follow it.
  func probed(_ facts: PageFacts, _ probe: ChangeProbe) throws -> Step {
    var probe = probe
    let older = try shown.count { try isOlder($0, than: probe.since) }
    probe.answered(facts, shown, older: older)
    work = .probe(probe)
    return Step(next: .end)
  }

  /// Notes what the answer has said. Where there was none, that says nothing.
  func endProbe() throws {
    guard case .probe(let probe) = work else { return }
    let proofs = ChangeProofs(table, context.connection)
    switch probe.isProof {
    case true?: try proofs.prove()
    case false?: try proofs.refute(at: context.now)
    case nil: break
    }
    try finish()
  }

  /// The list has been read whole of a table whose changes are told: whatever is new or changed
  /// that was to be told before refutes that.
  func judgeChanges(_ progress: Cursor.Progress) throws {
    guard table.tellsChanges, progress.kind == .full,
      let last = formerRunDate
    else { return }
    let told = try changes(atOrAfter: last + -context.options.lookback)
    if try changes(atOrAfter: Timestamp(0)) != told {
      try ChangeProofs(table, context.connection).refute(at: context.now)
    }
  }

  /// The rows that this run has found new or changed and that have changed since an instant.
  private func changes(atOrAfter instant: Timestamp) throws -> Set<Int64> {
    guard let stamp = table.freshness.map({ table.columns[$0].name }) else { return [] }
    let rows = try context.connection.rows(
      """
      SELECT h."row_id" FROM "_history" AS h JOIN \(quoted(table.name)) AS t ON t."id" = h."row_id"
        WHERE h."run_id" = ?1 AND h."table_name" = ?2 AND t."_deleted_at" IS NULL
          AND t.\(quoted(stamp)) >= ?3
      """, [.integer(context.log.runID), .text(table.name), .text(instant.sql)])
    return Set(rows.compactMap { $0[0].integer })
  }

  private func isOlder(_ id: Int64, than instant: Timestamp) throws -> Bool {
    guard let stamp = table.freshness.map({ table.columns[$0].name }) else { return true }
    return try context.connection.value(
      "SELECT 1 FROM \(quoted(table.name)) WHERE \"id\" = ? AND \(quoted(stamp)) < ?",
      [.integer(id), .text(instant.sql)]) == 1
  }
}
