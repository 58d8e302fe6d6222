internal import Replication
internal import SQLite

/// What the file knows of one table that somebody may want to look at.
struct TableFindings: Encodable {
  /// Rows that the delete guard holds back.
  struct HeldRows: Encodable {
    let rows: Int
    /// This host's clock when the first of them was held.
    let since: String
    /// The command that makes tombstones of them.
    let accept: String
  }
  /// Records that could not be stored.
  struct Quarantine: Encodable {
    let records: Int64
    let newest: String?
  }
  /// The last run that read rows of the table again though nothing said that they had changed.
  struct Sweep: Encodable {
    let run: Int64
    let rows: Int64
    /// Those that were not as the account had them.
    let drifted: Int64
  }

  private(set) var held: HeldRows?
  private(set) var quarantine: Quarantine?
  private(set) var sweep: Sweep?

  /// Reads the findings of a table. `config` is the configuration as the command line names it. A file
  /// that an older program wrote has few.
  init(_ table: Table, in connection: Connection, config: String) throws {
    let name = [Value.text(table.name)]
    let quarantined = try connection.rows(
      "SELECT count(*), max(\"seen_at\") FROM \"_quarantine\" WHERE \"table_name\" = ?", name)[0]
    if let records = quarantined[0].integer, records > 0 {
      quarantine = Quarantine(records: records, newest: quarantined[1].text)
    }
    guard try Database.isCurrent(connection) else { return }
    held = try Held(table, connection).count().map {
      HeldRows(
        rows: $0.rows, since: $0.since,
        accept: "crm-replica accept \(table.name) --config \(Self.word(config))")
    }
    sweep = try connection.rows(
      """
      SELECT "run_id", "swept", "drifted" FROM "_run_tables"
        WHERE "table_name" = ? AND "swept" > 0 ORDER BY "run_id" DESC LIMIT 1
      """, name
    ).first.map {
      Sweep(run: $0[0].integer ?? 0, rows: $0[1].integer ?? 0, drifted: $0[2].integer ?? 0)
    }
  }

  /// A sentence for each finding that asks for attention.
  func sentences(of table: String) -> [String] {
    var sentences: [String] = []
    if let held {
      sentences.append(
        "\(table): the delete guard has held \(held.rows.counted("row")) since \(held.since) UTC. "
          + "To make tombstones of them: \(held.accept)")
    }
    if let quarantine {
      sentences.append(
        "\(table): \(quarantine.records.counted("record")) could not be stored, the newest at "
          + "\(quarantine.newest ?? "-") UTC. They are in the table \"_quarantine\".")
    }
    if let sweep, sweep.drifted > 0 {
      sentences.append(
        "\(table): the sweep of run \(sweep.run) read \(sweep.rows.counted("row")) again; "
          + "\(sweep.drifted.grouped) of them differed from the account, and do no longer.")
    }
    return sentences
  }

  /// A word of a command line as a shell reads it.
  private static func word(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || "/._-".utf8.contains($0)
    }
    if isPlain { return text }
    let scalars = text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }
    return "'" + scalars.joined() + "'"
  }
}
