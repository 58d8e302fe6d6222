/// A mirrored table: its columns, its children, where it is read and how it is kept up to date.
///
/// Table definition, statements, requests, extraction and reports all derive from this value. No
/// table's name stands in a condition anywhere.
package struct Table: Sendable {
  /// How a table is kept up to date.
  package enum Method: Sendable, Hashable {
    /// Asks for what has changed since the last pass; rows that are gone come from a feed.
    case incremental
    /// Reads everything in each pass; a row that is no longer listed is gone.
    case full
    /// Sorted newest first by this column: reads until all is known and older than the lookback,
    /// and everything on a longer interval.
    case newestFirst(by: String)
    /// What a feed says of rows of this other table that are gone. Each statement is applied there.
    case deletions(of: String)
    /// One request for each row of other tables, within a budget.
    case perParent
  }

  /// What the statements of a feed are: rows that were deleted, in the listing's own list, and
  /// beside it those that this user may no longer see.
  package struct Feed: Sendable {
    /// The key of the second list in the reply.
    package let restricted: String
    /// The columns that hold since when and why a row is gone.
    package let instant: String
    package let reason: String

    package init(restricted: String, instant: String, reason: String) {
      (self.restricted, self.instant, self.reason) = (restricted, instant, reason)
    }
  }

  package let name: String
  package private(set) var method: Method
  package let listings: [Listing]
  package private(set) var columns: [Column]
  package private(set) var children: [Child]
  /// How a feed of deletions says what became of a row, or nil for any other table.
  package let feed: Feed?
  /// The member whose `true` says that a record may not be seen, wherever it stands: a statement,
  /// and no content. Nil where the source has none.
  package let restriction: String?
  /// Members that are known and not wanted: no column, and no place in `_extra`.
  package private(set) var ignored: [String]
  /// The column and the table that a record of this table stands for: a record is a whole row of
  /// that table, of which this one keeps the key alone. The link ends with the row.
  package let link: Listing.Parent?
  /// What its rows define, or nil when they are content alone.
  package let definitions: Definitions?
  /// Whether what has changed is asked for by instants that the server stamps on records, in a zone
  /// of its own. How far they lie behind its clock is then learnt from its replies.
  package let followsStamps: Bool
  /// Whether it is read behind all others: how long its list is, their keys tell.
  package let isReadLast: Bool
  /// Whether it tells what the account is made of: many of its rows go at once where a part of that
  /// does, and no guard holds them.
  package let isDescription: Bool
  /// Seconds for which it may be left alone, as what it lists seldom changes: for that long rounds
  /// that are more frequent do not ask for it, unless a record names a row that it lacks or the
  /// operator sets another interval. 0 for what is to be as fresh as the rounds make it.
  package let rests: Int64
  /// Whether its list may be asked for what has changed since an instant, although nobody says that
  /// the source obeys: an account has to prove it, see `ChangeProofs`.
  package let mayTellChanges: Bool
  /// Whether it is asked so, as the account has proved that it tells.
  package private(set) var tellsChanges = false
  /// Where the source may tell which of its rows have changed, though nothing is proved by that.
  package let hint: Hint?
  private let owners: [Listing.Parent]
  /// The columns that a full-text search of the table looks through, if the operator wants one.
  package private(set) var searchable: [String]
  private var isSearched = false
  /// Columns that the operator does not want stored anywhere.
  package private(set) var excluded: [Column] = []
  /// Child tables that the operator does not want stored anywhere.
  package private(set) var excludedChildren: [Child] = []

  package init(
    _ name: String, _ method: Method, from listings: [Listing], columns: [Column],
    children: [Child] = [], feed: Feed? = nil, restriction: String? = nil,
    ignored: [String] = [], link: Listing.Parent? = nil, belongsTo owners: [Listing.Parent] = [],
    searchable: [String] = [], defines definitions: Definitions? = nil,
    followsStamps: Bool = false, isReadLast: Bool = false, isDescription: Bool = false,
    rests: Int64 = 0, mayTellChanges: Bool = false, hint: Hint? = nil
  ) {
    self.name = name
    self.method = method
    self.listings = listings
    self.columns = columns
    self.children = children
    self.feed = feed
    self.restriction = restriction
    self.ignored = ignored
    self.link = link
    self.owners = owners
    self.searchable = searchable
    self.definitions = definitions
    self.followsStamps = followsStamps
    (self.isReadLast, self.isDescription, self.rests) = (isReadLast, isDescription, rests)
    (self.mayTellChanges, self.hint) = (mayTellChanges, hint)
  }

  /// The columns of the primary key, in order.
  package var key: [Column] { columns.filter(\.isKey) }
  /// Where the newer of two versions shows, or nil when the record does not say.
  package var freshness: Int? { columns.firstIndex { $0.traits.contains(.freshness) } }
  /// Whether its keys are compared with the source's, see `Listing.hasCensus`.
  package var hasCensus: Bool { listings.first?.hasCensus ?? false }
  /// The tables whose rows this table's requests name.
  package var parents: [String] { listings.compactMap { $0.parent?.table } }
  /// Whether it has columns of which no list tells.
  package var hasAsides: Bool {
    listings.first?.record != nil && columns.contains { $0.traits.contains(.aside) }
  }
  /// What costs a request for each row of a table, within the budget for that: the lists of parents
  /// and, of the table's own rows, what no list tells.
  package var askedRowByRow: [(listing: Int, of: String)] {
    let parents = listings.indices.compactMap { index in
      listings[index].parent.map { (index, $0.table) }
    }
    if method == .perParent { return parents }
    return hasAsides ? [(0, name)] : []
  }

  /// The tables whose rows this table's rows are part of, and go with when those are purged.
  package var belongsTo: [Listing.Parent] {
    // A row that is all key says of two rows only that they belong together.
    owners + (columns.allSatisfy(\.isKey) ? [] : listings.compactMap(\.parent))
  }

  /// The same table without these columns and child tables: the operator does not want them stored.
  ///
  /// A child table is named by its key, as in `email_addresses`.
  package func excluding(_ names: Set<String>) -> Table {
    var table = self
    table.excluded = columns.filter { names.contains($0.name) }
    for index in columns.indices.dropFirst() where names.contains(columns[index - 1].name) {
      table.columns[index] = columns[index].alone
    }
    table.columns.removeAll { names.contains($0.name) }
    table.searchable.removeAll { names.contains($0) }
    table.excludedChildren = children.filter { names.contains($0.columnName) }
    table.ignored += table.excludedChildren.map(\.key)
    table.children.removeAll { names.contains($0.columnName) }
    return table
  }

  /// The same table, read whole.
  package func readWhole() -> Table {
    var table = self
    (table.method, table.tellsChanges) = (.full, false)
    return table
  }

  /// The same table, asked for what has changed. What goes the count of its rows tells, each time.
  package func askedForChanges() -> Table {
    var table = self
    (table.method, table.tellsChanges) = (.incremental, true)
    return table
  }

  /// The same table with a full-text search, or without; as declared it has none.
  package func searched(_ isSearched: Bool) -> Table {
    var table = self
    table.isSearched = isSearched
    return table
  }

  /// The columns of the table's full-text search; empty when there is none.
  package var searchColumns: [String] { isSearched ? searchable : [] }

  /// The name of the table's full-text search, or nil when it cannot have one.
  package var searchName: String? { searchable.isEmpty ? nil : "\(name)_search" }
}

