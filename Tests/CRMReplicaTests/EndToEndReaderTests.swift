import CapsuleSimulator
import SQLite
import Testing

/// Somebody who reads the file while the built program writes it.
@Suite struct EndToEndReaderTests {
  /// Two readers, at each request: one looks anew, one stays where it began.
  @Test func readersAndTheWriterDoNotMeet() throws {
    let stage = try Stage(.small)
    let database = stage.database
    stage.server.withAccount { account in
      let sql = """
        SELECT (SELECT count(*) FROM parties), (SELECT count(*) FROM entries),
          (SELECT count(*) FROM party_tags WHERE party_id NOT IN (SELECT id FROM parties))
        """
      var last: [Value] = [0, 0, 0]
      var resident: Connection?
      account.beforeRequest = { _, number in
        do {
          let now = try Connection(path: database, mode: .readOnly).rows(sql)[0]
          for (before, count) in zip(last, now) {
            #expect((before.integer ?? 0) <= (count.integer ?? 0))
          }
          #expect(now[2] == 0)
          last = now
          if number == 20 {
            resident = try Connection(path: database, mode: .readOnly)
            try resident?.execute("BEGIN; \(sql)")
          }
        } catch {
          Issue.record("request \(number): \(error)")
        }
      }
    }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    // The resident is still there.
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    #expect(try stage.run("sync", "--full").code == 0)
    stage.server.withAccount { $0.beforeRequest = nil }
    #expect(try stage.differences() == [])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.isWhole())
  }
}
