import FoundationEssentials
import Glibc
import HTTP
import Replication
import SQLite

StandardStream.openClosed()
// Signals before all others: threads that start later inherit what is blocked here.
let exitCode: ExitCode
do {
  let stop = try StopSignal()
  // The replica holds personal data: its group may read it, others may not.
  umask(0o027)
  Connection.turnOffMemoryStatistics()
  CurlTransport.keepMemory()
  let clock = SystemClock()
  let environment = ProgramEnvironment(
    log: Log.standardError(secondsSince1970: { clock.now().seconds }), stop: stop,
    variables: ProcessInfo.processInfo.environment)
  exitCode = try Arguments.parse(Array(CommandLine.arguments.dropFirst())).run(environment)
} catch {
  let message = OperatorMessage(error)
  StandardStream.error.write(message.text + "\n")
  exitCode = message.exitCode
}
exit(exitCode.rawValue)
