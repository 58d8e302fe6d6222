/// The process in which a command runs: its log, its signals, its environment.
struct ProgramEnvironment {
  let log: Log
  let stop: StopSignal
  let variables: [String: String]

  /// Where results go.
  var output: StandardOutput { StandardOutput(stop: stop) }
}
