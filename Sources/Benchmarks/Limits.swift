internal import Model
internal import SQLite

/// The measures that show that nothing grows: memory, the log beside the file, the cost of a row.
extension Benchmark {
  /// What loading and reading again take at a size and at ten times the size.
  mutating func memory() throws {
    let sizes = isQuick ? [100, 1_000] : [1_000, 10_000]
    var peaks: [(load: Double, resync: Double)] = []
    for size in sizes {
      let costs = try load(size, again: true)
      let peak = costs.map { Double($0.peak) / 1e6 }
      peaks.append((peak[0], peak[1]))
      report.line(
        "memory",
        "\"records\":\(size * 100),\"load_peak_mb\":\(Figure.text(peak[0])),"
          + "\"resync_peak_mb\":\(Figure.text(peak[1])),"
          + "\"load_wall_s\":\(Figure.text(costs[0].wall)),"
          + "\"resync_wall_s\":\(Figure.text(costs[1].wall))")
      report.row("memory", "peak MB, \(size * 100) rows", Figure(peak[0]), atMost: 32)
      report.row("memory", "peak MB, \(size * 100) rows again", Figure(peak[1]), atMost: 32)
    }
    report.row("memory", "growth MB", Figure(peaks[1].load - peaks[0].load), atMost: 3)
    report.row("memory", "growth MB, again", Figure(peaks[1].resync - peaks[0].resync), atMost: 3)
  }

  /// The cost of a row in small and large accounts, less what an account of one page costs:
  /// starting takes as long as a thousand rows. Small ones are loaded several times, so that what
  /// disturbs the machine disturbs all; what C shows is what the machine does to a large file.
  mutating func linear() throws {
    let benchmark = self
    let sizes = isQuick ? [100, 300, 1_000] : [100, 1_000, 10_000]
    let largest = sizes.max() ?? 1
    let statements = try makeStatements()
    func contender(_ name: String, _ size: Int) -> Contender {
      let times = min(10, largest / size)
      return Contender(name: "\(name)-\(size)") {
        var cost = Child.Cost()
        for _ in 0..<times {
          let one =
            name == "c" ? try benchmark.loadInC(size, statements) : try benchmark.load(size)[0]
          cost.cpu += one.cpu / Double(times)
          cost.wall += one.wall / Double(times)
        }
        return cost
      }
    }
    let rounds = try Rounds(
      min(rounds, 2), ([1] + sizes).flatMap { [contender("swift", $0), contender("c", $0)] })
    report.line("linear", rounds.json)
    for name in ["swift", "c"] {
      let start = rounds.figures("\(name)-1", \.cpu).least
      let costs = sizes.map { size in
        rounds.figures("\(name)-\(size)") {
          ($0.cpu - start) / Double((size - 1) * PageFolder.recordsOfPage) * 1e6
        }
      }
      let label = name == "c" ? ", in C" : ""
      for (size, cost) in zip(sizes, costs) {
        report.row("linear", "CPU us a row, \(size * 100) rows\(label)", cost)
      }
      let least = costs.map(\.least)
      let spread = Figure((least.max() ?? 0) / (least.min() ?? 1))
      report.row(
        "linear", "dearest / cheapest, least of each\(label)", spread,
        atMost: name == "c" ? nil : 1.1)
    }
  }

  /// Has the reference load so many pages of parties from a server.
  private func loadInC(_ size: Int, _ statements: String) throws -> Child.Cost {
    let pages = try makePages(.parties, size, form: size > 1_000 ? "compressed" : "both")
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let database = "\(folder)/load.sqlite"
    defer { Files.removeDatabase(database) }
    try makeDatabase(database)
    return try child(
      "c", .parties, database, "\(size)", server.pages(.parties), statements, "4"
    ).succeed()
  }

  /// Loads so many pages of parties from a server; `again` reads them once more afterwards.
  private func load(_ size: Int, again: Bool = false) throws -> [Child.Cost] {
    let pages = try makePages(.parties, size, form: size > 1_000 ? "compressed" : "both")
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let database = "\(folder)/load.sqlite"
    let program = try Program(program, .parties, base: server.base, database: database)
    Files.removeDatabase(database)
    var costs = [try program.sync()]
    if again { costs.append(try program.sync()) }
    Files.removeDatabase(database)
    return costs
  }

