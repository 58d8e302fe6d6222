/// What a command finds around it.
struct ProgramEnvironment {
  let log: Log
  let stop: StopSignal
  let variables: [String: String]

  /// Says which tables go because those they are read by are disabled.
  func noteLeftOut(_ settings: ReplicaSettings) {
    log.noteLeftOut(settings)
  }
}
