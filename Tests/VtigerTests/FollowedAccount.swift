import FoundationEssentials
import HTTP
import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A whole simulated account and the file that follows it, run by run.
final class FollowedAccount {
  /// The hosted form stands below a path, which is part of the base and of no request.
  private final class Below: Transport {
    let inner: SimulatedTransport<VtigerAccount>

    init(_ account: VtigerAccount) { inner = SimulatedTransport(account) }

    var outstanding: Int { inner.outstanding }
    func send(_ request: Request, id: Int) {
      inner.send(Request(VtigerForm.restPath + "/" + request.target), id: id)
    }
    func next(timeout: Duration?) -> TransportEvent { inner.next(timeout: timeout) }
  }

  private struct Clock: Replication.Clock {
    let transport: SimulatedTransport<VtigerAccount>

    func now() -> Timestamp { Timestamp(transport.account.now) }
    func elapsed() -> Duration { transport.elapsed }
  }

  private struct NotDescribed: Error {}

  let account: VtigerAccount
  var options = RoundOptions()
  /// The zone that is thought to be the server's.
  var zone = ServerZone.utc
  /// Whether changes are read from the feed.
  var isFed = false
  private let folder: String
  private var catalogue: VtigerCatalogue?

  init(_ switches: VtigerSwitches = .init(.cloud), seed: UInt64 = 1) throws {
    account = VtigerAccount(seed: seed, now: 1_795_000_000, switches: switches)
    (account.minute, account.day) = (
      RateLimit(limit: 100_000, window: 60), RateLimit(limit: 1_000_000, window: 86_400)
    )
    account.hour = RateLimit(limit: 100_000, window: 3_600)
    (options.reserve, options.identifies) = (0, false)
    folder = try ScratchFile.newFolder()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  var path: String { folder + "/replica.sqlite" }

  /// Asks the account what it has.
  func describe() throws {
    var discovery = Discovery(.rest, after: catalogue)
    while let request = discovery.requests().first {
      let transport = Below(account)
      transport.send(request, id: 1)
      guard case .finished(let exchange) = transport.next(timeout: nil) else { break }
      _ = discovery.take(try exchange.result.get(), to: request)
    }
    guard case .catalogue(let catalogue, _) = discovery.outcome else { throw NotDescribed() }
    self.catalogue = catalogue
  }

  func source() throws -> VtigerSource {
    if catalogue == nil { try describe() }
    guard let catalogue else { throw NotDescribed() }
    return VtigerSource(
      base: try BaseURL(account.baseURL), form: .rest, catalogue: catalogue,
      user: VtigerUser(
        id: "19x1", name: "ada", isAdministrator: account.switches.access == .administrator),
      zone: zone, isFed: isFed, greatestID: 2_000)
  }

  func open() throws -> Connection {
    try Database.open(path: path, tables: source().tables, views: [])
  }

  /// One run, on a connection of its own or on one that goes on.
  @discardableResult
  func sync(full: Bool = false, on connection: Connection? = nil) throws -> RunSummary {
    let source = try source()
    var options = options
    options.full = full
    let transport = Below(account)
    return try Round(
      connection ?? open(), source: source, tables: source.tables, transport: transport,
      clock: Clock(transport: transport.inner), options: options
    ).run()
  }

  /// What a run asks, as it is asked: the operation, and the text of a query.
  func asked(_ run: () throws -> Void) rethrows -> [String] {
    let before = account.log.count
    try run()
    return account.log.dropFirst(before).map { entry in
      let request = Request(String(entry.target.dropFirst(VtigerForm.restPath.utf8.count + 1)))
      let (operation, parameters) = VtigerForm.rest.parts(of: request)
      return parameters["query"] ?? operation
    }
  }

  func rows(_ sql: String) throws -> [[Value]] {
    try Database.openReadOnly(path: path).rows(sql)
  }

  func ids(_ module: String) -> [Int64] { account.records(of: module).keys.sorted() }

  /// The documents whose lines in the file are not those that the account has.
  func lineDifferences() throws -> [String] {
    try ["Quotes", "PurchaseOrder", "SalesOrder", "Invoice"].flatMap { module -> [String] in
      let table = try #require(try source().tables.first { $0.listings[0].path == module })
      let child = try #require(table.children.first { $0.key == "line_items" })
      var stored: [Int64: [String]] = [:]
      let text = try rows(
        """
        SELECT record_id, id, productid, quantity, listprice, comment FROM \(quoted(child.table))
          ORDER BY record_id, id
        """)
      for row in text {
        let values = row.dropFirst().map(Self.spelled)
        stored[row[0].integer ?? 0, default: []].append(values.joined(separator: " "))
      }
      return ids(module).compactMap { id in
        let expected = account.lines(of: id).map { line in
          ["id", "productid", "quantity", "listprice", "comment"].map { Self.spelled(line[$0]) }
            .joined(separator: " ")
        }
        return stored[id] ?? [] == expected
          ? nil : "\(module) \(id) has \(stored[id] ?? []), not \(expected)"
      }
    }
  }

  private static func spelled(_ value: Value) -> String {
    switch value {
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    default: "-"
    }
  }

  private static func spelled(_ value: JSON?) -> String {
    guard let text = value?.string, !text.isEmpty else { return "-" }
    let halves = text.split(separator: "x")
    if halves.count == 2, Int64(halves[0]) != nil, Int64(halves[1]) != nil {
      return String(halves[1])
    }
    return Double(text).map { "\($0)" } ?? text
  }

  /// The records that the file lacks, has too many, or has as they were before their last change.
  func differences() throws -> [String] {
    try source().tables.filter(\.hasCensus).flatMap { table -> [String] in
      let module = table.listings[0].path
      let stamp = table.freshness.map { quoted(table.columns[$0].name) } ?? "NULL"
      let stored = try rows(
        "SELECT id, \(stamp) FROM \(quoted(table.name)) WHERE _deleted_at IS NULL")
      let known = Dictionary(uniqueKeysWithValues: stored.map { ($0[0].integer ?? 0, $0[1]) })
      let expected = account.records(of: module)
      return Set(known.keys).union(expected.keys).sorted().compactMap { id in
        guard let record = expected[id] else { return "\(module) \(id) is too many" }
        guard let held = known[id] else { return "\(module) \(id) is missing" }
        guard stamp != "NULL", let text = (record["modifiedtime"] ?? record["ModifiedTime"])?.string
        else { return nil }
        let local = Timestamp(text)?.seconds ?? 0
        let isOld = held.text != zone.instant(ofLocal: local).sql
        return isOld ? "\(module) \(id) is as of \(held), not \(text)" : nil
      }
    }
  }
}
