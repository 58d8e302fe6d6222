internal import Model
internal import ReplicaFile
internal import Replication

/// The status line of a round under way, as the service manager shows it.
struct RoundStatus {
  /// The tables of the round.
  let tables: Int
  private(set) var text: String
  private var replies = 0
  private var records: [String: Int] = [:]
  private var tablesEnded: Set<String> = []

  init(tables: Int) {
    self.tables = tables
    text = "A round of \(tables.counted("table")) begins."
  }

  /// Takes note of an event. Returns whether it is one to be told at once.
  mutating func take(_ event: RunEvent) -> Bool {
    switch event {
    case .page(let table, let page, let pages, let read):
      replies += 1
      records[table] = read
      // The page is the next one, behind what was stored.
      let done = max(page - 1, 1)
      let ofAll = pages.map { " of \(max($0, done).grouped)" } ?? ""
      text = "Reading \(table): page \(done.grouped)\(ofAll), \(soFar)."
      return false
    case .tableEnded(let report):
      tablesEnded.insert(report.table)
      text = "\(report.table) is done (\(report.outcome.rawValue)), \(soFar)."
      return false
    case .retrying(let table, let failure, let delay):
      text = "Asking again for \(table) in \(delay.spoken). \(failure.sentence)"
      return false
    case .waiting(let until):
      text = "Waiting for the allowance until \(until.iso8601), \(soFar)."
      return true
    case .anotherUser, .clockDiffers: return false
    }
  }

  private var soFar: String {
    "\(records.values.reduce(0, +).counted("record")) in "
      + "\(replies == 1 ? "1 reply" : "\(replies.grouped) replies")"
      + ", \(tablesEnded.count) of \(tables.counted("table")) done"
  }
}
