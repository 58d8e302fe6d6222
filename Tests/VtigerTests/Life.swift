import FoundationEssentials
import HTTP
import Model
import SQLite
import Simulation
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// A whole life of a small account and its replica, drawn by a seed: form, release and user, who
/// edits what between which requests, what goes wrong, and where the program is cut off.
///
/// All along it is checked that the promises hold which hold at every instant, and behind a good
/// run those of a good run; at the end, when faults and edits have ended, that file and account
/// are equal.
final class Life {
  private struct Crash: Error {}

  private var random: SplitMix64
  private let account: VtigerAccount
  private let replica: Replica
  private var complaints: [String] = []
  /// Somebody who looks at the file during a run.
  private var reader: Connection?
  /// Whether a question was answered with nothing at some time, as where the server could not run
  /// it: what it would have told is not known before rows are counted and read again.
  private var isDoubtful = false
  /// Whether fields or modules have changed since they were asked for.
  private var isRedescribed = false

  /// Told what happens, for whoever looks into a seed.
  var observe: (String) -> Void = { _ in }

  init(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let switches = Self.switches(using: &random)
    let modules = Self.modules(using: &random)
    account = VtigerAccount(
      seed: seed, size: Self.size(modules, using: &random), now: 1_795_000_000,
      switches: switches)
    if random.chance(20) {
      // The clock of the server is put forward or back while the life goes on.
      let instant = account.now + Int64(random.int(0...400_000))
      let offset = switches.zoneOffset + random.pick([-3_600, 3_600])
      account.zoneChanges = [.init(at: instant, offset: offset)]
    }
    // Cloud serves sessions too.
    let isHosted = switches.release == .cloud && random.chance(70)
    replica = try Replica(account, isHosted ? .rest : .session)
    (replica.modules, replica.probesFeed) = (modules, true)
    replica.mirrorsCatalogue = seed.isMultiple(of: 8)
    replica.options.pageSize = random.pick([2, 3, 5, 10, 100])
    replica.options.concurrency = random.int(1...8)
    replica.options.scrubEvery = 2 * 86_400
    replica.reordering = random.chance(50) ? seed : nil
    replica.clockError = random.chance(25) ? Int64(random.int(-100_000...100_000)) : 0
    if random.chance(70) {
      let wide = RateLimit(limit: 100_000, window: 60)
      (account.minute, account.hour, account.day) = (wide, wide, wide)
    } else {
      account.minute.limit = random.int(20...60)
      replica.options.reserve = random.int(0...5)
    }
    self.random = random
  }

  private static func switches(using random: inout SplitMix64) -> VtigerSwitches {
    var switches = VtigerSwitches.random(using: &random)
    // Whom 8.3 shows no module at all, nothing can be read by.
    if switches.release == .v8_3, switches.access == .restricted {
      switches.isPermissionMended = true
    }
    return switches
  }

  /// The modules that are read: not all in every life, for lives are to be short.
  private static func modules(using random: inout SplitMix64) -> Set<String> {
    let often = ["Accounts", "Contacts", "Potentials", "Calendar", "Events", "Leads", "Invoice"]
    let seldom = [
      "Vendors", "Products", "Services", "HelpDesk", "Cases", "Quotes", "SalesOrder",
      "PurchaseOrder", "ModComments", "Emails", "Documents", "PBXManager", "Project",
      "ProjectTask", "Workshops", "Users", "Groups", "Currency", "DocumentFolders",
      "CompanyDetails", "Tax", "ProductTaxes",
    ]
    var modules = Set(often.filter { _ in random.chance(40) })
    modules.formUnion(seldom.filter { _ in random.chance(15) })
    return modules.isEmpty ? ["Contacts"] : modules
  }

  private static func size(
    _ modules: Set<String>, using random: inout SplitMix64
  ) -> VtigerSize {
    var records: [String: Int] = [:]
    for (module, _) in VtigerSize.small.records.sorted(by: { $0.key < $1.key }) {
      records[module] = modules.contains(module) ? random.int(1...8) : random.int(0...1)
    }
    // More than a page of ids, and more than a window.
    if modules.contains("Contacts"), random.chance(10) {
      records["Contacts"] = random.int(101...130)
    }
    return VtigerSize(users: random.int(2...5), records: records)
  }

