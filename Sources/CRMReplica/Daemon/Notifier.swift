internal import Glibc
internal import Replication

/// Tells the service manager how the daemon fares, and feeds its watchdog.
///
/// A message that cannot be sent is lost, and nothing else happens: the manager may be gone, or
/// there may never have been one. Source: sd_notify(3), sd_watchdog_enabled(3).
final class Notifier {
  /// The least time between two reports of progress.
  static let progressInterval = Duration.seconds(1)

  /// The time after which the manager takes the daemon for hung, or nil without a watchdog.
  let watchdog: Duration?
  private let clock: any Clock
  private let send: (String) -> Void
  private var lastFed: Duration?
  private var lastTold: Duration?
  private var status = ""
  /// What is added to whatever is told, until it is taken back.
  private var caveat = ""
  private var isStopping = false

  init(_ clock: any Clock, watchdog: Duration?, send: @escaping (String) -> Void) {
    (self.clock, self.watchdog, self.send) = (clock, watchdog, send)
  }

  /// The notifier that the environment of this process asks for: NOTIFY_SOCKET, WATCHDOG_USEC and
  /// WATCHDOG_PID. Without a socket it is silent.
  convenience init(_ clock: any Clock, environment: [String: String], process: Int32 = getpid()) {
    let socket = environment["NOTIFY_SOCKET"].flatMap { NotifySocket($0) }
    self.init(
      clock, watchdog: socket == nil ? nil : Self.watchdog(environment, process: process),
      send: { socket?.send($0) })
  }

  /// What the environment says of the watchdog, unless it is meant for another process.
  static func watchdog(_ environment: [String: String], process: Int32) -> Duration? {
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }),
      microseconds > 0, environment["WATCHDOG_PID"].map({ Int32($0) == process }) ?? true
    else { return nil }
    return .microseconds(microseconds)
  }

  /// The longest time that the daemon may sleep in one piece: a quarter of the watchdog, so that
  /// half of it is never exceeded, and a minute, so that a host that was asleep or whose clock was
  /// set notices.
  var longestNap: Duration { min(watchdog.map { $0 / 4 } ?? .seconds(60), .seconds(60)) }

  /// The daemon is at work, or has taken over a new configuration or kept the old one.
  func ready() { send("READY=1") }

  /// The daemon has begun to read its configuration again; the instant tells which reload it is.
  func reloading() {
    let (seconds, attoseconds) = clock.elapsed().components
    let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
  }

  /// The daemon ends. Said once.
  func stopping(_ text: String) {
    guard !isStopping else { return }
    isStopping = true
    send("STOPPING=1\nSTATUS=\(text.onOneLine())")
  }

  /// What the daemon does now, in plain words; sent at once, unless it is what was said last.
  func tell(_ text: String) {
    guard text != status, !isStopping else { return }
    status = text
    sendStatus()
  }

  /// Adds a sentence to whatever is told from now on, or takes it back.
  func add(caveat: String?) {
    guard caveat != (self.caveat.isEmpty ? nil : self.caveat), !isStopping else { return }
    self.caveat = caveat ?? ""
    if !status.isEmpty { sendStatus() }
  }

  private func sendStatus() {
    lastTold = clock.elapsed()
    send("STATUS=\([status, caveat].filter { !$0.isEmpty }.joined(separator: " ").onOneLine())")
  }

  /// As `tell`, left out when the last message is younger than the interval.
  func tellProgress(_ text: @autoclosure () -> String) {
    if let lastTold, clock.elapsed() - lastTold < Self.progressInterval { return }
    tell(text())
  }

  /// Says that there was progress. Sent at most eight times in the time of the watchdog.
  func feed() {
    guard let watchdog else { return }
    let now = clock.elapsed()
    if let lastFed, now - lastFed < watchdog / 8 { return }
    lastFed = now
    send("WATCHDOG=1")
  }
}

/// The datagram socket on which a service manager listens.
struct NotifySocket {
  private let address: sockaddr_un
  private let length: socklen_t

  /// A path, or a name in the abstract namespace that begins with `@` (unix(7)); else nil.
  init?(_ name: String) {
    let bytes = Array(name.utf8)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let space = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count > 1, bytes.count < space, bytes[0] == 0x2F || bytes[0] == 0x40 else {
      return nil
    }
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: bytes)
      if bytes[0] == 0x40 { path[0] = 0 }
    }
    // A path ends with a zero, an abstract name by its length.
    let end = bytes[0] == 0x40 ? bytes.count : bytes.count + 1
    self.address = address
    length = socklen_t(MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2) + socklen_t(end)
  }

  /// Sends a message as one datagram, or loses it. A receiver that does not read is waited for half
  /// a second.
  func send(_ message: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = address
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
    }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard connected == 0, poll(&waiting, 1, 500) == 1 else { return }
    var message = message
    message.withUTF8 { bytes in
      _ = Glibc.send(
        descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
  }
}
