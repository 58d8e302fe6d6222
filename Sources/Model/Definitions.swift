/// What the rows of a table define: fields of the account's records, or tables of them.
///
/// A row that comes, goes or changes is a change of the account's schema, see `_schema_changes`.
package struct Definitions: Sendable, Hashable {
  /// Which table a row tells of.
  package enum Subject: Sendable, Hashable {
    /// The one that stands for the text in a column.
    case named(by: String, [String: String])
    /// The one that a row of another table defines: its key stands in a column here, and there,
    /// as the table's name does.
    case defined(by: String, in: String, key: String, name: String)
    /// The row defines the table itself.
    case itself
  }

  package let subject: Subject
  /// The columns that hold the name of what is defined, as the replica has it: the first that is
  /// not NULL counts.
  package let name: [String]
  /// The column with the name that the account's users know, and can change.
  package let title: String?
  package let type: String?

  package init(
    _ subject: Subject, name: String..., title: String? = nil, type: String? = nil
  ) {
    (self.subject, self.name, self.title, self.type) = (subject, name, title, type)
  }
}
