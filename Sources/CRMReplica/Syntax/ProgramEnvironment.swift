/// What a command finds around it.
struct ProgramEnvironment {
  let log: Log
  let stop: StopSignal
  let variables: [String: String]
}
