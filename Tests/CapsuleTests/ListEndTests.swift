import Capsule
import CapsuleSimulator
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import TestSupport
import Testing

/// What a server may say of the end of a list, in every variant: no run is good that has not read
/// all, nothing that lives is marked as deleted, and no list costs more than twice its pages.
@Suite(.onComputingThreads) struct ListEndTests {
  private static let rows = 65
  private static let pageSize = 20
  private static let pages = 4

  /// What is read when the trouble comes.
  enum Moment: CaseIterable {
    case first, later, changes
  }

  private func replica(_ table: String, _ switches: Switches = Switches()) throws -> Replica {
    var size = AccountSize.tiny
    (size.parties, size.tasks, size.entries) = (Self.rows, Self.rows, Self.rows)
    (size.opportunities, size.cases, size.tracks) = (1, 1, 0)
    let account = Account(seed: 11, size: size, now: 1_760_000_000, switches: switches)
    let tables: [Table] =
      switch table {
      case "parties": [.parties, .deletedParties]
      case "tasks": [.tasks]
      default: [.entries]
      }
    let replica = try Replica(account, tables: tables)
    replica.options.pageSize = Self.pageSize
    return replica
  }

  /// Brings a replica to a moment. Returns whether its next run reads everything.
  private func prepare(_ replica: Replica, _ table: String, _ moment: Moment) throws -> Bool {
    guard moment != .first else { return true }
    #expect(try replica.sync().outcome == .good)
    replica.account.now += 3_600
    guard moment == .changes else { return true }
    if table == "parties" {
      for id in replica.account.visibleIDs(.parties).prefix(55) {
        replica.account.describe(.parties, id, "changed")
      }
    }
    return false
  }

  private func lost(_ replica: Replica) throws -> [String] {
    try Oracle(replica: replica).differences().filter { !$0.contains("too many") }
  }

  private static let variants = ["parties", "tasks", "entries"].flatMap { table in
    Moment.allCases.flatMap { moment in
      [FaultScript.Effect.emptyPage, .earlyEnd].map { (table, moment, $0) }
    }
  }

  @Test(arguments: variants)
  func `one page that ends a list too early loses nothing in a good run`(
    table: String, moment: Moment, effect: FaultScript.Effect
  ) throws {
    for headers in Switches.PagingHeaders.allCases {
      for counts in [true, false] {
        for page in 1...Self.pages {
          var switches = Switches()
          (switches.pagingHeaders, switches.supportsMeta) = (headers, counts)
          switches.countsEntries = counts
          let replica = try replica(table, switches)
          let isFull = try prepare(replica, table, moment)
          replica.account.faults = FaultScript([
            .init(effect, on: .path("\(table)?page=\(page)&", times: 1))
          ])
          var summary: RunSummary?
          let requests = try replica.requests { summary = try replica.sync(full: isFull) }
          let name = "\(headers), counts \(counts), page \(page)"
          // An emptied last page, of which nothing else speaks, cannot be told from the truth.
          let isTold = counts || effect == .earlyEnd || moment == .later && table == "tasks"
          if summary?.outcome == .good, isTold {
            #expect(try Oracle(replica: replica).differences() == [], "\(name)")
          }
          let own = requests.count { $0.hasPrefix("\(table)?") }
          #expect(own <= 2 * Self.pages + 10, "\(name): \(requests)")
          let buried = try replica.rows(
            "SELECT id FROM \(table) WHERE _deleted_at IS NOT NULL AND _deleted_reason = 'absent'")
          #expect(buried == [], "\(name)")
          replica.account.faults = FaultScript()
          for _ in 0..<2 {
            replica.account.now += 86_400
            try replica.sync()
          }
          if table != "entries" || counts {
            #expect(try Oracle(replica: replica).differences() == [], "\(name) in the end")
          }
        }
      }
    }
  }

