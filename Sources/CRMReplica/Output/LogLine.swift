internal import Replication

/// How much an event of the log matters.
enum LogLevel: String, CaseIterable, Comparable, Sendable {
  case debug, info, warning, error

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

  /// For programs: `time=2026-03-01T02:30:00Z level=info event="page stored" table=parties`.
  var plain: String {
    let own = [
      ("time", Timestamp(secondsSince1970).iso8601), ("level", level.rawValue), ("event", event),
    ]
    return (own + fields).map { "\($0)=\(Self.spelled($1))" }.joined(separator: " ")
  }

  /// For people: `02:30:00Z warning: page refused (table parties, status 500)`.
  var human: String {
    let time = Timestamp(secondsSince1970).iso8601.suffix(9)
    let mark = level == .info ? "" : "\(level.rawValue): "
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
