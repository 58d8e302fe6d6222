internal import Model
internal import Replication

/// A reply that was stored: how far one table has been read.
struct ProgressStep: Sendable, Hashable {
  let table: String
  let pagesDone: Int
  /// nil while the length of the list is unknown.
  let pages: Int?
  let rows: Int
}

/// A step that is due to be shown, and how far the whole round has come with it.
struct ProgressReport: Sendable, Hashable {
  let step: ProgressStep
  /// Requests that were answered.
  let answered: Int
  /// Requests of the whole round, nil while nothing is known of them.
  var foreseen: Int?
  /// Whether there are lists whose length is not known, so that it may take more.
  var isLowerBound = false
  /// An estimate for the whole round, or for what is known of it.
  var remaining: Duration?

  private var percent: Int? {
    guard let foreseen, foreseen > 0, !isLowerBound else { return nil }
    return answered * 100 / foreseen
  }

  /// For a terminal, cut to `width` characters:
  /// `14 of 620 requests, 2 %, 1 min 3 s left; parties: page 12 of 100, 1,200 rows`.
  func line(width: Int) -> String {
    let more = isLowerBound ? " or more" : ""
    let ofAll = foreseen.map { " of \($0.grouped)\(more)" } ?? ""
    let share = percent.map { ", \($0) %" } ?? ""
    let left = remaining.map { ", \($0.spoken)\(more) left" } ?? ""
    let noun = (foreseen ?? answered) == 1 ? "request" : "requests"
    let pages = step.pages.map { " of \($0.grouped)" } ?? ""
    let line =
      "\(answered.grouped)\(ofAll) \(noun)\(share)\(left); \(step.table.onOneLine()): "
      + "page \(step.pagesDone.grouped)\(pages), \(step.rows.counted("row"))"
    return line.count <= width ? line : String(line.prefix(max(0, width - 1))) + "…"
  }

  /// For a line of the log.
  var fields: [(key: String, value: String)] {
    var fields = [(key: "table", value: step.table), (key: "page", value: String(step.pagesDone))]
    func add(_ key: String, _ value: String?) {
      if let value { fields.append((key: key, value: value)) }
    }
    add("pages", step.pages.map { String($0) })
    add("rows", String(step.rows))
    add("requests", String(answered))
    add(isLowerBound ? "of_at_least" : "of", foreseen.map { String($0) })
    add("percent", percent.map { String($0) })
    add("seconds_left", remaining.map { String($0.components.seconds) })
    return fields
  }
}

/// Decides which steps are shown, and how long the rest of a round will take: as many requests as
/// were foreseen before it began and its lists turn out to have, each as long as those that were
/// answered, with the waits for the allowance. It holds no clock: the time is an argument, measured
/// from any fixed moment by a clock that does not run backwards.
struct Progress {
  /// The requests of one table.
  private struct Part {
    /// Requests left of its list, or of its parents.
    var left: Int
    /// Requests that come behind all lists: rows that are read again.
    var scrub = 0
    /// Whether the length of its list is known.
    var isKnown: Bool
    var hasEnded = false
    var lastShown: Duration?
  }

  /// The least time between two reports of one table; zero shows every step.
  let interval: Duration
  private var parts: [String: Part] = [:]
  private var spending: Spending?
  private var answered = 0
  private var began: Duration?
  /// Time that the allowance has taken, and when waiting for it began.
  private var waited = Duration.zero
  private var waitsSince: Duration?

  init(interval: Duration) {
    self.interval = interval
  }

  /// For a terminal, where a line replaces the last one, and for a pipe, where lines stay: at most
  /// one for each table in ten seconds, and none for a table that is done sooner.
  static func suited(toTerminal isTerminal: Bool) -> Progress {
    Progress(interval: isTerminal ? .zero : .seconds(10))
  }

  /// What the file says that the round will take.
  mutating func foresee(_ forecast: Forecast, _ spending: Spending) {
    self.spending = spending
    for line in forecast.lines where parts[line.table] == nil {
      parts[line.table] = Part(left: line.requests, scrub: line.scrub, isKnown: line.isKnown)
    }
  }

  /// Whether a step of the table would be shown now.
  func isDue(_ table: String, at time: Duration) -> Bool {
    time - (parts[table]?.lastShown ?? time) >= interval
  }

  /// Takes note of a step. Returns what to show, or nil when it is too soon.
  mutating func take(_ step: ProgressStep, at time: Duration) -> ProgressReport? {
    let began = began ?? time
    self.began = began
    if let since = waitsSince { waited += time - max(since, began) }
    waitsSince = nil
    answered += 1
    var part = parts[step.table] ?? Part(left: 0, isKnown: false)
    if let pages = step.pages, !part.hasEnded {
      part.left = max(0, pages - step.pagesDone)
      part.isKnown = true
    } else if part.left > 0 {
      part.left -= 1
    } else {
      part.scrub = max(0, part.scrub - 1)
    }
    let isDue = isDue(step.table, at: time)
    if isDue || part.lastShown == nil { part.lastShown = time }
    parts[step.table] = part
    return isDue ? report(step, at: time) : nil
  }

  /// Nothing is asked until the allowance is there again.
  mutating func wait(at time: Duration) {
    waitsSince = waitsSince ?? time
  }

  /// A pass has ended: nothing of its list is left.
  mutating func finish(_ table: String) {
    guard var part = parts[table] else { return }
    (part.left, part.isKnown, part.lastShown) = (0, true, nil)
    if part.hasEnded { part.scrub = 0 }
    part.hasEnded = true
    parts[table] = part
  }

  private func report(_ step: ProgressStep, at time: Duration) -> ProgressReport {
    var report = ProgressReport(step: step, answered: answered)
    guard var spending, let began else { return report }
    let left = parts.values.reduce(0) { $0 + $1.left + $1.scrub }
    report.foreseen = answered + left
    report.isLowerBound = parts.values.contains { !$0.isKnown }
    if answered > 1 {
      spending.perRequest = (time - began - waited) / (answered - 1)
      let rest = spending.time(for: answered + left).total - spending.time(for: answered).total
      report.remaining = .seconds(Int64(min(rest / .seconds(1), 1e9).rounded(.up)))
    }
    return report
  }
}

extension Forecast.Line {
  /// Whether the file can know it: not before a table, or the parents that it is read by, have been
  /// read once.
  fileprivate var isKnown: Bool { basis != .assumed && (requests > 0 || scrub > 0 || rows != 0) }
}
