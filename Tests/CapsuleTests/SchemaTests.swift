import Capsule
import CapsuleSimulator
import FoundationEssentials
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Holds the folder `schema`, which SQL users read, against what the program makes.
@Suite struct SchemaTests {
  @Test func `the printed schema is the one that the program makes`() throws {
    let printed = try SchemaFolder.text("replica.sql")
    let script = Database.script(tables: CapsuleSource.catalogue, views: CapsuleSource.allViews)
    let isCurrent = printed == script
    #expect(isCurrent, "renew it: crm-replica schema > schema/replica.sql")
  }

  @Test func `the printed schema makes the tables of a replica`() throws {
    let printed = try Connection(path: ":memory:")
    try printed.execute(SchemaFolder.text("replica.sql"))
    let opened = try Self.replica()
    let names = try Self.names(in: opened)
    #expect(try Self.names(in: printed) == names)
    #expect(names.count > CapsuleSource.catalogue.count)
    for name in names {
      let info = "SELECT * FROM pragma_table_info(?)"
      #expect(try printed.rows(info, [.text(name)]) == opened.rows(info, [.text(name)]), "\(name)")
    }
  }

  @Test func `the page describes every table and column`() throws {
    let page = try SchemaPage()
    let opened = try Self.replica()
    var expected = Self.declared
    for name in try Self.names(in: opened) where name.hasPrefix("_") {
      expected[name] = try Self.columns(of: name, in: opened)
    }
    expected["Columns that the replica adds"] = try Self.columns(of: "users", in: opened)
      .filter { $0.name.hasPrefix("_") }
    expected["fx_rates"] = try Self.columns(of: "fx_rates", in: opened)
    let described = page.sections.filter { !$0.rows.isEmpty && !$0.title.hasSuffix(" (view)") }
    #expect(described.map(\.title).sorted() == expected.keys.sorted())
    for section in described {
      #expect(section.rows.map(\.column) == expected[section.title], "\(section.title)")
      #expect(section.rows.allSatisfy { !$0.meaning.isEmpty }, "\(section.title)")
    }
    let contents = try #require(page.sections.first).prose
    let listed = CapsuleSource.catalogue.map(\.name) + expected.keys.filter { $0.hasPrefix("_") }
    for name in listed { #expect(contents.contains("`\(name)`"), "\(name)") }
    let titles = page.sections.map(\.title)
    for view in CapsuleSource.allViews { #expect(titles.contains("\(view.name) (view)")) }
    #expect(titles.count { $0.hasSuffix("(view)") } == CapsuleSource.allViews.count)
  }

  @Test func `the page names every key`() throws {
    let opened = try Self.replica()
    for name in try Self.names(in: opened, views: false) {
      let key = try opened.rows(
        "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", [.text(name)]
      ).compactMap { $0[0].text }
      let sentence = "Key: " + key.map { "`\($0)`" }.joined(separator: ", ") + "."
      #expect(try SchemaPage().section(name).prose.contains(sentence), "\(name) \(sentence)")
    }
  }

  @Test(arguments: CapsuleSource.catalogue.map(\.name))
  func `the page says where a table comes from`(_ name: String) throws {
    let table = try #require(CapsuleSource.catalogue.first { $0.name == name })
    let prose = try SchemaPage().section(name).prose
    let method =
      switch table.method {
      case .incremental: "incremental"
      case .full: "full"
      case .newestFirst: "newest first"
      case .deletions: "deletions"
      case .perParent: "per parent"
      }
    #expect(prose.contains("Kept: \(method)."))
    #expect(prose.count(of: "`GET /") == table.listings.count)
    for listing in table.listings { #expect(prose.contains("`GET /\(listing.path)`")) }
  }

  @Test func `references name columns that exist, and no reference lacks its name`() throws {
    let page = try SchemaPage()
    let opened = try Self.replica()
    for row in page.sections.flatMap(\.rows) {
      let references = row.meaning.matches(of: /→ `(\w+)\.(\w+)`/)
      #expect(references.count == row.meaning.count(of: "→"), "\(row.meaning)")
      for reference in references {
        let columns = try Self.columns(of: String(reference.1), in: opened).map(\.name)
        #expect(columns.contains(String(reference.2)), "\(row.meaning)")
      }
    }
    for (table, columns) in Self.references {
      for row in try page.section(table).rows where columns.contains(row.column.name) {
        #expect(row.meaning.contains("→"), "\(table).\(row.column.name)")
      }
    }
  }

  @Test func `the examples run on the replica of an account`() throws {
    let replica = try Replica(
      Account(seed: 1, size: .small, now: 1_760_000_000),
      tables: CapsuleSource.catalogue.map { $0.searched(true) })
    try replica.sync()
    let examples = try SchemaPage().examples
    #expect(examples.count >= 3)
    for example in examples {
      #expect(example.count(of: ";") == 1)
      let rows = try replica.rows(example)
      // After a first sync there is no history yet, and no moment is given.
      let asksForThePast = example.contains("_history") || example.contains(":moment")
      #expect(rows.isEmpty == asksForThePast, "\(example)")
    }
  }

  // MARK: What the program makes

  private static func replica() throws -> Connection {
    try Database.open(
      path: ":memory:", tables: CapsuleSource.catalogue, views: CapsuleSource.allViews)
  }

  private static func names(in connection: Connection, views: Bool = true) throws -> [String] {
    let types = views ? "('table', 'view')" : "('table')"
    return try connection.rows(
      "SELECT name FROM sqlite_schema WHERE type IN \(types) ORDER BY name"
    ).compactMap { $0[0].text }
  }

  private static func columns(
    of table: String, in connection: Connection
  ) throws -> [SchemaPage.Column] {
    try connection.rows("SELECT name, type FROM pragma_table_info(?)", [.text(table)]).map {
      let type = $0[1].text ?? ""
      return SchemaPage.Column(name: $0[0].text ?? "", type: type.isEmpty ? "any" : type)
    }
  }

  /// The columns of the mirrored tables and of the lists in their records, as they are declared.
  private static var declared: [String: [SchemaPage.Column]] {
    var columns: [String: [SchemaPage.Column]] = [:]
    for table in CapsuleSource.catalogue {
      columns[table.name] = table.columns.map(SchemaPage.Column.init)
      for child in table.children {
        columns[child.table] =
          zip(child.parentColumns, table.key).map {
            SchemaPage.Column(name: $0, type: $1.type.declaration)
          } + child.columns.map(SchemaPage.Column.init)
      }
    }
    return columns
  }

  /// The columns that hold ids of other rows.
  private static var references: [String: Set<String>] {
    var references: [String: Set<String>] = [:]
    func add(_ columns: [Column], _ others: [String], to table: String) {
      let named = columns.filter { if case .reference = $0.place { true } else { false } }
      references[table] = Set(named.map(\.name) + others)
    }
    for table in CapsuleSource.catalogue {
      add(table.columns, table.listings.compactMap { $0.parent?.column }, to: table.name)
      for child in table.children { add(child.columns, child.parentColumns, to: child.table) }
    }
    return references
  }
}

/// The folder beside `Sources` and `Tests`.
enum SchemaFolder {
  static func text(_ name: String) throws -> String {
    let bytes = try #require(FileManager.default.contents(atPath: path(name)))
    return String(decoding: bytes, as: UTF8.self)
  }

  static func path(_ name: String) -> String {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(root)/schema/\(name)"
  }
}

/// `schema/README.md`, as far as it can be compared: a section a heading, a row a column.
struct SchemaPage {
  struct Column: Hashable {
    let name: String
    let type: String
  }

  struct Row {
    let column: Column
    let meaning: String
  }

  struct Section {
    /// The heading without its marks.
    let title: String
    /// The text that is no table, on one line.
    var prose = ""
    var rows: [Row] = []
  }

  private(set) var sections: [Section] = []
  /// The blocks of SQL.
  private(set) var examples: [String] = []

  init() throws {
    var fence: String?
    for line in try SchemaFolder.text("README.md").split(separator: "\n") {
      if line.hasPrefix("```") {
        if fence != nil { fence = nil } else { fence = String(line.dropFirst(3)) }
        if fence == "sql" { examples.append("") }
      } else if fence == "sql" {
        examples[examples.count - 1] += line + "\n"
      } else if fence == nil {
        add(line)
      }
    }
  }

  private mutating func add(_ line: Substring) {
    if line.hasPrefix("#") {
      let title = line.drop { $0 == "#" || $0 == " " }.replacing("`", with: "")
      sections.append(Section(title: String(title)))
    } else if line.hasPrefix("| `") {
      let cells = line.dropFirst(2).dropLast(2).replacing(" | ", with: "|").split(separator: "|")
      guard cells.count == 3 else { return }
      let column = Column(name: String(cells[0].filter { $0 != "`" }), type: String(cells[1]))
      let row = Row(column: column, meaning: String(cells[2]))
      sections[sections.count - 1].rows.append(row)
    } else if !line.hasPrefix("|"), !sections.isEmpty {
      sections[sections.count - 1].prose += line + " "
    }
  }

  func section(_ title: String) throws -> Section {
    try #require(sections.first { $0.title == title }, "there is no section for \(title)")
  }
}

extension SchemaPage.Column {
  init(_ column: Column) {
    self.init(name: column.name, type: column.type.declaration)
  }
}

extension StringProtocol {
  /// How often a text occurs in this one.
  fileprivate func count(of text: String) -> Int {
    ranges(of: text).count
  }
}
