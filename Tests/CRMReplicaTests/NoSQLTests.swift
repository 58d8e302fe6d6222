import Testing

/// The program asks the file by typed queries only: their SQL stands below it, in `ReplicaFile`,
/// and what a source offers for show in `Capsule`.
@Suite struct NoSQLTests {
  @Test func `no text of the program is SQL`() throws {
    let files = try Package.files(in: "Sources/CRMReplica")
    try #require(files.count > 50)
    var found: [String] = []
    var literals = 0
    for (file, source) in files {
      let texts = SwiftCode(source).literals
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
    let texts = SwiftCode(source).literals
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
