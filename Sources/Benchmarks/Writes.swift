internal import Replication
internal import SQLite

/// What a run put into the log beside the file (sqlite.org/fileformat.html, section 4).
struct Writes {
  /// Frames that belong to the replica's own tables, such as the run log.
  var kept = 0
  /// Frames of mirrored tables and their indices.
  var mirrored = 0
  /// Rows that the run says it has written.
  var rows = 0

  var json: String { "\"own\":\(kept),\"mirrored\":\(mirrored)" }
}

extension Benchmark {
  /// Reads everything again while another connection looks at the file as it was: the log then
  /// stays when the run ends.
  func writesOfUnchanged(_ program: Program) throws -> Writes {
    let connection = try Connection(path: program.database, mode: .readOnly)
    try connection.execute("BEGIN; SELECT count(*) FROM sqlite_schema")
    try program.sync()
    let log = try Files.read("\(program.database)-wal")
    try connection.execute("COMMIT")
    func word(_ at: Int) -> Int { log[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    let owners = try connection.rows("SELECT DISTINCT pageno, name FROM dbstat")
    var names: [Int: String] = [:]
    for row in owners {
      if let page = row[0].integer, let name = row[1].text { names[Int(page)] = name }
    }
    var writes = Writes()
    for frame in stride(from: 32, to: log.count, by: 24 + word(8)) {
      // A frame of a former generation of the log has another salt.
      guard word(frame + 8) == word(16), word(frame + 12) == word(20) else { continue }
      let name = names[word(frame)] ?? ""
      let isOwn = name.hasPrefix("_") || name.hasPrefix("sqlite_autoindex__")
      // The first page holds the size of the file and the schema.
      if isOwn || word(frame) == 1 { writes.kept += 1 } else { writes.mirrored += 1 }
    }
    writes.rows = try rowsOfLastRun(program.database)
    return writes
  }

  /// Rows that the last run says it has written.
  func rowsOfLastRun(_ database: String) throws -> Int {
    let row = try Connection(path: database, mode: .readOnly).rows(
      """
      SELECT sum("inserted" + "updated" + "deleted"), sum("unchanged") FROM "_run_tables"
        WHERE "run_id" = (SELECT max("id") FROM "_runs")
      """)[0]
    guard row[1].integer ?? 0 > 0 else { throw Complaint("the run has read nothing") }
    return Int(row[0].integer ?? 0)
  }
}
