internal import HTTP
internal import Replication

/// A transport that sleeps in naps: in the midst of a round the daemon hears its signals, and its
/// watchdog is fed as long as the round gets on.
///
/// A reply is progress, and so is a nap in which nothing was on its way, for the loop turns. A nap
/// in which something was is progress only while a transfer may still be alive.
final class WakefulTransport: Transport {
  /// The longest time without a reply that can have its reason in the network: what one transfer
  /// may take, and a minute.
  static let transferLimit = CurlTransport.Limits().total + .seconds(60)

  private let base: any Transport
  private let clock: any Clock
  private let longestNap: Duration
  private let feed: () -> Void
  private let attend: () -> Bool
  private let idle: () -> Void
  private var lastProgress: Duration
  /// When the source last refused a request for the allowance.
  private(set) var lastRefusal: Duration?

  /// The time without a reply from which on naps are idle.
  static let idleAfter = Duration.seconds(30)

  /// `attend` obeys the signals that have come and returns whether the round is to end. `idle` is
  /// called behind naps when nothing has come for a while.
  init(
    _ base: any Transport, _ clock: any Clock, longestNap: Duration, feed: @escaping () -> Void,
    attend: @escaping () -> Bool, idle: @escaping () -> Void = {}
  ) {
    (self.base, self.clock, self.longestNap) = (base, clock, longestNap)
    (self.feed, self.attend, self.idle) = (feed, attend, idle)
    lastProgress = clock.elapsed()
  }

  var outstanding: Int { base.outstanding }

  func send(_ request: Request, id: Int) {
    if base.outstanding == 0 { lastProgress = clock.elapsed() }
    base.send(request, id: id)
  }

  func next(timeout: Duration?) -> TransportEvent {
    let deadline = timeout.map { clock.elapsed() + $0 }
    while true {
      if attend() { return .interrupted }
      let left = deadline.map { max($0 - clock.elapsed(), .zero) }
      let nap = min(left ?? longestNap, longestNap)
      switch base.next(timeout: nap) {
      case .finished(let exchange):
        note(exchange)
        return .finished(exchange)
      case .interrupted: continue
      case .timeout:
        if nap > .zero { noteNap() }
        if left == nap { return .timeout }
      }
    }
  }

  private func note(_ exchange: Exchange) {
    lastProgress = clock.elapsed()
    if case .success(let response) = exchange.result, response.status == 429 {
      lastRefusal = lastProgress
    }
    feed()
  }

  private func noteNap() {
    let silence = clock.elapsed() - lastProgress
    if base.outstanding == 0 || silence < Self.transferLimit { feed() }
    if silence >= Self.idleAfter { idle() }
  }
}
