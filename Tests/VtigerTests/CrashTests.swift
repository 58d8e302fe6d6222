import FoundationEssentials
import Model
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A run that ends before any statement or any request, and the run after it, in each form.
@Suite(.onComputingThreads) struct CrashTests {
  private struct Crash: Error {}

  private func account(_ form: VtigerForm) -> VtigerAccount {
    VtigerAccount(
      seed: 7,
      size: VtigerSize(
        users: 2, records: ["Contacts": 7, "Leads": 3, "Products": 1, "Quotes": 2, "Calendar": 3]),
      now: 1_795_000_000, switches: .init(form == .rest ? .cloud : .v8_0))
  }

  /// A replica of a module of each kind, with pages so small that lists have several.
  private func replica(_ account: VtigerAccount, _ form: VtigerForm) throws -> Replica {
    let replica = try Replica(account, form)
    replica.modules = ["Contacts", "Leads", "Quotes", "Calendar", "Groups", "Currency"]
    replica.mirrorsCatalogue = false
    replica.options.pageSize = 3
    return replica
  }

  /// Makes a change of each kind that a run finds in its own way.
  private func edited(_ account: VtigerAccount) throws {
    account.now += 7_200
    let contacts = account.ids(of: "Contacts").sorted()
    account.revise(contacts[0], "lastname", "Changed")
    account.delete(contacts[1])
    account.convert(lead: try #require(account.ids(of: "Leads").min()))
    account.saveLines(of: try #require(account.ids(of: "Quotes").min()))
    account.makeEvent(of: try #require(account.ids(of: "Calendar").min()))
    account.addActor("Groups", ["groupname": "New"])
    account.now += 60
  }

  /// Runs until the given statement, counted over the run, and says whether it came that far.
  private func crash(_ replica: Replica, atStatement statement: Int) throws -> Bool {
    var left = statement
    replica.beforeStatement = {
      if left == 0 { throw Crash() }
      left -= 1
    }
    defer { replica.beforeStatement = nil }
    do {
      try replica.sync()
      return false
    } catch is Crash {
      return true
    }
  }

  /// Has a run crash before every fourth statement, on a replica that is made anew each time, and
  /// hands over what crashes have left, each kind once, with the statement.
  private func crashes(
    from first: Int, of make: () throws -> Replica,
    follow: (Replica, String) throws -> Void
  ) throws {
    var aftermath = Aftermath()
    var statement = first
    while true {
      let replica = try make()
      guard try crash(replica, atStatement: statement) else { break }
      let account = replica.account
      if aftermath.isNew(file: replica.path, requests: account.requestCount, now: account.now) {
        try follow(replica, "statement \(statement)")
      }
      statement += 4
    }
    #expect(statement > 100 && aftermath.count > 10)
  }

  private func expectEqual(_ replica: Replica, _ comment: String) throws {
    let connection = try Database.openReadOnly(path: replica.path)
    let differences = try Oracle(replica).differences(connection)
    #expect(differences.isEmpty, "\(comment): \(differences.prefix(5))")
    #expect(try connection.value("SELECT count(*) FROM _seen") == 0, "\(comment)")
    #expect(try connection.value("PRAGMA integrity_check") == "ok")
  }

  @Test(arguments: VtigerForm.allCases, 0..<4)
  func `a crash before any statement loses nothing`(form: VtigerForm, rest: Int) throws {
    let described = try replica(account(form), form)
    _ = try described.source()
    try crashes(from: rest) {
      let replica = try replica(account(form), form)
      replica.catalogue = described.catalogue
      replica.modules = ["Contacts", "Quotes", "Groups"]
      return replica
    } follow: { replica, statement in
      #expect(try replica.sync().outcome == .good, "\(statement)")
      try expectEqual(replica, statement)
    }
  }

  @Test(arguments: VtigerForm.allCases, 0..<4)
  func `a crash in a second run loses nothing`(form: VtigerForm, rest: Int) throws {
    let first = try replica(account(form), form)
    try first.sync()
    try crashes(from: rest) {
      let account = account(form)
      let replica = try replica(account, form)
      replica.catalogue = first.catalogue
      try FileManager.default.copyItem(atPath: first.path, toPath: replica.path)
      account.now = first.account.now
      try edited(account)
      return replica
    } follow: { replica, statement in
      #expect(try replica.sync().outcome == .good, "\(statement)")
      try expectEqual(replica, statement)
    }
  }

  /// In a first run, and in one that finds edits.
  @Test(arguments: VtigerForm.allCases, [false, true])
  func `a run cut off before any request is continued`(form: VtigerForm, isSecond: Bool) throws {
    let whole = account(form)
    let undisturbed = try replica(whole, form)
    _ = try undisturbed.source()
    if isSecond {
      try undisturbed.sync()
      try edited(whole)
    }
    let path = undisturbed.path + ".before"
    if isSecond { try FileManager.default.copyItem(atPath: undisturbed.path, toPath: path) }
    let now = whole.now
    let before = whole.requestCount
    try undisturbed.sync()
    let requests = whole.requestCount - before
    try #require(requests > 15)
    for request in 1...requests {
      let account = account(form)
      let replica = try replica(account, form)
      replica.catalogue = undisturbed.catalogue
      if isSecond {
        try FileManager.default.copyItem(atPath: path, toPath: replica.path)
        account.now = now - 7_260
        try edited(account)
      }
      // The transport is told to stop when the account has answered this many requests.
      let transport = Holder()
      replica.prepare = { transport.value = $0 }
      account.beforeRequest = { _, number in
        if number == request { transport.value?.interruptAfter = 0 }
      }
      // Behind the last one nothing is waited for.
      let outcome = try replica.sync().outcome
      #expect(outcome == (request < requests ? .stopped : .good), "request \(request)")
      account.beforeRequest = nil
      replica.prepare = { _ in }
      #expect(try replica.sync().outcome == .good, "request \(request)")
      try expectEqual(replica, "request \(request)")
    }
  }

  private final class Holder {
    weak var value: SimulatedTransport<VtigerAccount>?
  }
}
