import FoundationEssentials
import Glibc
import HTTP
internal import Model
import Replication
import SQLite

// Runs the command that the command line names, and ends with its exit code.

StandardStream.openClosed()
let exitCode: ExitCode
let log = Log.standardError(
  environment: ProcessInfo.processInfo.environment,
  secondsSince1970: { SystemClock().now().seconds })
do {
  // Signals before all others: threads that start later inherit what is blocked here.
  let stop = try StopSignal()
  // The replica holds personal data: its group may read it, others may not.
  umask(0o027)
  CurlTransport.keepMemory()
  let environment = ProgramEnvironment(
    log: log, stop: stop, variables: ProcessInfo.processInfo.environment)
  exitCode = try Arguments.parse(Array(CommandLine.arguments.dropFirst())).run(environment)
} catch {
  let message = OperatorMessage(error)
  log.say(.error, message.text)
  exitCode = message.exitCode
}
exit(exitCode.rawValue)
