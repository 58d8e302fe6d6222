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

/// Rounds over a whole simulated account: what it has is asked, read, compared, and read again
/// behind edits of every kind.
@Suite struct SimulatedTests {
  /// The hosted form stands below a path, which is part of the base and of no request.
  private final class Below: Transport {
    let inner: SimulatedTransport<VtigerAccount>

    init(_ account: VtigerAccount) { inner = SimulatedTransport(account) }

    var outstanding: Int { inner.outstanding }
    func send(_ request: Request, id: Int) {
      inner.send(Request("restapi/v1/vtiger/default/" + request.target), id: id)
    }
    func next(timeout: Duration?) -> TransportEvent { inner.next(timeout: timeout) }
  }

  private struct Clock: Replication.Clock {
    let transport: SimulatedTransport<VtigerAccount>

    func now() -> Timestamp { Timestamp(transport.account.now) }
    func elapsed() -> Duration { transport.elapsed }
  }

  private struct NotDescribed: Error {}

  private let folder: String
  private var path: String { folder + "/replica.sqlite" }

  init() throws {
    folder = try ScratchFile.newFolder()
  }

  private func catalogue(_ account: VtigerAccount) throws -> VtigerCatalogue {
    var discovery = Discovery(.rest)
    while let request = discovery.requests().first {
      let transport = Below(account)
      transport.send(request, id: 1)
      guard case .finished(let exchange) = transport.next(timeout: nil) else { break }
      _ = discovery.take(try exchange.result.get(), to: request)
    }
    guard case .catalogue(let catalogue, _) = discovery.outcome else {
      throw NotDescribed()
    }
    return catalogue
  }

  private func source(_ account: VtigerAccount) throws -> VtigerSource {
    VtigerSource(
      base: try BaseURL(account.baseURL), form: .rest, catalogue: try catalogue(account),
      user: VtigerUser(id: "19x1", name: "ada", isAdministrator: true))
  }

  private func sync(_ account: VtigerAccount, _ source: VtigerSource) throws -> RunSummary {
    let transport = Below(account)
    var options = RoundOptions()
    (options.reserve, options.identifies) = (0, false)
    return try Round(
      Database.open(path: path, tables: source.tables, views: source.views), source: source,
      tables: source.tables, transport: transport, clock: Clock(transport: transport.inner),
      options: options
    ).run()
  }

  /// The ids that file and account have, by table, where they differ.
  private func differences(_ account: VtigerAccount, _ source: VtigerSource) throws -> [String] {
    let connection = try Database.openReadOnly(path: path)
    return try source.tables.filter(\.hasCensus).compactMap { table in
      let module = table.listings[0].path
      let stored = try connection.rows(
        "SELECT id FROM \(quoted(table.name)) WHERE _deleted_at IS NULL")
      let ids = Set(stored.compactMap { $0[0].integer })
      let expected = Set(account.records(of: module).keys)
      if ids == expected { return nil }
      return "\(module) lacks \(expected.subtracting(ids).sorted()), has "
        + "\(ids.subtracting(expected).sorted()) too many"
    }
  }

  @Test(arguments: 1...6)
  func `an account is copied, and followed through edits of every kind`(seed: UInt64) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let account = VtigerAccount(seed: seed, now: 1_795_000_000, switches: .init(.cloud))
    (account.minute, account.day) = (
      RateLimit(limit: 100_000, window: 60), RateLimit(limit: 100_000, window: 86_400)
    )
    account.hour = RateLimit(limit: 100_000, window: 3_600)
    let first = try source(account)
    let summary = try sync(account, first)
    #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
    #expect(try differences(account, first) == [])
    var random = SplitMix64(seed: seed)
    for _ in 0..<3 {
      account.now += 7_200
      _ = account.edit(using: &random, count: 25)
      account.endSaves()
      account.now += 7_200
      let next = try source(account)
      let summary = try sync(account, next)
      #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
      let differences = try differences(account, next)
      #expect(differences == [], "\(differences)")
    }
  }
}
