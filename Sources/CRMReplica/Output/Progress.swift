/// How far the reading of one table has come.
struct ProgressStep: Sendable, Hashable {
  let table: String
  let pagesDone: Int
  /// nil while the length of the list is unknown.
  let pages: Int?
  let rows: Int
  /// Requests of the whole round.
  let requests: Int
}

/// A step that is due to be shown, with the time left as far as it can be told.
struct ProgressReport: Sendable, Hashable {
  let step: ProgressStep
  /// An estimate for this table.
  let remaining: Duration?

  /// For a terminal, cut to `width` characters:
  /// `parties: page 12 of 100, 1,200 rows, 14 requests, 1 min 3 s left`.
  func line(width: Int) -> String {
    let pages = step.pages.map { " of \($0.grouped)" } ?? ""
    let left = remaining.map { ", \($0.spoken) left" } ?? ""
    let line =
      "\(step.table.onOneLine()): page \(step.pagesDone.grouped)\(pages), "
      + "\(step.rows.grouped) rows, \(step.requests.grouped) requests\(left)"
    return line.count <= width ? line : String(line.prefix(max(0, width - 1))) + "…"
  }

  /// For a line of the log.
  var fields: [(key: String, value: String)] {
    var fields = [(key: "table", value: step.table), (key: "page", value: String(step.pagesDone))]
    if let pages = step.pages { fields.append((key: "pages", value: String(pages))) }
    fields.append((key: "rows", value: String(step.rows)))
    fields.append((key: "requests", value: String(step.requests)))
    if let remaining {
      fields.append((key: "seconds_left", value: String(remaining.components.seconds)))
    }
    return fields
  }
}

/// Decides which steps are shown and how long the rest will take. It holds no clock: the time is
/// an argument, measured from any fixed moment by a clock that does not run backwards.
struct Progress {
  private struct Start {
    let time: Duration
    let pagesDone: Int
    var lastShown: Duration
  }

  /// The least time between two reports of one table; zero shows every step.
  let interval: Duration
  private var starts: [String: Start] = [:]

  init(interval: Duration) {
    self.interval = interval
  }

  /// For a terminal, where a line replaces the last one, and for a pipe, where lines stay: at most
  /// one for each table in ten seconds, and none for a table that is done sooner.
  static func suited(toTerminal isTerminal: Bool) -> Progress {
    Progress(interval: isTerminal ? .zero : .seconds(10))
  }

  /// Takes note of a step. Returns what to show, or nil when it is too soon.
  ///
  /// The estimate assumes that the pages left take as long as those done since the first step seen
  /// of this table; a count that falls begins anew.
  mutating func take(_ step: ProgressStep, at time: Duration) -> ProgressReport? {
    var start = starts[step.table] ?? Start(time: time, pagesDone: step.pagesDone, lastShown: time)
    if step.pagesDone < start.pagesDone {
      start = Start(time: time, pagesDone: step.pagesDone, lastShown: start.lastShown)
    }
    let isDue = time - start.lastShown >= interval
    if isDue { start.lastShown = time }
    starts[step.table] = start
    guard isDue else { return nil }
    return ProgressReport(step: step, remaining: Self.remaining(step, since: start, at: time))
  }

  /// Forgets a table whose pass has ended.
  mutating func finish(_ table: String) {
    starts[table] = nil
  }

  private static func remaining(
    _ step: ProgressStep, since start: Start, at time: Duration
  ) -> Duration? {
    let done = step.pagesDone - start.pagesDone
    guard let pages = step.pages, pages >= step.pagesDone, done > 0 else { return nil }
    let seconds = (time - start.time) / .seconds(1) * Double(pages - step.pagesDone) / Double(done)
    return .seconds(Int64(min(seconds, 1e9).rounded(.up)))
  }
}
