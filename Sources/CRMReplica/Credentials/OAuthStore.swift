internal import Glibc

/// The file in which the granted tokens are.
///
/// A new grant is written beside it and takes its name, both synced, before its access token is
/// used for the first time: the tokens before may be dead. Room for it is made before it is asked
/// for, so that a full disk cannot be what loses it. A whole file beside the store is a grant that
/// a crash has kept from its name; it is the newer one.
struct OAuthStore: Sendable {
  let path: String

  private var besidePath: String { path + ".new" }
  /// In bytes.
  private static let limit = 64 << 10
  /// How long another process may take to renew.
  private static let patience = Duration.seconds(60)

  /// Takes the lock, and waits for it while another process renews. Nil when told to stop.
  func lock(interrupt: CInt?) throws(OAuthError) -> FileLock? {
    let clock = ContinuousClock()
    let deadline = clock.now + Self.patience
    while true {
      do throws(FileLockError) {
        return try FileLock(database: path)
      } catch {
        if case .unusable(_, let reason) = error {
          throw .unwritableStore(path: path, reason: reason)
        }
        guard clock.now < deadline else { throw .heldStore(path: path) }
      }
      var stop = pollfd(fd: interrupt ?? -1, events: Int16(POLLIN), revents: 0)
      if poll(&stop, 1, 50) > 0 { return nil }
    }
  }

  /// Reads the grant. The caller holds the lock.
  func read() throws(OAuthError) -> OAuthGrant {
    try settle()
    let file: SmallFile
    do {
      file = try SmallFile(at: path, limit: Self.limit)
    } catch {
      throw error == .missing ? .noStore(path: path) : .badStore(path: path, error.text)
    }
    guard file.permissions & 0o077 == 0 else { throw .exposedStore(path: path) }
    guard let grant = OAuthGrant(file.bytes) else {
      throw .badStore(path: path, "holds no tokens that can be read")
    }
    return grant
  }

  /// Gives a grant that a crash left beside the store its name, and removes what is none.
  private func settle() throws(OAuthError) {
    guard access(besidePath, F_OK) == 0 else { return }
    guard let file = try? SmallFile(at: besidePath, limit: Self.limit),
      file.permissions & 0o077 == 0, OAuthGrant(file.bytes) != nil
    else {
      unlink(besidePath)
      return
    }
    let descriptor = open(besidePath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw unwritable() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0, takeName() else { throw unwritable() }
  }

  /// Makes room beside the store. The caller holds the lock.
  func reserve() throws(OAuthError) -> Reservation {
    try settle()
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(besidePath, flags, 0o600)
    guard descriptor >= 0 else { throw unwritable() }
    let code = posix_fallocate(descriptor, 0, off_t(Self.limit))
    guard code == 0 else {
      close(descriptor)
      unlink(besidePath)
      throw unwritable(code)
    }
    return Reservation(self, descriptor)
  }

  /// Room for one grant. It is gone with this value unless a grant was written.
  final class Reservation {
    private let store: OAuthStore
    private let descriptor: CInt
    private var isUsed = false

    fileprivate init(_ store: OAuthStore, _ descriptor: CInt) {
      (self.store, self.descriptor) = (store, descriptor)
    }

    deinit {
      close(descriptor)
      if !isUsed { unlink(store.besidePath) }
    }

    /// Stores the grant. When this returns, no crash can lose it.
    func write(_ grant: OAuthGrant) throws {
      isUsed = true
      let text = String(decoding: try grant.encoded(), as: UTF8.self)
      guard writeAll(text, to: descriptor),
        ftruncate(descriptor, off_t(text.utf8.count)) == 0, fsync(descriptor) == 0,
        store.takeName()
      else {
        throw OAuthError.lostGrant(path: store.path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Renames what is beside the store to it, for good. False, with errno, when the system refuses.
  private func takeName() -> Bool {
    guard rename(besidePath, path) == 0 else { return false }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }

  private func unwritable(_ code: CInt = errno) -> OAuthError {
    .unwritableStore(path: path, reason: String(cString: strerror(code)))
  }
}
