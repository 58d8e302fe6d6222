import Model
import Replication
import Testing

@testable import CRMReplica
@testable import ReplicaFile

/// When failures are told of that were collected to be told of together.
@Suite struct NarratorTests {
  private final class Lines { var all: [String] = [] }

  private let lines = Lines()

  private func narrator() -> Narrator {
    Narrator(
      Log(for: .program, secondsSince1970: { 1 }, write: { [lines] in lines.all.append($0) }))
  }

  private func failed(_ table: String, _ status: Int = 403) -> RunEvent {
    var report = TableReport(table: table)
    report.outcome = .failed
    let failure = TableFailure(.forbidden("status \(status)"), doing: "GET \(table)")
    (report.failure, report.error) = (failure, failure.sentence)
    return .tableEnded(report)
  }

  /// Without a word of how the round has ended.
  @Test func `an error that ends the round does not keep them`() {
    var narrator: Narrator? = narrator()
    narrator?.take(failed("goals"))
    narrator?.take(failed("users"))
    #expect(lines.all == [])
    narrator = nil
    #expect(lines.all.count == 1)
    #expect(lines.all.first?.contains("event=\"tables failed\" tables=\"goals, users\"") == true)
  }

  @Test func `they are told before something is waited for`() {
    let narrator = narrator()
    narrator.take(failed("goals"))
    narrator.take(failed("users", 404))
    let failure = TableFailure(.status(503), doing: "GET tasks")
    narrator.take(.retrying(table: "tasks", failure, after: .seconds(30)))
    #expect(lines.all.map { $0.contains("event=\"table failed\"") } == [true, true, false])
  }
}
