/// What a column holds, and the type it is declared with (reporting tools read it).
package enum ColumnType: Sendable, Hashable {
  /// 64 bits. A JSON number spelt as an integer, or with nothing but zeros behind the point.
  case integer
  /// As `integer`, and a string of digits is taken too: the API is not consistent about it.
  case integerOrDigits
  /// A JSON number that a Double holds without change.
  case real
  /// A JSON string.
  case text
  /// Anything: a string as sent, everything else as it is spelt in the JSON.
  case anyAsText
  /// `true` or `false`, stored as 1 or 0.
  case boolean
  /// `YYYY-MM-DD`. A timestamp is taken by its date.
  case date
  /// `YYYY-MM-DD HH:MM:SS` in UTC, from ISO 8601 with a zone.
  case dateTime

  /// The declared type in SQL.
  package var declaration: String {
    switch self {
    case .integer, .integerOrDigits: "INTEGER"
    case .real: "REAL"
    case .text, .anyAsText: "TEXT"
    case .boolean: "BOOLEAN"
    case .date: "DATE"
    case .dateTime: "DATETIME"
    }
  }
}

/// One column of a mirrored table and the place in the record that fills it.
package struct Column: Sendable, Hashable {
  package struct Traits: OptionSet, Sendable, Hashable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Part of the primary key; never null.
    package static let key = Traits(rawValue: 1)
    /// Tells which of two versions of a record is the newer one.
    package static let freshness = Traits(rawValue: 2)
    /// Has an index of its own.
    package static let indexed = Traits(rawValue: 4)
    /// Stands in the index on the table's first indexed column too: what is counted by these
    /// columns is counted there, without reading the rows.
    package static let counted = Traits(rawValue: 8)
    /// Keeps the value that a row last had where its record lacks the member: the source tells of
    /// it no more. One that is told to be null is null.
    package static let lasting = Traits(rawValue: 16)
    /// One of several values, whichever the reply shows: another one alone is no change of the
    /// record. It is stored all the same.
    package static let wavering = Traits(rawValue: 32)
    /// No list tells of it: it is asked for record by record, see `Question.Subject.aside`.
    package static let aside = Traits(rawValue: 64)
    /// Says more of the column before it: its member stands in a record only where that one has a
    /// value, and what it last had is kept only where that one's is.
    package static let companion = Traits(rawValue: 128)
    /// Null in some replies, though the record has a value: that it goes is no change of the
    /// record, and it is kept, unless the record says that it has changed.
    package static let fleeting = Traits(rawValue: 256)
  }

  /// Where the value stands in the record.
  package enum Place: Sendable, Hashable {
    /// Under these keys, outermost first; one or two of them.
    case member([String])
    /// The `id` of the object under these keys, or the bare value there. Nothing else of the object
    /// is kept: the row it names lives in a table of its own.
    case reference([String])
    /// Not in the record: the listing says it, such as whose child it is.
    case listing
  }

  /// A row of a table, named by its whole key: `users` by its one column, or a key of two parts as
  /// `.init("tag_definitions", with: ["entity"])`.
  package struct Target: Sendable, Hashable, ExpressibleByStringLiteral {
    package let table: String
    /// The columns beside this one that hold the parts of the key in front of its value.
    package let others: [String]
    /// What else the key of that table's rows says, which no column holds.
    package let constant: Listing.Constant?

    package init(
      _ table: String, with others: [String] = [], where constant: Listing.Constant? = nil
    ) {
      (self.table, self.others, self.constant) = (table, others, constant)
    }
    package init(stringLiteral table: String) { self.init(table) }
  }

  package let name: String
  package let type: ColumnType
  package let place: Place
  package private(set) var traits: Traits
  /// Another key that is seen in the place of the last one, or nil.
  package let otherKey: String?
  /// The row that the value names; nil also where the file holds but a part of its key, or where it
  /// may be of several tables.
  package let target: Target?

  package init(
    _ name: String, _ type: ColumnType, _ place: Place, _ traits: Traits = [],
    otherKey: String? = nil, to target: Target? = nil
  ) {
    self.name = name
    self.type = type
    self.place = place
    self.traits = traits
    self.otherKey = otherKey
    self.target = target
  }

  /// The keys that lead to the value, outermost first; empty when the record does not hold it.
  package var path: [String] {
    switch place {
    case .member(let path), .reference(let path): path
    case .listing: []
    }
  }

  package var isKey: Bool { traits.contains(.key) }

  /// The same column without the one before it, of which it may be the companion.
  var alone: Column {
    var column = self
    column.traits.remove(.companion)
    return column
  }
}

// MARK: Declaring

extension Column {
  package static func integer(
    _ name: String, at path: String..., or traits: Traits = []
  ) -> Column {
    member(name, .integer, path, traits)
  }
  package static func integerOrDigits(_ name: String, at path: String...) -> Column {
    member(name, .integerOrDigits, path)
  }
  package static func real(_ name: String, at path: String...) -> Column {
    member(name, .real, path)
  }
  package static func text(_ name: String, at path: String..., or traits: Traits = []) -> Column {
    member(name, .text, path, traits)
  }
  package static func anyAsText(_ name: String, at path: String...) -> Column {
    member(name, .anyAsText, path)
  }
  package static func boolean(
    _ name: String, at path: String..., otherKey: String? = nil
  ) -> Column {
    member(name, .boolean, path, [], otherKey)
  }
  package static func date(_ name: String, at path: String...) -> Column {
    member(name, .date, path)
  }
  package static func dateTime(
    _ name: String, at path: String..., or traits: Traits = []
  ) -> Column {
    member(name, .dateTime, path, traits)
  }
  /// The id of a row in another table: `owner_id` from `owner`.
  package static func reference(
    _ name: String, to target: Target? = nil, at path: String..., type: ColumnType = .integer,
    or traits: Traits = [], otherKey: String? = nil
  ) -> Column {
    let key = camelCase(name.hasSuffix("_id") ? String(name.dropLast(3)) : name)
    return Column(
      name, type, .reference(path.isEmpty ? [key] : path), traits, otherKey: otherKey, to: target)
  }
  /// A value that the listing gives and the record does not.
  package static func listing(
    _ name: String, _ type: ColumnType = .integer, or traits: Traits = []
  ) -> Column {
    Column(name, type, .listing, traits)
  }
  /// The same column, whose values are keys of another table.
  package func naming(_ target: Target) -> Column {
    Column(name, type, place, traits, otherKey: otherKey, to: target)
  }

  private static func member(
    _ name: String, _ type: ColumnType, _ path: [String], _ traits: Traits = [],
    _ otherKey: String? = nil
  ) -> Column {
    Column(
      name, type, .member(path.isEmpty ? [camelCase(name)] : path), traits, otherKey: otherKey)
  }

  /// `first_name` as the API spells it: `firstName`.
  static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(String(words.first ?? "")) {
      $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
  }
}
