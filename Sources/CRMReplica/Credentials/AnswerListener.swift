internal import Glibc
internal import HTTP

/// Waits on 127.0.0.1 for the request with which a browser brings the answer to a question.
///
/// Browsers open connections that they do not use, and ask for icons: several connections may wait,
/// each with a limit of bytes, and other paths are answered with 404. Any page that a browser shows
/// may send answers: what is none to the question ends nothing, and is named if no other comes.
final class AnswerListener {
  /// Where the answer is expected.
  static let path = "/callback"
  private static let largestHead = 16 << 10
  private static let largestCrowd = 16

  let port: UInt16
  private let descriptor: CInt
  private var connections: [(descriptor: CInt, head: [UInt8])] = []

  /// Port 0 is any free one.
  init(port: UInt16) throws(AuthorisationError) {
    guard let listener = LoopbackListener(port: port, backlog: 16) else {
      throw .noListener(port: port, reason: String(cString: strerror(errno)))
    }
    descriptor = listener.descriptor
    self.port = listener.port
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  deinit {
    for connection in connections { close(connection.descriptor) }
    close(descriptor)
  }

  /// Where the browser is to be sent.
  var redirect: String { "http://127.0.0.1:\(port)\(Self.path)" }

  /// Waits for the answer, and returns its query and the connection, which waits for a page. Throws
  /// when the time is over or `interrupt` becomes readable. `mismatch` says what is no answer.
  func answer(
    within limit: Duration, interrupt: CInt,
    unless mismatch: (Substring) -> AuthorisationError? = { _ in nil }
  ) throws(AuthorisationError) -> (query: Substring, browser: Browser) {
    let clock = ContinuousClock()
    let deadline = clock.now + limit
    var other: AuthorisationError?
    while true {
      let left = deadline - clock.now
      guard left > .zero else { throw other ?? .timeout }
      var waited = [interrupt, descriptor] + connections.map(\.descriptor)
      var polled = waited.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&polled, nfds_t(polled.count), CInt(min(left / .milliseconds(1), 60_000)) + 1)
      guard polled[0].revents == 0 else { throw .stopped }
      waited = polled.dropFirst(2).filter { $0.revents != 0 }.map(\.fd)
      if polled[1].revents != 0 { accept() }
      for ready in waited {
        guard let query = read(ready) else { continue }
        connections.removeAll { $0.descriptor == ready }
        let browser = Browser(descriptor: ready)
        guard let reason = mismatch(query) else { return (query, browser) }
        other = reason
        browser.show("400 Bad Request", "This is no answer to the present question.")
      }
    }
  }

  private func accept() {
    let peer = Glibc.accept(descriptor, nil, nil)
    guard peer >= 0 else { return }
    _ = fcntl(peer, F_SETFL, fcntl(peer, F_GETFL) | O_NONBLOCK)
    _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
    connections.append((peer, []))
    if connections.count > Self.largestCrowd { close(connections.removeFirst().descriptor) }
  }

  /// Reads what has come on a connection. Returns the query of the answer once it is whole; answers
  /// and ends what is none.
  private func read(_ ready: CInt) -> Substring? {
    guard let index = connections.firstIndex(where: { $0.descriptor == ready }) else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = Glibc.read(ready, &bytes, bytes.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return nil }
    guard count > 0, connections[index].head.count + count <= Self.largestHead else {
      close(connections.remove(at: index).descriptor)
      return nil
    }
    connections[index].head += bytes[..<count]
    let head = String(decoding: connections[index].head, as: UTF8.self)
    guard head.contains("\r\n\r\n") else { return nil }
    let words = head.prefix { $0 != "\r\n" }.split(separator: " ")
    if words.count == 3, words[0] == "GET" {
      let parts = words[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      if parts[0] == Self.path { return parts.count == 2 ? parts[1] : "" }
    }
    connections.remove(at: index)
    Browser(descriptor: ready).show("404 Not Found", "There is nothing here.")
    return nil
  }

  /// A browser that waits for a page.
  struct Browser {
    let descriptor: CInt

    /// Sends a plain page and ends the connection. What the page says is ours alone.
    func show(_ status: String, _ text: String) {
      let page = """
        <!doctype html><meta charset="utf-8"><title>crm-replica</title><p>\(text)</p>

        """
      let head = [
        "HTTP/1.1 \(status)", "Content-Type: text/html; charset=utf-8",
        "Content-Length: \(page.utf8.count)", "Cache-Control: no-store",
        "Referrer-Policy: no-referrer", "Content-Security-Policy: default-src 'none'",
        "Connection: close", "", "",
      ]
      // Small enough for the empty buffer of a new connection, so it need not be waited for.
      _ = writeAll(head.joined(separator: "\r\n") + page, to: descriptor)
      shutdown(descriptor, CInt(SHUT_WR))
      close(descriptor)
    }
  }
}