  /// Lives, and returns what was wrong with it: nothing.
  func live() throws -> [String] {
    for _ in 0..<random.int(1...3) {
      try round()
      account.now += Int64(random.int(0...(random.chance(30) ? 400_000 : 20_000)))
      for _ in 0..<random.int(0...12) { edit(using: &random) }
      account.now += Int64(random.int(1...1_000))
    }
    try end()
    if !complaints.isEmpty {
      complaints.append(
        "\(replica.form) \(account.switches) \(account.zoneChanges) \(replica.modules ?? [])")
    }
    return complaints
  }

  // MARK: A run

  private func round() throws {
    let next = account.requestCount + 1
    if random.chance(50) {
      account.faults = FaultScript.random(
        using: &random, requests: next...(next + 60), count: random.int(1...6))
    }
    if random.chance(15) {
      isDoubtful = true
      for _ in 0..<random.int(1...3) {
        account.faults.faults.append(
          .init(.emptyPage, on: .request(next + random.int(0...60))))
      }
    }
    if random.chance(40) {
      account.sessionLosses = Set((0..<random.int(1...5)).map { _ in next + random.int(0...60) })
    }
    let isRestless = random.chance(40)
    let rate = random.pick([5, 20, 50])
    let last = next + random.int(5...60)
    var editor = SplitMix64(seed: random.next())
    let before = try Moment(account, replica)
    var (always, ever) = (before.ids, before.ids)
    let living = try livingRows()
    account.beforeRequest = { [unowned self] account, number in
      if isRestless, number <= last, editor.chance(rate) {
        self.edit(using: &editor)
        for module in before.ids.keys {
          always[module]?.formIntersection(account.ids(of: module))
          ever[module]?.formUnion(account.ids(of: module))
        }
      }
      if editor.chance(10) { self.watch(living, always) }
    }
    var statements = random.chance(25) ? random.int(0...600) : Int.max
    replica.beforeStatement = {
      statements -= 1
      if statements < 0 { throw Crash() }
    }
    let stop = random.chance(20) ? random.int(1...80) : nil
    replica.prepare = { $0.interruptAfter = stop }
    let summary = try sync(full: random.chance(15))
    (account.beforeRequest, replica.beforeStatement) = (nil, nil)
    watch(living, always)
    if summary?.outcome == .good, !isDoubtful { try watchGood(before, always, ever) }
    reader = nil
  }

