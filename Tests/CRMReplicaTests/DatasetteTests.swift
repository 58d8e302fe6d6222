import FoundationEssentials
import SQLite
import Testing

/// `schema/datasette.json`, held against the file that the demo leaves, without Datasette itself.
@Suite struct DatasetteTests {
  @Test func `every view is described as the file describes it`() throws {
    let demo = try Demo()
    let described = demo.page.tables.filter { $0.value.hidden != true }
    let views = try demo.connection.rows(
      """
      SELECT v.name, 'Grain: ' || d.grain || ' ' || d.text
        FROM sqlite_schema AS v
        JOIN _view_docs AS d ON d.view_name = v.name AND d.position = 0
        WHERE v.type = 'view'
      """)
    #expect(Set(described.keys) == Set(views.compactMap { $0[0].text }))
    for view in views {
      let name = view[0].text ?? ""
      let table = try #require(described[name])
      #expect(table.description == view[1].text.map(plain), "\(name)")
      let columns = try demo.connection.rows(
        """
        SELECT c.name, d.text FROM pragma_table_info(?1) AS c
          JOIN _view_docs AS d ON d.view_name = ?1 AND d.column_name = c.name
        """, [.text(name)])
      let meanings = Dictionary(
        uniqueKeysWithValues: columns.map { ($0[0].text ?? "", plain($0[1].text ?? "")) })
      for (column, meaning) in table.columns ?? [:] {
        #expect(meanings[column] == meaning, "\(name).\(column)")
      }
      let used = (table.facets ?? []) + [table.sort, table.sort_desc].compactMap { $0 }
      #expect(used.allSatisfy { meanings.keys.contains($0) }, "\(name): \(used)")
    }
  }

  @Test func `the database is called as the demo calls its file`() throws {
    let demo = try Demo()
    let help = try Child(["demo", "--help"], in: demo.folder).wait()
    #expect(help.output.contains("(default: \(demo.name).sqlite)"))
  }

  /// The command of `schema/datasette.md`, which lies beside a configuration.
  @Test func `a page for a file of another name is made beside its configuration`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let text = try Package.text(of: "schema/datasette.md")
    let command = try #require(text.split(separator: "\n").first { $0.hasPrefix("    sed ") })
    let directory = try TemporaryDirectory()
    let configuration = try directory.file("capsule.json", Array("{}".utf8))
    let script = "ln -s \(root)/schema schema && \(command)"
    let launcher = Child.here(directory.path) + ["/bin/sh", "-c", script]
    #expect(try Child([], in: directory.path, launcher: launcher).wait().code == 0)
    #expect(try bytes(of: configuration) == Array("{}".utf8))
    let made = try #require(command.split(separator: " ").last)
    let page = try JSONDecoder().decode(
      Page.self, from: Data(try bytes(of: "\(directory.path)/\(made)")))
    #expect(Array(page.databases.keys) == ["capsule"])
    let charts = page.plugins["datasette-dashboards"]?.values.flatMap(\.charts.values) ?? []
    #expect(!charts.isEmpty && charts.allSatisfy { $0.db == "capsule" })
  }

  @Test func `bookkeeping and nothing else is hidden`() throws {
    let demo = try Demo()
    let tables = try demo.connection.rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE '\\_%' ESCAPE '\\'")
    #expect(
      Set(demo.page.tables.filter { $0.value.hidden == true }.keys)
        == Set(tables.compactMap { $0[0].text }))
  }

  @Test func `every query has a title a sentence and rows`() throws {
    let demo = try Demo()
    #expect(!demo.page.queries.isEmpty)
    for (name, query) in demo.page.queries {
      #expect(!query.title.isEmpty)
      #expect(query.description.hasSuffix(".") && !query.description.contains(". "), "\(name)")
      #expect(try !demo.answer(to: query.sql).rows.isEmpty, "\(name)")
    }
  }

  /// An empty parameter asks for all. What nobody is called asks for nothing, and a name for its
  /// rows alone.
  @Test func `every parameter narrows its query`() throws {
    let demo = try Demo()
    for (name, query) in demo.page.queries {
      let all = try demo.answer(to: query.sql)
      for parameter in demo.parameters(of: query.sql) {
        let none = parameter == "since" ? "9999-12-31" : "nobody"
        #expect(
          try demo.answer(to: query.sql, [parameter: none]).rows.isEmpty, "\(name): \(parameter)")
        guard let place = all.columns.firstIndex(of: parameter) else { continue }
        let value = try #require(all.rows.lazy.compactMap { $0[place].text }.first, "\(name)")
        let some = try demo.answer(to: query.sql, [parameter: value]).rows
        #expect(!some.isEmpty && some.allSatisfy { $0[place].text == value }, "\(name): \(value)")
      }
    }
  }

  /// Amounts of different currencies stand in rows, and in charts in colours, of their own.
  @Test func `no amount is without its currency`() throws {
    let demo = try Demo()
    for (name, query) in demo.page.queries {
      let columns = try demo.answer(to: query.sql).columns
      let hasAmounts = columns.contains { $0.hasSuffix("_value") }
      #expect(!hasAmounts || columns.contains("currency"), "\(name)")
    }
    for chart in demo.dashboards.flatMap(\.charts.values) {
      let fields = chart.display.strings(under: "field")
      let colours = chart.display.member("encoding")?.member("color")?.strings(under: "field") ?? []
      #expect(
        !fields.contains { $0.hasSuffix("_value") } || colours == ["currency"], "\(chart.title)")
    }
  }

  @Test func `every chart shows a query`() throws {
    let demo = try Demo()
    #expect(demo.dashboards.map(\.charts.count).reduce(0, +) >= 4)
    for dashboard in demo.dashboards {
      #expect(Set(dashboard.layout.joined()) == Set(dashboard.charts.keys))
      #expect(Set(dashboard.layout.map(\.count)).count == 1)
      for (name, chart) in dashboard.charts {
        let query = try #require(demo.page.queries[name])
        #expect(chart.title == query.title && chart.query == query.sql && chart.db == demo.name)
        #expect(
          demo.parameters(of: chart.query).allSatisfy { dashboard.filters.keys.contains($0) })
        let columns = try demo.answer(to: chart.query).columns
        let known = Set(columns).union(chart.display.strings(under: "as"))
        let fields = chart.display.strings(under: "field")
        #expect(!fields.isEmpty && known.isSuperset(of: fields), "\(name): \(fields)")
        // The page of the query shows the chart.
        let html = try #require(query.description_html)
        #expect(html.hasPrefix("<p>\(query.description)</p>"))
        #expect(html.contains("/\(name)/embed\""))
      }
      for filter in dashboard.filters.values {
        guard let sql = filter.query else { continue }
        #expect(filter.db == demo.name)
        #expect(try !demo.answer(to: sql).rows.isEmpty, "\(filter.name)")
      }
    }
    let shown = demo.page.queries.filter { $0.value.description_html != nil }.keys
    #expect(Set(shown) == Set(demo.dashboards.flatMap(\.charts.keys)))
  }

  /// Datasette shows a description as it is written, and Markdown is not for it.
  private func plain(_ text: String) -> String {
    text.replacing("`", with: "")
  }
}

