internal import Capsule
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// The replica's own engine, reading pages from somewhere else than a network.
enum Engine {
  static func table(_ resource: Resource) -> Table {
    CapsuleSource.catalogue.first { $0.name == resource.rawValue } ?? .parties
  }

  /// Has a round read all pages of one table into the file. Returns what it says of the table.
  static func store(
    _ resource: Resource, in database: String, pages: Int, isFull: Bool = false,
    page: @escaping (Int) throws -> [UInt8]
  ) throws -> Counts {
    let table = table(resource)
    let source = CapsuleSource(base: try BaseURL("http://127.0.0.1:1"), tables: [table])
    let connection = try Database.open(path: database, tables: [table], views: [], digestKey: 0)
    var options = RoundOptions()
    // What is due for a full reading trusts the digests; one that is asked for compares values.
    if isFull { options.fullEvery[table.name] = 0 }
    options.scrubBudget = 0
    let summary = try Round(
      connection, source: source, tables: [table],
      transport: PageTransport(pages: pages, page: page), clock: StillClock(), options: options
    ).run()
    guard summary.outcome == .good, let report = summary.tables.first else {
      throw Complaint("the round was \(summary.outcome): \(summary.tables.first?.error ?? "")")
    }
    return report.counts
  }

  /// Fetches all pages as the program does and throws them away. Returns their bytes.
  static func fetch(
    _ resource: Resource, base: String, pages: Int, concurrency: Int
  ) throws -> Int {
    let base = try BaseURL(base)
    let transport = try CurlTransport(
      .init(
        base: base, authorisation: .bearer(Token("benchmark")), userAgent: "benchmark",
        concurrency: concurrency,
        interrupt: nil))
    let table = table(resource)
    let source = CapsuleSource(base: base, tables: [table])
    var (sent, bytes) = (0, 0)
    while sent < pages || transport.outstanding > 0 {
      while sent < pages, transport.outstanding < 2 * concurrency {
        sent += 1
        let question = Question(.page(Position(page: sent), size: 100))
        transport.send(source.request(for: table.listings[0], question), id: sent)
      }
      guard case .finished(let exchange) = transport.next(timeout: nil) else { continue }
      bytes += try exchange.result.get().length
    }
    return bytes
  }

  /// Copies the rows of another file in one transaction: what SQLite needs at the least.
  static func copy(_ resource: Resource, from source: String, to database: String) throws {
    let table = table(resource)
    let connection = try Connection(path: database)
    try connection.execute("PRAGMA synchronous = NORMAL")
    try connection.run("ATTACH ? AS source", [.text(source)])
    try connection.transaction {
      for name in [table.name] + table.children.map(\.table) {
        try connection.run("INSERT INTO main.\"\(name)\" SELECT * FROM source.\"\(name)\"")
      }
      for index in TableSQL(table).createIndices { try connection.execute(index) }
    }
  }

  /// Makes an empty file with the tables that the engine wants. Its digests have no key, so that
  /// those of two files can be compared.
  static func makeDatabase(_ path: String, _ resource: Resource) throws {
    Files.removeDatabase(path)
    _ = try Database.open(path: path, tables: [table(resource)], views: [], digestKey: 0)
  }
}

/// A clock for work that waits for nothing: on a slow machine no commit comes earlier, and what is
/// done is the same in each run.
private struct StillClock: Clock {
  func now() -> Timestamp { SystemClock().now() }
  func elapsed() -> Duration { .zero }
}

/// Answers each request with a page at hand, at once.
final class PageTransport: Transport {
  private let pages: Int
  private let page: (Int) throws -> [UInt8]
  private var waiting: [(id: Int, page: Int)] = []

  init(pages: Int, page: @escaping (Int) throws -> [UInt8]) {
    self.pages = pages
    self.page = page
  }

  var outstanding: Int { waiting.count }

  func send(_ request: Request, id: Int) {
    let number = request.target.split { $0 == "?" || $0 == "&" }.lazy
      .first { $0.hasPrefix("page=") }.flatMap { Int($0.dropFirst(5)) }
    waiting.append((id, number ?? 1))
  }

  func next(timeout: Duration?) -> TransportEvent {
    guard !waiting.isEmpty else { return .timeout }
    let (id, number) = waiting.removeFirst()
    guard let body = try? page(number) else {
      return .finished(Exchange(id: id, result: .success(Response(status: 404))))
    }
    let headers: Headers = [
      "Date": "Sat, 21 Nov 2026 08:00:00 GMT", "X-RateLimit-Limit": "1000000",
      "X-RateLimit-Remaining": "999999", "X-RateLimit-Reset": "1795251600",
      "X-Pagination-Has-More": number < pages ? "true" : "false",
    ]
    return .finished(
      Exchange(id: id, result: .success(Response(status: 200, headers: headers, body: body))))
  }
}
