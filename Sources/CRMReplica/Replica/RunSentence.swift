internal import Model
internal import ReplicaFile
internal import Replication

/// The summary of a run in words.
extension RunSummary {
  /// What the run did and what is wrong, in a sentence or two, for somebody who reads nothing else.
  var sentence: String {
    [told, SchemaChange.sentence(of: schemaChanges)].compactMap(\.self).joined(separator: " ")
  }

  private var told: String {
    switch outcome {
    case .good:
      return "All is well: \(upToDate), \(work).\(error.map { " \($0)" } ?? "")"
    case .partial:
      return "\(complaint ?? "Something is not up to date"). \(capitalised(upToDate)), \(work)."
    case .stopped:
      return "Stopped by a signal: \(upToDate), \(work); what was read is stored."
    case .deferred:
      return "Not finished: \(upToDate), \(work); what was read is stored. \(error ?? "")"
    case .refused:
      return "Refused: the \(secret) is not accepted, or may read nothing. "
        + "The file keeps what it has. \(error ?? "")"
    case .unavailable:
      return "The source cannot be reached. The file keeps what it has: \(upToDate). \(error ?? "")"
    }
  }

  /// The tables that are not up to date and why, or nil when all is well. Without a full stop.
  var complaint: String? {
    switch outcome {
    case .good, .stopped: return nil
    case .refused: return "The \(secret) is refused"
    case .unavailable: return "The source cannot be reached"
    case .deferred: return "The allowance was used up"
    case .partial where isInOrder:
      return "Going on with the next round: \(names(of: .unfinished) ?? "what can wait")"
    case .partial: break
    }
    let parts = [
      (TableReport.Outcome.failed, "failed"), (.held, "held back by the guard"),
      (.unfinished, "not finished"),
    ].compactMap { outcome, words in names(of: outcome).map { "\($0) \(words)" } }
    guard parts.isEmpty else { return "Not up to date: " + parts.joined(separator: "; ") }
    return error.map { $0.hasSuffix(".") ? String($0.dropLast()) : $0 }
  }

  /// Whether nothing is wrong, even if what can wait gave way to the next round.
  var isInOrder: Bool {
    switch outcome {
    case .good, .stopped: true
    case .partial: hasYielded && !tables.contains { [.failed, .held].contains($0.outcome) }
    case .deferred, .refused, .unavailable: false
    }
  }

  /// The tables with that outcome, five of them at the most, or nil when there are none.
  private func names(of outcome: TableReport.Outcome) -> String? {
    let names = tables.filter { $0.outcome == outcome }.map(\.table)
    guard !names.isEmpty else { return nil }
    let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
    return names.prefix(5).joined(separator: ", ") + rest
  }

  private var upToDate: String {
    let good = tables.count { $0.outcome == .good }
    return good == tables.count
      ? (good == 1 ? "1 table is up to date" : "\(good) tables are up to date")
      : "\(good) of \(tables.count.counted("table")) \(good == 1 ? "is" : "are") up to date"
  }

  private var work: String {
    let changes = changedRows
    let told =
      changes == 0 ? "nothing changed" : "\(changes.counted("row")) changed"
    return "\(told) in \(requests.counted("request"))"
  }

  /// Rows that were inserted, updated or marked as deleted.
  var changedRows: Int {
    tables.reduce(0) { $0 + $1.counts.inserted + $1.counts.updated + $1.counts.deleted }
  }

  private func capitalised(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }
}
