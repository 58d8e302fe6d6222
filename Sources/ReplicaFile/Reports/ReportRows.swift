internal import Model
package import SQLite

/// Rows to be shown: what their columns are, and a way to go through them, as often as it takes.
package struct ReportRows {
  /// A column: its name, and the type it is declared with, if it is.
  package struct Column: Sendable, Hashable {
    package let name: String
    package let type: String?

    package init(name: String, type: String? = nil) {
      (self.name, self.type) = (name, type)
    }
  }

  package let columns: [Column]
  /// Calls the body for each row, from the first, until it returns false.
  package let forEach: (_ body: ([Value]) throws -> Bool) throws -> Void

  package init(
    columns: [Column], forEach: @escaping (_ body: ([Value]) throws -> Bool) throws -> Void
  ) {
    (self.columns, self.forEach) = (columns, forEach)
  }

  package init(_ columns: [Column], _ rows: [[Value]]) {
    self.init(columns: columns) { body in
      for row in rows { guard try body(row) else { return } }
    }
  }

  /// The rows of a statement.
  package init(_ statement: Statement) {
    columns = (0..<statement.columnCount).map {
      Column(name: statement.name(of: $0), type: statement.declaredType(of: $0))
    }
    forEach = { body in
      statement.reset()
      defer { statement.reset() }
      while try statement.step() { guard try body(statement.row) else { return } }
    }
  }
}
