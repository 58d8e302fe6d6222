internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// What a round will take: requests table by table, the time, and the waits among it.
///
/// It is an estimate: nobody knows what the account's people change meanwhile.
struct Plan: Encodable {
  enum Kind: String, Encodable {
    /// The first round, into an empty file.
    case first
    /// The next round: what has changed.
    case next
    /// A round that reads everything.
    case full
  }
  struct Speed: Encodable {
    let millisecondsPerRequest: Double
    /// Whether the last runs were measured; it is assumed otherwise.
    let isMeasured: Bool
  }
  struct Allowance: Encodable {
    /// The window, as it stands behind a number of requests: `an hour`.
    let window: String
    /// Requests of a whole window, whatever its length.
    let hourlyLimit: Int
    /// Whether the source has told the limit.
    let isKnown: Bool
    let reserve: Int
    /// Requests of a window that a round may make.
    let usable: Int
    /// What the source said of the running one, if that is not over.
    let remaining: Int?
    let resetAt: String?
    let blockedUntil: String?
  }
  struct Table: Encodable {
    let table: String
    let requests: Int
    /// Requests that read rows again though nothing says that they have changed.
    let sweepRequests: Int
    let rows: Int?
    let basis: Forecast.Basis
    /// From the beginning of the round until the table has been read.
    let readAfterSeconds: Int64
    /// Seconds between two rounds that read it, and its requests of a day of them.
    var everySeconds: Int64?
    var requestsPerDay: Int?
  }
  struct Parents: Encodable {
    let parents: Int
    let requestsPerRound: Int
    /// Rounds in which each parent is read once.
    let rounds: Int
  }
  /// The requests of a day, if all its rounds are like the next one.
  struct Day: Encodable {
    /// With each table read as often as the configuration says.
    let requests: Int
    /// With rounds every hour, and every five minutes.
    let requestsIfHourly: Int
    let requestsIfEveryFiveMinutes: Int
    /// What the allowances leave; nil where the source counts no requests.
    let usable: Int?

    /// `schedules` has those of the tables for rounds so far apart, or as they are.
    init(
      _ forecast: Forecast, usable: Int?, schedules: (_ every: Duration?) -> [String: Schedule]
    ) {
      let own = schedules(nil)
      // What a day sweeps is the same in however many rounds.
      let sweeps = forecast.lines.map { $0.sweeps(own[$0.table]) }.reduce(0, +)
      func requests(every: Duration?) -> Int {
        let schedules = every.map { schedules($0) } ?? own
        return Int(
          forecast.lines.map { $0.readings(schedules[$0.table]) }.reduce(sweeps, +).rounded())
      }
      self.requests = requests(every: nil)
      requestsIfHourly = requests(every: .seconds(3_600))
      requestsIfEveryFiveMinutes = requests(every: .seconds(300))
      self.usable = usable
    }
  }

  let database: String
  let kind: Kind
  let requests: Int
  /// Whether some lists are not known, and may take more.
  let isLowerBound: Bool
  let seconds: Int64
  /// Of them, those spent waiting for the allowance.
  let waitedSeconds: Int64
  /// Requests that were made to count the records of the account.
  let countingRequests: Int
  let speed: Speed
  /// Of the longest window; nil where the source counts no requests.
  let allowance: Allowance?
  /// Those of shorter windows, the shortest first.
  let shorterAllowances: [Allowance]
  /// Nil but for the next round, which is like those behind it.
  let day: Day?
  /// What costs a request a parent; nil where nothing does.
  let parents: Parents?
  let tables: [Table]

  init(
    _ kind: Kind, _ forecast: Forecast, _ spending: Spending, allowances: [Allowance], speed: Speed,
    countingRequests: Int, settings: ReplicaSettings
  ) {
    let counted = Set(settings.tables.filter { $0.isCountable }.map(\.name))
    database = settings.configuration.database
    self.kind = kind
    requests = forecast.requests
    isLowerBound = forecast.lines.contains { $0.basis == .assumed && counted.contains($0.table) }
    let time = spending.time(for: forecast.requests)
    (seconds, waitedSeconds) = (time.total.components.seconds, time.waited.components.seconds)
    self.countingRequests = countingRequests
    (self.speed, allowance, shorterAllowances) = (
      speed, allowances.last, Array(allowances.dropLast())
    )
    let usable = zip(settings.source.allowanceRules, allowances).map { rule, allowance in
      allowance.usable * Int(86_400 / rule.seconds)
    }
    let common = settings.configuration.schedule.every
    day =
      kind == .next
      ? Day(forecast, usable: usable.min()) { settings.schedules(every: $0 ?? common) } : nil
    let schedules = settings.schedules
    tables = zip(forecast.lines, forecast.requestsUntilRead).map { line, count in
      var table = Table(
        table: line.table, requests: line.requests, sweepRequests: line.scrub, rows: line.rows,
        basis: line.basis,
        readAfterSeconds: spending.time(for: count).total.components.seconds)
      if kind == .next, let schedule = schedules[line.table] {
        table.everySeconds = schedule.every
        table.requestsPerDay = Int((line.readings(schedule) + line.sweeps(schedule)).rounded())
      }
      return table
    }
    let perParent = Set(settings.tables.filter { $0.method == .perParent }.map(\.name))
    let lines = forecast.lines.filter { perParent.contains($0.table) }
    let all = lines.reduce(0) { $0 + ($1.rows ?? 0) }
    let budget = settings.configuration.requests.perParentBudget
    parents =
      all == 0
      ? nil
      : Parents(
        parents: all, requestsPerRound: min(budget, all),
        rounds: budget == 0 ? 0 : (all + budget - 1) / budget)
  }
}

extension Forecast.Line {
  /// Requests of a day for what rounds read, and for what they sweep.
  fileprivate func readings(_ schedule: Schedule?) -> Double {
    let rounds = schedule?.roundsPerDay ?? 0
    func atMost(every seconds: Int64) -> Double { min(rounds, 86_400 / Double(seconds)) }
    return Double(requests - rereads - hints) * rounds
      + Double(rereads) * atMost(every: Schedule.rareEvery)
      + Double(hints) * atMost(every: RoundOptions().hintEvery ?? .max)
  }

  fileprivate func sweeps(_ schedule: Schedule?) -> Double {
    Double(scrub) * (schedule?.roundsPerDay ?? 0)
  }
}

extension Model.Table {
  /// Whether only the account knows how many requests it takes.
  fileprivate var isCountable: Bool {
    method == .perParent || listings.contains { $0.isCounted || $0.parent != nil }
  }
}

extension Plan.Speed {
  /// A page as it is assumed to come, in milliseconds: what a page of a hundred records takes over
  /// the Internet, several at a time.
  static let assumedPage = 200.0

  /// Of the last runs that are worth measuring.
  static func measured(_ connection: Connection) throws -> Plan.Speed? {
    guard let speed = try RunHistory(connection).speed(), speed.requests >= 100 else { return nil }
    return Plan.Speed(
      millisecondsPerRequest: max(1, speed.seconds * 1_000 / Double(speed.requests)),
      isMeasured: true)
  }

  /// In the mean over what is foreseen: a list without a count is read one page at a time, which
  /// the others are read beside.
  static func assumed(concurrency: Int, _ forecast: Forecast? = nil) -> Plan.Speed {
    let uncounted = forecast?.lines.filter { $0.basis == .probed }.map(\.requests).max() ?? 0
    let share = Double(uncounted) / Double(max(1, forecast?.requests ?? 1))
    return Plan.Speed(
      millisecondsPerRequest: assumedPage * max(1 / Double(concurrency), share), isMeasured: false)
  }
}
