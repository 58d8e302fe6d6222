import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// A source of which every list is asked for by a form at one address, and which says no by another
/// status than Capsule does: what the engine takes for granted is what every source has.
@Suite struct FormSourceTests {
  private func run(_ faults: [FaultScript.Fault]) throws -> (Replica, RunSummary) {
    let tables = CapsuleSource.catalogue.filter { ["users", "teams", "tasks"].contains($0.name) }
    let replica = try Replica(
      Account(seed: 5, size: .tiny, now: 1_760_000_000), tables: tables)
    replica.options.identifies = false
    replica.options.concurrency = 1
    replica.account.faults = FaultScript(faults)
    let transport = SimulatedTransport(replica.account)
    let round = try Round(
      try replica.open(), source: FormSource(capsule: try replica.source), tables: tables,
      transport: FormTransport(transport), clock: SimulatedClock(transport: transport),
      options: replica.options)
    return (replica, try round.run())
  }

  @Test func `requests that differ by their forms are made again each for itself`() throws {
    let faults = ["users", "teams", "tasks"].map {
      FaultScript.Fault(.serverError(503, html: false), on: .path($0, times: 3))
    }
    let (replica, summary) = try run(faults)
    #expect(summary.outcome == .good, "\(summary.error ?? "")")
    #expect(try replica.value("SELECT count(*) FROM tasks").integer ?? 0 > 0)
  }

  @Test func `a refusal is named by what came and by what was posted`() throws {
    let (_, summary) = try run([.init(.forbidden, on: .path("users", times: 1))])
    #expect(summary.outcome == .refused)
    #expect(summary.error?.hasPrefix("The source refused the token (403) at POST list.") == true)
  }
}

private struct FormSource: Source {
  let capsule: CapsuleSource

  var tables: [Table] { capsule.tables }
  var views: [View] { capsule.views }
  var workingViews: [View] { capsule.workingViews }
  var recordsPerRequest: Int { capsule.recordsPerRequest }
  var allowanceRules: [AllowanceRule] { capsule.allowanceRules }

  var totalMembers: (outer: String, inner: String) { capsule.totalMembers }

  func request(for listing: Listing, _ question: Question) -> Request {
    Request("list", form: [("target", capsule.request(for: listing, question).target)])
  }

  func position(ofPage number: Int, in listing: Listing) -> Position? {
    capsule.position(ofPage: number, in: listing)
  }

  func reply(_ response: Response, to request: Request) -> Reply {
    var reply = capsule.reply(response, to: request.unposted)
    if response.status == 403 { reply.verdict = .refuse }
    return reply
  }

  func identityQuestions(pageSize: Int) -> [IdentityQuestion] { [] }
}

/// Asks Capsule for what is posted.
private final class FormTransport: Transport {
  private let inner: SimulatedTransport<Account>

  init(_ inner: SimulatedTransport<Account>) { self.inner = inner }

  var outstanding: Int { inner.outstanding }
  func send(_ request: Request, id: Int) { inner.send(request.unposted, id: id) }
  func next(timeout: Duration?) -> TransportEvent { inner.next(timeout: timeout) }
}

extension Request {
  fileprivate var unposted: Request {
    Request(FormText.decoded((form ?? "")[...]).first?.value ?? target)
  }
}
