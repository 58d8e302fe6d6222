internal import Model
internal import ReplicaFile
internal import Replication

/// Knows what is wrong and who was told of it, and has each told once when it begins and once when
/// it is over.
///
/// What was told is kept for each channel, in memory and in the file: what could not be sent is
/// sent later, and another process does not send it again. Nothing that fails here is more than a
/// warning in the log.
final class AlertDesk {
  /// What is wrong, with a table or, where it is no matter of one, an empty name.
  private struct Condition: Hashable {
    let kind: Alert.Kind
    var table = ""
  }

  /// Seconds until what could not be sent is tried again.
  static let retryDelay: Int64 = 600

  private var configuration: Configuration
  private let clock: any Clock
  private let post: AlertPost
  private let log: Log
  /// Called before each thing that may take a while.
  private let isAlive: () -> Void
  private let begunAt: Timestamp
  private var conditions: Set<Condition> = []
  private var told: Set<ToldAlert> = []
  private var isUnsaved = false
  /// The file as it was last seen.
  private var standing: Standing?
  private var run: (id: Int64, outcome: String)?
  private var exitCode: ExitCode?
  /// The channels that failed, and when they are tried again.
  private var retries: [String: Duration] = [:]

  init(
    _ configuration: Configuration, _ clock: any Clock, _ post: AlertPost, _ log: Log,
    isAlive: @escaping () -> Void = {}
  ) {
    (self.configuration, self.clock, self.post, self.log) = (configuration, clock, post, log)
    self.isAlive = isAlive
    begunAt = clock.now()
  }

  /// Goes on with another configuration.
  func adopt(_ configuration: Configuration) {
    self.configuration = configuration
    retries = [:]
  }

  /// Learns from the file what was told. That is taken to be as it was until a round shows more.
  func resume(_ session: Session) {
    told = (try? AlertStore(session.connection).told()) ?? []
    conditions = Set(
      told.compactMap { alert in
        Alert.Kind(rawValue: alert.kind).map { Condition(kind: $0, table: alert.table) }
      })
    look(at: session)
  }

  /// A round has ended: tells what has begun and what is over, and pings behind a good one.
  func conclude(_ summary: RunSummary, _ session: Session) {
    guard summary.outcome != .stopped else { return }
    look(at: session)
    run = (summary.id, summary.outcome.rawValue)
    // Where the file could not be looked at, what was wrong with its tables stands.
    conditions = standing == nil ? conditions.filter { [.failed, .held].contains($0.kind) } : []
    switch summary.outcome {
    case .refused: conditions.insert(Condition(kind: .refused))
    case .unavailable: conditions.insert(Condition(kind: .unavailable))
    case .deferred: conditions.insert(Condition(kind: .deferred))
    case .good, .partial, .stopped: break
    }
    let tables = Set(session.settings.tables.map(\.name))
    for table in tables.intersection(standing?.failed ?? []) {
      conditions.insert(Condition(kind: .failed, table: table))
    }
    for table in tables.intersection(standing?.held.keys.map(\.self) ?? []) {
      conditions.insert(Condition(kind: .held, table: table))
    }
    watch()
    save(session)
    if summary.isInOrder { ping() }
  }

  /// The account has let a request in, which says nothing of the tables.
  func reached(_ session: Session) {
    conditions.remove(Condition(kind: .refused))
    conditions.remove(Condition(kind: .unavailable))
    watch()
    save(session)
  }

  /// A round could not be kept.
  func unwritten() {
    conditions.insert(Condition(kind: .unwritten))
    watch()
  }

  /// An error has ended a round, and the process with it. A file that may not be written on that
  /// account is left as it is.
  func ended(_ error: any Error, _ session: Session?) {
    exitCode = OperatorMessage(error).exitCode
    conditions.insert(Condition(kind: .ended))
    watch()
    guard let session, !(error is AnotherAccount), !(error is ReplicaMoved) else { return }
    save(session)
  }

