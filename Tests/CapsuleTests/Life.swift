import Capsule
import CapsuleSimulator
import FoundationEssentials
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// A whole life of a small account and its replica, drawn by a seed: what the API is like, who
/// edits what between which requests, what goes wrong, and where the program is cut off.
///
/// All along it is checked that the promises hold which hold at every instant; at the end, when
/// faults and edits have ended, that file and account are equal.
final class Life {
  private struct Crash: Error {}

  private var random: SplitMix64
  private var odd: SplitMix64?
  private let account: Account
  private let replica: Replica
  /// Whether it is verified at the end, which costs as much as a fifth of the life.
  private let isVerified: Bool
  private var complaints: [String] = []
  /// Records of the tables that are asked for changes that have been gone at some time: they may
  /// come back with an old date of change, which no cursor can know.
  private var everGone: [Entity: Set<Int64>] = [:]
  private var visible: [Entity: Set<Int64>] = [:]
  /// Those that a page without records may hide until the rows are counted: the source counts too
  /// little by just as many, so that page and count agree.
  private var maybeHidden: [Entity: Set<Int64>] = [:]
  /// Those that were restricted, were deleted, and came back as restricted as before: only the
  /// whole feed says so.
  private var backRestricted: [Entity: Set<Int64>] = [:]
  /// Requests whose replies may come without their records.
  private var emptied: Set<Int> = []
  private var restricted: [Entity: Set<Int64>] = [:]
  private var buried: [Entity: Set<Int64>] = [:]
  /// Those of the runs since the last good one.
  private var edits: [ListOracle.Edited] = []
  private let entities: [(entity: Entity, table: Table)]
  /// Somebody who looks at the file during a run.
  private var reader: Connection?

  /// Told what happens, for whoever looks into a seed.
  var observe: (String) -> Void = { _ in }

  /// An odd life has a source that says strange things, besides all else.
  init(seed: UInt64, isOdd: Bool = false) throws {
    random = SplitMix64(seed: seed)
    odd = isOdd ? SplitMix64(seed: ~seed) : nil
    var switches =
      random.chance(50) ? Switches.hostile(using: &random) : Switches.random(using: &random)
    // With an order drawn anew for each page no crawl by pages can be complete.
    if switches.order == .shuffled { switches.order = .idDescending }
    // The overlap is chosen for what is late; a feed that forgets sooner than runs follow is lost.
    switches.feedRetention = nil
    switches.tasksLoseChanges = seed.isMultiple(of: 5)
    switches.activities = Switches.Activities.allCases[Int(seed / 7 % 5)]
    odd?.add(to: &switches)
    var size = AccountSize.tiny
    size.parties = random.int(3...30)
    size.opportunities = random.int(1...10)
    size.tasks = random.int(1...14)
    size.entries = random.int(1...14)
    account = Account(seed: seed, size: size, now: 1_760_000_000, switches: switches)
    let tables = Self.tables(using: &random)
    replica = try Replica(account, tables: tables)
    // No life reads the views: they are in some files only, for lives are to be short.
    if !seed.isMultiple(of: 8) { replica.views = [] }
    isVerified = seed.isMultiple(of: 2)
    let all: [(Entity, Table)] = [
      (.parties, .parties), (.opportunities, .opportunities), (.kases, .cases),
    ]
    entities = all.filter { pair in tables.contains { $0.name == pair.1.name } }
    replica.options.pageSize = random.pick([2, 3, 5, 10, 100])
    // One in seven asks what has happened to old entries, of any source.
    replica.options.hintEvery = seed % 7 == 2 ? 3_450 : nil
    replica.options.concurrency = random.int(1...8)
    replica.options.scrubEvery = 2 * 86_400
    replica.reordering = random.chance(50) ? seed : nil
    replica.clockError = random.chance(25) ? Int64(random.int(-100_000...100_000)) : 0
    if random.chance(20) {
      account.rate.limit = random.int(40...200)
      replica.options.reserve = random.int(0...10)
    }
  }

  /// The kinds of tables, each in at least one, and not all in every life: lives are to be short.
  private static func tables(using random: inout SplitMix64) -> [Table] {
    let others: [Table] = [
      .users, .pipelines, .milestones, .customFields, .tagDefinitions, .countries, .site,
      .opportunities, .deletedOpportunities, .cases, .deletedCases, .tasks, .entries,
      .opportunityParties, .caseParties, .tracks,
    ]
    var names = Set(others.filter { _ in random.chance(25) }.map(\.name))
    names.formUnion(random.chance(85) ? ["parties", "deleted_parties"] : ["tasks"])
    if names.contains("milestones") { names.insert("pipelines") }
    if names.contains("deleted_opportunities") { names.insert("opportunities") }
    if names.contains("deleted_cases") { names.insert("cases") }
    if names.contains("opportunity_parties") { names.insert("opportunities") }
    if names.contains("case_parties") { names.insert("cases") }
    if names.contains("tracks") { names.formUnion(["opportunities", "cases", "parties"]) }
    return CapsuleSource.catalogue.filter { names.contains($0.name) }
  }

