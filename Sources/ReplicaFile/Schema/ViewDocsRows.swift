internal import Model
internal import SQLite

/// The documentation of views, as rows of `_view_docs`.
extension ViewDocs {
  /// The rows of `_view_docs` that say this of a view, which this statement makes: the view itself,
  /// then its columns.
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

  /// A hash of a view's statement. A view is ours if `_view_docs` holds the hash of its text.
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
