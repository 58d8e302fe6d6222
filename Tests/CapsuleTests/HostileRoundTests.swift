import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// Whole runs over replies that are damaged at random: a run ends, and once the damage has stopped,
/// one run over everything makes the file equal to the account.
@Suite struct HostileRoundTests {
  private static let seeds = 1...(8 * HostileBytesTests.rounds)

  @Test(arguments: seeds)
  func `bodies may be damaged`(seed: Int) throws {
    var mutator = Mutator(seed: UInt64(seed))
    var former: [UInt8] = Array("{}".utf8)
    try live(seed) { response in
      let body = response.body
      if mutator.chance(30) { response.body = mutator.mutant(of: body, other: former) }
      former = body
    }
  }

  @Test(arguments: seeds)
  func `headers may say anything`(seed: Int) throws {
    var headers = HostileHeaders(seed: UInt64(seed))
    try live(seed) { response in headers.damage(&response) }
  }

  /// The longest body that the transport hands over, one string for the most part.
  @Test func `a record of sixty megabytes is stored`() throws {
    let replica = try Replica(Account(seed: 1, size: .tiny, now: 1_760_000_000))
    let size = 60 << 20
    let body =
      Array("{\"parties\":[{\"id\":1,\"about\":\"".utf8) + Array(repeating: 0x78, count: size)
      + Array("\",\"x\":2}]}".utf8)
    replica.wrap = { DamagingTransport($0) { response, _ in response.body = body } }
    let summary = try replica.sync(only: ["parties"])
    #expect(summary.outcome == .good)
    #expect(try replica.value("SELECT length(about) FROM parties WHERE id = 1") == Value(size))
    #expect(try replica.value("SELECT _extra FROM parties WHERE id = 1") == "{\"x\":2}")
    replica.wrap = { $0 }
    try replica.sync(full: true)
    #expect(try Oracle(replica: replica).differences() == [])
  }

  /// Three runs under damage with edits between them, then runs without.
  private func live(_ seed: Int, damage: @escaping (inout Response) -> Void) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let account = Account(seed: UInt64(seed), size: .small, now: 1_760_000_000)
    let replica = try Replica(account)
    replica.options.pageSize = [5, 20, 100].randomElement(using: &random) ?? 20
    var transports: [DamagingTransport] = []
    replica.wrap = { inner in
      let transport = DamagingTransport(inner) { response, _ in damage(&response) }
      transports.append(transport)
      return transport
    }
    for _ in 0..<3 {
      do {
        try replica.sync(full: Bool.random(using: &random))
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      account.now += Int64.random(in: 0...10_000, using: &random)
      _ = account.edit(using: &random, count: 10)
    }
    let longest = transports.map(\.longestWait).max() ?? .zero
    #expect(longest <= .seconds(61 * 60), "seed \(seed)")
    let endless = transports.filter(\.isEndless)
    #expect(endless.isEmpty, "seed \(seed)")
    replica.wrap = { $0 }
    account.now += 7_200
    // What was cut off is completed first; the delete guard holds back once.
    try replica.sync()
    var summary = try replica.sync(full: true)
    if summary.outcome == .partial { summary = try replica.sync(full: true) }
    #expect(summary.outcome == .good, "seed \(seed): \(summary.tables.compactMap(\.error))")
    let differences = try Oracle(replica: replica).differences()
    #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(12))")
    let answers = try replica.rows("PRAGMA integrity_check") + replica.rows(Self.badInstants)
    #expect(answers == [["ok"]], "seed \(seed)")
  }

  /// Positions that SQLite does not take for instants.
  private static let badInstants = """
    SELECT * FROM "_cursors" WHERE datetime("last_run_date") IS NOT "last_run_date"
      OR datetime("full_run_date") IS NOT "full_run_date"
      OR datetime("pass_date") IS NOT "pass_date" OR datetime("pass_since") IS NOT "pass_since"
    """
}
