package import Simulation

/// One Vtiger CRM in memory, as one of its users sees it.
///
/// A plain class for one thread at a time. Two accounts of the same seed, size, switches and clock
/// answer the same requests with the same bytes. It survives nothing: there is no file behind it.
package final class VtigerAccount {
  /// The server's clock in seconds since 1970, moved by whoever owns the account.
  package var now: Int64
  /// The address of the origin, below which both forms of the API lie.
  package var baseURL = "https://crm.example"
  /// How it behaves, and for whom.
  package var switches: VtigerSwitches
  /// Trouble that is still to come.
  package var faults = FaultScript()
  /// The user whose requests are answered.
  package var username = "ada@example.com"
  /// That user's access key.
  package var accessKey = "QjHc7VqUuJwJd41p"
  /// The numbers of the requests before which every session vanishes, as when PHP cleans up or the
  /// server restarts: measured is `INVALID_SESSIONID`.
  package var sessionLosses: Set<Int> = []
  /// Records at which the server crashes whenever it shows them by `retrieve`.
  package var crashingRecords: Set<Int64> = []
  /// Tables that are broken: every query that joins one finds nothing (measured on 8.3.0).
  package var brokenTables: Set<String> = []
  /// When the server's zone changes its distance from UTC, as daylight saving has it, in order of
  /// time. Before the first change the switch holds.
  package var zoneChanges: [ZoneChange] = []
  /// The minute's allowance (documented for Cloud).
  package var minute = RateLimit(limit: 60, window: 60)
  /// The hour's, of which no header tells the rest (documented).
  package var hour = RateLimit(limit: 4_000, window: 3_600)
  /// The day's.
  package var day = RateLimit(limit: 7_200, window: 86_400)
  /// Called before a request is answered, with its number counted from 1.
  package var beforeRequest: ((VtigerAccount, Int) -> Void)?
  /// Edits that fall between requests, before `beforeRequest`.
  package var churns: [Churn<VtigerAccount>] = []
  /// How many answered requests the log keeps, oldest first.
  package var logLimit = 100_000
  /// The requests answered so far.
  package internal(set) var log: [LoggedRequest] = []
  /// How many requests have arrived.
  package internal(set) var requestCount = 0

  let seed: UInt64
  var generator: SplitMix64
  var modules: [Module] = []
  var shelves: [String: Shelf] = [:]
  /// The lines of each document, in the order of their sequence.
  var linesByDocument: [Int64: [Int64]] = [:]
  var picklists = Picklists.stock
  /// The keys of cells by field name.
  var keys: [String: UInt16] = [:]
  /// The groups of each user.
  var groupsByUser: [Int64: [Int64]] = [:]
  /// The number of the user whose requests are answered.
  let userID: Int64 = 1
  /// Documents whose save has not come to its end, with what it will write.
  var openSaves: [OpenSave] = []
  var sessions = SessionStore()
  /// The last numbers of the sequences: of records, users and groups, lines, custom fields.
  var lastID: Int64 = 1
  var lastUserID: Int64 = 0
  var lastLineID: Int64 = 0
  var lastFieldNumber = CustomFields.firstNumber - 2
  /// The last running number of each module (`ACC12`).
  var lastNumbers: [String: Int] = [:]

  /// Makes an account.
  ///
  /// - Parameters:
  ///   - seed: what everything random comes from.
  ///   - size: how many records.
  ///   - now: the server's clock in seconds since 1970; all records are older.
  ///   - switches: how it behaves, and for whom.
  package init(
    seed: UInt64, size: VtigerSize = .small, now: Int64, switches: VtigerSwitches = .init()
  ) {
    self.seed = seed
    self.now = now
    self.switches = switches
    generator = SplitMix64(seed: seed)
    install()
    populate(size)
  }

  /// The wall clock of the server's zone.
  var wallClock: Int64 { now + offset(at: now) }

  /// The seconds from UTC to the server's zone at an instant.
  func offset(at instant: Int64) -> Int64 {
    zoneChanges.last { $0.instant <= instant }?.offset ?? switches.zoneOffset
  }

  /// The instant at which the wall clock shows this: the first of two, and of a time that was left
  /// out by the clock as it was before.
  package func instant(ofWall local: Int64) -> Int64 {
    let offsets = [switches.zoneOffset] + zoneChanges.map(\.offset)
    let instants = offsets.map { local - $0 }.filter { $0 + offset(at: $0) == local }
    return instants.min() ?? local - offset(at: local - daySeconds)
  }

  /// A change of the distance of the server's zone from UTC.
  package struct ZoneChange: Sendable, Hashable {
    /// Seconds since 1970.
    package let instant: Int64
    package let offset: Int64

    package init(at instant: Int64, offset: Int64) {
      self.instant = instant
      self.offset = offset
    }
  }
}

extension VtigerAccount {
  func module(_ name: String) -> Module? { modules.first { $0.name == name } }

  /// The key of the cells of a field name, which is made when it is new.
  func key(_ name: String) -> UInt16 {
    if let key = keys[name] { return key }
    let key = UInt16(keys.count)
    keys[name] = key
    return key
  }

  /// Adds a module, or puts one of its name in its place.
  func add(_ module: Module) {
    var module = module
    for place in module.fields.indices {
      module.fields[place].key = key(module.fields[place].name)
    }
    if let place = modules.firstIndex(where: { $0.name == module.name }) {
      modules[place] = module
    } else {
      modules.append(module)
    }
    if shelves[module.shelf] == nil { shelves[module.shelf] = Shelf() }
  }

  private func install() {
    let isHosted = switches.release == .cloud
    for module in Module.stock { add(isHosted ? module.hosted : module) }
    for (name, types) in CustomFields.modules {
      guard var module = module(name) else { continue }
      module.insert(customFields(types, of: name))
      add(module)
    }
  }

  /// New custom fields of those types, with their picklists. Newer hosted accounts name them by
  /// their module.
  func customFields(_ types: [String], of name: String) -> [Field] {
    let prefix = switches.release == .cloud ? "cf_\(name.lowercased())_x" : "cf_"
    let fields = CustomFields.fields(types, prefix: prefix, from: lastFieldNumber + 2)
    lastFieldNumber += 2 * types.count
    for field in fields where field.type == .picklist || field.type == .multipicklist {
      picklists[field.name] = CustomFields.values
    }
    return fields
  }

  func record(_ id: Int64, in module: Module) -> Record? { shelves[module.shelf]?[id] }

  /// Whether a record is one of the module's that `query` may show: the filters that are built in.
  func isListed(_ record: Record, in module: Module) -> Bool {
    guard !record.isDeleted, !record.isBroken else { return false }
    return isOfKind(record, module) && (module.name != "Leads" || !record.isConverted)
  }

  /// Whether a record belongs to the module rather than to another with which it shares its store.
  func isOfKind(_ record: Record, _ module: Module) -> Bool {
    switch module.name {
    case "Calendar": record[key("activitytype")] == .text("Task")
    case "Events": record[key("activitytype")] != .text("Task")
    case "Users": record[key("status")] == .text("Active")
    case "Currency": record[key("deleted")] != .text("1")
    default: true
    }
  }
}
