/// A query for a demonstration. A source declares some over its own tables.
package struct SampleReport: Sendable {
  package let title: String
  /// The headings of its columns: words first, and numbers behind them.
  package let words: [String]
  package let numbers: [String]
  package let sql: String

  package init(_ title: String, words: [String], numbers: [String], _ sql: String) {
    (self.title, self.words, self.numbers, self.sql) = (title, words, numbers, sql)
  }

  /// The latest changes, as a text for people to try themselves.
  package static let latestChanges = "SELECT * FROM _history ORDER BY id DESC LIMIT 5"

  package static let changes = SampleReport(
    "What changed, from _history", words: ["table", "change"], numbers: ["rows"],
    """
    SELECT table_name, change, count(*) FROM _history GROUP BY 1, 2 ORDER BY 3 DESC, 1 LIMIT 10
    """)
}
