/// The seam between engine and network: requests go in, responses come out, several at once.
///
/// The engine owns a transport and calls it from one thread. `CurlTransport` does real requests;
/// a test may put an in-process server behind the same seam.
package protocol Transport: AnyObject {
  /// Requests sent and not yet returned by `next`.
  var outstanding: Int { get }

  /// Takes a request; returns at once. `id` comes back with its exchange.
  ///
  /// At most the transport's concurrency is on the wire; the rest waits its turn inside.
  func send(_ request: Request, id: Int)

  /// Waits until an exchange has ended, the time is over, or the process is told to stop.
  ///
  /// Exchanges end in any order. A nil timeout waits without limit; with nothing outstanding, the
  /// wait is a sleep. After `.interrupted` the interruption stays pending: the next call
  /// returns `.interrupted` again, unless its reader has consumed it.
  func next(timeout: Duration?) -> TransportEvent
}

/// What ended a wait.
package enum TransportEvent: Sendable {
  case finished(Exchange)
  case timeout
  case interrupted
}

/// A request that has come to its end.
package struct Exchange: Sendable {
  package let id: Int
  package let result: Result<Response, HTTPError>

  package init(id: Int, result: Result<Response, HTTPError>) {
    self.id = id
    self.result = result
  }
}
