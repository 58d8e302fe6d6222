internal import Glibc
internal import Replication

/// `run`: the daemon, wired to this process: its signals, its clock, its service manager.
///
/// What it returns is meant for a service manager that restarts it after every failure but a
/// refused token (77) and a wrong configuration (78), which somebody has to mend first. What passes
/// by itself ends it only before it has begun: a file that is locked (75) or cannot be opened (73).
struct RunCommand: Command {
  let place: ReplicaPlace?
  var voice = Voice()

  static let syntax = CommandSyntax(
    name: "run", summary: "keep the file up to date until stopped (the daemon)",
    details: details,
    options: [.config, .replica] + OptionSyntax.voice, takesDatabase: true)

  func run(_ environment: ProgramEnvironment) throws -> ExitCode {
    let environment = environment.speaking(voice)
    let signals = environment.stop
    // Before the transport starts a thread.
    try signals.take(also: [SIGHUP, SIGUSR1])
    let place = try environment.place(place, of: Self.syntax.name)
    let clock = SystemClock()
    let log = environment.log
    func load() throws -> Assignment {
      try Assignment.read(
        place, environment: environment.variables, interrupt: signals.descriptor,
        stop: signals.stopDescriptor, log: log)
    }
    let world = DaemonWorld(
      clock: clock, zone: .host,
      load: load,
      signal: {
        while let number = signals.read() {
          if let signal = DaemonSignal(number) { return signal }
        }
        return nil
      },
      wait: { signals.wait(atMost: $0) },
      round: { session, options, transport, observe in
        try session.round(options, clock: clock, through: transport, observe: observe)
      },
      renew: { refused in
        // Somebody may have put another token into its file meanwhile.
        let found = try load()
        try refused.settings.configuration.requireReplaceable(by: found.settings.configuration)
        return found.credential.authorisation == refused.credential.authorisation ? nil : found
      },
      show: { $0.writeMetrics(log) },
      publish: { session, summary, isAlive in
        session.publishCopy(after: summary, log) {
          isAlive()
          return signals.isAsked
        }
      }, alerts: .real(signals))
    let notifier = Notifier(clock, environment: environment.variables)
    return try Daemon(world, log: log, notifier: notifier).run()
  }
}

extension RunCommand {
  init(_ words: ParsedWords) throws(UsageError) {
    self.init(place: try words.place(), voice: try words.voice())
  }
}

/// What its page of the help says.
private let details = """
  Syncs on the schedule of the configuration. SIGTERM or SIGINT stops it cleanly. SIGHUP reads the
  configuration and the token again, for the next round on; a bad one is refused and the old one
  kept, and the database and the address of the source stay. SIGUSR1 begins a round of all tables
  now; a round of all tables that is under way is that round. While the source is down, the disk
  full or the file locked, it stays and tries again; a refused token ends it with 77. At its start,
  if no round is due, one request shows whether the token is accepted.
  """
