internal import Synchronization

/// The queues between the engine's thread and libcurl's: requests that wait to leave, exchanges
/// that wait to be taken. Both queues hold no more than what was sent and not yet taken.
///
/// From the headers of a refusal, a response that asks to wait, until its exchange is taken nothing
/// leaves. What waits when the refusal ends, and what is sent until it is taken, ends with
/// `notSent`. The refusal comes first: by the time the engine sees a `notSent`, it has seen the
/// reason.
final class Exchanges: Sendable {
  /// A request on its way from the engine to the wire.
  struct Pending: Sendable {
    let id: Int
    let request: Request
    var authorisation = Authorisation.none
  }

  private struct Queues: Sendable {
    var waiting: [Pending] = []
    var finished: [Exchange] = []
    /// Refusals that have begun to come and whose exchange has not.
    var refusalsArriving = 0
    /// Refusals not yet taken.
    var refusalsFinished = 0
    var isClosed = false

    /// Ends what waits, if a refusal is there to be taken. Returns how many.
    mutating func endWaiting() -> Int {
      guard refusalsFinished > 0 else { return 0 }
      let count = waiting.count
      finished += waiting.map(\.notSent)
      waiting = []
      return count
    }
  }

  /// Readable while exchanges wait to be taken; its counter is their number.
  let finished: EventDescriptor
  /// Readable when requests were sent or the transport was closed.
  let changed: EventDescriptor
  private let queues = Mutex(Queues())

  init() throws(CurlTransportError) {
    finished = try EventDescriptor(reading: .one)
    changed = try EventDescriptor(reading: .all)
  }

  // MARK: The engine's thread

  func send(_ pending: Pending) {
    let ended = queues.withLock { queues in
      queues.waiting.append(pending)
      return queues.endWaiting()
    }
    finished.raise(by: ended)
    if ended == 0 { changed.raise() }
  }

  /// The exchange that ended first among those not yet taken; nil when there is none.
  func take() -> Exchange? {
    guard finished.lower() else { return nil }
    return queues.withLock { queues in
      let exchange = queues.finished.removeFirst()
      if exchange.isRefusal { queues.refusalsFinished -= 1 }
      return exchange
    }
  }

  func close() {
    queues.withLock { $0.isClosed = true }
    changed.raise()
  }

  // MARK: libcurl's thread

  /// Up to `limit` requests that may leave now, in the order sent; nil once closed.
  func leave(atMost limit: Int) -> [Pending]? {
    queues.withLock { queues in
      if queues.isClosed { return nil }
      if queues.refusalsArriving + queues.refusalsFinished > 0 { return [] }
      let leaving = Array(queues.waiting.prefix(limit))
      queues.waiting.removeFirst(leaving.count)
      return leaving
    }
  }

  /// Notes that a refusal has begun to come; its exchange must follow by `finish`.
  func hold() {
    queues.withLock { $0.refusalsArriving += 1 }
  }

  /// Takes back a request that did not leave because of a refusal. It ends behind that.
  func giveBack(_ pending: Pending) {
    let ended = queues.withLock { queues in
      if queues.refusalsArriving > 0, queues.refusalsFinished == 0 {
        queues.waiting.insert(pending, at: 0)
        return 0
      }
      queues.finished.append(pending.notSent)
      return 1
    }
    finished.raise(by: ended)
  }

  func finish(_ exchange: Exchange) {
    let ended = queues.withLock { queues in
      queues.finished.append(exchange)
      if exchange.isRefusal {
        queues.refusalsArriving -= 1
        queues.refusalsFinished += 1
      }
      return queues.endWaiting()
    }
    finished.raise(by: 1 + ended)
  }
}

extension Exchanges.Pending {
  var doing: String { request.description }

  fileprivate var notSent: Exchange {
    let error = HTTPError(.notSent, doing: doing, detail: "an earlier response asked to wait")
    return Exchange(id: id, result: .failure(error))
  }
}

extension Exchange {
  /// True for a response that asks to wait.
  fileprivate var isRefusal: Bool {
    if case .success(let response) = result { response.asksToWait } else { false }
  }
}
