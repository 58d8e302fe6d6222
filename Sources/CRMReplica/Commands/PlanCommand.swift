internal import Glibc
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication

/// `plan`: the requests and the time that the next round will take, before it takes them.
struct PlanCommand: Command {
  let place: ReplicaPlace?
  let full: Bool
  let offline: Bool
  let json: Bool

  static let syntax = CommandSyntax(
    name: "plan", summary: "tell the requests and the time that the next round will take",
    details: """
      Reads the file. Where there is none yet, it asks the account for the number of records, one
      request a list. Of a file it also tells what a day of such rounds takes, as the tables are
      scheduled, and with rounds every hour. With --full it foretells "sync --full".
      Changes nothing.
      """,
    options: [.config, .replica, .full, .offline, .json], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    let configuration = try place.configuration(toAsk: !offline)
    let settings = try ReplicaSettings(reading: configuration)
    let clock = SystemClock()
    do {
      return try say(
        naming(configuration.database) { try planOfFile(settings) }, environment.output)
    } catch DatabaseError.unsynced {
      // What is not there yet is asked for below.
    }
    if !offline, !configuration.source.kind.declaresTables {
      return try planOfUnknown(configuration, environment)
    }
    let counting = try count(settings, environment, clock)
    if let counting, let ending = counting.ending {
      environment.log.note(
        .error, "the account was not counted",
        ["requests": "\(counting.requests)", "error": ending.sentence(settings.source.secret)])
      return ending.exitCode(environment.stop)
    }
    return try say(planOfFirst(settings, counting, at: clock.now()), environment.output)
  }

  private func say(_ plan: Plan, _ output: StandardOutput) throws -> ExitCode {
    try output.write(
      json ? try StandardStream.json(of: plan) : PlanText(plan: plan).text)
    return .success
  }

  // MARK: From the file

  private func planOfFile(_ settings: ReplicaSettings) throws -> Plan {
    let configuration = settings.configuration
    let connection = try Database.openCurrent(path: configuration.database)
    let now = try SourceClock.now(in: connection)
    let forecast = try RoundForecast(
      connection, tables: settings.tables, options: settings.options(full: full),
      recordsPerRequest: settings.source.recordsPerRequest, at: now
    ).forecast()
    let concurrency = configuration.requests.concurrency
    let speed = try Plan.Speed.measured(connection) ?? .assumed(concurrency: concurrency)
    let isRead = try RunHistory(connection).count(asking: true) > 0
    let said = try AllowanceStore(connection).last()
    let longest = settings.source.allowanceRules.last
    let allowances = longest.flatMap { rule in said.map { [rule: $0.allowance] } } ?? [:]
    return plan(
      full ? .full : isRead ? .next : .first, forecast, speed, settings,
      allowances, blocked: said?.blockedUntil, at: now)
  }

  // MARK: From the account

  /// Counts the account, unless nothing may be asked or there is no token to ask with.
  private func count(
    _ settings: ReplicaSettings, _ environment: ProgramEnvironment, _ clock: SystemClock
  ) throws -> ListCounting? {
    if offline { return nil }
    let configuration = settings.configuration
    let credential: any Credential
    do {
      credential = try CredentialFinder(
        environment: environment.variables, interrupt: environment.stop.descriptor,
        log: environment.log
      ).find(configuration)
    } catch let error as any OperatorError {
      environment.log.note(
        .warning, "the account was not counted", ["error": error.message.onOneLine()])
      return nil
    }
    let transport = try configuration.transport(
      credential, concurrency: 1, interrupt: environment.stop.descriptor)
    var counting = ListCounting(
      settings.source, transport, clock, reserve: configuration.requests.reserve,
      pageSize: configuration.requests.pageSize)
    counting.count(settings.tables)
    return counting
  }