/// A nested array of a record as a table of its own, written together with its parent.
package struct Child: Sendable {
  /// What the array's elements are.
  package enum Elements: Sendable {
    /// Objects with columns of their own.
    case objects([Column])
    /// Objects that only name a row of another table; this column keeps its id.
    case references(String, to: Column.Target? = nil)
    /// Plain strings; they are kept with their position, from 0.
    case strings
  }

  /// Texts by which rows name a row of another table, such as addresses: a list of that row holds
  /// them too, in a column of the same name.
  package struct Names: Sendable {
    package let table: String
    package let list: String
    package let column: String

    package init(_ table: String, by column: String, in list: String) {
      (self.table, self.list, self.column) = (table, list, column)
    }
  }

  package let table: String
  /// The member of the record that holds the array.
  package let key: String
  package let elements: Elements
  /// The name of the columns that hold the parent's key, in the order of that key.
  package let parentColumns: [String]
  /// Whether the array comes only when asked for. Its absence then says nothing about the rows.
  package let isEmbedded: Bool
  /// Whether no list of records has it, so that it is asked for behind each page of them.
  package let isApart: Bool
  /// The view that shows the rows as columns, or nil.
  package let view: FieldView?
  /// Whom the rows name, or nil. What names a row goes with it when that is purged.
  package let names: Names?

  package init(
    _ table: String, at key: String, of parentColumns: String..., elements: Elements,
    isEmbedded: Bool = false, isApart: Bool = false, view: FieldView? = nil,
    names: Names? = nil
  ) {
    self.table = table
    self.key = key
    self.elements = elements
    self.parentColumns = parentColumns
    (self.isEmbedded, self.isApart) = (isEmbedded || isApart, isApart)
    self.view = view
    self.names = names
  }

  /// The columns behind the parent's key.
  package var columns: [Column] {
    switch elements {
    case .objects(let columns): columns
    case .references(let name, let target):
      [Column(name, .integer, .reference([]), .key, to: target)]
    case .strings:
      [Column("position", .integer, .listing, .key), Column("value", .text, .member([]))]
    }
  }

  /// How the configuration names it: `email_addresses` for the key `emailAddresses`.
  package var columnName: String { snakeCase(key) }
}