  /// Lives, and returns what was wrong with it: nothing.
  func live() throws -> [String] {
    look()
    for _ in 0..<random.int(1...4) {
      try round()
      account.now += Int64(random.int(0...(random.chance(30) ? 4_000_000 : 100_000)))
      for _ in 0..<random.int(0...12) { edit() }
      account.now += Int64(random.int(1...1_000))
    }
    account.faults = FaultScript()
    account.churns = []
    account.switches.staleAnswers = 0
    account.now += account.switches.visibilityDelay
    replica.beforeStatement = nil
    replica.prepare = { _ in }
    account.beforeRequest = nil
    try end()
    return complaints
  }

  /// What came of the life: every request with its answer's status, and every row of the file.
  /// Equal for two versions of the program that do the same.
  func fingerprint() throws -> String {
    var requests = Fingerprint()
    for request in account.log {
      requests.add("\(request.time) \(request.status) \(request.target)")
    }
    var rows = Fingerprint()
    for (name, content) in try replica.content(without: []).sorted(by: { $0.key < $1.key }) {
      rows.add("\(name) \(content)")
    }
    return "\(account.requestCount) \(requests) \(rows)"
  }

  // MARK: A run

  private func round() throws {
    let next = account.requestCount + 1
    if random.chance(50) {
      account.faults = FaultScript.random(
        using: &random, requests: next...(next + 60), count: random.int(1...6))
    }
    if var odd, account.switches.supportsMeta {
      // Where nothing is counted, an end that comes too early cannot be told from the truth, nor
      // where a count is too small by just the rows that it cuts off.
      let (miscount, wavers) = (account.switches.miscount, account.switches.countWavers)
      let effect = odd.pick([FaultScript.Effect.emptyPage, .earlyEnd])
      let hit = next + odd.int(0...30)
      let canTell = effect != .earlyEnd || miscount >= 0 && !wavers
      if odd.chance(50), canTell {
        account.faults.faults.append(.init(effect, on: .request(hit)))
        if effect == .emptyPage { emptied.insert(hit) }
      }
      self.odd = odd
    }
    let isRestless = random.chance(60)
    let rate = random.pick([0.05, 0.2, 1.0])
    let last = random.chance(80) ? next + random.int(5...60) : Int.max
    var editor = SplitMix64(seed: random.next())
    var watcher = SplitMix64(seed: random.next())
    let before = try livingRows()
    let lists = try ListOracle(replica)
    var alwaysVisible = visible
    account.beforeRequest = { [unowned self] account, number in
      if isRestless, number <= last, Double(editor.int(0...99)) < rate * 100 {
        self.edit(using: &editor, before: number)
      }
      for (entity, ids) in self.visible { alwaysVisible[entity]?.formIntersection(ids) }
      if watcher.chance(15) { self.watch(before, alwaysVisible) }
      self.watchAllowance()
    }
    var statements = random.chance(30) ? random.int(0...400) : Int.max
    replica.beforeStatement = {
      statements -= 1
      if statements < 0 { throw Crash() }
    }
    let stop = random.chance(25) ? random.int(1...60) : nil
    replica.prepare = { $0.interruptAfter = stop }
    let summary = try sync(full: random.chance(15))
    account.beforeRequest = nil
    watch(before, alwaysVisible)
    complaints += try lists.complaints(summary, edits: edits)
    if summary?.outcome == .good { edits = [] }
    try watchCursors()
    reader = nil
  }

  private func sync(full: Bool) throws -> RunSummary? {
    let before = account.requestCount
    defer {
      for request in account.log.suffix(account.requestCount - before) {
        observe("\(Timestamp(request.time).iso8601) \(request.status) \(request.target)")
      }
    }
    do {
      let summary = try replica.sync(full: full)
      observe("\(summary.outcome)\(full ? " full" : ""): \(summary.tables.compactMap(\.error))")
      return summary
    } catch is Crash {
      observe("crash")
      return nil
    }
  }

  // MARK: The account

  private func edit() { edit(using: &random, before: account.requestCount + 1) }

