internal import Glibc
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication

/// A request to the daemon while it runs.
enum DaemonSignal: Sendable, Hashable {
  case stop
  /// Read the configuration again.
  case reload
  /// Begin a round now.
  case round
}

/// The clock, files and signals around a daemon. A test puts simulated ones in their place.
struct DaemonWorld {
  let clock: any Clock
  let zone: LocalZone
  /// Reads the configuration and the token, anew each time.
  let load: () throws -> Assignment
  /// Takes the next signal that has come, or nil. Does not wait.
  let signal: () -> DaemonSignal?
  /// Waits at most that long, and no longer than until a signal comes.
  let wait: (Duration) -> Void
  /// Runs a round through a transport.
  var round:
    (Session, RoundOptions, any Transport, @escaping (RunEvent) -> Void) throws -> RunSummary
  /// Asked when the source has refused the token of an assignment: what to go on with, or nil,
  /// which ends the daemon.
  var renew: (Assignment) throws -> Assignment? = { _ in nil }
  /// Shows monitors how the replica is: after each round, and now and then while one lasts.
  var show: (Session) -> Void = { _ in }
  /// Publishes what a round has brought. Says now and then that it is alive.
  var publish: (Session, RunSummary, _ isAlive: @escaping () -> Void) -> Void = { _, _, _ in }
  /// Sends alerts.
  var alerts = AlertPost.none
}

/// One round after another, each when it is due, until a signal ends it.
///
/// It holds the lock on the file from its beginning to its end. Where the path leads to another
/// file by then, it goes on with that one, and where it leads to none, it ends. What passes by
/// itself does not end it: a source that is down, a table that fails, and a file that cannot be
/// written for want of room or for another program's lock; it tries again, ever more seldom. A
/// refused token and a damaged file end it, for they need somebody.
final class Daemon {
  /// Seconds until a file that could not be written is tried again; they double up to the longest.
  static let firstFileDelay: Int64 = 60
  static let longestFileDelay: Int64 = 600

  let world: DaemonWorld
  let log: Log
  let notifier: Notifier
  let alerts: AlertDesk
  private var lock: ReplicaLock?
  var assignment: Assignment
  /// A configuration that was taken in and is used from the next round on.
  var pending: Assignment?
  var session: Session?
  private var agenda: Agenda?
  /// When each table is due, as it was worked out at an instant.
  private var plan: (made: Timestamp, dues: [String: Timestamp])?
  var isStopping = false
  var isRoundAsked = false
  /// Whether the account has not been asked for anything yet.
  var isFresh = true
  /// The tables of the round under way, or nil between two.
  var tablesUnderWay: Set<String>?
  /// No round before this, unless one is asked for.
  var heldUntil: Duration?
  /// No round before this, whoever asks: a refusal for the allowance could not be written down.
  var blockedUntil: Duration?
  /// Rounds in a row in which the source could not be reached, the token was refused, or the file
  /// could not be written.
  var unavailable = 0
  var refusals = 0
  var fileFailures = 0
  private var announced: Timestamp?
  /// What rounds of this session need not do each time.
  var rareWork = RareWork()
  /// Tables that have got rows which only records name, and have not been read since: such a row
  /// may have come between the reading of the two.
  var named: Set<String> = []
  /// When monitors were last shown a round under way.
  var shownAt: Duration?

  /// Reads the configuration, takes the lock and opens the file. Throws what the operator can mend.
  init(_ world: DaemonWorld, log: Log, notifier: Notifier) throws {
    (self.world, self.log, self.notifier) = (world, log, notifier)
    assignment = try world.load()
    let lock = try ReplicaLock(assignment.settings.configuration.database)
    self.lock = lock
    let session = try Session(assignment, lock: lock, log: log)
    self.session = session
    alerts = AlertDesk(
      assignment.settings.configuration, world.clock, world.alerts, log,
      isAlive: { [notifier] in notifier.feed() })
    alerts.resume(session)
  }

  /// Runs until a signal or something that needs somebody. Throws what ended it otherwise.
  func run() throws -> ExitCode {
    log.noteLeftOut(assignment.settings)
    log.note(
      .info, "daemon ready",
      [
        "version": Program.version, "tables": "\(assignment.settings.tables.count)",
        "database": assignment.settings.configuration.database,
      ])
    notifier.ready()
    do {
      while true {
        guard let exitCode = try turn() else { continue }
        notifier.stopping(
          exitCode == .success ? "Stopped." : "Ended, as somebody has to act: \(exitCode.meaning).")
        return exitCode
      }
    } catch {
      alerts.ended(error, session)
      notifier.stopping("Ended by an error: \(OperatorMessage(error).text)")
      throw error
    }
  }

