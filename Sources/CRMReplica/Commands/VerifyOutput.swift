internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// Prints what `verify` found: figures, keys and names of columns, and no other value.
///
/// Differences may be as many as rows; they are printed as they are read and never held together.
struct VerifyOutput {
  let report: VerificationReport
  let verification: Verification
  let output: StandardOutput

  /// Differences of a table that are shown to people; programs get all of them.
  static let shown = 50

  func write(asJSON: Bool) throws {
    if asJSON { try writeJSON() } else { try writeText() }
  }

  // MARK: For people

  private func writeText() throws {
    var table = TextTable([
      .left("table"), .right("compared"), .right("counted"), .right("missing"), .right("extra"),
      .right("differing"), .right("pending"), .right("requests"), .left("state"),
    ])
    for verified in report.tables {
      table.append([
        verified.table, verified.compared.grouped, verified.counted?.grouped ?? "",
        verified.missing.grouped, verified.extra.grouped, verified.differing.grouped,
        verified.pending.grouped, verified.requests.grouped, Self.state(of: verified),
      ])
    }
    try say(table.text)
    for verified in report.tables where verified.differences > 0 {
      try writeDifferences(verified)
    }
    try say("\n\(sentence)\n")
  }

  private static func state(of verified: VerifiedTable) -> String {
    if let error = verified.error { return "not compared to its end: \(error)" }
    let state = verified.differences == 0 ? "equal" : "different"
    guard let compared = verified.parentsCompared, let all = verified.parents else { return state }
    return "\(state), \(compared.grouped) of \(all.grouped) parents compared"
  }

  private func writeDifferences(_ verified: VerifiedTable) throws {
    let unsynced =
      verified.unsynced == 0
      ? "" : ", \(verified.unsynced.grouped) of them since the last sync (+)"
    try say("\n\(verified.table): \(verified.differences.grouped) differ\(unsynced)\n")
    var rows = TextTable([.left("  key"), .left("kind"), .left("columns")])
    try verification.each(of: verified.table, limit: Self.shown) { difference in
      rows.append([
        "  \(difference.key.keyText)",
        difference.kind.rawValue + (difference.isUnsynced ? " +" : ""),
        difference.columns.joined(separator: ", "),
      ])
    }
    try say(rows.text)
    let more = verified.differences - Self.shown
    if more > 0 { try say("  and \(more.grouped) more; --json prints all\n") }
  }

  private var sentence: String {
    let compared = report.tables.reduce(0) { $0 + $1.compared }.counted("record")
    let asOf = report.asOf.map { " as of \($0.iso8601)" } ?? ""
    let pending = report.tables.reduce(0) { $0 + $1.pending }
    let aside =
      pending == 0
      ? "" : " \(pending.counted("row")) \(pending == 1 ? "was" : "were") edited meanwhile."
    let work = "\(compared) compared\(asOf) in \(report.requests.counted("request"))."
    let error = report.error.map { " \($0)" } ?? ""
    switch report.outcome {
    case .equal: return "The replica equals the account: \(work)\(aside)"
    case .different:
      let count = report.tables.reduce(0) { $0 + $1.differences }
      return "\(count.counted("row")) \(count == 1 ? "differs" : "differ"): \(work)\(aside)\(error)"
    case .unfinished:
      return "Nothing differs so far, but not every table was compared: \(work)\(aside)\(error)"
    }
  }

  // MARK: For programs

  private func writeJSON() throws {
    let head: [(String, String)] = [
      ("outcome", JSONText.string(report.outcome.rawValue)),
      ("started_at", JSONText.string(report.startedAt.iso8601)),
      ("finished_at", JSONText.string(report.finishedAt.iso8601)),
      ("as_of", Self.json(report.asOf?.iso8601)),
      ("requests", "\(report.requests)"),
      ("error", Self.json(report.error)),
    ]
    try say("{\n" + head.map { "  \"\($0.0)\": \($0.1),\n" }.joined() + "  \"tables\": [")
    for (index, verified) in report.tables.enumerated() {
      try say((index == 0 ? "\n" : ",\n") + "    {" + Self.members(of: verified) + ",\n")
      try say("      \"differences\": [")
      var isFirst = true
      try verification.each(of: verified.table) { difference in
        try say((isFirst ? "\n" : ",\n") + "        " + Self.json(difference))
        isFirst = false
      }
      try say("]}")
    }
    try say("\n  ]\n}\n")
  }

  private static func members(of verified: VerifiedTable) -> String {
    let members: [(String, String)] = [
      ("table", JSONText.string(verified.table)), ("compared", "\(verified.compared)"),
      ("counted", verified.counted.map { "\($0)" } ?? "null"),
      ("missing", "\(verified.missing)"), ("extra", "\(verified.extra)"),
      ("differing", "\(verified.differing)"), ("pending", "\(verified.pending)"),
      ("since_last_sync", "\(verified.unsynced)"), ("requests", "\(verified.requests)"),
      ("parents_compared", verified.parentsCompared.map { "\($0)" } ?? "null"),
      ("parents", verified.parents.map { "\($0)" } ?? "null"),
      ("error", json(verified.error)),
    ]
    return members.map { "\"\($0.0)\": \($0.1)" }.joined(separator: ", ")
  }

  private static func json(_ difference: Difference) -> String {
    JSONText.object([
      ("key", JSONText.value(difference.key)),
      ("kind", JSONText.string(difference.kind.rawValue)),
      ("columns", JSONText.array(difference.columns.map(JSONText.string))),
      ("since_last_sync", difference.isUnsynced ? "true" : "false"),
    ])
  }

  private static func json(_ text: String?) -> String {
    text.map(JSONText.string) ?? "null"
  }

  private func say(_ text: String) throws {
    try output.write(text)
  }
}

extension Value {
  /// A key as people read it.
  fileprivate var keyText: String {
    switch self {
    case .integer(let value): "\(value)"
    case .text(let text): text
    default: "-"
    }
  }
}
