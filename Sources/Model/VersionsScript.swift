/// The script of a view with one row a version of a record, a slowly changing dimension of type 2,
/// for `View.all(in:reading:supported:)`.
///
/// A version ends with a change in `_history`, which has what that change touched before it. Any
/// other column was then what the next change that touches it has before it, and without one it is
/// what it is now.
package struct VersionsScript {
  private let table: Table
  private let view: String
  /// One of the records, with its article.
  private let record: String

  package init(_ view: String, of table: Table, _ record: String) {
    (self.view, self.table, self.record) = (view, table, record)
  }

  package var text: String {
    let columns = table.columns.filter { !$0.isKey }.map(\.name)
    return """
      CREATE VIEW \(view) AS
      \(comment.map { "-- \($0)" }.joined(separator: "\n"))
      SELECT
        r.id, coalesce((SELECT p.changed_at FROM \(told) AS p
          WHERE p.row_key = h.row_key AND p.id < h.id ORDER BY p.id DESC LIMIT 1), h.synced_before)
          AS valid_from, h.changed_at AS valid_to, 0 AS is_current,
        \(columns.map { "\(former($0)) AS \(quoted($0))" }.joined(separator: ",\n  "))
      FROM \(table.name) AS r
      CROSS JOIN \(told) AS h ON h.row_key = +r.id AND h.change <> 'insert'
      WHERE \(former("_deleted_at")) IS NULL
      UNION ALL
      SELECT
        r.id, coalesce((SELECT p.changed_at FROM \(told) AS p
          WHERE p.row_key = +r.id ORDER BY p.id DESC LIMIT 1), r._synced_at), NULL, 1,
        \(columns.map { "r.\(quoted($0))" }.joined(separator: ", "))
      FROM \(table.name) AS r
      WHERE r._deleted_at IS NULL;
      """
  }

  /// The changes of a record. They stand wherever they are asked for: a common table of that name
  /// would be made whole, and the word against that is too new for the oldest readers.
  private var told: String {
    """
    (SELECT id, row_key, change, changed_at, synced_before FROM _history
        WHERE table_name = '\(table.name)')
    """
  }

  /// The same with what they touched, and what that was before.
  private var was: String {
    """
    (SELECT t.id, t.row_key, v.column_name, v."before"
        FROM \(told) AS t CROSS JOIN _history_values AS v ON v.history_id = t.id)
    """
  }

  /// What a column held in the version that a change ends.
  private func former(_ column: String) -> String {
    """
    (SELECT * FROM (SELECT w."before" FROM \(was) AS w
        WHERE w.column_name = '\(column)' AND w.row_key = h.row_key AND w.id >= h.id
        ORDER BY w.id LIMIT 1)
        UNION ALL SELECT r.\(quoted(column)) LIMIT 1)
    """
  }

  private var comment: [String] {
    [
      "Grain: one row a version of \(record).",
      "What the replica has held of each, also of those that are deleted. A version holds from",
      "`valid_from` until `valid_to`, that instant not included. Each change that the replica saw",
      "ends one and begins the next, those of tags, custom fields and other lists too, which are",
      "not shown. What came before the first version, and what `history.keep` has removed, is not",
      "known. From when the replica saw that a record was gone it has no version, until it saw it",
      "again.",
      "",
      "id INTEGER: Which record, → `\(table.name).id`.",
      "valid_from DATETIME: When the replica stored this version, UTC. NULL where an older program",
      "  has not noted it.",
      "valid_to DATETIME: When it stored the next one, or that the record is gone, UTC. NULL now.",
      "is_current BOOLEAN: Whether it is what the replica holds now.",
    ]
      + table.columns.filter { !$0.isKey }.map {
        "\($0.name) \($0.type.declaration): As in `\(table.name)`, at that time."
      } + ["Types: all"]
  }
}
