/// The six measures of every day.
extension Benchmark {
  mutating func parse() throws {
    let pages = try makePages(.parties, min(pages, 100))
    let output = try child(
      "parse", .parties, folder, "\(pages.pages)", "\(rounds)", "10"
    ).succeed().output
    let lines = output.split(separator: "\n").map { line in
      line.split(separator: " ").compactMap { Double($0) }
    }
    let times = (0..<3).map { index in Figure(lines.map { $0[index] * 1_000 }) }
    report.line(
      "parse",
      "\"records\":\(pages.records),\"swift_ms\":\(times[0].text),\"c_ms\":\(times[1].text),"
        + "\"json_decoder_ms\":\(times[2].text)")
    report.row("parse", "time / C", Figure(lines.map { $0[0] / $0[1] }), atMost: 2.0)
    report.row("parse", "JSONDecoder / time", Figure(lines.map { $0[2] / $0[0] }), atLeast: 15)
  }

  mutating func store() throws {
    let pages = try makePages(.parties, pages)
    let statements = try makeStatements()
    let (swift, c, copy) = ("\(folder)/swift.sqlite", "\(folder)/c.sqlite", "\(folder)/copy.sqlite")
    let benchmark = self
    let count = "\(pages.pages)"
    try makeDatabase(swift)
    try child("swift", .parties, swift, count, pages.path).succeed()
    let source = "\(folder)/source.sqlite"
    try Files.copy(swift, to: source)
    let rounds = try Rounds(
      rounds,
      [
        Contender(
          name: "swift", prepare: { try benchmark.makeDatabase(swift) },
          run: { try benchmark.child("swift", .parties, swift, count, pages.path).succeed() }),
        Contender(
          name: "c", prepare: { try benchmark.makeDatabase(c) },
          run: {
            try benchmark.child("c", .parties, c, count, pages.path, statements, "4").succeed()
          }),
        Contender(
          name: "copy", prepare: { try benchmark.makeDatabase(copy) },
          run: { try benchmark.child("copy", .parties, copy, "0", source).succeed() }),
      ])
    try requireSame(swift, c)
    try requireSame(swift, copy)
    report.line("store", "\"records\":\(pages.records),\(rounds.json)")
    report.row("store", "cpu / C", rounds.ratio("swift", to: "c") { $0.cpu })
    report.row("store", "wall / C", rounds.ratio("swift", to: "c") { $0.wall })
    report.row("store", "wall / copying rows", rounds.ratio("swift", to: "copy") { $0.wall })
  }

  mutating func fetch() throws {
    let pages = try makePages(.parties, pages)
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let benchmark = self
    let count = "\(pages.pages)"
    let rounds = try Rounds(
      rounds,
      [
        Contender(name: "swift") {
          try benchmark.child("fetch-swift", .parties, server.base, count, "4").succeed()
        },
        Contender(name: "c") {
          try benchmark.child("fetch", .parties, server.pages(.parties), count, "4").succeed()
        },
      ])
    report.line("fetch", "\"pages\":\(count),\(rounds.json)")
    report.row("fetch", "cpu / C", rounds.ratio("swift", to: "c") { $0.cpu })
    report.row("fetch", "wall / C", rounds.ratio("swift", to: "c") { $0.wall })
  }

  mutating func endToEnd() throws {
    let pages = try makePages(.parties, pages)
    let statements = try makeStatements()
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let (swift, c) = ("\(folder)/swift.sqlite", "\(folder)/c.sqlite")
    let program = try Program(program, .parties, base: server.base, database: swift)
    let benchmark = self
    let (count, url) = ("\(pages.pages)", server.pages(.parties))
    let rounds = try Rounds(
      rounds,
      [
        Contender(
          name: "swift", prepare: { try benchmark.makeDatabase(swift) },
          run: { try program.sync() }),
        Contender(
          name: "c", prepare: { try benchmark.makeDatabase(c) },
          run: { try benchmark.child("c", .parties, c, count, url, statements, "4").succeed() }),
      ])
    try requireSame(swift, c)
    report.line(
      "end-to-end",
      "\"records\":\(pages.records),\"file_bytes\":\(Files.size(swift)),\(rounds.json)")
    report.row("end-to-end", "cpu / C", rounds.ratio("swift", to: "c") { $0.cpu }, atMost: 1.15)
    report.row("end-to-end", "wall / C", rounds.ratio("swift", to: "c") { $0.wall }, atMost: 1.25)
    let size = Double(Files.size(swift))
    report.row(
      "end-to-end", "written / file", rounds.figures("swift") { Double($0.written) / size },
      atMost: 3)
    report.row(
      "end-to-end", "peak MB", rounds.figures("swift") { Double($0.peak) / 1e6 }, atMost: 32)
  }

