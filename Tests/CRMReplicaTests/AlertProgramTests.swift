import Glibc
import Testing

@testable import CRMReplica

/// A program that is told of an alert: what it gets, and what it cannot do to us.
@Suite struct AlertProgramTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func program(_ script: String, _ arguments: [String] = []) -> AlertProgram {
    AlertProgram(
      words: ["/bin/sh", "-c", "cd \(directory.path); \(script)", "sh"] + arguments,
      environment: [("CRM_REPLICA_ALERT", "held"), ("CRM_REPLICA_TEXT", "a b\"c$HOME")])
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try bytes(of: "\(directory.path)/\(name)"), as: UTF8.self)
  }

  @Test func `it gets its words, the text and the environment that was made for it`() throws {
    // A secret of ours, and a descriptor that would be inherited.
    setenv("CRM_REPLICA_TOKEN", "sesame-opens", 1)
    defer { unsetenv("CRM_REPLICA_TOKEN") }
    let file = try directory.file("open", Array("ours".utf8))
    let descriptor = open(file, O_RDONLY)
    try #require(descriptor >= 3)
    defer { close(descriptor) }
    let script = """
      cat > input; printf '%s|' "$@" > words; tr '\\0' '\\n' < /proc/$$/environ > environment
      ls -l /proc/$$/fd | cat > descriptors
      """
    #expect(program(script, ["one", "two words", ""]).run("the alert\n") == nil)
    #expect(try text("input") == "the alert\n")
    #expect(try text("words") == "one|two words||")
    #expect(
      try text("environment") == """
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        CRM_REPLICA_ALERT=held
        CRM_REPLICA_TEXT=a b"c$HOME

        """)
    let descriptors = try text("descriptors")
    #expect(!descriptors.contains("/open"))
    #expect(descriptors.contains("0 -> pipe:"))
    #expect(descriptors.matches(of: /[12] -> \/dev\/null/).count == 2, "\(descriptors)")
  }

  /// Signals that this process blocks or ignores are as they should be.
  @Test func `its signals are those of a new program`() throws {
    signal(SIGPIPE, SIG_IGN)
    #expect(program("grep -E '^Sig(Blk|Ign)' /proc/self/status > signals").run("") == nil)
    let masks = try text("signals").split(separator: "\n").compactMap {
      $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) }
    }
    // The two above the 31 of old are the C library's own, which lets nobody set them (signal(7)).
    #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0])
  }

  @Test(
    arguments: [
      ("exit 3", "it ended with 3"), ("kill -9 $$", "it died of signal 9"), ("true", nil),
    ] as [(String, String?)])
  func `its end is told`(script: String, complaint: String?) {
    #expect(program(script).run("x") == complaint)
  }

  @Test(arguments: ["/nowhere/notify", "/etc/passwd"])
  func `what cannot be run is told`(path: String) {
    let complaint = AlertProgram(words: [path], environment: []).run("x")
    #expect(complaint?.hasPrefix("not started: ") == true, "\(complaint ?? "-")")
  }

  /// Nor is what it has started left behind, and no zombie.
  @Test func `it is ended with all that it has started when its time is over`() throws {
    var slow = program("echo $$ > pid; sleep 600 & echo $! > child; wait")
    slow.limit = .seconds(2)
    #expect(slow.run("x")?.hasPrefix("ended after ") == true)
    for name in ["pid", "child"] {
      let pid = try #require(pid_t(try text(name).trimmingSuffix { $0.isNewline }))
      #expect(poll(seconds: 30) { kill(pid, 0) != 0 || isZombie(pid) }, "\(name)")
      // The program itself has been waited for.
      if name == "pid" { #expect(waitpid(pid, nil, WNOHANG) == -1) }
    }
  }

  @Test func `a stop leaves it little time`() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    try #require(write(ends[1], "x", 1) == 1)
    var slow = program("sleep 600")
    slow.stop = ends[0]
    #expect(slow.run("x") == "ended, as this process is to end")
  }

  @Test func `it need not read what it is told`() {
    #expect(program("exec 0<&-").run(String(repeating: "x", count: 60_000)) == nil)
    #expect(
      program("true").run(String(repeating: "x", count: 70_000))?.hasPrefix("no pipe") == true)
  }

  /// The child of a program that was ended is init's to wait for, which may take its time.
  private func isZombie(_ pid: pid_t) -> Bool {
    guard let bytes = try? bytes(of: "/proc/\(pid)/stat") else { return true }
    return String(decoding: bytes, as: UTF8.self).contains(") Z ")
  }
}

extension String {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, isDropped(last) { text.removeLast() }
    return text
  }
}