  private func edit(using generator: inout SplitMix64, before request: Int) {
    if generator.chance(50) { account.now += Int64(generator.int(0...2)) }
    let edits = account.edit(using: &generator, count: 1)
    self.edits += edits.keys.map { .init(edit: $0, request: request) }
    observe("\(Timestamp(account.now).iso8601) \(edits.keys)")
    look()
  }

  /// Notes which records there are, and which were there and no longer are.
  private func look() {
    for (entity, _) in entities {
      let ids = Set(account.visibleIDs(entity))
      everGone[entity, default: []].formUnion(visible[entity, default: []].subtracting(ids))
      visible[entity] = ids
      let page = min(replica.options.pageSize, account.switches.largestPage)
      let last = ids.isEmpty ? 0 : (ids.count - 1) % page + 1
      if ids.count < -account.switches.miscount || last == -account.switches.miscount {
        maybeHidden[entity, default: []].formUnion(ids)
      }
      let hidden = Set(account.gone(entity).restricted)
      let left = restricted[entity, default: []].subtracting(hidden).subtracting(ids)
      buried[entity, default: []].formUnion(left)
      backRestricted[entity, default: []].formUnion(
        buried[entity, default: []].intersection(hidden))
      restricted[entity] = hidden
    }
  }

  // MARK: What holds at every instant

  private func livingRows() throws -> [Entity: Set<Int64>] {
    guard FileManager.default.fileExists(atPath: replica.path) else { return [:] }
    if reader == nil { reader = try? Database.openReadOnly(path: replica.path) }
    guard let reader else { return [:] }
    var living: [Entity: Set<Int64>] = [:]
    for (entity, table) in entities {
      let rows = try reader.rows("SELECT id FROM \(table.name) WHERE _deleted_at IS NULL")
      living[entity] = Set(rows.compactMap { $0[0].integer })
    }
    return living
  }

  /// A row that lives here and there all along is never missing, whatever a run is doing. One that
  /// was gone and came back with its old date may be taken for gone until it is counted.
  private func watch(_ before: [Entity: Set<Int64>], _ alwaysVisible: [Entity: Set<Int64>]) {
    guard let now = try? livingRows() else { return }
    for (entity, ids) in before {
      let expected = ids.intersection(alwaysVisible[entity] ?? [])
        .subtracting(everGone[entity] ?? [])
      let lost = expected.subtracting(now[entity] ?? [])
      if !lost.isEmpty { complaints.append("a reader misses \(entity) \(lost.sorted())") }
    }
  }

  /// No request leaves beyond the allowance, where the reset can be told: by the source's clock, or
  /// by one of ours that is right.
  private func watchAllowance() {
    let rate = account.rate
    guard account.switches.sendsDate || replica.clockError == 0 else { return }
    if account.now < rate.reset, rate.remaining == 0, account.switches.sendsRateHeaders {
      complaints.append("request \(account.requestCount) leaves with nothing left")
    }
  }

  /// No cursor has passed a row that is not stored: what a question for changes will not bring
  /// again is here, at least as new as there. What vanishes without a word, an old answer and a
  /// date in the future can hide a row from every question but the sweep and the count.
  private func watchCursors() throws {
    let switches = account.switches
    guard !switches.futureUpdates, switches.staleAnswers == 0, !switches.vanishesSilently,
      let reader
    else { return }
    for (entity, table) in entities {
      // With neither a feed nor a count, one that goes may hide another until the rows are counted.
      let isTold = switches.supportsMeta || hasFeed(table) || everGone[entity, default: []].isEmpty
      guard isTold else { continue }
      let cursor = try reader.value(
        "SELECT last_run_date FROM _cursors WHERE table_name = ?", [.text(table.name)])
      guard let date = cursor.text.flatMap({ Timestamp($0) }) else { continue }
      let since = date + -replica.options.lookback
      for record in account.rows("\(table.listings[0].path)?perPage=100") {
        guard let id = record["id"]?.integer, !everGone[entity, default: []].contains(id),
          !maybeHidden[entity, default: []].contains(id),
          case .string(let text) = record["updatedAt"] ?? .null, let updated = Timestamp(text),
          updated <= since
        else { continue }
        // A date of another type than it should have is kept in `_extra`.
        let stored = try reader.value(
          """
          SELECT coalesce(updated_at, '9999-12-31 00:00:00') FROM \(table.name)
            WHERE id = ? AND _deleted_at IS NULL
          """, [.integer(id)])
        if stored.text.flatMap({ Timestamp($0) }).map({ $0 < updated }) ?? true {
          complaints.append(
            "the cursor of \(table.name) \(date.iso8601) has passed \(id) of \(text): \(stored)")
        }
      }
    }
  }

