import Capsule
import Model
import ReplicaFile
import SQLite
import Testing

/// The oldest SQLite that people read the file with: 3.31, of Ubuntu 20.04, its tables and their
/// searches, 3.35 its views. `schema/README.md` says so.
///
/// One statement of the schema that cannot be parsed, and the whole file is malformed. An unknown
/// function only fails where it is used.
@Suite struct OldestReaderTests {
  private static func statements(_ types: String...) throws -> [(name: String, words: [String])] {
    let file = try Database.open(
      path: ":memory:", tables: CapsuleSource.catalogue.map { $0.searched(true) },
      views: CapsuleSource.allViews)
    return try file.rows(
      "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    ).compactMap { row in
      guard let type = row[0].text, types.contains(type), let name = row[1].text,
        let sql = row[2].text
      else { return nil }
      return (name, words(of: sql))
    }
  }

  /// What stands in a statement, in capitals: no comments, and a mark for a text or a quoted name.
  private static func words(of sql: String) -> [String] {
    var words: [String] = []
    var rest = sql[...]
    while let first = rest.first {
      if rest.hasPrefix("--") {
        rest = rest.drop { $0 != "\n" }
      } else if rest.hasPrefix("/*") {
        let end = rest.dropFirst(2).firstRange(of: "*/")?.upperBound
        rest = rest[(end ?? rest.endIndex)...]
      } else if first == "'" || first == "\"" {
        words.append(String(first))
        rest = rest.dropFirst().drop { $0 != first }.dropFirst()
      } else if rest.hasPrefix("->") {
        words.append("->")
        rest = rest.dropFirst(2)
      } else if first == "_" || first.isLetter || first.isNumber {
        let word = rest.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        words.append(word.uppercased())
        rest = rest[word.endIndex...]
      } else {
        if !first.isWhitespace { words.append(String(first)) }
        rest = rest.dropFirst()
      }
    }
    return words
  }

  /// What 3.31 does not parse, each with the version that brought it.
  private static func isUnparsed(_ words: [String]) -> Bool {
    let neighbours = Set(zip(words, words.dropFirst()).map { "\($0) \($1)" })
    return !neighbours.isDisjoint(with: [
      "AS MATERIALIZED", "NOT MATERIALIZED",  // 3.35
      ") STRICT", ", STRICT",  // 3.37
      "DISTINCT FROM", "RIGHT JOIN", "RIGHT OUTER", "FULL JOIN", "FULL OUTER",  // 3.39
    ])
      // 3.35, 3.38, 3.46
      || words.contains { $0 == "RETURNING" || $0 == "->" || isNumberWithLines($0) }
  }

  private static func isNumberWithLines(_ word: String) -> Bool {
    word.first?.isNumber ?? false && word.contains("_")
  }

  private static func functions(_ words: [String]) -> Set<String> {
    let pairs = zip(words, words.dropFirst())
    return Set(pairs.filter { $0.1 == "(" && $0.0.first?.isLetter ?? false }.map(\.0))
  }

  @Test(
    arguments: [
      ("WITH a AS MATERIALIZED (SELECT 1) SELECT * FROM a", true),
      ("with a as not materialized (select 1) select * from a", true),
      ("CREATE TABLE a (b) STRICT", true), ("CREATE TABLE a (b) WITHOUT ROWID, STRICT", true),
      ("SELECT a ->> '$.b'", true), ("SELECT a->'$.b'", true), ("SELECT 1_000", true),
      ("SELECT a IS DISTINCT FROM b", true), ("SELECT * FROM a RIGHT JOIN b", true),
      ("DELETE FROM a RETURNING b", true), ("/* a */ /* /* b */ SELECT a->b", true),
      ("-- AS MATERIALIZED\nSELECT 'NOT MATERIALIZED', \"a->b\" /* RETURNING ", false),
      ("SELECT strict, materialized, a - b > c, a1_000 FROM a AS strict", false),
      ("SELECT DISTINCT a FROM b LEFT JOIN c", false), ("SELECT 'it''s', x'00' -- ->", false),
    ])
  func `a word that is too new is found in code alone`(sql: String, isNew: Bool) {
    #expect(Self.isUnparsed(Self.words(of: sql)) == isNew)
  }

  @Test func `the file opens with 3_31`() throws {
    let all = try Self.statements("table", "index", "trigger", "view")
    #expect(all.count > 120)
    let newer = all.filter { Self.isUnparsed($0.words) }.map(\.name)
    #expect(newer == [])
  }

  @Test func `all but views calls nothing that 3_31 does not have`() throws {
    let old: Set = ["CAST", "DATE", "DATETIME", "TYPEOF"]
    // What may stand before a parenthesis besides.
    let others: Set = ["CHECK", "IN", "KEY", "VALUES", "FTS5", "OR"]
    for (name, words) in try Self.statements("table", "index", "trigger") {
      let new = Self.functions(words).subtracting(old).subtracting(others)
      #expect(new == [], "\(name)")
      // 3.31 has generated columns, and DuckDB does not see them.
      #expect(!words.contains("GENERATED"), "\(name)")
    }
  }

  @Test func `views call nothing that 3_35 does not have`() throws {
    let views = try Self.statements("view")
    #expect(views.count > 25)
    for (name, words) in views {
      // Since 3.38; this SQLite itself may have no later ones.
      #expect(Self.functions(words).isDisjoint(with: ["UNIXEPOCH", "FORMAT"]), "\(name)")
    }
  }
}
