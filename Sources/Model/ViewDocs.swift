/// The documentation of a view, read from the lines of comment at its head:
///
///     -- Grain: one row an opportunity.
///     -- What the view shows, in any number of lines.
///     --
///     -- name TEXT: What a column holds,
///     --   on one line or several.
///     -- Types: all
///     -- Of: parties cases
///     -- Kept: _table
///
/// The last but one asks for columns of declared types: of all, which costs what SQLite cannot push
/// into a compound SELECT and is for views that add up; or of those that it names. Then come the
/// tables whose records the view shows, if that is not the first one alone. A view with the last
/// line is no view of the file: `KeptRows` has the table hold what it shows, or it is for others of
/// its kind and kept nowhere.
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
  package private(set) var areAllTyped = false
  /// The columns whose type the view lends them.
  package private(set) var typed: Set<String> = []
  package private(set) var subjects: [String] = []
  /// The table that holds its rows, or an empty text for none; nil for a view of the file.
  package private(set) var kept: String?
  package var isTyped: Bool { areAllTyped || !typed.isEmpty }

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
    var areTypes = false
    for line in lines {
      let text = line.dropFirst(3)
      let wasTypes = areTypes && text.starts(with: "  ".utf8)
      areTypes = wasTypes || text.starts(with: "Types: ".utf8)
      if text.starts(with: "Grain: ".utf8) {
        grain = String(decoding: text.dropFirst(7), as: UTF8.self)
      } else if text.elementsEqual("Types: all".utf8) {
        areAllTyped = true
      } else if areTypes {
        typed.formUnion(Self.words(wasTypes ? text : text.dropFirst(7)))
      } else if text.starts(with: "Of: ".utf8) {
        subjects = Self.words(text.dropFirst(4))
      } else if text.starts(with: "Kept: ".utf8) {
        kept = Self.words(text.dropFirst(6)).first { $0.hasPrefix("_") } ?? ""
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

  private static func words(_ text: ArraySlice<UInt8>) -> [String] {
    text.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
  }
}
