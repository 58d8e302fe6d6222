import HTTP
import Model
import Replication
import Testing

@testable import CRMReplica

@Suite struct WakefulTransportTests {
  /// A transport whose replies come at set times of a clock that its own waits move.
  private final class Wire: Transport, Clock {
    var time = Duration.zero
    var replies: [Duration] = []
    var status = 200
    /// The pieces in which it was waited.
    var naps: [Duration] = []
    var fed: [Duration] = []
    var outstanding: Int { replies.count }
    /// When a signal comes, and whether it is one to stop.
    var signal: (at: Duration, isStop: Bool)?

    func now() -> Timestamp { Timestamp(time.components.seconds) }
    func elapsed() -> Duration { time }
    func send(_ request: Request, id: Int) {}

    func next(timeout: Duration?) -> TransportEvent {
      let end = time + (timeout ?? .seconds(1_000_000))
      naps.append(end - time)
      if let signal, signal.at <= end, signal.at <= replies.first ?? end {
        time = max(time, signal.at)
        return .interrupted
      }
      guard let reply = replies.first, reply <= end else {
        time = end
        return .timeout
      }
      time = max(time, reply)
      replies.removeFirst()
      return .finished(
        Exchange(id: 7, result: .success(Response(status: status, headers: [:], body: []))))
    }

    /// Takes the signal if it has come. Returns whether it was one to stop, which stays in mind.
    func attend() -> Bool {
      guard let signal, signal.at <= time else { return false }
      if !signal.isStop { self.signal = nil }
      return signal.isStop
    }
  }

  private let wire = Wire()

  private func transport() -> WakefulTransport {
    let wire = wire
    return WakefulTransport(
      wire, wire, longestNap: .seconds(10), feed: { wire.fed.append(wire.time) },
      attend: { wire.attend() })
  }

  /// A reply and a request on a quiet wire end an idle time.
  @Test func `naps are idle when nothing has come for a while`() {
    let wire = wire
    var idle: [Duration] = []
    let transport = WakefulTransport(
      wire, wire, longestNap: .seconds(10), feed: {}, attend: { false },
      idle: { idle.append(wire.time) })
    wire.replies = [.seconds(55)]
    _ = transport.next(timeout: .seconds(100))
    _ = transport.next(timeout: .seconds(40))
    #expect(idle == [30, 40, 50, 85, 95].map { Duration.seconds($0) })
  }

  private func isTimeout(_ event: TransportEvent) -> Bool {
    if case .timeout = event { true } else { false }
  }

  private func isInterrupted(_ event: TransportEvent) -> Bool {
    if case .interrupted = event { true } else { false }
  }

  @Test func `a long wait is cut into naps`() {
    #expect(isTimeout(transport().next(timeout: .seconds(35))))
    #expect(wire.naps == [.seconds(10), .seconds(10), .seconds(10), .seconds(5)])
    #expect(wire.fed == [.seconds(10), .seconds(20), .seconds(30), .seconds(35)])
  }

  @Test(arguments: [0, 250, 10_000])
  func `a short wait is left alone`(milliseconds: Int) {
    #expect(isTimeout(transport().next(timeout: .milliseconds(milliseconds))))
    #expect(wire.naps == [.milliseconds(milliseconds)])
  }

  @Test func `a reply ends the wait`() {
    wire.replies = [.seconds(25)]
    guard case .finished(let exchange) = transport().next(timeout: nil) else {
      Issue.record("no reply")
      return
    }
    #expect(exchange.id == 7)
    #expect(wire.time == .seconds(25))
  }

  /// A signal that asks for no stop ends no wait, and takes nothing from it.
  @Test func `a signal leaves the wait alone`() {
    wire.signal = (.seconds(3), false)
    #expect(isTimeout(transport().next(timeout: .seconds(5))))
    #expect(wire.naps == [.seconds(5), .seconds(2)])
    #expect(wire.time == .seconds(5))
  }

  @Test func `a stop ends the wait for good`() {
    wire.signal = (.seconds(3), true)
    let transport = transport()
    #expect(isInterrupted(transport.next(timeout: .seconds(5))))
    #expect(isInterrupted(transport.next(timeout: nil)))
    #expect(wire.time == .seconds(3))
  }

  /// Who waits for a reply is fed for as long as a transfer may take, and then no more.
  @Test func `a transfer that outlives its limit is no progress`() {
    wire.replies = [.seconds(1_000)]
    _ = transport().next(timeout: nil)
    let limit = WakefulTransport.transferLimit
    #expect(limit == .seconds(360))
    let naps = wire.fed.dropLast()
    #expect(naps.last == .seconds(350) && naps.count == 35, "\(wire.fed)")
    #expect(wire.fed.last == .seconds(1_000))
  }

  @Test func `remembers when the allowance was refused`() {
    let transport = transport()
    wire.replies = [.seconds(1)]
    _ = transport.next(timeout: nil)
    #expect(transport.lastRefusal == nil)
    (wire.status, wire.replies) = (429, [.seconds(2)])
    _ = transport.next(timeout: nil)
    #expect(transport.lastRefusal == .seconds(2))
  }
}
