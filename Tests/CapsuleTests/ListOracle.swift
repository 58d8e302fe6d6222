import Capsule
import CapsuleSimulator
import FoundationEssentials
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation

/// What a run has to bring of tasks and entries, which are read as lists: no feed tells what is
/// gone, and at most an account that has proved it what has changed. It is made before the run.
///
/// A row that is the same in the account before the run and behind it is never buried, whatever
/// becomes of the run. Where the table is good it is stored as it is, and what was gone before the
/// run does not live in the file. Of entries most runs read the newest alone, and bring those that
/// stand behind the last run; the others come with a run that reads them all. So do tasks of an
/// account that is asked for what has changed, but for those that it loses. Where a whole run goes
/// on from a former run, none is missing, but what has become of those that were read is not known.
///
/// Four things are not demanded, because nothing a source says tells of them:
///
/// - Where replies show the past, what a run has read may be older than the run.
/// - A row that goes and one that comes between two replies leave the count as it was. The first
///   can push another past the reading. It is there behind the next run that reads the list whole.
/// - Where nothing counts the rows, or the count is wrong or wavers, a row that goes during a
///   reading can push another past it. It is there behind the first run in which nothing goes.
/// - There, too, a page that comes without its records cannot be told from the truth.
struct ListOracle {
  private struct State {
    let table: Table
    var account: [[Value]: Oracle.Row] = [:]
    var stored: [[Value]: Oracle.Row] = [:]
    var lastRunDate = Value.null
    var fullRunDate = Value.null
    var isUnderWay = false
  }

  private let replica: Replica
  private let before: [State]
  /// What goes wrong in the run.
  private let effects: [FaultScript.Effect]

  init(_ replica: Replica) throws {
    self.replica = replica
    effects = replica.account.faults.faults.map(\.effect)
    before = try replica.tables.filter { ["tasks", "entries"].contains($0.name) }
      .map { try Self.state(of: $0, replica) }
  }

  private static func state(of table: Table, _ replica: Replica) throws -> State {
    let oracle = Oracle(replica: replica)
    var state = State(table: table, account: try oracle.rows(of: table))
    guard FileManager.default.fileExists(atPath: replica.path),
      let reader = try? Database.openReadOnly(path: replica.path)
    else { return state }
    state.stored = try oracle.stored(table, reader)
    let dates = try reader.rows(
      "SELECT last_run_date, full_run_date, pass_kind FROM _cursors WHERE table_name = ?",
      [.text(table.name)])
    if let dates = dates.first {
      (state.lastRunDate, state.fullRunDate) = (dates[0], dates[1])
      if case .newestFirst = table.method { state.isUnderWay = dates[2] == .text("full") }
    }
    return state
  }

  /// An edit, and the number of the request before which it was made.
  struct Edited {
    let edit: Edit
    let request: Int
  }

  /// What is wrong behind a run that ended so, and in which these edits were made: nothing. Those
  /// of the runs before count that have left something to be read.
  func complaints(_ summary: RunSummary?, edits: [Edited]) throws -> [String] {
    try before.flatMap { before in
      let isGood =
        summary?.tables.contains { $0.table == before.table.name && $0.outcome == .good } ?? false
      return complaints(
        before, try Self.state(of: before.table, replica),
        isGood: isGood && isProven(before.table, edits))
    }
  }

  /// The second healthy run has found the entries that stand where they were made, whatever was
  /// missed before; only a run that reads them all finds those that were moved.
  static func lackingEntries(_ replica: Replica) throws -> [String] {
    try replica.tables.filter { $0.name == "entries" }.flatMap { table in
      let state = try state(of: table, replica)
      return state.account.filter { key, row in
        state.stored[key] == nil && row.columns["entry_at"] == row.columns["created_at"]
      }
      .map { "entries lack \($0.key) behind two healthy runs" }
    }
  }

  private func complaints(_ before: State, _ now: State, isGood: Bool) -> [String] {
    let name = before.table.name
    let constant = before.account.filter { now.account[$0.key] == $0.value }
    var lines = constant.keys.filter { before.stored[$0] != nil && now.stored[$0] == nil }
      .map { "\(name) \($0) has been buried" }
    guard isGood else { return lines }
    let isWhole = isWhole(before, now)
    let ground = isWhole ? "" : before.lastRunDate.text ?? ""
    for (key, row) in constant where now.stored[key] != row {
      let stamp = row.columns[name == "entries" ? "entry_at" : "updated_at"]
      if !isWhole, stamp?.text ?? "" <= ground || loses(key) { continue }
      if before.isUnderWay, now.stored[key] != nil { continue }
      let stored = now.stored[key].map { "\($0)" } ?? "nothing"
      lines.append("\(name) are good, and \(key) is \(stored), not \(row)")
    }
    for key in before.stored.keys where isWhole && !before.isUnderWay && now.stored[key] != nil {
      if before.account[key] == nil, now.account[key] == nil {
        lines.append("\(name) are good, and \(key) is gone")
      }
    }
    return lines
  }

  /// Whether the run has read all of the table.
  private func isWhole(_ before: State, _ now: State) -> Bool {
    before.lastRunDate == .null || before.fullRunDate != now.fullRunDate
  }

  /// Whether the account never tells that a row has changed.
  private func loses(_ key: [Value]) -> Bool {
    replica.account.switches.tasksLoseChanges && key[0].integer?.isMultiple(of: 4) ?? false
  }

  private func isProven(_ table: Table, _ edits: [Edited]) -> Bool {
    let switches = replica.account.switches
    if switches.staleAnswers > 0 || hidesRemoval(table, edits) { return false }
    let isCounted =
      switches.supportsMeta && (table.name == "tasks" || switches.countsEntries)
      && switches.miscount == 0 && !switches.countWavers
    return isCounted
      || !edits.contains { Self.removals.contains($0.edit) } && !effects.contains(.emptyPage)
        && !effects.contains(.earlyEnd)
  }

  /// Whether rows went and came between two replies of a list.
  private func hidesRemoval(_ table: Table, _ edits: [Edited]) -> Bool {
    let log = replica.account.log.map(\.target)
    let requests = log.indices.filter { log[$0].hasPrefix(table.name + "?") }.map { $0 + 1 }
    return zip(requests, requests.dropFirst()).contains { former, next in
      let meanwhile = Set(
        edits.filter { $0.request > former && $0.request <= next }.map(\.edit))
      return !meanwhile.isDisjoint(with: Self.removals)
        && !meanwhile.isDisjoint(with: Self.additions)
    }
  }

  /// What adds rows to them.
  private static let additions: Set<Edit> = [
    .createTask, .createTrack, .createEntry, .backdateEntry, .completeTask, .restore,
  ]

  /// What takes rows out of these lists, or moves them to another place.
  private static let removals: Set<Edit> = [
    .delete, .deleteTask, .deleteTrack, .deleteEntry, .moveEntry,
  ]
}
