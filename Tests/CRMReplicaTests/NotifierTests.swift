import Glibc
import Model
import Replication
import Testing

@testable import CRMReplica

@Suite struct NotifierTests {
  /// A clock that a test moves.
  private final class HandClock: Clock {
    var time = Duration.seconds(100)
    func now() -> Timestamp { Timestamp(time.components.seconds) }
    func elapsed() -> Duration { time }
  }

  private let clock = HandClock()
  private final class Sent { var messages: [String] = [] }
  private let sent = Sent()

  private func notifier(watchdog: Duration? = nil) -> Notifier {
    Notifier(clock, watchdog: watchdog) { [sent] in sent.messages.append($0) }
  }

  @Test func `says ready and reloading`() {
    let notifier = notifier()
    notifier.ready()
    clock.time += .microseconds(1_234_567)
    notifier.reloading()
    #expect(sent.messages == ["READY=1", "RELOADING=1\nMONOTONIC_USEC=101234567"])
  }

  @Test func `tells progress at most once a second`() {
    let notifier = notifier()
    for step in 0..<25 {
      notifier.tellProgress("step \(step)")
      clock.time += .milliseconds(100)
    }
    #expect(sent.messages == ["STATUS=step 0", "STATUS=step 10", "STATUS=step 20"])
    notifier.tell("waits")
    notifier.tell("waits")
    notifier.tellProgress("too soon")
    #expect(sent.messages.dropFirst(3) == ["STATUS=waits"])
  }

  @Test func `a status stays on its line`() {
    let notifier = notifier()
    notifier.tell("a\nREADY=1")
    notifier.stopping("b\nc")
    #expect(sent.messages == [#"STATUS=a\nREADY=1"#, "STOPPING=1\nSTATUS=b\\nc"])
  }

  @Test func `a caveat follows whatever is told until it is taken back`() {
    let notifier = notifier()
    notifier.tell("Rests.")
    notifier.add(caveat: "Mend it.")
    notifier.add(caveat: "Mend it.")
    notifier.tell("Works.")
    notifier.tellProgress("Too soon.")
    notifier.add(caveat: nil)
    notifier.add(caveat: nil)
    #expect(
      sent.messages == [
        "STATUS=Rests.", "STATUS=Rests. Mend it.", "STATUS=Works. Mend it.", "STATUS=Works.",
      ])
  }

  @Test func `stops once and tells nothing afterwards`() {
    let notifier = notifier()
    notifier.stopping("Stopping.")
    notifier.stopping("Stopped.")
    notifier.tell("late")
    #expect(sent.messages == ["STOPPING=1\nSTATUS=Stopping."])
  }

  @Test func `feeds the watchdog no more than it eats`() {
    let notifier = notifier(watchdog: .seconds(40))
    for _ in 0..<100 {
      notifier.feed()
      clock.time += .seconds(1)
    }
    #expect(sent.messages == Array(repeating: "WATCHDOG=1", count: 20))
    #expect(notifier.longestNap == .seconds(10))
  }

  @Test func `without a watchdog nothing is fed`() {
    let notifier = notifier()
    notifier.feed()
    #expect(sent.messages.isEmpty)
    #expect(notifier.longestNap == .seconds(60))
    #expect(self.notifier(watchdog: .seconds(3_600)).longestNap == .seconds(60))
  }

  @Test(
    arguments: [
      ([:], nil),
      (["WATCHDOG_USEC": "30000000"], .seconds(30)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"], .seconds(30)),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"], nil),
      (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": ""], nil),
      (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "-5"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
      (["WATCHDOG_USEC": "99999999999999999999"], nil),
    ] as [([String: String], Duration?)])
  func `the watchdog is meant for this process`(environment: [String: String], watchdog: Duration?)
  {
    #expect(Notifier.watchdog(environment, process: 42) == watchdog)
  }

  @Test(arguments: [false, true])
  func `a message is one datagram`(isAbstract: Bool) throws {
    let listener = try FakeManager(isAbstract: isAbstract)
    let notifier = Notifier(clock, environment: ["NOTIFY_SOCKET": listener.name])
    notifier.ready()
    notifier.tell("Grüße")
    #expect(listener.take() == ["READY=1", "STATUS=Grüße"])
  }

  @Test(
    arguments: [
      "", "@", "/", "relative", "vsock:2:1234", "/nowhere/at/all", "@nobody-listens-here",
      "/" + String(repeating: "x", count: 200), "@" + String(repeating: "x", count: 200),
    ])
  func `a socket that does not hear is harmless`(name: String) {
    let notifier = Notifier(clock, environment: ["NOTIFY_SOCKET": name])
    notifier.ready()
    notifier.tell("x")
    notifier.stopping("y")
  }

  @Test func `a manager that does not read is not waited for without end`() throws {
    let listener = try FakeManager()
    let notifier = Notifier(clock, environment: ["NOTIFY_SOCKET": listener.name])
    // A queue holds ten datagrams or so (unix(7), net.unix.max_dgram_qlen); the rest is lost.
    var limit = 10
    if let bytes = try? bytes(of: "/proc/sys/net/unix/max_dgram_qlen") {
      limit = Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber)) ?? limit
    }
    try #require(limit < 10_000)
    for number in 0...(limit + 1) { notifier.tell("\(number)") }
    #expect(listener.take().count == limit + 1)
  }
}

/// The socket of a service manager, and what has come to it.
final class FakeManager {
  let name: String
  private let descriptor: CInt
  private let directory: TemporaryDirectory

  init(isAbstract: Bool = false) throws {
    directory = try TemporaryDirectory()
    let name = (isAbstract ? "@" : "") + directory.path + "/notify"
    self.name = name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: Array(name.utf8))
      if isAbstract { path[0] = 0 }
    }
    let length = socklen_t(2 + name.utf8.count + (isAbstract ? 0 : 1))
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
    }
    try #require(bound == 0)
  }

  deinit { close(descriptor) }

  /// The messages that have come since the last call.
  func take() -> [String] {
    var messages: [String] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)),
      count >= 0
    {
      messages.append(String(decoding: buffer[..<count], as: UTF8.self))
    }
    return messages
  }
}
