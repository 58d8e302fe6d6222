internal import CCurl
internal import Glibc

/// libcurl's side of the transport: the multi handle and its loop, on one thread from first to
/// last.
final class CurlLoop {
  private let configuration: CurlTransport.Configuration
  private let exchanges: Exchanges
  private let multi: UnsafeMutableRawPointer
  /// On the wire; at most `configuration.concurrency`.
  private var active: [CurlTransfer] = []
  /// Easy handles without a request; with `active` at most `configuration.concurrency`.
  private var idle: [CurlTransfer] = []
  private let gate: CurlGate

  init(_ configuration: CurlTransport.Configuration, _ exchanges: Exchanges) {
    guard let multi = curl_multi_init() else { fatalError("curl_multi_init: out of memory") }
    self.multi = multi
    self.configuration = configuration
    self.exchanges = exchanges
    gate = CurlGate(exchanges)
    // One kept connection for each request in flight (CURLMOPT_MAXCONNECTS(3)).
    check(crm_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.concurrency))
  }

  deinit {
    for transfer in active { curl_multi_remove_handle(multi, transfer.handle) }
    // Easy handles go before the multi handle (curl_multi_cleanup(3)).
    active = []
    idle = []
    curl_multi_cleanup(multi)
  }

  /// Works until the transport is closed.
  func run() {
    while let leaving = exchanges.leave(atMost: configuration.concurrency - active.count) {
      leaving.forEach(start)
      var running: CInt = 0
      check(curl_multi_perform(multi, &running))
      if collect() == 0 { wait() }
    }
  }

  /// Puts a request on the wire, or ends it at once when libcurl refuses it.
  private func start(_ pending: Exchanges.Pending) {
    do throws(CurlFailure) {
      let kept = idle.popLast()
      let transfer = if let kept { kept } else { try CurlTransfer(configuration, gate) }
      try transfer.begin(pending)
      check(curl_multi_add_handle(multi, transfer.handle))
      active.append(transfer)
    } catch {
      let failure = HTTPError(.init(error.code), doing: pending.doing, detail: error.detail)
      exchanges.finish(Exchange(id: pending.id, result: .failure(failure)))
    }
  }

  /// Hands over, or gives back, every transfer that has ended; returns how many.
  private func collect() -> Int {
    var count = 0
    var left: CInt = 0
    while let message = curl_multi_info_read(multi, &left) {
      // The message does not outlive the removal of its handle (curl_multi_info_read(3)).
      let (handle, code) = (message.pointee.easy_handle, message.pointee.data.result)
      guard message.pointee.msg == CURLMSG_DONE,
        let index = active.firstIndex(where: { $0.handle == handle })
      else { continue }
      let transfer = active.remove(at: index)
      check(curl_multi_remove_handle(multi, transfer.handle))
      if let withheld = transfer.withheld {
        exchanges.giveBack(withheld)
      } else {
        exchanges.finish(transfer.end(code))
      }
      idle.append(transfer)
      count += 1
    }
    return count
  }

  /// Sleeps until a connection, one of libcurl's own timers, or the engine has something to do.
  private func wait() {
    var engine = curl_waitfd(
      fd: exchanges.changed.number, events: Int16(CURL_WAIT_POLLIN), revents: 0)
    check(curl_multi_poll(multi, &engine, 1, CInt.max, nil))
    _ = exchanges.changed.lower()
  }

  /// These calls fail only for want of memory or by a defect of ours (libcurl-errors(3)).
  private func check(_ code: CURLMcode) {
    precondition(code == CURLM_OK, String(cString: curl_multi_strerror(code)))
  }
}

/// What lets requests out to the wire: none that was begun before a refusal came leaves behind it.
/// A refusal is a 429, or another response that asks to wait.
///
/// libcurl has a queue of its own: within one call it reads the end of a response and puts the next
/// request on the freed connection. So each transfer asks here, from libcurl's last callback before
/// a request leaves, whether a refusal has come since it was begun; it may also have waited for a
/// connection meanwhile, or be made again because a kept connection was dead. The same thread reads
/// the header lines, so that nothing comes between the two.
final class CurlGate {
  private let exchanges: Exchanges
  /// Refusals that have come.
  private(set) var refusals = 0

  init(_ exchanges: Exchanges) {
    self.exchanges = exchanges
  }

  /// The status line of a refusal is here, the rest of it may take its time.
  func refused() {
    refusals += 1
    exchanges.hold()
  }
}
