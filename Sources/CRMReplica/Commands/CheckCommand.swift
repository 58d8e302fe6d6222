internal import FoundationEssentials
internal import Glibc
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// `check`: configuration, token, reachability, quota and database, one line each. Changes nothing.
struct CheckCommand: Command {
  let place: ReplicaPlace?
  /// Whether the configuration is printed as it takes effect, and nothing else tested.
  let printConfig: Bool
  /// Whether the configuration is tested, and nothing else.
  var offline = false
  /// Whether alerts are tried in the place of the account.
  var alerts = false
  var json = false

  static let syntax = CommandSyntax(
    name: "check", summary: "test configuration, token, connection, quota and database",
    details: details,
    options: [.config, .replica, .printConfig, .offline, .alerts, .json], takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let place = try environment.place(place, of: Self.syntax.name)
    if printConfig {
      let configuration = try place.configuration(absolute: true)
      let effective = try ReplicaSettings(reading: configuration).effective
      try environment.output.write(effective.text(ReplicaSettings.names))
      return .success
    }
    let lines = CheckLines(environment.output, asJSON: json)
    let code = try check(place, environment, lines)
    try lines.finish()
    return code
  }

  private func check(
    _ place: ReplicaPlace, _ environment: ProgramEnvironment, _ lines: CheckLines
  ) throws -> ExitCode {
    let configuration: Configuration
    do {
      configuration = try place.configuration(toAsk: true)
    } catch let error as any OperatorError {
      try lines.say("configuration", failed: error.message)
      return error.exitCode
    }
    let settings = try ReplicaSettings(reading: configuration)
    try lines.say("configuration", "\(place.spoken), \(settings.tables.count.counted("table"))")
    if alerts { return try tryAlerts(configuration, environment, lines) }
    if offline { return .success }
    let credential: any Credential
    do {
      credential = try CredentialFinder(
        environment: environment.variables, interrupt: environment.stop.descriptor,
        log: environment.log
      ).find(configuration)
      try lines.say(
        configuration.source.kind.secretNames.word, credential.spoken(at: SystemClock().now()))
    } catch let error as any OperatorError {
      try lines.say(configuration.source.kind.secretNames.word, failed: error.message)
      return error.exitCode
    }
    let account: ExitCode
    if let blocked = Self.blockedUntil(configuration.database, settings.source.allowanceRules) {
      try lines.say(
        "source", failed: "not asked: its allowance is used up until \(blocked.iso8601)")
      account = .tryLater
    } else {
      account = try checkAccount(configuration, credential, environment, lines)
    }
    if !lines.hasSaid("quota"), !settings.source.allowanceRules.isEmpty {
      try lines.say("quota", failed: "the source has not told it")
    }
    let database = try checkDatabase(configuration.database, lines)
    return account == .success ? database : account
  }

  /// Sends a test by everything that alerts leave by, and calls what is pinged.
  private func tryAlerts(
    _ configuration: Configuration, _ environment: ProgramEnvironment, _ lines: CheckLines
  ) throws -> ExitCode {
    let (configured, post) = (configuration.alerts, AlertPost.real(environment.stop))
    let test = Alert(kind: .test, database: configuration.database, at: SystemClock().now())
    var tries: [(key: String, failure: () -> String?)] = configured.channels.map { channel in
      (key: channel.name, failure: { post.send(test, channel) })
    }
    if let address = configured.pingURL {
      tries.append((key: "ping_url", failure: { post.ping(address) }))
    }
    guard !tries.isEmpty else {
      try lines.say("alerts", failed: "the configuration names nobody who is told")
      return .configuration
    }
    var isFine = true
    for (key, failure) in tries {
      guard !environment.stop.isAsked else { return environment.stop.exitCode }
      if let failure = failure() {
        isFine = false
        try lines.say("alerts.\(key)", failed: failure)
      } else {
        try lines.say("alerts.\(key)", key == "ping_url" ? "called" : "took a test")
      }
    }
    return isFine ? .success : .unavailable
  }

  /// The instant before which nobody may ask, as far as the file can tell.
  private static func blockedUntil(_ path: String, _ rules: [AllowanceRule]) -> Timestamp? {
    guard access(path, F_OK) == 0, let connection = try? Database.openReadOnly(path: path) else {
      return nil
    }
    return try? AllowanceStore(connection).blockedUntil(SourceClock.now(in: connection), rules)
  }

