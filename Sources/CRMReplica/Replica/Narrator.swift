internal import Model
internal import ReplicaFile
internal import Replication

/// Tells on stderr what happens while a run is under way, and on stdout what it did.
final class Narrator {
  private let log: Log
  private let clock: any Clock
  private var progress: Progress
  /// What the file says that the round will take. That is counted, so it is asked for once, and
  /// only where something is to be shown.
  private var foresee: (() -> Foresight?)?
  /// Tables that failed, those for one reason together, and when the first of them did.
  private var failed: [(tables: [String], report: TableReport)] = []
  private var failedSince: Duration?
  /// Values kept aside that were told of, by table: one may end several times in a run.
  private var keptAside: [String: Int] = [:]

  init(_ log: Log, _ clock: any Clock = SystemClock()) {
    (self.log, self.clock) = (log, clock)
    progress = Progress.suited(toTerminal: log.reader == .person || log.minimum == .debug)
  }

  /// An error may have ended the round.
  deinit { tellFailed() }

  /// Has the progress say how much of the round is left.
  func follow(_ session: Session, _ options: RoundOptions) {
    guard log.minimum <= .info else { return }
    // A file that cannot be read now ends the round, not what is told of it.
    foresee = { try? session.foresee(options) }
  }

  func take(_ event: RunEvent) {
    if let failedSince, clock.elapsed() - failedSince > Self.patience { tellFailed() }
    switch event {
    case .page(let table, let page, let pages, let read):
      if let foresee, progress.isDue(table, at: clock.elapsed()) {
        self.foresee = nil
        if let foresight = foresee() { progress.foresee(foresight.forecast, foresight.spending) }
      }
      let step = ProgressStep(
        table: table, pagesDone: max(page - 1, 1), pages: pages, rows: read)
      if let report = progress.take(step, at: clock.elapsed()) { log.show(report) }
    case .tableEnded(let report):
      progress.finish(report.table)
      switch report.outcome {
      case .failed: note(failure: report)
      case .held: log.note(.error, "table held", ["table": report.table, "error": report.error])
      case .good, .unfinished: noteKeptAside(report)
      }
    case .retrying(let table, let failure, let delay):
      tellFailed()
      log.note(
        .warning, "retrying",
        ["table": table, "after": delay.spoken, "error": failure.sentence])
    case .waiting(let until):
      tellFailed()
      progress.wait(at: clock.elapsed())
      log.note(.warning, "waiting for the allowance", ["until": until.iso8601])
    case .anotherUser(let user, let former):
      log.note(
        .warning, "read as another user",
        [
          "user": user.name ?? user.id, "id": user.id, "former_id": former,
          "next": "every table is read in full and compared, as users see different records",
        ])
    case .clockDiffers(let seconds):
      log.note(
        .warning, "the host's clock is wrong",
        ["differs": SourceClock.sentence(ofHostAhead: seconds)])
    }
  }

  /// How long the first of several failures may stay untold.
  private static let patience = Duration.seconds(5)

  private func note(failure report: TableReport) {
    failedSince = failedSince ?? clock.elapsed()
    if let index = failed.firstIndex(where: {
      $0.report.failure?.isAlike(report.failure) ?? false
    }) {
      failed[index].tables.append(report.table)
    } else {
      failed.append(([report.table], report))
    }
  }

  private func tellFailed() {
    for (tables, report) in failed {
      let isOne = tables.count == 1
      log.note(
        .error, isOne ? "table failed" : "tables failed",
        [isOne ? "table" : "tables": tables.joined(separator: ", "), "error": report.error])
    }
    (failed, failedSince) = ([], nil)
  }

  private func noteKeptAside(_ report: TableReport) {
    let count = report.counts.misfits
    let told = keptAside.updateValue(count, forKey: report.table) ?? 0
    guard count > told else { return }
    log.note(.warning, "values kept aside", ["table": report.table, "count": "\(count)"])
  }

  /// Ends the progress and says how the run ended: what was done, what is wrong, and what comes
  /// next, unless the run was called by hand and all is well.
  func end(_ summary: RunSummary, next: String? = nil) {
    log.clearProgress()
    tellFailed()
    keptAside.removeAll()
    let next = next ?? Self.advice(after: summary)
    let sentence = summary.sentence
    log.conclude(
      summary.isInOrder ? .info : .error,
      "run \(summary.outcome.rawValue)",
      sentence + (next.map { " Next: \($0)." } ?? ""),
      [
        "run": "\(summary.id)", "requests": "\(summary.requests)",
        "changed_rows": "\(summary.changedRows)",
        "schema_changes": summary.schemaChanges.isEmpty
          ? nil : "\(summary.schemaChanges.count)",
        "waited": summary.waited > .zero ? summary.waited.spoken : nil,
        "error": summary.error.flatMap { sentence.contains($0) ? nil : $0 },
      ])
  }

  /// What somebody who has called for a run does next.
  private static func advice(after summary: RunSummary) -> String? {
    switch summary.outcome {
    case .good: nil
    case .stopped, .deferred: "the next run goes on from there"
    case .partial: "the next run tries again what failed; \"status\" shows each table"
    case .refused:
      "put \(summary.secret.withArticle) that is accepted in its place, and run \"check\""
    case .unavailable: "run it again later"
    }
  }

  /// One line a table: what was read and what became of it.
  static func table(
    of summary: RunSummary, where isShown: (TableReport) -> Bool = { _ in true }
  ) -> String {
    var table = TextTable(
      [
        .left("table"), .right("read"), .right("inserted"), .right("updated"), .right("unchanged"),
        .right("deleted"), .right("requests"), .left("outcome"),
      ], isPainted: StandardStream.output.isPainted)
    for report in summary.tables where isShown(report) {
      let counts = report.counts
      table.append(
        [
          report.table, counts.read.grouped, counts.inserted.grouped, counts.updated.grouped,
          counts.unchanged.grouped, counts.deleted.grouped, report.requests.grouped,
          report.outcome.rawValue,
        ], paint(report.outcome))
    }
    return table.text
  }

  private static func paint(_ outcome: TableReport.Outcome) -> Paint? {
    switch outcome {
    case .good: nil
    case .failed: .red
    case .held, .unfinished: .yellow
    }
  }
}
