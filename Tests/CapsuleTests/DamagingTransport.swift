import CapsuleSimulator
import HTTP
import Simulation

/// The simulated account behind a network that damages replies. It also watches the engine: how
/// long it waits, and whether it comes to an end.
final class DamagingTransport: Transport {
  /// Events after which a run counts as endless.
  static let eventLimit = 50_000

  private let inner: SimulatedTransport<Account>
  private let damage: (inout Response, Request) -> Void
  private var requests: [Int: Request] = [:]
  /// The longest wait that the engine asked for with nothing on its way.
  private(set) var longestWait = Duration.zero
  private var events = 0
  var isEndless: Bool { events >= Self.eventLimit }

  init(_ inner: SimulatedTransport<Account>, damage: @escaping (inout Response, Request) -> Void) {
    self.inner = inner
    self.damage = damage
  }

  var outstanding: Int { inner.outstanding }

  func send(_ request: Request, id: Int) {
    requests[id] = request
    inner.send(request, id: id)
  }

  func next(timeout: Duration?) -> TransportEvent {
    events += 1
    guard !isEndless else { return .interrupted }
    if inner.outstanding == 0, let timeout { longestWait = max(longestWait, timeout) }
    let event = inner.next(timeout: timeout)
    guard case .finished(let exchange) = event,
      let request = requests.removeValue(forKey: exchange.id),
      case .success(var response) = exchange.result
    else { return event }
    damage(&response, request)
    return .finished(Exchange(id: exchange.id, result: .success(response)))
  }
}
