import Capsule
import CapsuleSimulator
import FoundationEssentials
import HTTP
import SQLite
import Simulation
import Testing

@testable import Model
@testable import ReplicaFile
@testable import Replication

/// Pages of the simulated account, damaged at random: each is refused, or read as a second reader
/// reads it and stored without the file's checks ever objecting.
@Suite struct HostileBytesTests {
  /// How many times the ordinary run is repeated with other seeds. `Tests/Fuzz` has libFuzzer draw
  /// the damage instead.
  static let rounds = max(1, Int(ProcessInfo.processInfo.environment[variable] ?? "") ?? 1)
  static let variable = "CRM_REPLICA_FUZZ_ROUNDS"
  private static let mutants = 300

  @Test(arguments: CapsuleSource.catalogue.map(\.name))
  func `a damaged page is refused or agrees with a second reader`(name: String) throws {
    for round in 0..<Self.rounds {
      let table = try #require(CapsuleSource.catalogue.first { $0.name == name })
      var bench = try Bench(table, seed: UInt64(round))
      for number in 0..<Self.mutants { bench.tryMutant(number) }
      #expect(bench.accepted > Self.mutants / 10, "\(name), seed \(round)")
      try bench.end()
    }
  }
}

/// One table with pages of its own, a file, and the damage.
private struct Bench {
  let table: Table
  let seed: UInt64
  private(set) var accepted = 0
  private let replica: Replica
  private let connection: Connection
  private let store: TableStore
  private let oracle: PageOracle
  private let given: [[Int: PageDecoder.Given]]
  private let pages: [[UInt8]]
  private var decoder: PageDecoder
  private var mutator: Mutator

  init(_ table: Table, seed: UInt64) throws {
    self.table = table
    self.seed = seed
    var random = SplitMix64(seed: seed)
    let account = Account(
      seed: seed, size: .small, now: 1_760_000_000, switches: .random(using: &random))
    replica = try Replica(account, tables: [table])
    connection = try replica.open()
    store = try TableStore(table, connection)
    pages = try Self.pages(of: table, replica)
    mutator = Mutator(seed: table.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
    let envelopes = [table.listings[0].envelope] + (table.feed.map { [$0.restricted] } ?? [])
    decoder = PageDecoder(Layout(table), envelopes: envelopes, total: ("meta", "totalCount"))
    given = Self.given(table, count: envelopes.count)
    oracle = PageOracle(
      table: table, envelopes: envelopes, given: Set(given.flatMap(\.keys)))
    try connection.run("BEGIN IMMEDIATE")
    for page in pages { read(page, "undamaged") }
    accepted = 0
  }

  /// Two records a page, of each listing of the table that answers.
  private static func pages(of table: Table, _ replica: Replica) throws -> [[UInt8]] {
    let account = replica.account
    var pages: [[UInt8]] = []
    for listing in table.listings {
      var parents: [Int64?] = [nil]
      if let parent = listing.parent,
        let owner = CapsuleSource.catalogue.first(where: { $0.name == parent.table })
      {
        parents = account.rows(owner.listings[0].path).prefix(8).map { $0["id"]?.integer }
      }
      for (parent, page) in parents.flatMap({ parent in (1...3).map { (parent, $0) } }) {
        var request = Question(.page(Position(page: page), size: 2), parent: parent)
        if case .deletions = table.method { request.since = Timestamp(0) }
        let target = try replica.source.request(for: listing, request).target
        let reply = account.respond(target: target, authorization: "Bearer \(account.token)")
        // A list without pages comes whole each time; its length says nothing more of the decoder.
        if reply.status == 200, reply.body.count < 100_000 { pages.append(reply.body) }
      }
    }
    return Array(pages.sorted { $0.count > $1.count }.prefix(6))
  }

  private static func given(_ table: Table, count: Int) -> [[Int: PageDecoder.Given]] {
    var given: [Int: PageDecoder.Given] = [:]
    for (index, column) in table.columns.enumerated() where column.path.isEmpty {
      given[index] =
        column.name == "reason"
        ? .text("deleted") : column.type == .integer ? .integer(7) : .text("party")
    }
    return Array(repeating: given, count: count)
  }

  mutating func tryMutant(_ number: Int) {
    guard !pages.isEmpty else { return }
    let body = mutator.mutant(of: mutator.pick(pages), other: mutator.pick(pages))
    read(body, "\(table.name), seed \(seed), mutant \(number)")
  }

  private mutating func read(_ bytes: [UInt8], _ label: String) {
    let body = bytes + Array(repeating: 0, count: JSONScanner.padding)
    do throws(DecodeError) {
      try decoder.decode(body, given: given)
    } catch { return }
    accepted += 1
    let page = decoder.page
    PageBytes.hold(page, body) { source in
      let isMarked = bytes.starts(with: [0xef, 0xbb, 0xbf])
      if let tree = JSON(isMarked ? Array(bytes.dropFirst(3)) : bytes) {
        let difference = oracle.difference(source, tree)
        #expect(difference == nil, "\(label), \(String(decoding: bytes, as: UTF8.self))")
      } else {
        // Half a surrogate pair is kept as it was sent; the tree has no place for it.
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        #expect(text.contains("\\ud"), "\(label) is no JSON: \(text)")
      }
      let writing = TableStore.Writing(
        runID: 1, now: Timestamp(1_760_000_000), runStarted: Timestamp(1_760_000_000))
      for record in page.records {
        do {
          _ = try store.apply(record, source, writing)
        } catch {
          Issue.record("\(label): \(error): \(String(decoding: bytes, as: UTF8.self))")
        }
      }
    }
  }

  /// Commits, and asks SQLite whether every row keeps every rule.
  func end() throws {
    try connection.run("COMMIT")
    #expect(try connection.rows("PRAGMA integrity_check") == [["ok"]])
    #expect(
      try connection.rows(
        """
        SELECT "_extra" FROM "\(table.name)" WHERE "_extra" IS NOT NULL AND NOT json_valid("_extra")
        """) == [])
  }
}
