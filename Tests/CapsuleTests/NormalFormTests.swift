import CapsuleSimulator
import Model
import Replication
import SQLite
import Testing

/// Texts that differ by Unicode normal form alone: they look alike and are other bytes, and a
/// report that groups or joins by them tells them apart.
@Suite struct NormalFormTests {
  static let (composed, decomposed) = ("Zo\u{e9} Lef\u{e8}vre", "Zoe\u{301} Lefe\u{300}vre")

  let account = Account(seed: 11, size: .small, now: 1_760_000_000)
  let replica: Replica
  let person: Int64
  let tag: Int64

  init() throws {
    replica = try Replica(account)
    try replica.sync()
    person = try #require(
      try replica.value("SELECT min(id) FROM parties WHERE type = 'person'").integer)
    tag = try #require(
      try replica.value("SELECT min(id) FROM tag_definitions WHERE entity = 'party'").integer)
    write(Self.composed)
    try replica.sync()
  }

  private func write(_ text: String) {
    account.now += 60
    account.rename(.parties, person, text)
    account.rename(tag: tag, of: .parties, text)
    while account.removeEmail(from: person) {}
    account.addEmail(text, to: person)
    account.now += 60
  }

  /// What the file holds, in bytes: nothing here may depend on what Swift takes for equal.
  private func stored() throws -> [String?] {
    try [
      "SELECT hex(first_name) FROM parties WHERE id = \(person)",
      "SELECT hex(address) FROM party_email_addresses WHERE party_id = \(person)",
      "SELECT hex(name) FROM tag_definitions WHERE entity = 'party' AND id = \(tag)",
    ].map { try replica.value($0).text }
  }

  private func hex(_ text: String) -> String {
    text.utf8.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined().uppercased()
  }

  @Test func `the next sync brings the other form`() throws {
    try #require(try stored() == Array(repeating: hex(Self.composed), count: 3))
    write(Self.decomposed)
    try replica.sync()
    #expect(try stored() == Array(repeating: hex(Self.decomposed), count: 3))
    let history = try replica.rows(
      """
      SELECT hex(v.before), hex(v.after) FROM _history AS h
        JOIN _history_values AS v ON v.history_id = h.id AND v.column_name = 'first_name'
        WHERE table_name = 'parties' AND row_key = \(person) ORDER BY id DESC LIMIT 1
      """)
    #expect(history == [[.text(hex(Self.composed)), .text(hex(Self.decomposed))]])
  }

  /// Puts the other form into the file, where neither date nor digest tells of it.
  private func turn(list: Bool) throws {
    try replica.execute(
      """
      UPDATE parties SET first_name = '\(Self.decomposed)' WHERE id = \(person) AND NOT \(list);
      UPDATE tag_definitions SET name = '\(Self.decomposed)'
        WHERE entity = 'party' AND id = \(tag) AND NOT \(list);
      UPDATE party_email_addresses SET address = '\(Self.decomposed)'
        WHERE party_id = \(person) AND \(list);
      """)
  }

  @Test(arguments: [false, true])
  func `what is read in full is put right`(isResync: Bool) throws {
    try turn(list: false)
    try turn(list: true)
    try #require(try stored() == Array(repeating: hex(Self.decomposed), count: 3))
    try replica.sync()
    try #require(try stored() == Array(repeating: hex(Self.decomposed), count: 3))
    if isResync {
      for table in ["parties", "tag_definitions"] { try replica.resync(table) }
    } else {
      try replica.sync(full: true)
    }
    #expect(try stored() == Array(repeating: hex(Self.composed), count: 3))
  }

  @Test func `verify finds a row in the other form`() throws {
    try turn(list: false)
    let found = try replica.verify()
    #expect(
      found.all.sorted()
        == [
          "parties \(person) differing first_name", "tag_definitions party/\(tag) differing name",
        ])
  }

  @Test func `verify finds a list in the other form`() throws {
    try turn(list: true)
    #expect(try replica.verify().all == ["parties \(person) differing email_addresses"])
  }
}
