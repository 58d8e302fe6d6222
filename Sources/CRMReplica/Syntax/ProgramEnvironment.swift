/// The process in which a command runs: its log, its signals, its environment.
struct ProgramEnvironment {
  let log: Log
  let stop: StopSignal
  let variables: [String: String]

  /// Where results go.
  var output: StandardOutput { StandardOutput(stop: stop) }

  /// The same with a log as the command line wants it.
  func speaking(_ voice: Voice) -> ProgramEnvironment {
    log.adopt(voice)
    return self
  }

  /// What the command of that name works by: what its line names, or a configuration that is found,
  /// which is then said.
  func place(_ named: ReplicaPlace?, of command: String) throws(UsageError) -> ReplicaPlace {
    guard let place = foundPlace(named) else { throw .noConfiguration(command: command) }
    return place
  }

  /// The same, or nil where nothing is named and nothing is found.
  func foundPlace(_ named: ReplicaPlace?) -> ReplicaPlace? {
    if let named { return named }
    guard let (place, how) = ReplicaPlace.found(variables) else { return nil }
    if case .configured(let path) = place {
      log.note(.info, "configuration found", ["file": path, "by": how])
    }
    return place
  }
}