  private func sync(full: Bool = false) throws -> RunSummary? {
    if isRedescribed { replica.catalogue = try replica.described() }
    isRedescribed = false
    let before = account.requestCount
    defer {
      for request in account.log.suffix(account.requestCount - before) {
        observe(
          "\(Timestamp(request.time).iso8601) \(request.status) "
            + "\(request.method) \(request.target)")
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

  private static let settings: Set<VtigerEdit> = [
    .addField, .removeField, .deactivateField, .addModule, .relabel, .renameValue,
  ]

  private func edit(using generator: inout SplitMix64) {
    if generator.chance(50) { account.now += Int64(generator.int(0...2)) }
    // What an account has is asked between two runs: a field that goes amid one fails the table.
    let kinds =
      account.beforeRequest == nil
      ? account.edits : account.edits.filter { !Self.settings.contains($0) }
    let edit = generator.pick(kinds)
    guard account.apply(edit, using: &generator) else { return }
    if Self.settings.contains(edit) { isRedescribed = true }
    observe("\(Timestamp(account.now).iso8601) \(edit)")
  }

  /// What there was at an instant.
  struct Moment {
    var ids: [String: Set<Int64>] = [:]
    var records: [String: [Int64: JSON]] = [:]

    init(_ account: VtigerAccount, _ replica: Replica) throws {
      let modules = (replica.modules ?? []).union(replica.catalogue?.modules.map(\.name) ?? [])
      for name in modules where replica.reads(name) {
        records[name] = account.records(of: name)
        ids[name] = Set((records[name] ?? [:]).keys)
      }
    }
  }

  // MARK: What holds at every instant

  private func livingRows() throws -> [String: Set<Int64>] {
    guard FileManager.default.fileExists(atPath: replica.path), let catalogue = replica.catalogue
    else { return [:] }
    if reader == nil { reader = try? Database.openReadOnly(path: replica.path) }
    guard let reader else { return [:] }
    let stored = try Inventory(reader).tables
    var living: [String: Set<Int64>] = [:]
    for name in catalogue.modules.map(\.name) where replica.reads(name) {
      guard let table = catalogue[name]?.tableName, catalogue[name]?.hasID == true,
        stored.contains(table)
      else { continue }
      let rows = try reader.rows("SELECT id FROM \(quoted(table)) WHERE _deleted_at IS NULL")
      living[name] = Set(rows.compactMap { $0[0].integer })
    }
    return living
  }

  /// A row that lives here and there all along is never missing, whatever a run is doing.
  private func watch(_ before: [String: Set<Int64>], _ always: [String: Set<Int64>]) {
    guard let now = try? livingRows() else { return }
    for (module, ids) in before {
      let lost = ids.intersection(always[module] ?? []).subtracting(now[module] ?? [])
      if !lost.isEmpty { complaints.append("a reader misses \(module) \(lost.sorted())") }
    }
  }

  // MARK: What a good run promises

  /// No row missing that was there all along, none shown that was not there at any time, and none
  /// under an older stamp than it has had since before the run. What was changed without a stamp
  /// may wait for the sweep.
  private func watchGood(
    _ before: Moment, _ always: [String: Set<Int64>], _ ever: [String: Set<Int64>]
  ) throws {
    let connection = try Database.openReadOnly(path: replica.path)
    let after = try Moment(account, replica)
    let oracle = try Oracle(replica)
    for difference in try oracle.differences(connection) where !difference.isSilent {
      guard let module = module(of: difference.table) else { continue }
      let (was, isNow) = (before.records[module], after.records[module])
      // A record that has come and gone within the run may have been shown to it.
      let isFleeting =
        was?[difference.id] == nil && ever[module]?.contains(difference.id) ?? false
      // A row without an id may be any of its module's.
      let isSame = difference.id == 0 ? was == isNow : was?[difference.id] == isNow?[difference.id]
      let isUnchanged = isSame && !isFleeting
      // A count agrees where one has come within the run for each that had gone.
      let hasCome = !(ever[module] ?? []).isSubset(of: before.ids[module] ?? [])
      if difference.what == "is too many", hasCome, account.switches.countsRows { continue }
      let isMissing = difference.what == "is missing"
      if isMissing, !(always[module]?.contains(difference.id) ?? false) { continue }
      guard isMissing || isUnchanged else { continue }
      complaints.append("behind a good run \(difference)")
    }
  }

  private func module(of table: String) -> String? {
    replica.catalogue?.modules.first { $0.tableName == table }?.name
  }

  // MARK: The end

  /// A good run that reads no row again has every change: those too that answers with nothing have
  /// hidden before.
  private func catchUp() throws {
    account.now += 400
    let budget = replica.options.scrubBudget
    replica.options.scrubBudget = 0
    let summary = try sync()
    replica.options.scrubBudget = budget
    guard summary?.outcome == .good else { return }
    let connection = try Database.openReadOnly(path: replica.path)
    for difference in try Oracle(replica).differences(connection)
    where !difference.isSilent && !["is missing", "is too many"].contains(difference.what) {
      complaints.append("is not caught up with: \(difference)")
    }
  }

  /// Peace: two ordinary runs, with the sweep's time between them, make the file equal.
  private func end() throws {
    (account.faults, account.sessionLosses) = (FaultScript(), [])
    replica.prepare = { _ in }
    account.endSaves()
    try catchUp()
    for _ in 0..<2 {
      account.now += 2 * 86_400 + 60
      let summary = try sync()
      if summary?.outcome != .good, !isOfCrashes(summary?.tables.compactMap(\.error) ?? []) {
        complaints.append(
          "ends \(summary.map { "\($0.outcome) \($0.error ?? "")" } ?? ""): "
            + "\(summary?.tables.compactMap(\.error) ?? [])")
      }
    }
    let connection = try Database.openReadOnly(path: replica.path)
    complaints += try Oracle(replica).differences(connection).prefix(6).map { "at the end \($0)" }
    if try connection.value("PRAGMA integrity_check") != "ok" { complaints.append("broken file") }
    if try connection.value("SELECT count(*) FROM _seen") != 0 {
      complaints.append("keys are left")
    }
    account.now += 60
    let (found, errors) = try replica.verify()
    let oracle = try Oracle(replica)
    for (table, difference) in found where !oracle.wavers(difference, in: table) {
      complaints.append("is verified as different: \(table) \(difference)")
    }
    if !errors.isEmpty, !isOfCrashes(errors) {
      complaints.append("is verified in part: \(errors)")
    }
  }
  /// Whether that is all of documents without lines, which crash where they are asked for by
  /// themselves. Where lines are not counted, and no document has any, nothing else tells that.
  private func isOfCrashes(_ errors: [String]) -> Bool {
    !account.switches.countsLines && !errors.isEmpty
      && errors.allSatisfy {
        $0.contains("retrieve") && ($0.contains("500") || $0.contains("in the middle"))
          || $0.contains("not up to date")
      }
  }
}