  /// Of an account that nobody has asked yet: which tables it has is asked in a file in memory.
  private func planOfUnknown(
    _ configuration: Configuration, _ environment: ProgramEnvironment
  ) throws -> ExitCode {
    let credential = try CredentialFinder(
      environment: environment.variables, interrupt: environment.stop.descriptor,
      log: environment.log
    ).find(configuration)
    let transport = try configuration.transport(
      credential, concurrency: 1, interrupt: environment.stop.descriptor)
    let settings = ReplicaSettings(configuration)
    var options = settings.options()
    // A minute's allowance is waited for, and not that of a day.
    options.longestWait = .seconds(60)
    let asking = try AccountQuestions.ask(
      settings, in: Database.open(path: ":memory:", tables: [], views: []), transport,
      options)
    if let ending = asking.ending {
      environment.log.note(
        .error, "the account was not asked",
        ["requests": "\(ending.requests)", "error": ending.error])
      return ending.exitCode(environment.stop)
    }
    let clock = SystemClock()
    var counting = ListCounting(
      asking.settings.source, transport, clock, reserve: configuration.requests.reserve,
      pageSize: configuration.requests.pageSize)
    counting.count(asking.settings.tables)
    switch counting.ending {
    case nil: break
    case .spent:
      environment.log.note(
        .warning, "the account was not counted to its end", ["requests": "\(counting.requests)"])
    case let ending?:
      environment.log.note(
        .error, "the account was not counted",
        [
          "requests": "\(counting.requests)",
          "error": ending.sentence(asking.settings.source.secret),
        ])
      return ending.exitCode(environment.stop)
    }
    return try say(planOfFirst(asking.settings, counting, at: clock.now()), environment.output)
  }

  private func planOfFirst(
    _ settings: ReplicaSettings, _ counting: ListCounting?, at now: Timestamp
  ) -> Plan {
    let forecast = Forecast.firstRound(
      of: settings.tables, counts: counting?.counts ?? [:], probed: counting?.probed ?? [],
      options: settings.options(full: full))
    let concurrency = settings.configuration.requests.concurrency
    return plan(
      full ? .full : .first, forecast, .assumed(concurrency: concurrency, forecast), settings,
      counting?.allowances ?? [:], countingRequests: counting?.requests ?? 0, at: now)
  }

  // MARK: Time

  private func plan(
    _ kind: Plan.Kind, _ forecast: Forecast, _ speed: Plan.Speed, _ settings: ReplicaSettings,
    _ said: [AllowanceRule: Allowance], blocked: Timestamp? = nil, countingRequests: Int = 0,
    at now: Timestamp
  ) -> Plan {
    let reserve = settings.configuration.requests.reserve
    let rules = settings.source.allowanceRules
    var spending = Spending(
      perRequest: .milliseconds(speed.millisecondsPerRequest),
      rules.map { .init($0, said[$0], reserve: reserve, at: now) })
    let blocked = blocked.flatMap { $0 > now ? $0 : nil }
    if let blocked { spending.blocked = .seconds(blocked - now) }
    let allowances = zip(rules, spending.windows).map { rule, window in
      let reset = said[rule]?.reset.flatMap { $0 > now ? $0 : nil }
      return Plan.Allowance(
        window: rule.name, hourlyLimit: said[rule]?.limit ?? rule.limit,
        isKnown: said[rule]?.limit != nil,
        reserve: reserve, usable: window.usable,
        remaining: reset == nil ? nil : said[rule]?.remaining, resetAt: reset?.sql,
        blockedUntil: blocked?.sql)
    }
    return Plan(
      kind, forecast, spending, allowances: allowances, speed: speed,
      countingRequests: countingRequests, settings: settings)
  }
}

extension PlanCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), full: words.has(.full), offline: words.has(.offline),
      json: words.has(.json))
  }
}

extension OptionSyntax {
  fileprivate static let offline = OptionSyntax(
    name: "--offline", value: nil, presence: .optional, help: "ask the account nothing")
}
