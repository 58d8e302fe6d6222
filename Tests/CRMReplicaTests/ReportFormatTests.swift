import Model
import ReplicaFile
import Replication
import SQLite
import Testing

@testable import CRMReplica

@Suite struct ReportFormatTests {
  private func text(_ format: ReportFormat, _ sql: String) throws -> String {
    let connection = try Connection(path: ":memory:")
    try connection.execute(
      "CREATE TABLE t (flag BOOLEAN, n INTEGER); INSERT INTO t VALUES (1, 1), (0, 0), (NULL, 2)")
    var text = ""
    try format.print(ReportRows(try Statement(sql, on: connection))) {
      text += $0
      return true
    }
    return text
  }

  @Test(arguments: [
    ("SELECT 1 AS a, 'x' AS b", "a,b\r\n1,x\r\n"),
    ("SELECT NULL AS a, '' AS b", "a,b\r\n,\"\"\r\n"),
    ("SELECT NULL AS a", "a\r\n\"\"\r\n"),
    ("SELECT 'a,b' AS a, 'say \"x\"' AS \"b,c\"", "a,\"b,c\"\r\n\"a,b\",\"say \"\"x\"\"\"\r\n"),
    (
      "SELECT 'a' || char(10) || 'b' AS a, char(13) AS b, ' x' AS c",
      "a,b,c\r\n\"a\nb\",\"\r\",\" x\"\r\n"
    ),
    (
      "SELECT 1.5 AS a, 1e20 AS b, x'00ff' AS c, -9223372036854775808 AS d",
      "a,b,c,d\r\n1.5,1e+20,00ff,-9223372036854775808\r\n"
    ),
    ("SELECT 1 AS a WHERE 0", "a\r\n"),
    // Quotation marks that are one Character with what stands before or behind them.
    (
      "SELECT char(0x600) || '\"x\"' || char(0x301) AS a, '\"' || char(0x200D) || '\"' AS b",
      "a,b\r\n\"\u{600}\"\"x\"\"\u{301}\",\"\"\"\u{200D}\"\"\"\r\n"
    ),
    ("SELECT ' ' || char(0x301) AS a", "a\r\n\" \u{301}\"\r\n"),
    ("SELECT flag FROM t WHERE n < 2", "flag\r\n1\r\n0\r\n"),
  ])
  func `values are separated by commas`(sql: String, shown: String) throws {
    #expect(try text(.csv, sql) == shown)
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("+44 20", "'+44 20"), ("-x", "'-x"), ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("=\"a\"", "\"'=\"\"a\"\"\""), ("a=1", "a=1"),
    ("", "\"\""),
    ("-5", "-5"), ("-5.25", "-5.25"), ("-5.2.5", "'-5.2.5"), ("-", "'-"), ("-.5", "'-.5"),
    ("-1+1", "'-1+1"),
  ])
  func `a spreadsheet gets no formula`(text: String, shown: String) throws {
    #expect(
      try self.text(.spreadsheet, "SELECT \(text.sqlLiteral) AS \"=a\", -5 AS b, -2.5 AS c")
        == "\u{FEFF}'=a,b,c\r\n\(shown),-5,-2.5\r\n")
  }

  @Test(arguments: [
    ("SELECT 1 AS a, 'x' AS b", "[\n{\"a\":1,\"b\":\"x\"}\n]\n"),
    ("SELECT NULL AS a, '\"' || char(10) AS \"b\"", "[\n{\"a\":null,\"b\":\"\\\"\\n\"}\n]\n"),
    ("SELECT 1.5 AS a, 9e999 AS b, x'00ff' AS c", "[\n{\"a\":1.5,\"b\":null,\"c\":\"00ff\"}\n]\n"),
    ("SELECT 1 AS a WHERE 0", "[]\n"),
    (
      "SELECT n, flag FROM t",
      "[\n{\"n\":1,\"flag\":true},\n{\"n\":0,\"flag\":false},\n{\"n\":2,\"flag\":null}\n]\n"
    ),
  ])
  func `rows are objects`(sql: String, shown: String) throws {
    #expect(try text(.json, sql) == shown)
  }

  @Test func `a table lines up, numbers to the right`() throws {
    let shown = try text(
      .table,
      """
      SELECT * FROM (SELECT 'Größe' AS name, 7 AS n, 1 AS mixed, 'end' AS last
        UNION ALL SELECT 'a' || char(10), 1234.5, 'x', NULL)
      """)
    #expect(
      shown == """
        name        n  mixed  last
        Größe       7  1      end
        a\\n    1234.5  x

        """)
    #expect(try text(.table, "SELECT 1 AS a, 2 AS bb WHERE 0") == "a  bb\n")
    #expect(
      try text(.table, "SELECT '漢字' AS a, 1 AS b UNION ALL SELECT '👩‍👩‍👧 é', 2")
        == "a     b\n漢字  1\n👩‍👩‍👧 é  2\n")
    let long = try text(.table, "SELECT printf('%.*c', 500, 'x') AS a")
    #expect(long == "a\n" + String(repeating: "x", count: ReportFormat.widestCell) + "…\n")
  }

  @Test(arguments: [ReportFormat.table, .csv, .json])
  func `nothing more is read once nobody listens`(format: ReportFormat) throws {
    var (read, written) = (0, 0)
    let line = String(repeating: "x", count: 50)
    let endless = ReportRows([.init(name: "a")], [[.text(line)]])
    var passes = 0
    // The first pass over a table for people only measures.
    let rows = ReportRows(columns: endless.columns) { body in
      passes += 1
      for _ in 0..<(format == .table && passes == 1 ? 1 : 1_000_000) {
        read += 1
        guard try body([.text(line)]) else { return }
      }
    }
    try format.print(rows) { _ in
      written += 1
      return false
    }
    #expect(written == 1)
    #expect(read < 5_000)
  }
}
