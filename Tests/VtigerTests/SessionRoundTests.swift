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

/// Whole rounds over a server of one's own, in sessions.
@Suite(.onComputingThreads) struct SessionRoundTests {
  private func account(_ release: VtigerSwitches.Release = .v8_3) -> VtigerAccount {
    VtigerAccount(
      seed: 11,
      size: VtigerSize(
        users: 2,
        records: [
          "Accounts": 5, "Contacts": 12, "Leads": 1, "Products": 2, "Quotes": 3, "Calendar": 4,
        ]), now: 1_795_000_000, switches: .init(release))
  }

  private func replica(_ account: VtigerAccount) throws -> Replica {
    let replica = try Replica(account, .session)
    replica.modules = ["Accounts", "Contacts", "Leads", "Quotes", "Calendar", "Groups"]
    replica.mirrorsCatalogue = false
    replica.options.pageSize = 5
    replica.options.concurrency = 3
    return replica
  }

  private func differences(_ replica: Replica) throws -> [Oracle.Difference] {
    try Oracle(replica).differences(Database.openReadOnly(path: replica.path))
  }

  @Test(arguments: [VtigerSwitches.Release.v8_0, .v8_3, .cloud])
  func `an account is copied and followed`(release: VtigerSwitches.Release) throws {
    let account = account(release)
    let replica = try replica(account)
    #expect(try replica.sync().outcome == .good)
    #expect(try differences(replica).isEmpty)
    account.now += 3_600
    let contact = try #require(account.ids(of: "Contacts").min())
    account.revise(contact, "lastname", "Changed")
    account.delete(try #require(account.ids(of: "Leads").min()))
    account.createRecord(in: "Accounts")
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    let differences = try differences(replica)
    #expect(differences.isEmpty, "\(differences)")
    #expect(
      try replica.value("SELECT user_name FROM _account") == .text(account.username))
  }

  @Test func `a session that is lost at any request loses nothing`() throws {
    let whole = account()
    let undisturbed = try replica(whole)
    _ = try undisturbed.source()
    let first = whole.requestCount + 1
    try undisturbed.sync()
    let last = whole.requestCount
    try #require(last - first > 20)
    for request in first...last {
      let account = account()
      let replica = try replica(account)
      _ = try replica.source()
      account.sessionLosses = [request]
      let summary = try replica.sync()
      #expect(summary.outcome == .good, "request \(request): \(summary.tables.compactMap(\.error))")
      let differences = try differences(replica)
      #expect(differences.isEmpty, "request \(request): \(differences)")
    }
  }

  /// Every session is lost before each request: nothing is ever answered, and that is said.
  @Test func `a server that forgets every session is given up`() throws {
    let account = account()
    let replica = try replica(account)
    _ = try replica.source()
    account.sessionLosses = Set(account.requestCount...(account.requestCount + 10_000))
    let summary = try replica.sync()
    #expect(summary.outcome != .good)
    #expect(account.requestCount < 2_000)
    account.sessionLosses = []
    account.now += 3_600
    #expect(try replica.sync().outcome == .good)
    #expect(try differences(replica).isEmpty)
  }

  @Test(arguments: ["key", "user"])
  func `who is not let in is told so, and the file stays as it is`(wrong: String) throws {
    let account = account()
    let replica = try replica(account)
    try replica.sync()
    let content = try replica.rows("SELECT * FROM contacts")
    account.now += 3_600
    if wrong == "key" { replica.accessKey = "another" } else { replica.username = "nobody" }
    let summary = try replica.sync()
    #expect(summary.outcome == .refused)
    let error = summary.error ?? ""
    #expect(error.hasPrefix("The server refused the user's name or the access key."))
    #expect(!error.contains("another"))
    #expect(try replica.rows("SELECT * FROM contacts") == content)
  }

  @Test func `a server in trouble at the login is one in trouble`() throws {
    let account = account()
    let replica = try replica(account)
    _ = try replica.source()
    account.faults = FaultScript([
      .init(.serverError(500, html: false), on: .path("webservice.php", times: 3))
    ])
    #expect(try replica.sync().outcome == .good)
    account.faults = FaultScript([
      .init(.serverError(502, html: true), on: .path("webservice.php", times: 10_000))
    ])
    #expect(try replica.sync().outcome == .unavailable)
  }

  @Test func `neither key nor session is in the file or in anything that is said`() throws {
    let account = account()
    let replica = try replica(account)
    var said = ""
    replica.observe = { said += "\($0)\n" }
    for round in 0..<4 {
      if round > 0 {
        var random = SplitMix64(seed: UInt64(round))
        let next = account.requestCount + 1
        account.faults = FaultScript.random(
          using: &random, requests: next...(next + 40), count: 12)
        account.sessionLosses = [next + 6, next + 17, next + 23]
        account.faults.faults.append(
          .init(.saying("the session of \(account.accessKey)", status: 200), on: .request(next + 9))
        )
      }
      said += "\(try replica.sync())\n"
      account.now += 3_600
    }
    replica.accessKey = "AnotherAccessKey"
    said += "\(try replica.sync())\n"
    let names = Set(
      account.log.compactMap { request in
        request.target.split(separator: "sessionName=").dropFirst().first.map {
          String($0.prefix { $0 != "&" })
        }
      })
    #expect(names.count > 8)
    let secrets = names + [account.accessKey, "AnotherAccessKey"]
    #expect(said.contains("retrying"))
    for secret in secrets { #expect(!said.contains(secret)) }
    for name in try FileManager.default.contentsOfDirectory(atPath: replica.folder) {
      let bytes = try ScratchFile.bytes(of: "\(replica.folder)/\(name)")
      let text = String(decoding: bytes, as: UTF8.self)
      for secret in secrets { #expect(!text.contains(secret), "\(name)") }
    }
  }
}
