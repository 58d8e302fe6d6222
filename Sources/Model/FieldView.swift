/// A view that shows the rows of a child as columns: values of fields that a third table defines.
///
/// It has a row for each living parent and, behind the parent's key, a typed column for each living
/// definition. A column belongs to the definition's id: renamed, it shows the same values under the
/// new name.
package struct FieldView: Sendable {
  /// What the values of a field are, and the type that its column is declared with.
  package enum Kind: Sendable, Hashable {
    /// Any text: TEXT.
    case text
    /// Several texts: TEXT, a JSON array. They come as one, or joined by the separator.
    case texts(separator: Character)
    /// A number: REAL, but for whole numbers that a Double would change.
    case number
    /// `true`, and no value where it is false: BOOLEAN, 1 or 0.
    case flag
    /// A date, or a timestamp by its date: DATE.
    case date
  }

  package let name: String
  /// The table that defines the fields, with a key of two columns: the constant's and the id.
  package let definitions: String
  /// What tells the definitions of this view from those of others.
  package let constant: Listing.Constant
  /// The columns of the definitions that hold a field's name, its type and its place among others.
  package let columns: (name: String, type: String, order: String)
  /// What a type means. One that is not here is text.
  package let kinds: [String: Kind]
  /// The columns of the child that hold the definition's id and the value as text.
  package let reference: String
  package let value: String

  package init(
    _ name: String, definedIn definitions: String, where constant: Listing.Constant,
    columns: (name: String, type: String, order: String), kinds: [String: Kind],
    reference: String, value: String
  ) {
    self.name = name
    self.definitions = definitions
    self.constant = constant
    self.columns = columns
    self.kinds = kinds
    self.reference = reference
    self.value = value
  }

  /// Whether these tables hold what the view reads.
  package func isPossible(in tables: some Sequence<Table>) -> Bool {
    tables.contains { table in
      table.name == definitions
        && [columns.name, columns.type, columns.order].allSatisfy { name in
          table.columns.contains { $0.name == name }
        }
    }
  }
}
