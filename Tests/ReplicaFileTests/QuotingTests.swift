import SQLite
import Testing

@testable import Model
@testable import ReplicaFile

/// Names and texts of the account inside a statement. A quotation mark may be part of a Character
/// together with what stands beside it.
@Suite struct QuotingTests {
  @Test(
    arguments: ["\"", "'"] as [Unicode.Scalar],
    [
      "%", "a%", "%b", "%%", "\u{600}%; SELECT 2 --", "%\u{301}", "a%\u{200D}b",
      "\u{600}%\u{301}%", "\r%\n", "é%",
    ])
  func `a name and a text stay what they are`(mark: Unicode.Scalar, pattern: String) throws {
    let scalars = pattern.unicodeScalars.map { $0 == "%" ? mark : $0 }
    let text = String(String.UnicodeScalarView(scalars))
    let connection = try Connection(path: ":memory:")
    let statement = try Statement("SELECT \(text.sqlLiteral) AS \(quoted(text))", on: connection)
    #expect(try statement.step())
    #expect(Array(statement.text(at: 0).utf8) == Array(text.utf8))
    #expect(Array(statement.name(of: 0).utf8) == Array(text.utf8))
    #expect(try !statement.step())
  }
}
