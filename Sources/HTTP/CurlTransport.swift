internal import CCurl
internal import Glibc

/// Real requests, by the system's libcurl (7.88 or later).
///
/// libcurl's loop runs on a thread of its own, so that receiving and inflating overlap with
/// what the engine does. The engine's thread hands requests over and waits in poll(2). Connections
/// are kept and reused. Redirects are not followed: a 3xx is handed over like any response. A
/// 429 counts from its status line on; when the rest is cut, it is handed over with an empty body.
package final class CurlTransport: Transport {
  /// What a transport is made of.
  package struct Configuration: Sendable {
    package var base: BaseURL
    /// What lets the first requests in.
    package var authorisation: Authorisation
    /// The `User-Agent` header: `crm-replica/1.0.0`.
    package var userAgent: String
    /// Requests on the wire at once, 1 to 8.
    package var concurrency: Int
    package var limits: Limits
    /// A file of certificates, in PEM, of authorities that are trusted beside those of the system.
    package var authorities: String?
    /// A descriptor that ends a wait when it becomes readable, such as a signalfd. Its owner reads
    /// and closes it, and keeps it open as long as the transport lives.
    package var interrupt: CInt?

    package init(
      base: BaseURL, authorisation: Authorisation, userAgent: String, concurrency: Int,
      limits: Limits = Limits(), authorities: String? = nil, interrupt: CInt? = nil
    ) {
      self.base = base
      self.authorisation = authorisation
      self.userAgent = userAgent
      self.concurrency = concurrency
      self.limits = limits
      self.authorities = authorities
      self.interrupt = interrupt
    }
  }

  /// What a single transfer may take.
  package struct Limits: Sendable {
    /// Bytes of a body after inflating.
    package var body = 64 << 20
    /// Bytes of all header lines together.
    package var headers = 64 << 10
    /// Name resolution, TCP and TLS.
    package var connecting = Duration.seconds(10)
    /// Time in which not one byte a second comes; in whole seconds.
    package var stalling = Duration.seconds(30)
    /// The whole transfer.
    package var total = Duration.seconds(300)

    package init() {}
  }

  package private(set) var outstanding = 0
  /// What lets in the requests that are sent from now on. Those sent before keep theirs.
  package var authorisation: Authorisation {
    willSet { precondition(newValue.isHeaderValue, "what cannot stand in a header") }
  }
  private let interrupt: CInt?
  private let exchanges: Exchanges
  private let thread: OwnThread
  private var isClosed = false

  /// Starts libcurl's thread; connects nowhere yet.
  ///
  /// Throws when the token cannot stand in a header, or the system refuses what is needed.
  package init(_ configuration: Configuration) throws(CurlTransportError) {
    precondition((1...8).contains(configuration.concurrency), "concurrency is 1 to 8")
    guard configuration.authorisation.isHeaderValue else { throw .unusableToken }
    guard Self.libcurl == CURLE_OK else {
      throw .libcurl(detail: CurlFailure(code: Self.libcurl).detail)
    }
    let exchanges = try Exchanges()
    self.exchanges = exchanges
    authorisation = configuration.authorisation
    interrupt = configuration.interrupt
    thread = try OwnThread { CurlLoop(configuration, exchanges).run() }
  }

  /// libcurl and the libraries that it uses, with their versions (curl_version(3)).
  package static var libraries: String { String(cString: curl_version()) }

  deinit {
    close()
  }

  package func send(_ request: Request, id: Int) {
    precondition(!isClosed, "the transport is closed")
    outstanding += 1
    exchanges.send(Exchanges.Pending(id: id, request: request, authorisation: authorisation))
  }

  /// A timeout above 24 days is cut to that, the longest poll(2) takes.
  package func next(timeout: Duration?) -> TransportEvent {
    precondition(!isClosed, "the transport is closed")
    let limit = timeout.map(\.pollMilliseconds) ?? -1
    while true {
      // A negative descriptor is passed over by poll(2).
      var descriptors = [
        pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: exchanges.finished.number, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&descriptors, 2, limit)
      // Only a signal handler can interrupt a poll, and the program has none (signal(7)).
      precondition(ready >= 0 || errno == EINTR, "poll: \(errno)")
      if ready == 0 { return .timeout }
      if ready > 0, descriptors[0].revents != 0 { return .interrupted }
      if ready > 0, let exchange = exchanges.take() {
        outstanding -= 1
        return .finished(exchange)
      }
    }
  }

  /// Aborts every transfer, drops what is outstanding, and ends libcurl's thread. Nothing may
  /// be sent or waited for afterwards. A second call does nothing.
  package func close() {
    guard !isClosed else { return }
    isClosed = true
    outstanding = 0
    exchanges.close()
    thread.join()
  }

  /// Has the process keep what bodies leave for the next ones, rather than give a megabyte back to
  /// the kernel and take it again page by page (mallopt(3)). To be called before there are threads.
  package static func keepMemory() {
    mallopt(M_MMAP_THRESHOLD, 1 << 20)
    mallopt(M_TRIM_THRESHOLD, 32 << 20)
  }

  /// The outcome of libcurl's one initialisation of the process, before any of its threads
  /// (curl_global_init(3)).
  static let libcurl = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
}

/// Why a transport could not be set up.
package enum CurlTransportError: Error, Sendable, Hashable {
  /// The token is empty or holds a byte that no token has: a space, a line break, non-ASCII.
  case unusableToken
  /// The system refused a descriptor or a thread; `code` is its errno.
  case system(call: String, code: CInt)
  /// libcurl could not be initialised.
  case libcurl(detail: String)
}

extension Duration {
  /// Whole milliseconds, rounded up, within 0 and what a C int holds.
  var pollMilliseconds: CInt {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < Int64(CInt.max) / 1000 else { return CInt.max }
    let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    return CInt(seconds * 1000 + part)
  }
}