  private func hasFeed(_ table: Table) -> Bool {
    replica.tables.contains { $0.method == .deletions(of: table.name) }
  }

  // MARK: The end

  /// An ordinary run, which has to bring what it says that it has brought.
  private func healthySync() throws -> RunSummary {
    let lists = try ListOracle(replica)
    let summary = try replica.sync()
    complaints += try lists.complaints(summary, edits: [])
    complaints += try undead(summary)
    return summary
  }

  /// What the feed tells of does not live behind a run that has read both, and without edits,
  /// unless a page of the feed has come without it before.
  private func undead(_ summary: RunSummary) throws -> [String] {
    let good = Set(summary.tables.filter { $0.outcome == .good }.map(\.table))
    reader = nil
    let living = try livingRows()
    return entities.flatMap { entity, table -> [String] in
      let isRead = good.isSuperset(of: [table.name, "deleted_\(table.name)"])
      guard isRead, hasFeed(table), !hasLostStatements(entity) else { return [] }
      let gone = account.gone(entity)
      return living[entity, default: []].intersection(gone.deleted + gone.restricted)
        .subtracting(account.visibleIDs(entity)).sorted()
        .map { "\(table.name) \($0) lives behind its deletion" }
    }
  }

  /// Peace: some days of ordinary runs, or one run over everything, make the file equal.
  private func end() throws {
    var summary = try healthySync()
    if random.chance(50) {
      for day in 0..<4 {
        account.now += 86_400
        summary = try healthySync()
        if day == 0 { complaints += try ListOracle.lackingEntries(replica) }
      }
      // What has no date of change and is read by a longer interval takes a full pass, and so does
      // what the account loses.
      let lost: Set = account.switches.tasksLoseChanges ? ["tasks"] : []
      summary = try replica.sync(full: true, only: lost.union(["entries"]))
    } else {
      // Rows that the guard holds back are believed gone half an hour later.
      for _ in 0..<2 {
        account.now += 3_600
        summary = try replica.sync(full: true)
      }
    }
    if summary.outcome != .good {
      complaints.append("ends \(summary.outcome): \(summary.tables.compactMap(\.error))")
    }
    complaints += try Oracle(replica: replica).differences().prefix(6)
    if try replica.value("PRAGMA integrity_check") != "ok" { complaints.append("broken file") }
    if try replica.value("SELECT count(*) FROM _seen") != 0 { complaints.append("keys are left") }
    // A per-parent table notes what it has read, and a list when it was asked for hints.
    let log: Set = [
      "_runs", "_run_tables", "_cursors", "_allowance", "_clock", "_hints", "_parents",
    ]
    let content = try replica.content(without: log)
    account.now += 60
    try replica.sync()
    let later = try replica.content(without: log)
    if later != content {
      let names = later.filter { content[$0.key] != $0.value }.map(\.key).sorted()
      complaints.append("an idle run writes rows of \(names)")
    }
    if isVerified { try verify() }
    if !complaints.isEmpty { complaints.append("\(account.switches)") }
  }

  /// The engine says of itself what the oracle says, and of the lists of tombstones as well. What
  /// only the whole feed tells is right behind a run that has read it.
  private func verify() throws {
    account.now += 60
    var found = try replica.verify()
    if !found.all.isEmpty, found.all.allSatisfy(isUntold) {
      try replica.sync(full: true)
      account.now += 60
      found = try replica.verify()
    }
    guard found.report.outcome != .equal else { return }
    let errors = found.report.tables.compactMap(\.error)
    complaints.append("is verified as \(found.report.outcome): \(found.all) \(errors)")
  }
}

extension Life {
  /// Whether a difference is one of a tombstone of which no reply to an ordinary run can tell.
  private func isUntold(_ difference: String) -> Bool {
    let parts = difference.split(separator: " ")
    guard parts.count > 2, let id = Int64(parts[1]) else { return false }
    return entities.contains { entity, table in
      (parts[0] == table.name && parts[2] == "differing" || parts[0] == "deleted_\(table.name)")
        && (backRestricted[entity, default: []].contains(id) || hasLostStatements(entity))
    }
  }

  /// Whether a page of the feed came without what it had to say.
  private func hasLostStatements(_ entity: Entity) -> Bool {
    emptied.contains {
      account.log.indices.contains($0 - 1)
        && account.log[$0 - 1].target.hasPrefix("\(entity.rawValue)/deleted?")
    }
  }
}

extension SplitMix64 {
  fileprivate mutating func add(to switches: inout Switches) {
    switches.addOddities(using: &self)
  }
}
