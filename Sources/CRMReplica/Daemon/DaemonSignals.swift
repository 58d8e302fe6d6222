internal import Glibc
internal import Model

/// How the daemon obeys SIGTERM, SIGINT, SIGHUP and SIGUSR1.
extension DaemonSignal {
  /// SIGTERM and SIGINT stop, SIGHUP reloads, SIGUSR1 asks for a round.
  init?(_ number: CInt) {
    switch number {
    case SIGTERM, SIGINT: self = .stop
    case SIGHUP: self = .reload
    case SIGUSR1: self = .round
    default: return nil
    }
  }
}

extension Daemon {
  /// Obeys the signals that have come. Returns whether the daemon is to end.
  func attend() -> Bool {
    while let signal = world.signal() {
      switch signal {
      case .stop:
        isStopping = true
        notifier.stopping("Stopping: the page under way is finished first.")
      case .reload: reload()
      case .round: askForRound()
      }
    }
    return isStopping
  }

  /// A round under way that reads every table is the round that was asked for.
  private func askForRound() {
    if let tablesUnderWay, tablesUnderWay.isSuperset(of: assignment.settings.tables.map(\.name)) {
      log.note(.info, "round asked for", ["next": "the one under way is it"])
      return
    }
    let isLater = tablesUnderWay != nil
    log.note(
      .info, "round asked for",
      ["next": isLater ? "a round of all tables follows the one under way" : "it begins now"])
    isRoundAsked = true
  }

  /// Reads the configuration again, for the next round on, or keeps the old one.
  private func reload() {
    notifier.reloading()
    do {
      let loaded = try world.load()
      try assignment.settings.configuration.requireReplaceable(by: loaded.settings.configuration)
      pending = loaded
      notifier.add(caveat: nil)
      log.note(
        .info, "configuration reloaded",
        [
          "tables": "\(loaded.settings.tables.count)",
          "next": tablesUnderWay == nil ? "in force now" : "in force after the round under way",
        ])
      log.noteLeftOut(loaded.settings)
    } catch {
      log.noteRefused(error)
      let reason = OperatorMessage(error).text.split(separator: "\n").first ?? ""
      notifier.add(
        caveat:
          "The configuration that was read last is refused, and the one before it is in force: "
          + reason)
    }
    notifier.ready()
  }
}

extension Log {
  /// A configuration that was read again is of no use.
  func noteRefused(_ error: any Error) {
    note(
      .error, "configuration refused",
      [
        "error": OperatorMessage(error).text.split(separator: "\n").joined(separator: " "),
        "next": "the one in force stays in force",
      ])
  }
}

/// Why a configuration cannot take the place of the one in force.
enum ReloadError: OperatorError, Hashable {
  /// What cannot change while the process lives, as the key of the configuration.
  case fixed(key: String)

  var exitCode: ExitCode { .configuration }

  var message: String {
    switch self {
    case .fixed(let key):
      """
      "\(key)" cannot change while the daemon runs: it belongs to the file that the daemon holds.
      Stop the daemon, and start it with the new configuration.
      """
    }
  }
}

extension Configuration {
  /// Throws when a daemon that works by this configuration cannot go over to the other one.
  func requireReplaceable(by other: Configuration) throws(ReloadError) {
    if other.database != database { throw .fixed(key: "database") }
    if other.source.kind != source.kind { throw .fixed(key: "source.kind") }
    if other.source.baseURL != source.baseURL { throw .fixed(key: "source.base_url") }
  }
}
