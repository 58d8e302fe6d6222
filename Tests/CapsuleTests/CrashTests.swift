import Capsule
import CapsuleSimulator
import Model
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

/// A run that ends before any statement or any request, and the run after it.
@Suite(.onComputingThreads) struct CrashTests {
  private struct Crash: Error {}

  private func account() -> Account {
    Account(seed: 7, size: .tiny, now: 1_760_000_000)
  }

  /// A replica of one table of each kind, with pages so small that every list has several. With
  /// views its runs make them, and keep what is derived for them.
  private func replica(_ account: Account, hasViews: Bool = true) throws -> Replica {
    let replica = try Replica(
      account,
      tables: [
        .pipelines, .milestones, .customFields, .parties, .deletedParties, .opportunities, .tasks,
        .entries, .opportunityParties, .tracks,
      ])
    replica.options.pageSize = 2
    if !hasViews { replica.views = [] }
    return replica
  }

  /// Runs until the given statement, counted over the run, and says whether it came that far.
  private func crash(
    _ replica: Replica, atStatement statement: Int, full: Bool
  ) throws -> Bool {
    var left = statement
    replica.beforeStatement = {
      if left == 0 { throw Crash() }
      left -= 1
    }
    defer { replica.beforeStatement = nil }
    do {
      try replica.sync(full: full)
      return false
    } catch is Crash {
      return true
    }
  }

  /// Has a run crash before every fourth statement, on a replica that is made anew each time, and
  /// hands over what crashes have left, each kind once, with the statement.
  private func crashes(
    from first: Int, full: Bool = false, of make: () throws -> Replica,
    follow: (Replica, String) throws -> Void
  ) throws {
    var aftermath = Aftermath()
    var statement = first
    while true {
      let replica = try make()
      guard try crash(replica, atStatement: statement, full: full) else { break }
      let account = replica.account
      if aftermath.isNew(file: replica.path, requests: account.requestCount, now: account.now) {
        try follow(replica, "statement \(statement)")
      }
      statement += 4
    }
    #expect(statement > 200 && aftermath.count > 10)
  }

  private func expectEqual(_ replica: Replica, _ comment: String) throws {
    #expect(try replica.value("PRAGMA integrity_check") == "ok")
    let differences = try Oracle(replica: replica).differences()
    #expect(differences.isEmpty, "\(comment): \(differences.prefix(5))")
    #expect(try replica.value("SELECT count(*) FROM _seen") == 0)
  }

  /// Statements of a first and of a second run at which every fourth run crashes in this process;
  /// all together they cover each statement, and one of them those for the views.
  @Test(arguments: 0..<4)
  func `a crash before any statement loses nothing`(rest: Int) throws {
    try crashes(from: rest) {
      try replica(account(), hasViews: rest == 0)
    } follow: { replica, statement in
      try replica.sync()
      try expectEqual(replica, statement)
    }
  }

  @Test(arguments: 0..<4)
  func `a crash in a second run loses nothing`(rest: Int) throws {
    let first = try replica(account(), hasViews: rest == 0)
    try first.sync()
    try crashes(from: rest) {
      let account = account()
      let replica = try first.copy(of: account)
      account.now = first.account.now + 86_400
      _ = account.demoEdits()
      account.now += 60
      return replica
    } follow: { replica, statement in
      try replica.sync()
      try replica.sync(full: true)
      try expectEqual(replica, statement)
    }
  }

  /// What goes without a word is only found by what a full pass does at its end, so nothing heals a
  /// cursor that has gone ahead of its tombstones.
  @Test(arguments: 0..<4)
  func `a crash in a run over everything loses nothing`(rest: Int) throws {
    let first = try replica(account(), hasViews: rest == 0)
    try first.sync()
    try crashes(from: rest, full: true) {
      let account = account()
      let replica = try first.copy(of: account)
      account.now = first.account.now + 86_400
      _ = account.hide(.parties, account.visibleIDs(.parties)[1])
      _ = account.delete(task: account.ids(.tasks)[0])
      account.now += 60
      return replica
    } follow: { replica, statement in
      try replica.sync()
      try expectEqual(replica, statement)
    }
  }

  @Test func `a run cut off before any request is continued, and no stored page is asked again`()
    throws
  {
    let whole = account()
    let undisturbed = try replica(whole)
    try undisturbed.sync()
    let content = try undisturbed.rows("SELECT id, name, updated_at FROM parties ORDER BY id")
    for request in 1...whole.requestCount {
      let account = account()
      let replica = try replica(account)
      // The transport is told to stop when the account has answered this many requests.
      let transport = Holder()
      replica.prepare = { transport.value = $0 }
      account.beforeRequest = { _, number in
        if number == request { transport.value?.interruptAfter = 0 }
      }
      let first = try replica.requests { _ = try replica.sync() }
      let stored = try Set(replica.rows("SELECT id FROM parties").compactMap { $0[0].integer })
      let pages = first.filter { $0.hasPrefix("parties?") }
      account.beforeRequest = nil
      replica.prepare = { _ in }
      let second = try replica.requests { _ = try replica.sync() }
      try expectEqual(replica, "request \(request)")
      #expect(
        try replica.rows("SELECT id, name, updated_at FROM parties ORDER BY id") == content)
      let complete = stored.count / 2
      for page in pages.prefix(complete) where stored.count < content.count {
        #expect(!second.contains(page), "request \(request)")
      }
    }
  }

  private final class Holder {
    weak var value: SimulatedTransport<Account>?
  }
}
