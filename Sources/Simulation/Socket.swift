import Glibc
import HTTP

/// A TCP socket of the loopback interface. Closing is the owner's duty.
///
/// No program that this process starts inherits one. A child that was forked and has not yet begun
/// its program still has a copy of each, and keeps open what is merely closed here: what the other
/// side waits for is shut down first.
struct Socket {
  let descriptor: Int32

  /// A connection to a port of 127.0.0.1; nil when nothing listens there.
  static func connected(port: UInt16) -> Socket? {
    let socket = Socket(
      descriptor: Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    guard socket.descriptor >= 0 else { return nil }
    guard withLoopbackAddress(port, { connect(socket.descriptor, $0, $1) }) == 0 else {
      socket.close()
      return nil
    }
    return socket
  }

  /// Waits for a connection; nil once the socket is shut down.
  func accepted() -> Socket? {
    while true {
      let peer = accept(descriptor, nil, nil)
      if peer >= 0 {
        _ = fcntl(peer, F_SETFD, FD_CLOEXEC)
        var on: Int32 = 1
        setsockopt(
          peer, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return Socket(descriptor: peer)
      }
      if errno == EINVAL || errno == EBADF { return nil }
      // Out of descriptors, perhaps: others will be closed.
      if errno != EINTR && errno != ECONNABORTED { usleep(10_000) }
    }
  }

  /// What has come, at most 16 KiB; empty at the end of the stream or after an error.
  func read() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, count in
      var received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      while received < 0 && errno == EINTR {
        received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
      }
      count = max(0, received)
    }
  }

  /// Sends everything; false when the peer is gone. MSG_NOSIGNAL keeps SIGPIPE away.
  @discardableResult
  func write(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Ends both directions; a thread blocked in `read` or `accepted` wakes.
  func shutDown() {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Makes closing send RST instead of FIN.
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  func close() {
    Glibc.close(descriptor)
  }
}
