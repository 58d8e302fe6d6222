internal import CCurl
internal import Glibc

/// One request, waited for: how a token endpoint is asked, and how an alert leaves.
///
/// Certificates, redirects and limits are dealt with as `CurlTransport` does. The request has no
/// `Authorization` header, a connection of its own, and is never repeated.
package struct SingleExchange: Sendable {
  /// How long an answer is still waited for when the process is told to stop: it may be the only
  /// copy of a token.
  static let grace = Duration.milliseconds(800)

  private let configuration: CurlTransport.Configuration

  /// `authorities` and `interrupt` as in `CurlTransport.Configuration`. The body of an answer may
  /// have 64 KiB, the whole exchange may take half a minute, or as long as the caller says.
  package init(
    base: BaseURL, userAgent: String, authorities: String? = nil, interrupt: CInt?,
    total: Duration = .seconds(30)
  ) {
    var limits = CurlTransport.Limits()
    limits.body = 64 << 10
    limits.total = total
    configuration = CurlTransport.Configuration(
      base: base, authorisation: .none, userAgent: userAgent, concurrency: 1, limits: limits,
      authorities: authorities, interrupt: interrupt)
  }

  /// Makes the request. Nil when the process was told to stop and no answer came soon.
  package func send(_ request: Request) -> Result<Response, HTTPError>? {
    let pending = Exchanges.Pending(id: 0, request: request)
    do throws(CurlFailure) {
      try CurlFailure.check(CurlTransport.libcurl)
      guard let multi = curl_multi_init() else { throw CurlFailure(code: CURLE_OUT_OF_MEMORY) }
      defer { curl_multi_cleanup(multi) }
      let transfer = try CurlTransfer(configuration)
      try transfer.begin(pending)
      curl_multi_add_handle(multi, transfer.handle)
      defer { curl_multi_remove_handle(multi, transfer.handle) }
      return end(of: multi).map { transfer.end($0).result }
    } catch {
      return .failure(HTTPError(.init(error.code), doing: pending.doing, detail: error.detail))
    }
  }

  /// How the only transfer ended; nil when it was given up.
  private func end(of multi: UnsafeMutableRawPointer) -> CURLcode? {
    let clock = ContinuousClock()
    var deadline: ContinuousClock.Instant?
    while true {
      var count: CInt = 0
      guard curl_multi_perform(multi, &count) == CURLM_OK else { return CURLE_OUT_OF_MEMORY }
      if let message = curl_multi_info_read(multi, &count), message.pointee.msg == CURLMSG_DONE {
        return message.pointee.data.result
      }
      let left = deadline.map { $0 - clock.now } ?? .seconds(3_600)
      guard left > .zero else { return nil }
      var stop = curl_waitfd(
        fd: configuration.interrupt ?? -1, events: Int16(CURL_WAIT_POLLIN), revents: 0)
      let watches: CUnsignedInt = configuration.interrupt == nil || deadline != nil ? 0 : 1
      curl_multi_poll(multi, &stop, watches, left.pollMilliseconds, nil)
      if stop.revents != 0 { deadline = clock.now + Self.grace }
    }
  }
}