/// `emailAddresses` as a column is spelt: `email_addresses`.
func snakeCase(_ name: String) -> String {
  name.reduce(into: "") { result, letter in
    if letter.isUppercase { result += "_" }
    result += letter.lowercased()
  }
}

/// A list of what has happened, newest first, that names rows of a table.
package struct Hint: Sendable {
  package let listing: Listing
  /// The member of its elements that has the row, with an `id`.
  package let row: String
  /// The member that says when.
  package let instant: String

  package init(_ listing: Listing, row: String, instant: String) {
    (self.listing, self.row, self.instant) = (listing, row, instant)
  }
}

/// A list that the source gives, page by page.
package struct Listing: Sendable, Hashable {
  /// Whose rows the path asks for, one request each.
  package struct Parent: Sendable, Hashable {
    package let table: String
    /// The column of this table that keeps the parent's id.
    package let column: String

    package init(_ table: String, as column: String) {
      self.table = table
      self.column = column
    }
  }

  /// The path below the base URL; `{id}` stands for the parent's id.
  package let path: String
  /// The key of the list in the reply.
  package let envelope: String
  /// Parameters that every request carries.
  package let query: [String]
  package let embed: [String]
  /// Whether `meta.totalCount` may be asked for.
  package let isCounted: Bool
  package let parent: Parent?
  /// The key of the one record in the reply to the path and an id behind it, or nil when records
  /// cannot be asked for one by one.
  package let record: String?
  /// Whether its keys can be asked for alone, page by page and in their order. No feed tells then
  /// what is gone: the keys are compared with the file's. And an answer that lacks a record proves
  /// nothing, unless it shows another one that was asked for with it.
  package let hasCensus: Bool
  /// Whether the source goes on to show a record by its id that has left the list for good.
  package let showsUnlisted: Bool
  /// A column that holds the same text for all rows of this listing, as in `entity`.
  package let constant: Constant?

  package struct Constant: Sendable, Hashable {
    package let column: String
    package let value: String

    package init(_ column: String, _ value: String) {
      self.column = column
      self.value = value
    }
  }

  package init(
    _ path: String, _ envelope: String, record: String? = nil, query: [String] = [],
    embed: [String] = [], isCounted: Bool = false, parent: Parent? = nil,
    hasCensus: Bool = false, showsUnlisted: Bool = false, constant: Constant? = nil
  ) {
    self.path = path
    self.envelope = envelope
    self.record = record
    (self.hasCensus, self.showsUnlisted) = (hasCensus, showsUnlisted)
    self.query = query
    self.embed = embed
    self.isCounted = isCounted
    self.parent = parent
    self.constant = constant
  }
}