  /// A run that reads the newest entries alone has read them all where it knows none of them.
  @Test func `a page of the newest entries that lost its records is missed`() throws {
    var switches = Switches()
    switches.countsEntries = true
    let replica = try replica("entries", switches)
    replica.options.pageSize = 100
    #expect(try replica.sync().outcome == .good)
    replica.account.now += 3_600
    #expect(replica.account.createEntry() != nil)
    replica.account.faults = FaultScript([.init(.emptyPage, on: .path("entries?page=1&", times: 1))]
    )
    var outcome: RunSummary.Outcome?
    let requests = try replica.requests { outcome = try replica.sync().outcome }
    #expect(outcome == .good)
    #expect(requests.count == 2, "\(requests)")
    #expect(try Oracle(replica: replica).differences() == [])
    replica.account.now += 3_600
    #expect(try replica.requests { try replica.sync() }.count == 1)
  }

  /// A source that takes rows out of its pages looks the same for good.
  @Test(arguments: ["parties", "tasks", "entries"], [2, 3])
  func `a page that lost its records amid a list that nothing counts is missed`(
    table: String, page: Int
  ) throws {
    for moment in [Moment.first, .later] {
      var switches = Switches()
      (switches.supportsMeta, switches.countsEntries) = (false, false)
      let replica = try replica(table, switches)
      let isFull = try prepare(replica, table, moment)
      replica.account.faults.faults.append(
        .init(.emptyPage, on: .path("\(table)?page=\(page)&", times: 1)))
      #expect(try replica.sync(full: isFull).outcome == .good)
      #expect(try Oracle(replica: replica).differences() == [], "\(moment)")
    }
  }

