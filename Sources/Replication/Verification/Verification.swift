package import HTTP
package import Model
package import ReplicaFile
package import SQLite

/// Compares a replica with the account, and changes nothing in it.
///
/// A copy of the replica is brought up to date by one ordinary run that reads everything and
/// compares each row value by value. What the run had to change in the copy is what differs. So the
/// comparison stands on the same ground as replication: lists that prove themselves complete,
/// feeds, questions about single records.
///
/// Edits made while it runs are told apart by the source's own dates. Its clock is asked before the
/// copy is made, and the copy is made when that second is over: whatever the source dates later was
/// edited meanwhile, and is `pending`. Some edits carry no date, and count as differences when they
/// are made in the minute that a verification takes: a row that comes or goes in a table that has
/// neither `updated_at` nor a feed of deletions, a record that is restricted or restored, and a
/// value that changes without moving `updated_at`. They are gone from the next verification behind
/// a sync. The other way round, a row that was wrong before and is edited meanwhile is pending. A
/// date behind the end of the run says nothing.
///
/// Rows that differ are asked for once more by their ids, where the source can be: a list may have
/// shown them as they were before, or not yet. A record that the file refuses differs, and a list
/// that does not agree with the source's own count of it is not compared to its end.
///
/// What the account does not tell cannot be compared: the values of tombstones, statements that
/// the feed of deletions no longer repeats, and the rows of parents that were not asked about.
package final class Verification {
  private let source: any Source
  private let tables: [Table]
  private let transport: any Transport
  private let clock: any Clock
  private let options: RoundOptions
  private let observe: (RunEvent) -> Void
  /// The copy, once the account has been read.
  private var differences: Differences?

  /// `options` are those of a run over the same tables; what they say of what is read is set here.
  package init(
    source: any Source, tables: [Table], transport: any Transport, clock: any Clock,
    options: RoundOptions, observe: @escaping (RunEvent) -> Void = { _ in }
  ) {
    var options = options
    (options.full, options.anew, options.compares) = (true, true, true)
    (options.scrubBudget, options.guardRows) = (0, .max)
    self.options = options
    self.source = source
    self.tables = tables
    self.transport = transport
    self.clock = clock
    self.observe = observe
  }

  /// Runs to the end, or to what ends it early. `replica` is only read; `copy` makes a copy of it
  /// and opens it.
  ///
  /// Throws what `copy` throws, and errors of the database.
  package func run(
    _ replica: Connection, copy: () throws -> Connection
  ) throws -> VerificationReport {
    let startedAt = clock.now()
    let probe = try readClock(replica)
    var report = VerificationReport(
      startedAt: startedAt, finishedAt: clock.now(), asOf: probe?.date,
      ending: probe?.outcome ?? .good, requests: probe?.requests ?? 0,
      tables: selected.map { VerifiedTable(table: $0.name) }, error: probe?.error)
    guard report.ending == .good else { return ended(report) }
    // What is edited from now on has a later date than what was edited before.
    if case .interrupted = transport.next(timeout: .seconds(1)) {
      report.ending = .stopped
      return ended(report)
    }
    let connection: Connection
    do {
      connection = try copy()
    } catch let error as SQLiteError where error.isInterrupted {
      report.ending = .stopped
      return ended(report)
    }
    if let allowance = probe?.allowance { try AllowanceStore(connection).keep(allowance) }
    var options = options
    options.requestLimit = options.requestLimit.map { max(0, $0 - report.requests) }
    let differences = try Differences(connection, tables)
    var summary: RunSummary
    do {
      summary = try Round(
        connection, source: source, tables: tables, transport: transport, clock: clock,
        options: options, observe: observe
      ).run()
    } catch let error as AnotherAccount {
      // The copy says whose the replica is, and has no name of its own.
      throw AnotherAccount(
        path: replica.path, held: error.held, found: error.found, witness: error.witness,
        secret: error.secret)
    }
    let asOf = try report.asOf ?? differences.lastSecond(before: summary)
    try differences.find(in: selected, from: asOf, to: summary.lastDate)
    self.differences = differences
    let records = try differences.askable(in: selected)
    if summary.outcome == .good || summary.outcome == .partial, !records.isEmpty {
      options.records = records
      options.selection = Set(records.keys)
      options.identifies = false
      options.requestLimit = options.requestLimit.map { max(0, $0 - summary.requests) }
      let again = try Round(
        connection, source: source, tables: tables, transport: transport, clock: clock,
        options: options, observe: observe
      ).run()
      report.requests += again.requests
      if again.outcome == .stopped { summary.outcome = .stopped }
      try differences.find(in: selected, from: asOf, to: again.lastDate ?? summary.lastDate)
    }
    report.tables = try summary.tables.map { try differences.verified($0, runID: summary.id) }
    report.asOf = asOf
    report.ending = summary.outcome
    report.requests += summary.requests
    report.error = summary.error
    return ended(report)
  }

  /// Goes through the differences that were found in a table, by key, the first `limit` of them.
  package func each(
    of table: String, limit: Int = .max, _ body: (Difference) throws -> Void
  ) throws {
    try differences?.each(of: table, limit: limit, body)
  }

  /// What the source last said of the allowance, for other processes.
  package func allowance() throws -> AllowanceNote? {
    try differences.flatMap { try AllowanceStore($0.connection).last() }
  }

  private var selected: [Table] {
    tables.filter { options.selection?.contains($0.name) ?? true }
  }

  private func ended(_ report: VerificationReport) -> VerificationReport {
    var report = report
    report.finishedAt = clock.now()
    if report.ending != .good, report.ending != .partial {
      for index in report.tables.indices where report.tables[index].compared == 0 {
        report.tables[index].error = report.tables[index].error ?? Differences.unfinished
      }
    }
    return report
  }

  // MARK: The source's clock

  private struct Probe {
    let outcome: RunSummary.Outcome
    let date: Timestamp?
    let requests: Int
    let error: String?
    let allowance: AllowanceNote?
  }

  /// Asks for the smallest table there is, for the date of the reply. It goes into a file of its
  /// own in memory, so that the allowance is obeyed and failures are dealt with as always.
  private func readClock(_ replica: Connection) throws -> Probe? {
    let inventory = try Inventory(replica)
    var smallest: (table: Table, rows: Int64)?
    for table in tables where table.method == .full && table.listings.count == 1 {
      // What the source knows without asking has no clock in it.
      guard let position = source.position(ofPage: 1, in: table.listings[0]),
        source.known(
          source.request(for: table.listings[0], Question(.page(position, size: 1)))) == nil
      else { continue }
      guard table.parents.isEmpty, inventory.tables.contains(table.name) else { continue }
      let rows = try replica.value("SELECT count(*) FROM \(quoted(table.name))").integer ?? 0
      if rows < smallest?.rows ?? .max { smallest = (table, rows) }
    }
    guard let table = smallest?.table else { return nil }
    let connection = try Database.open(path: ":memory:", tables: [table], views: [])
    if let said = try AllowanceStore(replica).last() { try AllowanceStore(connection).keep(said) }
    if let reading = try ClockStore(replica).last() { try ClockStore(connection).note(reading) }
    var options = options
    options.selection = nil
    // The run on the copy asks, where there is something to compare with.
    options.identifies = false
    let summary = try Round(
      connection, source: source, tables: [table], transport: transport, clock: clock,
      options: options, observe: observe
    ).run()
    let date = try Cursors(connection).load(table.name).lastRunDate
    // One table that fails is no reason not to compare the others.
    let isAlone = summary.tables.contains { $0.outcome == .failed }
    let outcome = isAlone && summary.outcome != .unavailable ? .good : summary.outcome
    return Probe(
      outcome: outcome, date: date, requests: summary.requests,
      error: outcome == .good ? nil : summary.error,
      allowance: try AllowanceStore(connection).last())
  }
}
