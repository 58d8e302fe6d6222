import Capsule
import CapsuleSimulator
import HTTP
import Model
import ReplicaFile
import Replication
import SQLite
import Simulation
import Testing

/// A refusal for the allowance binds every process, also one that comes after a kill.
@Suite struct RefusalTests {
  @Test func `a refusal is in the file before the engine waits for anything else`() throws {
    var size = AccountSize.tiny
    (size.parties, size.opportunities, size.cases, size.tracks) = (60, 1, 1, 0)
    let replica = try Replica(
      Account(seed: 5, size: size, now: 1_760_000_000), tables: [.parties, .deletedParties])
    replica.options.pageSize = 5
    var blocks: [Value] = []
    replica.wrap = { inner in
      RefusingTransport(inner, reply: 4) {
        blocks.append((try? replica.value("SELECT blocked_until FROM _allowance")) ?? .null)
      }
    }
    #expect(try replica.sync().outcome == .good)
    #expect(blocks.count == 1 && blocks.first?.text != nil, "\(blocks)")
    #expect(try Oracle(replica: replica).differences() == [])
  }
}

/// Turns one reply into a 429, and says so when the engine comes back for the next one.
private final class RefusingTransport: Transport {
  private let inner: SimulatedTransport<Account>
  private let reply: Int
  private let afterwards: () -> Void
  private var replies = 0

  init(_ inner: SimulatedTransport<Account>, reply: Int, afterwards: @escaping () -> Void) {
    (self.inner, self.reply, self.afterwards) = (inner, reply, afterwards)
  }

  var outstanding: Int { inner.outstanding }

  func send(_ request: Request, id: Int) { inner.send(request, id: id) }

  func next(timeout: Duration?) -> TransportEvent {
    if replies == reply {
      afterwards()
      replies += 1
    }
    let event = inner.next(timeout: timeout)
    guard case .finished(let exchange) = event, case .success(var response) = exchange.result else {
      return event
    }
    replies += 1
    guard replies == reply else { return event }
    response.status = 429
    response.headers = ["Retry-After": "30"]
    return .finished(Exchange(id: exchange.id, result: .success(response)))
  }
}
