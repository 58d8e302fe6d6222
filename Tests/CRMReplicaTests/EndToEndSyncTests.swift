import CapsuleSimulator
import SQLite
import Simulation
import Testing

/// The built program against a server on loopback: what a sync reads, writes, says and returns.
@Suite struct EndToEndSyncTests {
  @Test func `a first sync fills the file and says so`() throws {
    let stage = try Stage()
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    let lines = ending.output.split(separator: "\n").map { $0.split(separator: " ") }
    #expect(lines.first?.prefix(3) == ["table", "read", "inserted"])
    #expect(lines.count == 31)
    #expect(
      lines.first { $0[0] == "parties" }?.dropFirst() == ["5", "5", "0", "0", "0", "1", "good"])
    #expect(ending.log.contains("level=info event=\"run good\" run=1"))
    #expect(!ending.log.contains("level=error"))
    #expect(try stage.value("SELECT count(*) FROM parties") == 5)
    #expect(try stage.value("SELECT outcome FROM _runs") == "good")
    #expect(try stage.isWhole())
  }

  @Test func `a second sync of a quiet account changes nothing`() throws {
    let stage = try Stage(.small)
    try stage.configure([
      "requests": #"{"page_size": 100, "reserve": 0, "per_parent_budget": 0}"#
    ])
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(try stage.content() == before)
    #expect(try stage.value("SELECT count(*) FROM _history") == 0)
    // One request a listing, and nothing is asked twice.
    let paths = ending.requests.map { String($0.split(separator: "?")[0]) }
    #expect(Set(paths).count == paths.count, "\(paths.sorted())")
    for list in ["parties", "opportunities", "kases", "parties/deleted"] {
      #expect(ending.requests.contains { $0.hasPrefix("\(list)?") && $0.contains("since=20") })
    }
    #expect(!paths.contains { $0.hasSuffix("/parties") || $0.hasSuffix("/tracks") })
  }

  @Test func `changes arrive with history`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let (renamed, deleted) = stage.server.withAccount { account in
      let ids = account.visibleIDs(.parties)
      account.describe(.parties, ids[0], "Plays the oboe")
      account.delete(.parties, ids[1])
      return (ids[0], ids[1])
    }
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.value("SELECT about FROM parties WHERE id = \(renamed)") == "Plays the oboe")
    #expect(
      try stage.rows("SELECT _deleted_reason FROM parties WHERE id = \(deleted)") == [["deleted"]])
    #expect(
      try stage.rows(
        "SELECT row_key, change FROM _history WHERE table_name = 'parties' ORDER BY change")
        == [[.integer(deleted), "delete"], [.integer(renamed), "update"]])
  }

  @Test func `named tables alone are read with their deletions`() throws {
    let stage = try Stage(.small)
    let ending = try stage.run("sync", "--table", "parties", "--table", "site")
    #expect(ending.code == 0)
    #expect(ending.output.split(separator: "\n").count == 4)
    let paths = Set(ending.requests.map { String($0.split(separator: "?")[0]) })
    #expect(paths == ["users/current", "site", "parties", "parties/deleted"])
    #expect(try stage.value("SELECT count(*) FROM parties") == 25)
    #expect(try stage.value("SELECT count(*) FROM opportunities") == 0)
  }

  @Test(arguments: [
    ("partys", "did you mean \"parties\"?"), ("goals", "\"goals\" is no table"),
    ("_runs", "\"_runs\" is no table"),
  ])
  func `a name that is not replicated is a usage error`(name: String, words: String) throws {
    let stage = try Stage()
    try stage.configure(["tables": #"{"goals": {"enabled": false}}"#])
    let ending = try stage.run("sync", "--table", name)
    #expect(ending.code == 64)
    #expect(ending.log.contains(words), "\(ending.log)")
    #expect(ending.log.contains("crm-replica tables"))
    #expect(ending.output.isEmpty)
    #expect(ending.requests.isEmpty)
  }

  @Test func `a full sync reads everything once more`() throws {
    let stage = try Stage(.small)
    try #require(try stage.run("sync").code == 0)
    let before = try stage.content()
    let ending = try stage.run("sync", "--full")
    #expect(ending.code == 0)
    #expect(ending.requests.count { $0.hasPrefix("parties?") && !$0.contains("since=") } == 5)
    // Four full pages and the one behind: where nothing is counted, a full page may have a next.
    #expect(try stage.value("SELECT count(*) FROM entries") == 20)
    #expect(ending.requests.count { $0.hasPrefix("entries?") } == 5)
    #expect(
      ending.requests.count { $0.hasPrefix("opportunities/") && $0.contains("/tracks?") } == 12)
    #expect(try stage.content() == before)
  }

  @Test func `a disabled table is neither asked for nor made`() throws {
    let stage = try Stage(.small)
    try stage.configure([
      "tables": #"{"entries": {"enabled": false}, "tracks": {"enabled": false}}"#
    ])
    let ending = try stage.run("sync")
    #expect(ending.code == 0)
    #expect(!ending.requests.contains { $0.hasPrefix("entries") || $0.contains("/tracks?") })
    #expect(
      try stage.rows(
        """
        SELECT name FROM sqlite_schema WHERE name LIKE 'entr%'
          OR name IN ('tracks', 'track_tasks')
        """
      ).isEmpty)
  }
}
