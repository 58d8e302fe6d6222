package import Glibc

/// A TCP socket that listens on 127.0.0.1 alone. Closing is the owner's duty.
package struct LoopbackListener: Sendable {
  package let descriptor: CInt
  /// Its port, also where the system chose it.
  package let port: UInt16

  /// Begins to listen, on port 0 where the system chooses. Nil when it refuses; errno says why.
  package init?(port: UInt16, backlog: CInt) {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var on: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isReady =
      withLoopbackAddress(port) { bind(descriptor, $0, $1) == 0 }
      && listen(descriptor, backlog) == 0
      && withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          getsockname(descriptor, $0, &length) == 0
        }
      }
    guard isReady else {
      let reason = errno
      Glibc.close(descriptor)
      errno = reason
      return nil
    }
    self.descriptor = descriptor
    self.port = UInt16(bigEndian: address.sin_port)
  }

  /// Ends the listening first: a child that was forked and has not yet begun its program has a copy
  /// of the socket, which would keep the port taken.
  package func close() {
    shutdown(descriptor, CInt(SHUT_RDWR))
    Glibc.close(descriptor)
  }
}

/// Hands the address of a port of 127.0.0.1 to a function of the system.
package func withLoopbackAddress<Result>(
  _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
}
