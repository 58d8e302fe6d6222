internal import Model
internal import ReplicaFile
internal import Replication

/// A status report for people, in eighty columns where names and numbers allow it.
struct StatusText {
  let report: StatusReport
  let maxAge: Duration?
  let now: Timestamp
  var isPainted = false

  var text: String {
    let notes = report.tables.flatMap(self.notes)
    let lines = notes + (notes.isEmpty ? [] : [""]) + [lastRun] + schemaNews + general
    return table + "\n" + lines.map { $0.onOneLine(limit: 1_000) + "\n" }.joined()
  }

  private var table: String {
    var table = TextTable(
      [
        .left("table"), .right("rows"), .right("tombstones"), .right("age"), .right("next in"),
        .left("state"),
      ], isPainted: isPainted)
    for status in report.tables {
      let complaint = status.complaint(maxAge: maxAge)
      let due = status.nextDueAt.flatMap { Timestamp($0) }
      table.append(
        [
          status.table, status.rows.grouped, status.tombstones.grouped,
          status.ageSeconds.map { Duration.seconds($0).spoken } ?? "-",
          due.map { $0 <= now ? "due" : Duration.seconds($0 - now).spoken } ?? "-",
          complaint ?? "good",
        ], complaint.map { $0 == "failed" ? .red : .yellow })
    }
    return table.text
  }

  /// What somebody may want to look at, and how far what takes long has come.
  private func notes(of status: TableStatus) -> [String] {
    var notes: [String] = []
    if let error = status.error, let outcome = status.outcome, outcome != "good" {
      notes.append("\(status.table): \(outcome). \(error)")
    }
    notes += status.findings.sentences(of: status.table)
    if let coverage = status.parentCoverage, coverage.isOfOwnRows {
      if coverage.read < coverage.parents {
        notes.append(
          "\(status.table): \(coverage.read.grouped) of \(coverage.parents.counted("row")) asked "
            + "for by themselves, for what no list tells.")
      }
    } else if let coverage = status.parentCoverage, coverage.parents > 0 {
      let oldest = coverage.oldestReadAt.map { ", the longest ago at \($0) UTC" } ?? ""
      notes.append(
        "\(status.table): \(coverage.read.grouped) of \(coverage.parents.counted("parent")) read"
          + oldest + ".")
    }
    if let sweep = status.sweepCoverage {
      notes.append("\(status.table): \(Self.sentence(of: sweep))")
    }
    return notes
  }

  private static func sentence(of sweep: ScrubCoverage) -> String {
    let rows = "\(sweep.covered.grouped) of \(sweep.rows.counted("row")) swept in this turn"
    guard let days = sweep.days, let through = sweep.throughAt else {
      return "\(rows); the sweep is switched off."
    }
    return rows + ", through about \(through.prefix(10)); "
      + "about \(sweep.rowsPerDay.grouped) a day, all in \(Duration.seconds(days * 86_400).spoken)."
  }

  private var lastRun: String {
    guard let run = report.lastRun else { return "No run yet." }
    let took = run.duration.map { ", took \(Duration.seconds($0).spoken)" } ?? ""
    let requests = run.finishedAt == nil ? nil : run.requests
    let spent = requests.map { ", \($0.counted("request"))" } ?? ""
    let outcome = run.outcome ?? "under way or killed"
    let error = run.error.map { ". \($0)" } ?? "."
    return
      "Last run \(run.id): \(outcome), began \(run.startedAt ?? "-") UTC\(took)\(spent)\(error)"
  }

  /// Changes of the schema that are told one by one.
  private static let toldChanges = 5

  private var schemaNews: [String] {
    let news = report.schemaChanges
    let rest = news.count - Self.toldChanges
    return news.prefix(Self.toldChanges).map { "Schema: \($0.phrase), \($0.at) UTC." }
      + (rest > 0 ? ["Schema: \(rest.grouped) more within a week in \"_schema_changes\"."] : [])
  }

  /// What is said of the whole replica.
  private var general: [String] {
    var lines: [String] = []
    if let next = report.nextRound {
      let when = next.inSeconds <= 0 ? "due now" : "in \(Duration.seconds(next.inSeconds).spoken)"
      lines.append("Next round: \(next.dueAt) UTC, \(when), \(next.tables.count.counted("table")).")
    }
    if let allowance = report.allowance { lines.append(sentence(of: allowance)) }
    if let sentence = report.clock.sentence { lines.append("Clock: \(sentence)") }
    if let window = report.consistencyWindow {
      lines.append(
        "As of: the tables show the account as it was between \(window.from) and "
          + "\(window.until) UTC, at most \(Duration.seconds(window.seconds).spoken) apart.")
    }
    lines.append("Days of reports: \(report.reports.sentence)")
    return lines
  }

  private func sentence(of allowance: StatusReport.Allowance) -> String {
    let reserve = "\(allowance.reserve.grouped) are left to others"
    let now = Timestamp(report.clock.sourceAt) ?? now
    if let blocked = allowance.blockedUntil.flatMap({ Timestamp($0) }), blocked > now {
      return "Allowance: used up; nothing is asked before \(blocked.sql) UTC. \(reserve)."
    }
    guard let limit = allowance.hourlyLimit, let remaining = allowance.remaining,
      let reset = allowance.resetAt.flatMap({ Timestamp($0) })
    else { return "Allowance: the source has not told yet; \(reserve)." }
    if reset <= now {
      return "Allowance: \(limit.grouped) requests an hour; \(reserve)."
    }
    return
      "Allowance: \(remaining.grouped) of \(limit.grouped) requests left until \(reset.sql) UTC; "
      + "\(reserve)."
  }
}
