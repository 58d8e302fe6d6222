internal import Model

/// Something that somebody is told of, by a program or a web hook.
///
/// What leaves the host by it is here in full: the kind, names of tables, numbers, times, the name
/// of the database, and a sentence of this program's own. No secret and no value of a record is
/// part of it, and nothing that the source has said.
struct Alert: Sendable, Hashable {
  /// What is wrong; all but a test stands until it is over.
  enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Tables could not be read.
    case failed
    /// The delete guard holds rows back.
    case held
    /// No round has been good for as long as the configuration says.
    case late
    /// The source does not accept the token.
    case refused
    /// The source cannot be reached.
    case unavailable
    /// The allowance was used up before the round was at its end, and nothing waits for more.
    case deferred
    /// The file cannot be written.
    case unwritten
    /// An error ended the round.
    case ended
    /// Nothing is wrong: somebody tries whether alerts arrive.
    case test
  }

  enum State: String, Sendable, Hashable {
    case begun, resolved
  }

  let kind: Kind
  var state = State.begun
  /// The path of the replica; its last part is told.
  let database: String
  let at: Timestamp
  /// The tables that it is about, in the order of their names.
  var tables: [String] = []
  /// The rows that the guard holds, by table.
  var held: [String: Int] = [:]
  /// The last run and how it ended.
  var run: (id: Int64, outcome: String)?
  /// When a round was good last.
  var goodAt: Timestamp?
  /// How the process ends.
  var exitCode: ExitCode?

  /// Tables that are named at the most; the others are counted.
  static let mostTables = 20

  private var name: String { database.split(separator: "/").last.map(String.init) ?? database }

  /// A sentence for people, which names the database.
  var text: String {
    let mark = state == .resolved ? "resolved: " : ""
    return "\(name): \(mark)\(sentence)".onOneLine(limit: 1_000)
  }

  private var sentence: String {
    switch kind {
    case .failed: "Not up to date: \(named(tables)) failed."
    case .held:
      "The delete guard holds rows back: "
        + named(tables.map { table in held[table].map { "\($0.grouped) of \(table)" } ?? table })
        + "."
    case .late where state == .resolved: "No round was good for too long."
    case .late:
      goodAt.map { "No round has been good since \($0.iso8601)." } ?? "No round was ever good."
    case .refused: "The source refuses the token or key."
    case .unavailable: "The source cannot be reached."
    case .deferred: "The allowance was used up before the round was at its end."
    case .unwritten: "The replica cannot be written."
    case .ended: "An error ended the round\(exitCode.map { ": \($0.meaning)" } ?? "")."
    case .test: "A test. Alerts arrive here."
    }
  }

  private func named(_ names: [String]) -> String {
    let rest = names.count - Self.mostTables
    return names.prefix(Self.mostTables).joined(separator: ", ")
      + (rest > 0 ? " and \(rest) more" : "")
  }

  /// What is posted, and what a program reads: one JSON object.
  var document: JSONDocument {
    let tables = tables.prefix(Self.mostTables).map { table in
      let held = held[table].map { [JSONDocument.Member("held_rows", .integer(Int64($0)))] } ?? []
      return JSONDocument.object([.init("table", .string(table))] + held)
    }
    func instant(_ value: Timestamp?) -> JSONDocument { value.map { .string($0.iso8601) } ?? .null }
    return .object([
      .init("text", .string(text)), .init("alert", .string(kind.rawValue)),
      .init("state", .string(state.rawValue)), .init("database", .string(name)),
      .init("at", instant(at)), .init("tables", .array(tables)),
      .init("table_count", .integer(Int64(self.tables.count))),
      .init("run", run.map { .integer($0.id) } ?? .null),
      .init("outcome", run.map { .string($0.outcome) } ?? .null),
      .init("last_good_at", instant(goodAt)),
      .init("program", .string("\(Program.name) \(Program.version)")),
    ])
  }

  /// The environment of a program that is told, but for its search path.
  var variables: [(name: String, value: String)] {
    [
      ("CRM_REPLICA_ALERT", kind.rawValue), ("CRM_REPLICA_STATE", state.rawValue),
      ("CRM_REPLICA_DATABASE", name), ("CRM_REPLICA_TEXT", text),
    ]
  }

  static func == (left: Alert, right: Alert) -> Bool { left.document == right.document }

  func hash(into hasher: inout Hasher) { hasher.combine(document) }
}
