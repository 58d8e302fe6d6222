import Capsule
import CapsuleSimulator
import FoundationEssentials
import Model
import Replication
import SQLite
import Simulation
import Testing

/// Holds what the views say of themselves against what they are.
@Suite struct ViewDocsTests {
  private static let reports = CapsuleSource.allViews.filter { $0.name.hasPrefix("v_") }

  @Test func `every script of views is embedded whole`() throws {
    var stored: [String] = []
    for folder in ["capsule", "reports"] {
      let path = SchemaFolder.path("views/\(folder)")
      let scripts = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(!scripts.isEmpty && scripts.allSatisfy { $0.hasSuffix(".sql") })
      stored += try scripts.flatMap {
        try SchemaFolder.text("views/\(folder)/\($0)").matches(of: /(?m)^CREATE VIEW (\w+)/).map {
          String($0.1)
        }
      }
    }
    // Those of versions are made of the tables.
    let written = Self.reports.map(\.name).filter { !$0.hasSuffix("_versions") }
    let working = CapsuleSource.workingViews.map(\.name).filter { !$0.hasSuffix("_past") }
    #expect(Set(stored) == Set(written + working))
    #expect(stored.count == (written + working).count && written.count == Self.reports.count - 4)
  }

  @Test(arguments: reports.map(\.name))
  func `a view's columns are those that it describes, in type and order`(_ name: String) throws {
    let account = try GoldenAccount()
    let view = try #require(Self.reports.first { $0.name == name })
    let stored = try account.connection.rows(
      "SELECT name, type FROM pragma_table_info(?)", [.text(name)])
    #expect(stored.compactMap { $0[0].text } == view.docs.columns.map(\.name))
    #expect(!view.docs.grain.isEmpty && !view.docs.meaning.isEmpty)
    #expect(stored.compactMap { $0[1].text } == view.docs.columns.map(\.type))
  }

  @Test(arguments: reports.map(\.name))
  func `a view's values are of the types that it describes`(_ name: String) throws {
    let replica = try Replica(Account(seed: 1, size: .small, now: 1_760_000_000))
    try replica.sync()
    let view = try #require(Self.reports.first { $0.name == name })
    for column in view.docs.columns {
      let value = "\"\(column.name)\""
      let fits =
        switch column.type {
        case "INTEGER": "typeof(\(value)) = 'integer'"
        case "REAL": "typeof(\(value)) IN ('real', 'integer')"
        case "BOOLEAN": "\(value) IN (0, 1)"
        case "DATE": "date(\(value)) IS \(value)"
        case "DATETIME": "datetime(\(value)) IS \(value)"
        default: "typeof(\(value)) = 'text'"
        }
      let misfits = try replica.rows(
        "SELECT \(value) FROM \(name) WHERE \(value) IS NOT NULL AND NOT (\(fits)) LIMIT 3")
      #expect(misfits.isEmpty, "\(column.name)")
    }
  }

  @Test func `the file describes each view and column`() throws {
    let account = try GoldenAccount()
    let stored = try account.lines(
      """
      SELECT view_name, position, column_name, type, grain, text FROM _view_docs
        WHERE view_name NOT LIKE 'v!_%!_fields' ESCAPE '!' ORDER BY view_name, position
      """)
    let expected = CapsuleSource.allViews.sorted { $0.name < $1.name }.flatMap { view in
      ["\(view.name)|0|||\(view.docs.grain)|\(view.docs.meaning)"]
        + view.docs.columns.enumerated().map {
          "\(view.name)|\($0.offset + 1)|\($0.element.name)|\($0.element.type)||"
            + "\($0.element.meaning)"
        }
    }
    #expect(stored.split(separator: "\n").map(String.init) == expected)
  }

  @Test(arguments: reports.map(\.name))
  func `the page says what the view says`(_ name: String) throws {
    let view = try #require(Self.reports.first { $0.name == name })
    let section = try SchemaPage().section("\(name) (view)")
    #expect(section.prose.contains("Grain: \(view.docs.grain) \(view.docs.meaning)"))
    #expect(section.rows.map(\.column.name) == view.docs.columns.map(\.name))
    #expect(section.rows.map(\.column.type) == view.docs.columns.map(\.type))
    #expect(section.rows.map(\.meaning) == view.docs.columns.map(\.meaning))
  }

  @Test func `the file describes the fields of each kind of record`() throws {
    let account = try GoldenAccount()
    for name in ["v_party_fields", "v_opportunity_fields", "v_case_fields"] {
      let stored = try account.connection.rows(
        "SELECT name, type FROM pragma_table_info(?)", [.text(name)])
      let docs = try account.connection.rows(
        "SELECT column_name, type FROM _view_docs WHERE view_name = ? AND position > 0",
        [.text(name)]
      )
      #expect(!stored.isEmpty && stored == docs)
    }
  }

  /// DuckDB runs the one line, and to SQLite it is a comment.
  @Test(arguments: reports)
  func `a view's text is one statement to those who nest comments`(_ view: View) throws {
    let create = view.create
    var (depth, rest, live) = (0, create[...], "")
    for line in create.split(separator: "\n") where !line.hasPrefix("--") {
      rest = line
      while !rest.isEmpty {
        if rest.hasPrefix("/*") {
          (depth, rest) = (depth + 1, rest.dropFirst(2))
        } else if depth > 0, rest.hasPrefix("*/") {
          (depth, rest) = (depth - 1, rest.dropFirst(2))
        } else if depth == 0, rest.hasPrefix("--") {
          rest = ""
        } else {
          if depth == 0 { live.append(rest.removeFirst()) } else { rest.removeFirst() }
        }
      }
      live.append("\n")
    }
    #expect(depth == 0)
    let words = live.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    let line = "CREATE VIEW \(view.name) AS SELECT v.* FROM pragma_user_version, \(view.name) AS v"
    #expect(words == line)
  }
}