  /// Asks who the token is: reachability and quota in one request.
  private func checkAccount(
    _ configuration: Configuration, _ credential: any Credential,
    _ environment: ProgramEnvironment, _ lines: CheckLines
  ) throws -> ExitCode {
    let transport = try configuration.transport(
      credential, concurrency: 1, interrupt: environment.stop.descriptor)
    let kind = configuration.source.kind
    let address = configuration.source.address
    let question = kind.currentUser(at: address)
    guard let result = Self.answer(to: question, by: transport) else {
      return environment.stop.exitCode
    }
    let source = kind.source(at: address, tables: kind.catalogue())
    switch result {
    case .failure(let error) where error.kind == .credentialRefused:
      try lines.say("source", failed: error.detail)
      return .refused
    case .failure(let error):
      try lines.say(
        "source", failed: "no answer from \(configuration.source.baseURL): \(error.sentence)")
      return .unavailable
    case .success(let response):
      let reply = source.reply(response, to: question)
      guard reply.verdict == .accept else {
        let said = reply.message.map { ": \($0)" } ?? ""
        try lines.say(
          "source", failed: "\(configuration.source.baseURL) answers \(response.status)\(said)")
        return Self.exitCode(of: reply.verdict)
      }
      guard (try? JSONNode(reading: response.body)) != nil else {
        try lines.say(
          "source", failed: "\(configuration.source.baseURL) answers, and what is not JSON")
        return .unavailable
      }
      let name = kind.userName(in: response.body) ?? "a user without a name"
      let secret = kind.secretNames.word
      try lines.say(
        "source", "\(configuration.source.baseURL) knows the \(secret) as \(name.onOneLine())")
      for rule in source.allowanceRules {
        let said = reply.allowances[rule] ?? Allowance()
        // Never more than half of an allowance is left to others.
        let reserve = min(configuration.requests.reserve, (said.limit ?? rule.limit) / 2)
        try lines.say("quota", Self.quota(said, of: rule, reserve))
      }
      guard try isOfFile(configuration, source, transport, lines) else { return .configuration }
      guard let survey = kind.survey(at: address, user: response.body) else { return .success }
      return try tell(survey, source, transport, environment.stop, lines)
    }
  }

  /// Whether the account is that of the file, as far as both can be known; one request.
  private func isOfFile(
    _ configuration: Configuration, _ source: any Source, _ transport: any Transport,
    _ lines: CheckLines
  ) throws -> Bool {
    let path = configuration.database
    guard access(path, F_OK) == 0, let connection = try? Database.openReadOnly(path: path),
      let held = try? AccountStore(connection).held().account.text,
      let question = source.identityQuestions(pageSize: configuration.requests.pageSize)
        .first(where: { $0.subject == .account }),
      case .success(let response)? = Self.answer(to: question.request, by: transport),
      response.status == 200, let account = question.read(response.body), account.id != held
    else { return true }
    let error = AnotherAccount(
      path: path, held: held, found: account.id, witness: nil, secret: source.secret)
    try lines.say("account", failed: OperatorMessage(error).text)
    return false
  }

  /// Asks what the account has, and says it.
  private func tell(
    _ survey: any Survey, _ source: any Source, _ transport: any Transport, _ stop: StopSignal,
    _ lines: CheckLines
  ) throws -> ExitCode {
    var survey = survey
    while let request = survey.next {
      guard let result = Self.answer(to: request, by: transport) else { return stop.exitCode }
      let reply: Reply
      switch result {
      case .success(let response):
        reply = source.reply(response, to: request)
        if case .accept = survey.take(response, to: request) { continue }
      case .failure(let error): reply = Reply(Verdict(error), message: error.detail)
      }
      let said = reply.message.map { ": \($0)" } ?? ""
      try lines.say("source", failed: "no answer to \(request)\(said)")
      return Self.exitCode(of: reply.verdict)
    }
    if let obstacle = survey.obstacle {
      try lines.say("source", failed: obstacle.sentence)
      return obstacle.isRefusal ? .refused : .unavailable
    }
    for line in survey.lines {
      if line.isFailure {
        try lines.say(line.subject, failed: line.text)
      } else {
        try lines.say(line.subject, line.text)
      }
    }
    return survey.lines.contains(where: \.isFailure) ? .configuration : .success
  }

  /// The answer to a request, made once more if the token had to be renewed; nil after a stop.
  private static func answer(
    to request: Request, by transport: any Transport
  ) -> Result<Response, HTTPError>? {
    while true {
      transport.send(request, id: 0)
      guard case .finished(let exchange) = transport.next(timeout: nil) else { return nil }
      if case .failure(let error) = exchange.result, error.kind == .notSent { continue }
      return exchange.result
    }
  }