/// What the file for Datasette says, and the database of a demo beside it.
private final class Demo {
  /// The database as Datasette calls it: the name of its file without what comes behind the dot.
  let name: String
  let page: Page.Database
  let dashboards: [Page.Dashboard]
  let connection: Connection
  private let directory: TemporaryDirectory
  var folder: String { directory.path }

  init() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try #require(FileManager.default.contents(atPath: "\(root)/schema/datasette.json"))
    let page = try JSONDecoder().decode(Page.self, from: bytes)
    try #require(page.databases.count == 1)
    (name, self.page) = try #require(page.databases.first)
    dashboards = Array(try #require(page.plugins["datasette-dashboards"]).values)
    directory = try TemporaryDirectory()
    let database = "\(directory.path)/\(name).sqlite"
    let ending = try Child(["demo", "--database", database], in: directory.path).wait()
    try #require(ending.code == 0, "\(ending.log)")
    connection = try Connection(path: database)
  }

  /// The names of a statement's parameters, in the order of their numbers.
  func parameters(of sql: String) -> [String] {
    sql.matches(of: /:([a-z_]+)/).map { String($0.1) }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }

  /// The columns and rows of a query. As with Datasette, a parameter not given is an empty text.
  func answer(
    to sql: String, _ values: [String: String] = [:]
  ) throws -> (columns: [String], rows: [[Value]]) {
    let statement = try connection.statement(sql)
    let columns = (0..<statement.columnCount).map { statement.name(of: $0) }
    return (columns, try connection.rows(sql, parameters(of: sql).map { .text(values[$0] ?? "") }))
  }
}

/// The members of the file that the tests look at.
private struct Page: Decodable {
  struct Database: Decodable {
    let queries: [String: Query]
    let tables: [String: Table]
  }

  struct Query: Decodable {
    let title: String
    let description: String
    let description_html: String?
    let sql: String
  }

  struct Table: Decodable {
    let description: String?
    let hidden: Bool?
    let sort: String?
    let sort_desc: String?
    let facets: [String]?
    let columns: [String: String]?
  }

  struct Dashboard: Decodable {
    let layout: [[String]]
    let filters: [String: Filter]
    let charts: [String: Chart]
  }

  struct Filter: Decodable {
    let name: String
    let db: String?
    let query: String?
  }

  struct Chart: Decodable {
    let title: String
    let db: String
    let query: String
    let display: Tree
  }

  let databases: [String: Database]
  let plugins: [String: [String: Dashboard]]
}

/// Any JSON, to look for texts in it.
private enum Tree: Decodable {
  case object([String: Tree])
  case list([Tree])
  case text(String)
  case other

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let members = try? value.decode([String: Tree].self) {
      self = .object(members)
    } else if let elements = try? value.decode([Tree].self) {
      self = .list(elements)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .other
    }
  }

  func member(_ name: String) -> Tree? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The texts of all members of a name, at any depth.
  func strings(under name: String) -> Set<String> {
    switch self {
    case .object(let members):
      members.reduce(into: []) { found, member in
        if member.key == name, case .text(let text) = member.value { found.insert(text) }
        found.formUnion(member.value.strings(under: name))
      }
    case .list(let elements):
      elements.reduce(into: []) { $0.formUnion($1.strings(under: name)) }
    case .text, .other: []
    }
  }
}
