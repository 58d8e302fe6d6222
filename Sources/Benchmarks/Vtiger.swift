internal import Model

/// What the second source costs: its replies are written anew before they are decoded, and its
/// lists go by key.
extension Benchmark {
  mutating func vtiger() throws {
    let server = try VtigerServer(own, pages: pages)
    defer { server.stop() }
    let database = "\(folder)/vtiger.sqlite"
    Files.removeDatabase(database)
    let program = try Program(program, vtiger: server.base, database: database)
    let capsule = try costOfMegabyte()
    for run in ["first", "quiet", "changed"] {
      if run == "changed" { try server.change() }
      let before = try server.standing()
      let cost = try program.sync()
      let after = try server.standing()
      let requests = after.requests - before.requests
      let megabytes = Double(after.bytes - before.bytes) / 1e6
      let size = Files.size(database)
      report.line(
        "vtiger",
        "\"run\":\"\(run)\",\"rows\":\(after.rows),\"requests\":\(requests),"
          + "\"reply_mb\":\(Figure.text(megabytes)),\"wall_s\":\(Figure.text(cost.wall)),"
          + "\"cpu_s\":\(Figure.text(cost.cpu)),"
          + "\"server_cpu_s\":\(Figure.text(after.cpu - before.cpu)),"
          + "\"peak_mb\":\(Figure.text(Double(cost.peak) / 1e6)),"
          + "\"written_bytes\":\(cost.written),\"file_bytes\":\(size)")
      report.row("vtiger", "\(run), requests", Figure(Double(requests)))
      report.row("vtiger", "\(run), CPU s", Figure(cost.cpu))
      report.row("vtiger", "\(run), peak MB", Figure(Double(cost.peak) / 1e6), atMost: 32)
      report.row("vtiger", "\(run), CPU ms a MB of replies", Figure(cost.cpu / megabytes * 1e3))
      guard run == "first" else { continue }
      report.row("vtiger", "Capsule's CPU ms a MB of replies", Figure(capsule * 1e3))
      report.row(
        "vtiger", "first, written / file", Figure(Double(cost.written) / Double(size)), atMost: 3)
    }
    let cost = try program.child("verify").succeed()
    report.line(
      "vtiger",
      "\"run\":\"verify\",\"wall_s\":\(Figure.text(cost.wall)),"
        + "\"peak_mb\":\(Figure.text(Double(cost.peak) / 1e6))")
  }

  /// CPU seconds that a full load of Capsule's parties takes for each megabyte of replies.
  private func costOfMegabyte() throws -> Double {
    let pages = try makePages(.parties, pages)
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let database = "\(folder)/vtiger-capsule.sqlite"
    Files.removeDatabase(database)
    defer { Files.removeDatabase(database) }
    let program = try Program(program, .parties, base: server.base, database: database)
    let bytes = (1...pages.pages).reduce(0) { $0 + Files.size("\(pages.path)/\($1).json") }
    return try program.sync().cpu / (Double(bytes) / 1e6)
  }
}
