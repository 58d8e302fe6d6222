internal import Glibc

/// A thread of our own, outside Swift's cooperative pool, because what runs on it blocks.
///
/// It takes no signals: they belong to the thread that reads them, and a SIGPIPE that OpenSSL's
/// writing to a closed connection raises must end nothing.
package struct OwnThread: Sendable {
  private let thread: pthread_t

  /// Starts the thread. Throws when the system refuses one (pthread_create(3)).
  package init(_ body: @escaping @Sendable () -> Void) throws(CurlTransportError) {
    var every = sigset_t()
    var before = sigset_t()
    sigfillset(&every)
    pthread_sigmask(SIG_SETMASK, &every, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

    let work = Unmanaged.passRetained(Work(body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        return nil
      }, work.toOpaque())
    guard code == 0 else {
      work.release()
      throw .system(call: "pthread_create", code: code)
    }
    self.thread = thread
  }

  /// Waits until the thread has ended. To be called once.
  package func join() {
    let code = pthread_join(thread, nil)
    precondition(code == 0, "pthread_join: \(code)")
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) {
      self.body = body
    }
  }
}