  private static func exitCode(of verdict: Verdict) -> ExitCode {
    switch verdict {
    case .refuse, .fail(.forbidden): .refused
    case .wait, .pause: .tryLater
    case .accept, .retry, .missing, .fail, .suspend: .unavailable
    }
  }

  private static func quota(
    _ allowance: Allowance, of rule: AllowanceRule, _ reserve: Int
  ) -> String {
    guard let remaining = allowance.remaining else {
      return "the source does not tell; \(rule.limit.grouped) requests \(rule.name) assumed"
    }
    let limit = allowance.limit.map { " of \($0.grouped)" } ?? ""
    let reset = allowance.reset.map { " until \($0.iso8601)" } ?? ""
    return "\(remaining.grouped)\(limit) requests left\(reset), \(reserve.grouped) left to others"
  }

  /// Looks at the whole file, or at the folder of a file that does not exist yet.
  private func checkDatabase(_ path: String, _ lines: CheckLines) throws -> ExitCode {
    do {
      guard access(path, F_OK) == 0 else {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
          .joined(separator: "/")
        let place = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
        guard access(place, W_OK) == 0 else {
          try lines.say("database", failed: "\(place): \(String(cString: strerror(errno)))")
          return .database
        }
        try lines.say("database", "\(path) will be made by the first sync")
        return .success
      }
      let runs = try naming(path) {
        let connection = try Database.openReadOnly(path: path)
        try connection.requireWhole()
        return try RunHistory(connection).count()
      }
      guard access(path, W_OK) == 0 else {
        try lines.say("database", failed: "\(path): \(String(cString: strerror(errno)))")
        return .database
      }
      try lines.say("database", "\(path), \(runs.grouped) runs so far")
      return .success
    } catch DatabaseError.unsynced where access(path, W_OK) == 0 {
      try lines.say("database", "\(path) is empty and will be filled by the first sync")
      return .success
    } catch {
      let message = OperatorMessage(error)
      try lines.say("database", failed: message.text)
      return message.exitCode
    }
  }
}

/// What `check` finds: a line each at once, or one JSON object in the end.
private final class CheckLines {
  private let output: StandardOutput
  private let asJSON: Bool
  private var found: [JSONDocument] = []
  private var isWell = true
  private var said: Set<String> = []

  init(_ output: StandardOutput, asJSON: Bool) {
    (self.output, self.asJSON) = (output, asJSON)
  }

  func hasSaid(_ subject: String) -> Bool { said.contains(subject) }

  func say(_ subject: String, _ text: String) throws { try add(subject, isFine: true, text) }

  func say(_ subject: String, failed text: String) throws {
    let line = text.split(separator: "\n").joined(separator: " ")
    try add(subject, isFine: false, line)
  }

  private func add(_ subject: String, isFine: Bool, _ text: String) throws {
    isWell = isWell && isFine
    said.insert(subject)
    guard asJSON else {
      try output.write("\(subject): \(isFine ? "ok" : "failed"), \(text)\n")
      return
    }
    found.append(
      .object([
        .init("subject", .string(subject)), .init("is_ok", .bool(isFine)),
        .init("text", .string(text)),
      ]))
  }

  func finish() throws {
    guard asJSON else { return }
    try output.write(
      JSONDocument.object([.init("is_well", .bool(isWell)), .init("checks", .array(found))]).text)
  }
}

extension CheckCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(
      place: try words.place(), printConfig: words.has(.printConfig),
      offline: words.has(.offline), alerts: words.has(.alerts), json: words.has(.json))
  }
}

extension OptionSyntax {
  fileprivate static let printConfig = OptionSyntax(
    name: "--print-config", value: nil, presence: .optional,
    help: "print the configuration with all defaults, test nothing else")
  fileprivate static let offline = OptionSyntax(
    name: "--offline", value: nil, presence: .optional,
    help: "test the configuration alone")
  fileprivate static let alerts = OptionSyntax(
    name: "--alerts", value: nil, presence: .optional,
    help: "send a test to those whom alerts tell, and ask no account")
}

/// What its page of the help says.
private let details = """
  Prints one line for each. Changes nothing. With --print-config it prints the configuration as
  it takes effect, as JSON that is a configuration itself wherever it is put, and asks the account
  nothing. No secret stands in it, only the names of the files that hold one, and the addresses of
  alerts as they are. With --alerts the program, the address and the ping of "alerts" are tried
  once each, and a line each says what came of it.
  """
