/// The documentation of a view, read from the lines of comment at its head:
///
///     -- Grain: one row an opportunity.
///     -- What the view shows, in any number of lines.
///     --
///     -- name TEXT: What a column holds,
///     --   on one line or several.
///     -- Types: all
///     -- Words: common
///
/// The last but one asks for columns of declared types, which costs what SQLite cannot push into a
/// compound SELECT: it is for views that add up. The last says that DuckDB understands the
/// statement as SQLite does, and may run it itself.
package struct ViewDocs: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package let name: String
    /// One of `types`.
    package let type: String
    package fileprivate(set) var meaning: String

    package init(_ name: String, _ type: String, _ meaning: String) {
      (self.name, self.type, self.meaning) = (name, type, meaning)
    }

    /// Of the first line that describes it, or nil when the line is another.
    fileprivate init?(_ line: ArraySlice<UInt8>) {
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
      guard words.count == 3, words[1].last == UInt8(ascii: ":") else { return nil }
      type = String(decoding: words[1].dropLast(), as: UTF8.self)
      if types[type] == nil { return nil }
      name = String(decoding: words[0], as: UTF8.self)
      meaning = String(decoding: words[2], as: UTF8.self)
    }
  }

  /// What one row is.
  package private(set) var grain: String
  package private(set) var meaning: String
  package private(set) var columns: [Column] = []
  package private(set) var isTyped = false
  package private(set) var isCommon = false

  /// The types that a column may have, and the column of `_types` that lends each.
  static let types = [
    "INTEGER": "number", "REAL": "amount", "TEXT": "word", "BOOLEAN": "flag", "DATE": "day",
    "DATETIME": "at",
  ]

  package init(grain: String = "", _ meaning: String = "", columns: [Column] = []) {
    self.grain = grain
    self.meaning = meaning
    self.columns = columns
  }

  init(_ lines: [ArraySlice<UInt8>]) {
    self.init()
    for line in lines {
      let text = line.dropFirst(3)
      if text.starts(with: "Grain: ".utf8) {
        grain = String(decoding: text.dropFirst(7), as: UTF8.self)
      } else if text.elementsEqual("Types: all".utf8) {
        isTyped = true
      } else if text.elementsEqual("Words: common".utf8) {
        isCommon = true
      } else if let column = Column(text) {
        columns.append(column)
      } else if columns.isEmpty {
        if !meaning.isEmpty, !text.isEmpty { meaning += " " }
        meaning += String(decoding: text, as: UTF8.self)
      } else {
        columns[columns.count - 1].meaning += String(decoding: text.dropFirst(), as: UTF8.self)
      }
    }
  }
}