  mutating func resync() throws {
    let pages = try makePages(.parties, pages)
    let statements = try makeStatements()
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let (swift, c) = ("\(folder)/swift.sqlite", "\(folder)/c.sqlite")
    let program = try Program(program, .parties, base: server.base, database: swift)
    Files.removeDatabase(c)
    try makeDatabase(swift)
    try program.sync()
    try Files.copy(swift, to: c)
    let benchmark = self
    let (count, url) = ("\(pages.pages)", server.pages(.parties))
    let rounds = try Rounds(
      rounds,
      [
        Contender(name: "swift") { try program.sync() },
        Contender(name: "c") {
          try benchmark.child("c", .parties, c, count, url, statements, "4").succeed()
        },
      ])
    try requireSame(swift, c)
    let writes = try writesOfUnchanged(program)
    report.line(
      "resync", "\"records\":\(pages.records),\"frames\":{\(writes.json)},\(rounds.json)")
    report.row("resync", "cpu / C", rounds.ratio("swift", to: "c") { $0.cpu }, atMost: 1.25)
    report.row("resync", "wall / C", rounds.ratio("swift", to: "c") { $0.wall })
    report.row("resync", "rows written", Figure(Double(writes.rows)), atMost: 0)
    report.row(
      "resync", "bytes written but for the log", Figure(Double(writes.mirrored * 4_096)), atMost: 0)
    report.row("resync", "bytes of the run log", Figure(Double(writes.kept * 4_096)))
    try changed(rounds.figures("swift") { $0.cpu }, swift)
  }

  /// The same account with a hundredth of its records changed.
  private mutating func changed(_ unchanged: Figure, _ database: String) throws {
    let pages = try makePages(.parties, pages, .changed)
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let program = try Program(program, .parties, base: server.base, database: database)
    let cost = try program.sync()
    let rows = try rowsOfLastRun(database)
    report.line(
      "changed",
      "\"records\":\(pages.records),\"rows\":\(rows),\"cpu_s\":\(Figure.text(cost.cpu)),"
        + "\"written_bytes\":\(cost.written)")
    report.row(
      "resync", "rows written / changed, 1 % changed", Figure(Double(rows) / Double(pages.pages)),
      atMost: 1)
    report.row("resync", "cpu / unchanged, 1 % changed", Figure(cost.cpu / unchanged.median))
    report.row("resync", "MB written, 1 % changed", Figure(Double(cost.written) / 1e6))
  }

  mutating func latency() throws {
    let pages = try makePages(.parties, pages)
    let server = try Server([pages], scratch: folder, delay: 0.12)
    defer { server.stop() }
    for concurrency in [4, 8] {
      let database = "\(folder)/latency.sqlite"
      let program = try Program(
        program, .parties, base: server.base, database: database, concurrency: concurrency)
      let rounds = try Rounds(
        min(rounds, 2),
        [
          Contender(
            name: "swift", prepare: { Files.removeDatabase(database) },
            run: { try program.sync() })
        ])
      let ideal = Double((pages.pages + concurrency - 1) / concurrency) * 0.12
      report.line("latency", "\"in_flight\":\(concurrency),\"ideal_s\":\(ideal),\(rounds.json)")
      report.row(
        "latency", "wall / ideal, \(concurrency) in flight",
        rounds.figures("swift") { $0.wall / ideal }, atMost: 1.05)
    }
  }
}