  /// One turn of the loop: a nap or a round. Returns the exit code when there is no other turn.
  private func turn() throws -> ExitCode? {
    if attend() {
      log.note(.info, "daemon stopped", ["next": "nothing more is done until it is started again"])
      return .success
    }
    takeOver()
    let elapsed = world.clock.elapsed()
    if let hold = [blockedUntil, isRoundAsked ? nil : heldUntil].compactMap({ $0 }).max(),
      elapsed < hold
    {
      // Rounded up, so that no turn is without a nap.
      let seconds = (hold - elapsed).components.seconds + 1
      rest(until: world.clock.now() + seconds, atMost: hold - elapsed)
      return nil
    }
    do {
      let session = try opened()
      let tables = try dueTables(session)
      guard tables.isEmpty else { return try round(session, tables) }
      if isFresh { return try probe(session) }
      let next = try nextDue(session)
      rest(until: next, atMost: .seconds(max(next - world.clock.now(), 1)))
    } catch let error as ReplicaFileError where error.cause.mayPass {
      postpone(error)
    } catch ReplicaMoved.replaced(let path) {
      log.note(
        .warning, "file replaced",
        ["file": path, "next": "what is there now is opened anew, with all that is checked then"])
      close()
      lock = nil
    }
    return nil
  }

  /// Goes on with a configuration that was taken in meanwhile.
  private func takeOver() {
    guard let pending else { return }
    assignment = pending
    self.pending = nil
    alerts.adopt(assignment.settings.configuration)
    close()
  }

  /// Closes the file, not its lock.
  func close() {
    (session, rareWork) = (nil, RareWork())
    forgetAgenda()
  }

  private func opened() throws -> Session {
    if let session {
      try session.requireInPlace()
      return session
    }
    notifier.feed()
    let lock = try self.lock ?? ReplicaLock(assignment.settings.configuration.database)
    self.lock = lock
    let session = try Session(assignment, lock: lock, log: log)
    self.session = session
    return session
  }

  // MARK: The schedule

  private func dueTables(_ session: Session) throws -> Set<String> {
    let tables = session.settings.tables.map(\.name)
    if isRoundAsked { return Set(tables) }
    let now = world.clock.now()
    return Set(try dues(session, at: now).filter { $0.value <= now }.keys)
  }

  /// When the next table is due, by this host's clock; a year from now without tables.
  func nextDue(_ session: Session) throws -> Timestamp {
    let now = world.clock.now()
    return try dues(session, at: now).values.min() ?? now + 366 * 86_400
  }

  /// When the round is due that follows one of `tables` now. What can wait gets a minute in any
  /// case, so that it comes to an end however often rounds follow each other.
  func nextDue(_ session: Session, behind tables: Set<String>) throws -> Timestamp {
    let now = world.clock.now()
    let schedules = session.settings.schedules
    let next = try dues(session, at: now).map { table, due in
      tables.contains(table) ? schedules[table]?.next(after: now, in: world.zone) ?? due : due
    }.min()
    return max(next ?? now, now + 60)
  }

  private func dues(_ session: Session, at now: Timestamp) throws -> [String: Timestamp] {
    // Made anew when the host's clock was set back, and now and then for the sake of its zone.
    if let plan, (plan.made..<plan.made + 3_600).contains(now) { return plan.dues }
    let path = session.settings.configuration.database
    let agenda =
      try self.agenda
      ?? naming(path) {
        // What an older program or another configuration has made waits for a round to be changed,
        // and may not tell yet what was read when: all is due then.
        var agenda =
          session.isArranged ? try Agenda.read(session.connection) : Agenda(visits: [:])
        agenda.named.formUnion(named)
        return agenda
      }
    let dues = agenda.dues(session.settings.schedules, at: now, in: world.zone)
    (self.agenda, plan) = (agenda, (now, dues))
    return dues
  }

  /// The file has changed: the schedule has to be read anew.
  func forgetAgenda() {
    (agenda, plan, announced) = (nil, nil, nil)
  }

  /// Seconds after which the most frequent table is due again.
  var shortestInterval: Int64 {
    let settings = assignment.settings
    return settings.schedules.values.map(\.every).min()
      ?? settings.configuration.schedule.every.components.seconds
  }

  /// Naps once. What is waited for is said once.
  private func rest(until instant: Timestamp, atMost limit: Duration) {
    if announced == nil || abs((announced ?? instant) - instant) > Agenda.tolerance {
      announced = instant
      log.note(.info, "waiting for the next round", ["at": instant.iso8601])
    }
    notifier.tell(restStatus(until: instant))
    alerts.watch()
    if let session { alerts.save(session) }
    world.wait(min(limit, notifier.longestNap))
    notifier.feed()
  }

  private func restStatus(until instant: Timestamp) -> String {
    let state =
      if fileFailures > 0 {
        "The replica cannot be written"
      } else if unavailable > 0 {
        "The source cannot be reached"
      } else if let complaint = lastComplaint {
        complaint
      } else {
        "All is well"
      }
    return "\(state). Next round at \(announced?.iso8601 ?? instant.iso8601)."
  }

  /// What the last round left to complain of, or nil.
  var lastComplaint: String?
}
