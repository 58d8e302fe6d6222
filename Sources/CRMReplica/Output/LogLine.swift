internal import Model
internal import ReplicaFile

/// How much an event of the log matters.
enum LogLevel: String, CaseIterable, Comparable, Sendable {
  case debug, info, warning, error

  /// The priority that a line of the journal begins with (sd-daemon(3)).
  var priority: Int {
    switch self {
    case .debug: 7
    case .info: 6
    case .warning: 4
    case .error: 3
    }
  }

  static func < (first: LogLevel, second: LogLevel) -> Bool {
    allCases.firstIndex(of: first) ?? 0 < allCases.firstIndex(of: second) ?? 0
  }
}

/// One event, and the one line it becomes. No text in it, wherever it comes from, can end the line
/// or pass for a field of its own.
struct LogLine: Sendable {
  let level: LogLevel
  let secondsSince1970: Int64
  /// What happened, a few words.
  let event: String
  let fields: [(key: String, value: String)]
  /// The same in whole sentences, for an event that ends something, or nil.
  var sentence: String?

  /// For programs: `time=2026-03-01T02:30:00Z level=info event="page stored" table=parties`.
  var plain: String {
    pairs([("time", Timestamp(secondsSince1970).iso8601)] + own)
  }

  /// For the journal, which notes the time itself:
  ///
  ///     <6>level=info event="page stored" table=parties
  var journal: String {
    "<\(level.priority)>" + pairs(own)
  }

  /// For programs that collect logs: one JSON object, its values strings.
  var json: String {
    let pairs = [("time", Timestamp(secondsSince1970).iso8601)] + own
    return "{"
      + pairs.map { "\(JSONText.string($0.0)):\(JSONText.string($0.1))" }.joined(separator: ",")
      + "}"
  }

  private var own: [(key: String, value: String)] {
    let told = sentence.map { [(key: "summary", value: $0)] } ?? []
    return [("level", level.rawValue), ("event", event)] + fields + told
  }

  private func pairs(_ fields: [(key: String, value: String)]) -> String {
    fields.map { "\($0.key)=\(Self.spelled($0.value))" }.joined(separator: " ")
  }

  /// For people: `02:30:00Z warning: page refused (table parties, status 500)`, or the sentence
  /// alone.
  var human: String {
    let time = Timestamp(secondsSince1970).iso8601.suffix(9)
    let mark = level == .info ? "" : "\(level.rawValue): "
    if let sentence { return "\(time) \(mark)\(sentence.onOneLine())" }
    let list = fields.map { "\($0.key) \(Self.spelled($0.value))" }.joined(separator: ", ")
    return "\(time) \(mark)\(event.onOneLine())" + (list.isEmpty ? "" : " (\(list))")
  }

  /// The value as it is, or in quotation marks when it is empty or holds what a reader could take
  /// for the end of it. At most 500 Unicode scalars.
  private static func spelled(_ value: String) -> String {
    let isPlain = value.unicodeScalars.allSatisfy { scalar in
      let category = scalar.properties.generalCategory
      return !["\"", "\\", "=", ",", "(", ")", " "].contains(scalar)
        && ![.control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator]
          .contains(category)
    }
    return !value.isEmpty && isPlain && value.unicodeScalars.count <= 500
      ? value : value.quoted(limit: 500)
  }
}
