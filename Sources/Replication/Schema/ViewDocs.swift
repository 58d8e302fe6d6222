internal import SQLite

/// What a view says of itself, from the lines of comment at its head:
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
/// compound SELECT: it is for views that add up. The last says that DuckDB understands the statement as
/// SQLite does, and may run it itself.
package struct ViewDocs: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    package let name: String
    /// One of `types`.
    package let type: String
    package fileprivate(set) var meaning: String

    init(_ name: String, _ type: String, _ meaning: String) {
      (self.name, self.type, self.meaning) = (name, type, meaning)
    }

    /// Of the first line that describes it, or nil when the line is another.
    fileprivate init?(_ line: String) {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3, words[1].hasSuffix(":"), types[String(words[1].dropLast())] != nil
      else { return nil }
      (name, type, meaning) = (String(words[0]), String(words[1].dropLast()), String(words[2]))
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

  init(_ lines: some Sequence<Substring>) {
    self.init()
    for line in lines {
      let text = String(line.dropFirst(3))
      if text.hasPrefix("Grain: ") {
        grain = String(text.dropFirst(7))
      } else if text == "Types: all" {
        isTyped = true
      } else if text == "Words: common" {
        isCommon = true
      } else if let column = Column(text) {
        columns.append(column)
      } else if columns.isEmpty {
        meaning += (meaning.isEmpty || text.isEmpty ? "" : " ") + text
      } else {
        columns[columns.count - 1].meaning += text.dropFirst()
      }
    }
  }

  /// The rows of `_view_docs` that say this of a view, which this statement makes: the view itself, then
  /// its columns.
  func rows(of view: String, _ create: String) -> [[Value]] {
    [
      [
        .text(view), .integer(0), .null, .null, .text(grain), .text(meaning),
        .integer(Self.digest(create)),
      ]
    ]
      + columns.enumerated().map { index, column in
        [
          .text(view), .integer(Int64(index + 1)), .text(column.name), .text(column.type), .null,
          .text(column.meaning), .null,
        ]
      }
  }

  /// Makes these the rows of a view, in place of those that are there.
  func store(_ view: String, _ create: String, _ connection: Connection) throws {
    try Self.remove(view, connection)
    for row in rows(of: view, create) {
      try connection.run("INSERT INTO _view_docs VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    }
  }

  static func remove(_ view: String, _ connection: Connection) throws {
    try connection.run("DELETE FROM _view_docs WHERE view_name = ?", [.text(view)])
  }

  /// A hash of the statement that makes a view. A view is ours if `_view_docs` holds that of its text.
  static func digest(_ create: String) -> Int64 {
    let bytes = create.utf8.span.bytes
    return Int64(bitPattern: Digest.bytes(bytes, 0, bytes.byteCount))
  }

  /// The digests of our views by their names.
  static func digests(_ connection: Connection) throws -> [String: Int64] {
    let rows = try connection.rows(
      "SELECT view_name, digest FROM _view_docs WHERE digest IS NOT NULL")
    let pairs = rows.compactMap { row in
      row[0].text.flatMap { name in row[1].integer.map { (name, $0) } }
    }
    return Dictionary(pairs) { first, _ in first }
  }
}
