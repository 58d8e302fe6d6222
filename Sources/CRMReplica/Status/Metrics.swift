internal import Model
internal import ReplicaFile

/// Metrics in the text format of Prometheus, version 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats. All are gauges: the file says how
/// things are, and counts nothing.
struct Metrics {
  struct Sample {
    let labels: KeyValuePairs<String, String>
    let value: Double
  }

  private(set) var text = ""

  /// Adds a metric with its samples; nothing when there is none.
  mutating func add(_ name: String, _ help: String, _ samples: [Sample]) {
    if samples.isEmpty { return }
    text += "# HELP \(name) \(Self.escaped(help, quotationMarks: false))\n# TYPE \(name) gauge\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0)=\"\(Self.escaped($1, quotationMarks: true))\"" }
      text += "\(name){\(labels.joined(separator: ","))} \(Self.spelled(sample.value))\n"
    }
  }

  /// A backslash, a line feed and, in a label, a quotation mark are escaped by a backslash.
  private static func escaped(_ text: String, quotationMarks: Bool) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
      case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
      case "\"" where quotationMarks: escaped.append(contentsOf: "\\\"".unicodeScalars)
      default: escaped.append(scalar)
      }
    }
    return String(escaped)
  }

  /// Whole numbers without a point: timestamps are easier to read so.
  private static func spelled(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}

extension Metrics {
  /// The metrics of a replica. `size` is that of the database in bytes, where it could be told.
  init(_ report: StatusReport, version: String, size: Int64?) {
    let name = report.database.split(separator: "/").last.map { String($0) } ?? report.database
    add(
      "crm_replica_build_info", "Always 1; the label has the version of the program.",
      [Sample(labels: ["database": name, "version": version], value: 1)])
    addTables(report.tables, name)
    addRun(report, name)
    if let size { add("crm_replica_database_size_bytes", "Size of the database file.", name, size) }
  }

  /// A metric of the whole replica, left out when it has no value.
  private mutating func add(
    _ name: String, _ help: String, _ database: String, _ value: (some BinaryInteger)?
  ) {
    guard let value else { return }
    add(name, help, [Sample(labels: ["database": database], value: Double(value))])
  }

  /// A metric of the tables that have a value.
  private mutating func add(
    _ name: String, _ help: String, _ database: String, _ tables: [TableStatus],
    _ value: (TableStatus) -> Double?
  ) {
    let samples = tables.compactMap { table in
      value(table).map {
        Sample(labels: ["database": database, "table": table.table], value: $0)
      }
    }
    add(name, help, samples)
  }

  private mutating func addTables(_ tables: [TableStatus], _ name: String) {
    add(
      "crm_replica_table_last_success_timestamp_seconds",
      "When the last complete pass over the table ended, by the source's clock.", name, tables
    ) { $0.completedAt.flatMap { Timestamp($0) }.map { Double($0.seconds) } }
    add(
      "crm_replica_table_interval_seconds",
      "Seconds that the schedule leaves between two readings of the table.", name, tables
    ) { $0.everySeconds.map { Double($0) } }
    let rows = tables.flatMap { table in
      [("living", table.rows), ("tombstone", table.tombstones)].map { state, rows in
        Sample(
          labels: ["database": name, "table": table.table, "state": state], value: Double(rows))
      }
    }
    add("crm_replica_table_rows", "Rows of the table by whether they live.", rows)
    add(
      "crm_replica_table_held_rows", "Rows that the delete guard holds back.", name, tables
    ) { Double($0.heldRows) }
    add(
      "crm_replica_table_quarantined_records", "Records that could not be stored.", name, tables
    ) { Double($0.findings.quarantine?.records ?? 0) }
    let outcomes = tables.flatMap { table in
      ["good", "failed", "held", "unfinished"].map { outcome in
        Sample(
          labels: ["database": name, "table": table.table, "outcome": outcome],
          value: table.outcome == outcome ? 1 : 0)
      }
    }
    add(
      "crm_replica_table_outcome", "1 for the outcome of the last run that read the table.",
      outcomes)
    add(
      "crm_replica_sweep_covered_ratio", "Share of the rows that the running sweep has read again.",
      name, tables
    ) { $0.sweepCoverage?.ratio }
    add(
      "crm_replica_parents_covered_ratio",
      "Share of the parents that have been read, of a table that is read parent by parent.", name,
      tables
    ) { $0.parentCoverage?.ratio }
  }

  private mutating func addRun(_ report: StatusReport, _ name: String) {
    if let run = report.lastRun, let end = run.finishedAt.flatMap({ Timestamp($0) }) {
      add(
        "crm_replica_run_last_finished_timestamp_seconds", "When the last run ended.", name,
        end.seconds)
      let outcomes = ["good", "partial", "stopped", "deferred", "refused", "unavailable", "killed"]
      add(
        "crm_replica_run_last_outcome", "1 for the outcome of the last run.",
        outcomes.map {
          Sample(labels: ["database": name, "outcome": $0], value: run.outcome == $0 ? 1 : 0)
        })
      add("crm_replica_run_last_duration_seconds", "What the last run took.", name, run.duration)
      add("crm_replica_run_last_requests", "Requests of the last run.", name, run.requests)
    }
    add(
      "crm_replica_allowance_limit", "Requests that the source grants an hour.", name,
      report.allowance?.hourlyLimit)
    add(
      "crm_replica_allowance_remaining",
      "Requests that were left of the hour when the last run ended.", name,
      report.allowance?.remaining)
    add(
      "crm_replica_next_round_timestamp_seconds", "When the next round is due by the schedule.",
      name,
      report.nextRound.flatMap { Timestamp($0.dueAt) }?.seconds)
  }
}
