internal import Model
internal import ReplicaFile
internal import SQLite

/// How rows are printed. None of them keeps more than one row in memory.
enum ReportFormat: Sendable, Hashable {
  /// For people: aligned columns, numbers to the right, a long text cut off.
  case table
  /// RFC 4180: lines end with CR and LF, and quotation marks stand where they must. NULL is
  /// nothing, and an empty text two quotation marks.
  case csv
  /// The same behind a byte order mark, by which Excel knows UTF-8, and no text is a formula: an
  /// apostrophe stands before one that a spreadsheet would take for one. Numbers stay numbers.
  case spreadsheet
  /// An array with an object for each row.
  case json

  /// Characters of a cell that a table for people shows.
  static let widestCell = 60

  /// Prints the rows. `write` returns false when nobody reads any more, which ends it.
  func print(_ rows: ReportRows, to write: @escaping (String) throws -> Bool) throws {
    var pieces = Pieces(write)
    switch self {
    case .table: try printTable(rows, to: &pieces)
    case .csv: try printCSV(rows, to: &pieces) { $0 }
    case .spreadsheet:
      try pieces.add("\u{FEFF}")
      try printCSV(rows, to: &pieces, Self.defused)
    case .json: try printJSON(rows, to: &pieces)
    }
    try pieces.flush()
  }

  /// Text on its way out, in pieces worth a write.
  private struct Pieces {
    private let write: (String) throws -> Bool
    private var text = ""
    private(set) var isOpen = true

    init(_ write: @escaping (String) throws -> Bool) { self.write = write }

    /// Returns whether somebody still reads.
    @discardableResult
    mutating func add(_ piece: String) throws -> Bool {
      text += piece
      if text.utf8.count >= 1 << 16 { try flush() }
      return isOpen
    }

    mutating func flush() throws {
      if isOpen, !text.isEmpty { isOpen = try write(text) }
      text = ""
    }
  }

  // MARK: Table

  /// Goes through the rows twice, as the widths come before the first line.
  private func printTable(_ rows: ReportRows, to pieces: inout Pieces) throws {
    let headings = rows.columns.map { $0.name.onOneLine(limit: Self.widestCell) }
    var widths = headings.map(\.displayWidth)
    var isNumber = rows.columns.map { _ in true }
    var count = 0
    try rows.forEach { row in
      count += 1
      for (column, value) in row.enumerated() {
        widths[column] = max(widths[column], Self.cell(value).displayWidth)
        if !value.isNull, !value.isNumber { isNumber[column] = false }
      }
      return true
    }
    let sides = isNumber.map { $0 && count > 0 ? TextTable.Alignment.right : .left }
    try pieces.add(TextTable.line(headings, widths, sides))
    try rows.forEach { try pieces.add(TextTable.line($0.map(Self.cell), widths, sides)) }
  }

  private static func cell(_ value: Value) -> String {
    plain(value).onOneLine(limit: widestCell)
  }

  /// A value as it is written without quotation marks.
  private static func plain(_ value: Value) -> String {
    switch value {
    case .null: ""
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let text): text
    case .blob(let bytes): hexadecimal(bytes)
    }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  // MARK: CSV

  private func printCSV(
    _ rows: ReportRows, to pieces: inout Pieces, _ made: (Value) -> Value
  ) throws {
    try pieces.add(Self.record(rows.columns.map { Self.field(made(.text($0.name))) }))
    try rows.forEach { row in try pieces.add(Self.record(row.map { Self.field(made($0)) })) }
  }

  /// A text that no spreadsheet takes for a formula. Source: owasp.org, "CSV Injection". A negative
  /// number is none, also where it is a text.
  private static func defused(_ value: Value) -> Value {
    guard let text = value.text, let first = text.utf8.first,
      [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D].contains(first), !isNegative(text)
    else { return value }
    return .text("'" + text)
  }

  /// Whether a text is a minus, digits and at most one point.
  private static func isNegative(_ text: String) -> Bool {
    let parts = text.utf8.dropFirst().split(
      separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
    return text.utf8.first == 0x2D
      && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
  }

  private static func record(_ fields: [String]) -> String {
    // A lone NULL would be an empty line, which readers skip.
    (fields == [""] ? "\"\"" : fields.joined(separator: ",")) + "\r\n"
  }

  private static func field(_ value: Value) -> String {
    let text = plain(value)
    guard case .text = value else { return text }
    let mustBeQuoted =
      text.isEmpty
      || text.utf8.contains { [0x22, 0x2C, 0x0D, 0x0A].contains($0) }
      || text.utf8.first == 0x20 || text.utf8.last == 0x20
    // SQL doubles a quotation mark as RFC 4180 does.
    return mustBeQuoted ? quoted(text) : text
  }

  // MARK: JSON

  private func printJSON(_ rows: ReportRows, to pieces: inout Pieces) throws {
    let keys = rows.columns.map { JSONText.string($0.name) }
    let isBoolean = rows.columns.map { $0.type?.uppercased() == "BOOLEAN" }
    var lead = "["
    try rows.forEach { row in
      let members = row.indices.map { "\(keys[$0]):\(Self.json(row[$0], isBoolean[$0]))" }
      defer { lead = "," }
      return try pieces.add("\(lead)\n{\(members.joined(separator: ","))}")
    }
    try pieces.add(lead == "[" ? "[]\n" : "\n]\n")
  }

  private static func json(_ value: Value, _ isBoolean: Bool) -> String {
    switch value {
    case 0 where isBoolean: "false"
    case 1 where isBoolean: "true"
    // JSON has no word for these.
    case .real(let number) where !number.isFinite: "null"
    case .blob(let bytes): JSONText.string(hexadecimal(bytes))
    default: JSONText.value(value)
    }
  }
}

extension Value {
  fileprivate var isNumber: Bool {
    switch self {
    case .integer, .real: true
    case .null, .text, .blob: false
    }
  }
}