  /// It is then known by how much, until it is right again.
  @Test(arguments: ["parties", "tasks"])
  func `a count that is off by much is believed to be only when accepted`(table: String) throws {
    var switches = Switches()
    switches.miscount = 12
    let replica = try replica(table, switches)
    let shortfall = try Shortfall(#require(replica.tables.first), replica.open())
    #expect(try replica.sync().outcome == .partial)
    #expect(try shortfall.rows() == 12)
    try shortfall.accept()
    #expect(try shortfall.rows() == nil)
    for miscount in [12, 12, 0] {
      replica.account.switches.miscount = miscount
      replica.account.now += 86_400
      let summary = try replica.sync(full: true)
      #expect(summary.outcome == .good, "\(summary.tables.compactMap(\.error))")
      #expect(try Oracle(replica: replica).differences() == [])
    }
    replica.account.switches.miscount = 12
    replica.account.now += 86_400
    #expect(try replica.sync(full: true).outcome == .partial)
  }

  @Test(arguments: ["parties", "tasks"], Moment.allCases)
  func `a count that is off by a little is harmless`(table: String, moment: Moment) throws {
    for miscount in -3...3 {
      for wavers in [true, false] {
        var switches = Switches()
        (switches.miscount, switches.countWavers) = (min(miscount, 2), wavers)
        let replica = try replica(table, switches)
        let isFull = try prepare(replica, table, moment)
        var summary: RunSummary?
        let requests = try replica.requests { summary = try replica.sync(full: isFull) }
        let name = "\(miscount), \(wavers)"
        #expect(summary?.outcome == .good, "\(name): \(summary?.tables.compactMap(\.error) ?? [])")
        #expect(summary?.tables.reduce(0) { $0 + $1.counts.drifted } == 0, "\(name)")
        #expect(try Oracle(replica: replica).differences() == [], "\(name)")
        #expect(requests.count { $0.hasPrefix("\(table)?") } <= 2 * Self.pages + 10)
        // The day after costs no more than it did.
        replica.account.now += 86_400
        try replica.sync()
        replica.account.now += 86_400
        let day = try replica.requests { summary = try replica.sync() }
        #expect(summary?.outcome == .good, "\(name)")
        let quiet = table == "tasks" ? Self.pages + 1 : 3
        #expect(day.count { $0.hasPrefix("\(table)?") } <= quiet, "\(name): \(day)")
      }
    }
  }

  @Test(arguments: ["parties", "tasks"], [true, false])
  func `rows repeated over the borders of pages are harmless`(table: String, counts: Bool) throws {
    var switches = Switches()
    (switches.repeatsBorders, switches.supportsMeta) = (true, counts)
    let replica = try replica(table, switches)
    for day in 0..<4 {
      var summary: RunSummary?
      let requests = try replica.requests { summary = try replica.sync() }
      #expect(summary?.outcome == .good, "\(summary?.tables.compactMap(\.error) ?? [])")
      #expect(summary?.tables.reduce(0) { $0 + $1.counts.drifted } == 0)
      #expect(try Oracle(replica: replica).differences() == [])
      let own = requests.count { $0.hasPrefix("\(table)?") }
      if day == 3 { #expect(own <= (table == "tasks" ? Self.pages + 1 : 3), "\(requests)") }
      replica.account.now += 86_400
    }
  }

  @Test(arguments: ["parties", "tasks"], Switches.BehindEnd.allCases)
  func `a list that always names a next page ends`(
    table: String, behindEnd: Switches.BehindEnd
  ) throws {
    for counts in [true, false] {
      for headers in Switches.PagingHeaders.allCases {
        var switches = Switches()
        (switches.namesNextForEver, switches.behindEnd) = (true, behindEnd)
        (switches.supportsMeta, switches.pagingHeaders) = (counts, headers)
        let replica = try replica(table, switches)
        var summary: RunSummary?
        let requests = try replica.requests { summary = try replica.sync() }
        let own = requests.count { $0.hasPrefix("\(table)?") }
        #expect(own <= 2 * Self.pages + 10, "\(counts) \(headers) \(own)")
        #expect(try lost(replica) == [])
        if counts || headers == .neither { #expect(summary?.outcome == .good) }
      }
    }
  }

  @Test(arguments: ["parties", "tasks"], Switches.BehindEnd.allCases)
  func `a page behind the end may be refused`(
    table: String, behindEnd: Switches.BehindEnd
  ) throws {
    for counts in [true, false] {
      for headers in Switches.PagingHeaders.allCases {
        var switches = Switches()
        (switches.behindEnd, switches.pagingHeaders) = (behindEnd, headers)
        switches.supportsMeta = counts
        let replica = try replica(table, switches)
        let ids = replica.account.visibleIDs(.parties)
        for id in ids.dropFirst(60) { _ = replica.account.delete(.parties, id) }
        replica.reordering = 7
        #expect(try replica.sync().outcome == .good, "\(headers) \(counts)")
        #expect(try Oracle(replica: replica).differences() == [])
        replica.account.now += 86_400
        #expect(try replica.sync().outcome == .good, "\(headers) \(counts)")
      }
    }
  }

  /// What a server does that takes hidden records out after it has cut its pages.
  @Test(arguments: [true, false], [true, false])
  func `neighbours that become private bury nobody else`(counts: Bool, countsHidden: Bool) throws {
    for headers in Switches.PagingHeaders.allCases {
      var switches = Switches()
      (switches.cutsBeforeHiding, switches.countsHidden) = (true, countsHidden)
      (switches.supportsMeta, switches.pagingHeaders) = (counts, headers)
      switches.order = .idAscending
      let replica = try replica("parties", switches)
      try replica.sync()
      replica.account.now += 3_600
      for id in replica.account.visibleIDs(.parties).sorted()[20..<40] {
        _ = replica.account.restrict(.parties, id)
      }
      replica.account.now += 3_600
      for full in [false, true, false] {
        let summary = try replica.sync(full: full)
        let buried = try replica.value(
          "SELECT count(*) FROM parties WHERE _deleted_reason = 'absent'")
        #expect(buried == 0)
        if summary.outcome == .good {
          #expect(try Oracle(replica: replica).differences() == [], "\(headers) \(full)")
        }
        replica.account.now += 86_400
      }
    }
  }
}
