internal import Model
internal import ReplicaFile
internal import SQLite

/// The findings of one table, with what can be done about them.
struct TableFindings: Encodable {
  /// Rows that the delete guard holds back.
  struct HeldRows: Encodable {
    let rows: Int
    /// The source's clock when the first of them was held.
    let since: String
    /// The command that makes tombstones of them.
    let accept: String
  }

  let held: HeldRows?
  let quarantine: Findings.Quarantine?
  let sweep: Findings.Scrub?
  /// By how many rows its last list ended before the source's count of it.
  let shortfall: Int?
  private let accept: String

  /// Reads the findings of a table. `config` are the words of a command line that name the replica.
  init(_ table: Table, in connection: Connection, config: String) throws {
    let findings = try Findings(of: table, in: connection)
    let accept = "crm-replica accept \(table.name) \(config)"
    self.accept = accept
    held = findings.held.map { HeldRows(rows: $0.rows, since: $0.since, accept: accept) }
    (quarantine, sweep) = (findings.quarantine, findings.sweep)
    shortfall = findings.shortfall
  }

  /// A sentence for each finding that asks for attention.
  func sentences(of table: String) -> [String] {
    var sentences: [String] = []
    if let held {
      sentences.append(
        "\(table): the delete guard has held \(held.rows.counted("row")) since \(held.since) UTC. "
          + "To make tombstones of them: \(held.accept)")
    }
    if let quarantine, quarantine.records > 0 {
      sentences.append(
        "\(table): \(quarantine.records.counted("record")) could not be stored, the newest at "
          + "\(quarantine.newest ?? "-") UTC. They are in the table \"_quarantine\". To do without "
          + "them: \(accept)")
    }
    if let quarantine, quarantine.accepted > 0 {
      sentences.append(
        "\(table): \(quarantine.accepted.counted("record")) that could not be stored "
          + "\(quarantine.accepted == 1 ? "is" : "are") done without, as accepted.")
    }
    if let shortfall {
      sentences.append(
        "\(table): the list ends \(shortfall.counted("row")) before the source's count of it. If "
          + "it is the count that is wrong: \(accept)")
    }
    if let sweep, sweep.drifted > 0 {
      sentences.append(
        "\(table): the sweep of run \(sweep.run) read \(sweep.rows.counted("row")) again; "
          + "\(sweep.drifted.grouped) of them differed from the account, and do no longer.")
    }
    return sentences
  }
}