  /// Looks whether no round has been good for too long, and tells what is to be told. To be called
  /// now and then while nothing else happens.
  func watch() {
    if isLate { conditions.insert(Condition(kind: .late)) }
    let channels = configuration.alerts.channels
    // Who tells nobody forgets nothing that others have told.
    if channels.isEmpty { return }
    let foreign = told.filter { alert in !channels.contains { $0.name == alert.channel } }
    if !foreign.isEmpty {
      told.subtract(foreign)
      isUnsaved = true
    }
    for channel in channels where retries[channel.name].map({ $0 <= clock.elapsed() }) ?? true {
      tell(by: channel)
    }
  }

  /// Keeps in the file what was told since it was last kept. Not in the midst of a round.
  func save(_ session: Session) {
    guard isUnsaved else { return }
    let (told, now) = (told, clock.now())
    do {
      var isKept = false
      try session.write { isKept = try AlertStore($0).keep(told, at: now) }
      isUnsaved = !isKept
    } catch {
      // It stays in memory, and the next round has to say what is wrong with the file.
    }
  }

  // MARK: What is wrong

  private func look(at session: Session) {
    guard session.isArranged else { return }
    standing = (try? Standing(in: session.connection)) ?? standing
  }

  private var isLate: Bool {
    guard let limit = configuration.alerts.lateAfter else { return false }
    let age = clock.now() - (standing?.goodAt ?? begunAt)
    return age > limit.components.seconds
  }

  // MARK: Telling

  private func tell(by channel: AlertChannel) {
    let known = Set(
      told.filter { $0.channel == channel.name }.compactMap { alert in
        Alert.Kind(rawValue: alert.kind).map { Condition(kind: $0, table: alert.table) }
      })
    let (begun, over) = (conditions.subtracting(known), known.subtracting(conditions))
    for kind in Alert.Kind.allCases {
      for (state, changed) in [(Alert.State.begun, begun), (.resolved, over)] {
        let tables = changed.filter { $0.kind == kind }.map(\.table).sorted()
        if tables.isEmpty { continue }
        guard send(alert(kind, state, tables), by: channel) else { return }
        for table in tables {
          let alert = ToldAlert(channel: channel.name, kind: kind.rawValue, table: table)
          if state == .begun { told.insert(alert) } else { told.remove(alert) }
        }
        isUnsaved = true
      }
    }
  }

  private func alert(_ kind: Alert.Kind, _ state: Alert.State, _ tables: [String]) -> Alert {
    Alert(
      kind: kind, state: state, database: configuration.database, at: clock.now(),
      tables: tables.filter { !$0.isEmpty }, held: kind == .held ? standing?.held ?? [:] : [:],
      run: run, goodAt: standing.flatMap { $0.hasBeenGood ? $0.goodAt : nil },
      exitCode: kind == .ended ? exitCode : nil)
  }

  /// Whether it was sent.
  private func send(_ alert: Alert, by channel: AlertChannel) -> Bool {
    guard !post.isStopped() else { return false }
    isAlive()
    let failure = post.send(alert, channel)
    isAlive()
    let (kind, state) = (alert.kind.rawValue, alert.state.rawValue)
    guard let failure else {
      log.note(.info, "alert sent", ["by": channel.name, "alert": kind, "state": state])
      return true
    }
    retries[channel.name] = clock.elapsed() + .seconds(Self.retryDelay)
    log.note(
      .warning, "alert not sent",
      [
        "by": channel.name, "alert": kind, "state": state, "error": failure,
        "next":
          "tried again in \(Duration.seconds(Self.retryDelay).spoken), or by the next process",
      ])
    return false
  }

  private func ping() {
    guard let address = configuration.alerts.pingURL, !post.isStopped() else { return }
    isAlive()
    if let failure = post.ping(address) {
      log.note(.warning, "ping not sent", ["error": failure])
    }
    isAlive()
  }
}
