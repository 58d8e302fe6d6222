internal import Model
internal import ReplicaFile
internal import Replication

/// Prints what a run did: for a person at a terminal a line a table, for others those tables that
/// changed or failed and the sum of it, and for programs one JSON object.
struct RunOutput {
  let summary: RunSummary
  var voice = Voice()
  var asJSON = false

  func write(to output: StandardOutput) throws {
    if asJSON {
      try output.write(document.text)
    } else if voice.isQuiet {
      // What needs a person is in the log.
      return
    } else if voice.isVerbose || StandardStream.output.isTerminal {
      try output.write(Narrator.table(of: summary))
    } else {
      let table =
        summary.tables.contains(where: \.isNews)
        ? Narrator.table(of: summary, where: \.isNews) : ""
      try output.write(table + summary.sentence + "\n")
    }
  }

  private var document: JSONDocument {
    .object([
      .init("run", .integer(summary.id)), .init("outcome", .string(summary.outcome.rawValue)),
      .init("is_well", .bool(summary.outcome == .good)),
      .init("summary", .string(summary.sentence)),
      .init("changed_rows", .integer(Int64(summary.changedRows))),
      .init("requests", .integer(Int64(summary.requests))),
      .init("waited_seconds", .integer(summary.waited.components.seconds)),
      .init("resume_at", Self.text(summary.resumeAt?.iso8601)),
      .init("error", Self.text(summary.error)),
      .init("tables", .array(summary.tables.map(Self.document))),
    ])
  }

  private static func document(of report: TableReport) -> JSONDocument {
    let counts = report.counts
    let numbers = [
      ("read", counts.read), ("inserted", counts.inserted), ("updated", counts.updated),
      ("unchanged", counts.unchanged), ("deleted", counts.deleted), ("requests", report.requests),
    ]
    return .object(
      [
        .init("table", .string(report.table)), .init("outcome", .string(report.outcome.rawValue)),
      ] + numbers.map { .init($0.0, .integer(Int64($0.1))) }
        + [.init("error", text(report.error))])
  }

  private static func text(_ text: String?) -> JSONDocument {
    text.map(JSONDocument.string) ?? .null
  }
}

extension TableReport {
  /// Whether rows came, changed or went, or something is wrong with the table itself. With one that
  /// a run did not come to neither is.
  fileprivate var isNews: Bool {
    switch outcome {
    case .failed, .held: true
    case .unfinished where requests > 0: true
    case .good, .unfinished: counts.inserted + counts.updated + counts.deleted > 0
    }
  }
}
