import FoundationEssentials
import Testing

/// The program asks the file by typed queries only: their SQL stands below it, in `ReplicaFile`,
/// and what a source offers for show in `Capsule`.
@Suite struct NoSQLTests {
  @Test func `no text of the program is SQL`() throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let folder = root + "/Sources/CRMReplica"
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".swift") }
    try #require(files.count > 50)
    var found: [String] = []
    var literals = 0
    for file in files {
      let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
      let texts = SwiftLiterals(in: bytes).texts
      literals += texts.count
      found += texts.filter(isSQL).map { "\(file): \($0)" }
    }
    #expect(literals > 1_000)
    #expect(found == [])
  }

  @Test(arguments: [
    (#"let rows = try connection.rows("SELECT 1 FROM t")"#, true),
    ("try connection.run(\n\"\"\"\n  UPDATE \"t\"\n    SET a = 1\n\"\"\")", true),
    (#"call("DELETE FROM \(name) WHERE id = \(key("x"))")"#, true),
    (#"call("\(verb) it") + call(" pragma user_version")"#, true),
    (#"call("one: \(of("INSERT INTO t VALUES (1)")) and two")"#, true),
    (##"let text = #"he said "WITH t AS (SELECT 2)""#"##, true),
    (#"run("begin immediate")"#, true),
    (#"run("create temp table t (a)")"#, true),
    (#"say("A \"quoted\" word"); run("select * from t")"#, true),
    ("// The rows come from \"SELECT 1\".\nlet text = \"Selects tables from a file.\"", false),
    ("/* \"SELECT 1\" /* nested */ */ let text = \"Update the file, or set another.\"", false),
    (#"say("Begin with \(name), which goes with many others as it is.")"#, false),
    (#"say("create", "select", "vacuum cleaner")"#, false),
  ])
  func `SQL is told from words`(source: String, holds: Bool) {
    let texts = SwiftLiterals(in: Data(source.utf8)).texts
    #expect(!texts.isEmpty)
    #expect(texts.contains(where: isSQL) == holds, "\(texts)")
  }

  /// Whether a statement stands at the beginning of a text, in any letters, or in capitals anywhere
  /// in it.
  private func isSQL(_ text: String) -> Bool {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let begun =
      #/
      ^ ( select \b .* \b from \b | insert (\s or \s \w+)? \s into \b
      | update (\s or \s \w+)? \s \S+ \s set \b | delete \s from \b
      | pragma \b | with \b .* \b as \s \( | attach \s database \b
      | ( begin | begin \s immediate | commit | rollback | vacuum ) $ | vacuum \s into \b
      | ( create | drop ) (\s temp | \s temporary | \s unique | \s virtual )*
        \s ( table | view | index | trigger ) \b )
      /#
      .ignoresCase()
    let capitals =
      #/
      \b ( SELECT | INSERT \s INTO | UPDATE \b .* \b SET | DELETE \s FROM | PRAGMA
      | WITH \b .* \b AS | CREATE | VACUUM ) \b
      /#
    return line.contains(begun) || line.contains(capitals)
  }
}

/// The string literals of a text in Swift, without what is interpolated; literals amid that count
/// of their own. Comments are passed over.
private struct SwiftLiterals {
  private(set) var texts: [String] = []
  private let bytes: [UInt8]
  private var at = 0

  init(in source: Data) {
    bytes = Array(source)
    code(until: nil)
  }

  private func starts(_ text: String) -> Bool { bytes.dropFirst(at).starts(with: text.utf8) }

  /// Reads code up to the parenthesis that ends an interpolation, or all of it.
  private mutating func code(until end: UInt8?) {
    var depth = 0
    while at < bytes.count {
      if starts("//") {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { at += 1 }
      } else if starts("/*") {
        comment()
      } else if let marks = opening() {
        literal(marks)
      } else {
        if bytes[at] == UInt8(ascii: "(") { depth += 1 }
        if bytes[at] == end {
          if depth == 0 { return }
          depth -= 1
        }
        at += 1
      }
    }
  }

  private mutating func comment() {
    var depth = 0
    repeat {
      let change = starts("/*") ? 1 : starts("*/") ? -1 : 0
      depth += change
      at += change == 0 ? 1 : 2
    } while depth > 0 && at < bytes.count
  }

  /// The number signs and the quotation marks that open a literal here.
  private func opening() -> (hashes: String, quotes: String)? {
    let hashes = bytes.dropFirst(at).prefix { $0 == UInt8(ascii: "#") }.count
    let quotes = bytes.dropFirst(at + hashes).prefix { $0 == UInt8(ascii: "\"") }.count
    if quotes == 0 { return nil }
    return (String(repeating: "#", count: hashes), quotes >= 3 ? "\"\"\"" : "\"")
  }

  private mutating func literal(_ marks: (hashes: String, quotes: String)) {
    let (end, escape) = (marks.quotes + marks.hashes, "\\" + marks.hashes)
    at += end.utf8.count
    var text: [UInt8] = []
    while at < bytes.count, !starts(end) {
      if starts(escape + "(") {
        at += escape.utf8.count + 1
        code(until: UInt8(ascii: ")"))
        text.append(UInt8(ascii: "?"))
        at += 1
      } else if starts(escape) {
        at += escape.utf8.count
        text.append(bytes[at] == UInt8(ascii: "n") ? UInt8(ascii: "\n") : bytes[at])
        at += 1
      } else {
        text.append(bytes[at])
        at += 1
      }
    }
    at += end.utf8.count
    texts.append(String(decoding: text, as: UTF8.self))
  }
}