  /// Ids that come in no order: each row dirties pages of its own in every tree.
  mutating func random() throws {
    let orders = try [PageFolder.Variant.plain, .shuffled].map {
      try makePages(.parties, pages, $0)
    }
    let servers = try orders.map { try Server([$0], scratch: folder) }
    defer { for server in servers { server.stop() } }
    let databases = orders.map { "\(folder)/\($0.variant).sqlite" }
    let programs = try servers.indices.map {
      try Program(program, .parties, base: servers[$0].base, database: databases[$0])
    }
    let rounds = try Rounds(
      min(rounds, 3),
      orders.indices.map { index in
        Contender(
          name: orders[index].variant.rawValue,
          prepare: { Files.removeDatabase(databases[index]) },
          run: { try programs[index].sync() })
      })
    try requireSame(databases[0], databases[1])
    let size = Double(Files.size(databases[1]))
    report.line(
      "random", "\"records\":\(pages * 100),\"file_bytes\":\(Int(size)),\(rounds.json)")
    report.row(
      "random", "written / file", rounds.figures("shuffled") { Double($0.written) / size },
      atMost: 20)
    report.row(
      "random", "wall / in order", rounds.ratio("shuffled", to: "plain") { $0.wall }, atMost: 3)
    report.row("random", "peak MB", rounds.figures("shuffled") { Double($0.peak) / 1e6 })
  }

  /// A reader holds one transaction for a whole load: the log cannot be emptied meanwhile.
  mutating func reader() throws {
    let pages = try makePages(.parties, pages)
    let server = try Server([pages], scratch: folder)
    defer { server.stop() }
    let database = "\(folder)/reader.sqlite"
    let program = try Program(program, .parties, base: server.base, database: database)
    try makeDatabase(database)
    let connection = try Connection(path: database, mode: .readOnly)
    try connection.run("BEGIN")
    let before = try connection.value("SELECT count(*) FROM \"parties\"")
    let cost = try program.sync()
    let log = Files.size("\(database)-wal")
    guard try connection.value("SELECT count(*) FROM \"parties\"") == before else {
      throw Complaint("the reader's view has changed")
    }
    try connection.run("COMMIT")
    // The next run empties the log although the reader's connection stays open.
    try program.sync()
    let after = Files.size("\(database)-wal")
    let size = Files.size(database)
    report.line(
      "reader",
      "\"records\":\(pages.records),\"file_bytes\":\(size),\"log_bytes\":\(log),"
        + "\"log_bytes_after\":\(after),\"wall_s\":\(Figure.text(cost.wall))")
    report.row("reader", "log MB", Figure(Double(log) / 1e6))
    report.row("reader", "log / file", Figure(Double(log) / Double(size)), atMost: 3)
    report.row("reader", "log MB after", Figure(Double(after) / 1e6), atMost: 1)
  }

  /// What the tables of other shapes cost, byte for byte, against parties.
  mutating func tables() throws {
    let benchmark = self
    let count = min(pages, 300)
    let folders = try Resource.allCases.map { try makePages($0, count, form: "plain") }
    let bytes = folders.map { pages in
      Double((1...count).reduce(0) { $0 + Files.size("\(pages.path)/\($1).json") })
    }
    let rounds = try Rounds(
      rounds,
      folders.map { pages in
        let database = "\(folder)/\(pages.resource).sqlite"
        return Contender(
          name: pages.resource.rawValue,
          prepare: {
            try benchmark.child("database", pages.resource, database, "0").succeed()
          },
          run: {
            try benchmark.child("swift", pages.resource, database, "\(count)", pages.path)
              .succeed()
          })
      })
    report.line("tables", "\"pages\":\(count),\(rounds.json)")
    for (index, pages) in folders.enumerated() {
      let name = pages.resource.rawValue
      let ratio = rounds.ratio(name, to: "parties") { $0.cpu }
      let scale = bytes[0] / bytes[index]
      report.row(
        "tables", "\(name), CPU a byte / parties", ratio.scaled(by: scale), atMost: 1.5)
      let size = Double(Files.size("\(folder)/\(name).sqlite"))
      report.row(
        "tables", "\(name), written / file", rounds.figures(name) { Double($0.written) / size })
    }
  }
}
