import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// The built program as a daemon under a service manager: real signals, real sockets, a real file.
@Suite(.onWaitingThreads) struct EndToEndDaemonTests {
  private func stage(_ schedule: String, _ prepare: @Sendable (Account) -> Void = { _ in }) throws
    -> Stage
  {
    let stage = try Stage(prepare: prepare)
    try stage.configure(["schedule": schedule])
    return stage
  }

  private func start(
    _ stage: Stage, _ manager: FakeManager, _ more: [String] = [], launcher: [String] = []
  ) throws -> Child {
    try Child(
      ["run", "--config", stage.config], in: stage.folder,
      environment: ["NOTIFY_SOCKET=\(manager.name)"] + more, launcher: launcher)
  }

  /// What has come, in their order, with the messages of the watchdog and what changes from run to
  /// run left out.
  private final class Told {
    let manager: FakeManager
    private(set) var all: [String] = []
    init(_ manager: FakeManager) { self.manager = manager }

    var messages: [String] {
      all += manager.take()
      return all
    }
    var states: [String] {
      messages.filter { !$0.hasPrefix("STATUS=") && $0 != "WATCHDOG=1" }.map { message in
        let first = message.split(separator: "\n").first.map(String.init) ?? ""
        return first
      }
    }
    func has(_ prefix: String, times: Int = 1) -> Bool {
      messages.count { $0.hasPrefix(prefix) } >= times
    }
  }

  /// Ready, at work, at rest; a good reload, a bad one, a round that is asked for; the end.
  @Test(arguments: [false, true])
  func `the service manager is told every step`(isAbstract: Bool) throws {
    let stage = try stage(#"{"every": "24h"}"#)
    let manager = try FakeManager(isAbstract: isAbstract)
    let told = Told(manager)
    let child = try start(stage, manager, ["WATCHDOG_USEC=4000000"])
    let rest = "STATUS=All is well. Next round at "
    try #require(poll(seconds: 30) { told.has(rest) }, "\(told.all) \(child.text(of: 2))")
    let first = told.messages
    #expect(first.first == "READY=1")
    #expect(first.contains("STATUS=A round of 30 tables begins."))
    #expect(try stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'") == 1)

    // At rest the watchdog is fed all the same: more than once in its time.
    let fed = told.messages.count { $0 == "WATCHDOG=1" }
    #expect(poll(seconds: 30) { told.messages.count { $0 == "WATCHDOG=1" } >= fed + 3 })

    try stage.configure(["schedule": #"{"every": "48h"}"#])
    child.signal(SIGHUP)
    try #require(poll(seconds: 120) { told.has("READY=1", times: 2) })
    #expect(poll(seconds: 120) { told.has(rest, times: 2) })
    let reload = try #require(told.messages.first { $0.hasPrefix("RELOADING=1\n") })
    let stamp = reload.split(separator: "=").last.flatMap { Int64($0) } ?? 0
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000
    #expect(reload.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect(stamp > microseconds - 600_000_000 && stamp <= microseconds)

    try stage.configure(["schedule": #"{"evry": "48h"}"#])
    child.signal(SIGHUP)
    try #require(poll(seconds: 120) { told.has("READY=1", times: 3) })
    #expect(child.text(of: 2).contains("event=\"configuration refused\""))
    #expect(child.text(of: 2).contains("did you mean"))
    #expect(child.text(of: 2).contains("stays in force"))

    try stage.configure(["schedule": #"{"every": "48h"}"#, "database": "\"/elsewhere.sqlite\""])
    child.signal(SIGHUP)
    try #require(poll(seconds: 120) { told.has("READY=1", times: 4) })
    #expect(child.text(of: 2).contains("cannot change while the daemon runs"))

    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    child.signal(SIGUSR1)
    #expect(
      try poll(seconds: 120) {
        try stage.value("SELECT count(*) FROM parties WHERE last_name = 'Quist'") == 1
      }, "\(child.text(of: 2))")
    // Nobody else has got at the file meanwhile.
    try stage.configure(["database": "\"\(stage.database)\""])
    #expect(try stage.run("sync").code == 75)

    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(
      told.states == [
        "READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1", "RELOADING=1", "READY=1",
        "STOPPING=1",
      ])
    #expect(!told.all.joined().contains(Stage.token))
    #expect(try stage.isWhole())
  }

  /// Signals in the midst of a round leave it alone; the new configuration is told of at once and
  /// in force behind it.
  @Test func `signals in the midst of a round`() throws {
    let stage = try stage(#"{"every": "24h"}"#)
    stage.trouble(.slowBody, at: "users?", times: 1)
    let manager = try FakeManager()
    let told = Told(manager)
    let child = try start(stage, manager)
    try #require(poll(seconds: 120) { stage.requests().contains { $0.hasPrefix("users?") } })
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    for number in [SIGHUP, SIGUSR1, SIGHUP] {
      child.signal(number)
      let count = number == SIGUSR1 ? 1 : told.messages.count { $0 == "READY=1" } + 1
      #expect(
        poll(seconds: 120) {
          number == SIGUSR1
            ? child.text(of: 2).contains("round asked for") : told.has("READY=1", times: count)
        }, "\(child.text(of: 2))")
    }
    #expect(child.text(of: 2).contains("the one under way is it"))
    #expect(try stage.value("SELECT count(*) FROM _runs WHERE finished_at IS NOT NULL") == 0)
    #expect(child.hasEnded == false)
    // The stop is heard in the same place.
    child.signal(SIGTERM)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.contains("event=\"run stopped\""))
    #expect(try stage.isWhole())
    // What was cut off goes on at the next start, by the new configuration.
    stage.endTrouble()
    let next = try start(stage, manager)
    #expect(
      try poll(seconds: 30) {
        try stage.value("SELECT count(*) FROM _runs WHERE outcome = 'good'").integer ?? 0 >= 2
      }, "\(next.text(of: 2))")
    next.signal(SIGTERM)
    #expect(try next.wait(seconds: 10).code == 0)
  }

  /// Another program holds the file for longer than SQLite waits: the daemon stays, says so, and
  /// goes on.
  @Test func `a locked file is outlasted`() throws {
    let stage = try stage(#"{"every": "1s"}"#)
    try #require(try stage.run("sync").code == 0)
    let manager = try FakeManager()
    let told = Told(manager)
    let child = try start(stage, manager)
    try #require(poll(seconds: 120) { told.has("STATUS=All is well.") }, "\(child.text(of: 2))")
    let holder = try Connection(path: stage.database)
    // The daemon holds the lock itself for moments.
    try #require(poll(seconds: 120) { (try? holder.execute("BEGIN IMMEDIATE")) != nil })
    let isTold = poll(seconds: 60) { told.has("STATUS=The replica cannot be written.") }
    #expect(isTold, "\(child.text(of: 2))")
    #expect(child.text(of: 2).contains("event=\"replica not written\""))
    stage.server.withAccount { _ = $0.createPerson("Zora", "Quist") }
    try holder.execute("ROLLBACK")
    #expect(
      try poll(seconds: 30) {
        try stage.value("SELECT count(*) FROM parties WHERE last_name = 'Quist'") == 1
      }, "\(child.text(of: 2))")
    child.signal(SIGTERM)
    #expect(try child.wait(seconds: 10).code == 0)
    #expect(try stage.isWhole())
  }

  @Test func `a refused token is said to the manager`() throws {
    let stage = try stage(#"{"every": "24h"}"#) { $0.token = "another" }
    let manager = try FakeManager()
    let told = Told(manager)
    let ending = try start(stage, manager).wait(seconds: 30)
    #expect(ending.code == 77)
    #expect(told.states == ["READY=1", "STOPPING=1"])
    #expect(told.all.last?.contains("STATUS=Ended, as somebody has to act: ") == true)
    #expect(ending.log.contains("Next: the daemon ends"), "\(ending.log)")
  }

  /// A token that somebody has put into the file meanwhile is tried before the daemon gives up.
  @Test(arguments: [true, false])
  func `a replaced token is taken`(isGood: Bool) throws {
    let stage = try stage(#"{"every": "24h"}"#)
    let (file, found) = (stage.tokenFile, "sesame-0815-opens-it-again")
    let replacement = try stage.file("replacement", "\(found)\n")
    stage.server.withAccount { account in
      account.beforeRequest = { account, number in
        guard number == 3 else { return }
        rename(replacement, file)
        account.token = isGood ? found : "nobody-knows-this-one"
      }
    }
    let manager = try FakeManager()
    let told = Told(manager)
    let child = try start(stage, manager)
    if isGood {
      #expect(
        poll(seconds: 30) { told.has("STATUS=All is well. Next round at ") },
        "\(child.text(of: 2))")
      child.signal(SIGTERM)
    }
    let ending = try child.wait(seconds: 30)
    #expect(ending.code == (isGood ? 0 : 77), "\(ending.log)")
    let outcomes = try stage.rows("SELECT outcome FROM _runs ORDER BY id").map { $0[0] }
    #expect(outcomes == ["refused", isGood ? "good" : "refused"])
    #expect(ending.log.contains("Next: again with another token"), "\(ending.log)")
    #expect(ending.log.contains("Next: the daemon ends") == !isGood, "\(ending.log)")
    #expect(told.states == ["READY=1", "STOPPING=1"])
    for secret in [Stage.token, found] {
      #expect(!(told.all.joined() + ending.log + ending.output).contains(secret))
    }
    #expect(try stage.isWhole())
  }

  /// Nothing is ready before configuration, token and file are.
  @Test(arguments: ["token", "lock", "configuration"])
  func `what is wrong from the start is never ready`(trouble: String) throws {
    let stage = try stage(#"{"every": "24h"}"#)
    let holder = try Connection(path: stage.folder + "/other.sqlite")
    defer { withExtendedLifetime(holder) {} }
    var descriptor: CInt = -1
    switch trouble {
    case "token": unlink(stage.tokenFile)
    case "lock":
      descriptor = open(stage.database + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
      try #require(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
    default: try stage.configure(["schedule": #"{"every": "sometimes"}"#])
    }
    defer { if descriptor >= 0 { close(descriptor) } }
    let manager = try FakeManager()
    let ending = try start(stage, manager).wait(seconds: 20)
    #expect(ending.code == (trouble == "lock" ? 75 : 78))
    #expect(manager.take() == [])
  }

  /// The time of day is that of the zone; 02:30 there is 21:00 in UTC.
  @Test func `the time of day is local`() throws {
    let stage = try stage(#"{"every": "24h", "at": "02:30"}"#)
    let manager = try FakeManager()
    let told = Told(manager)
    let child = try start(stage, manager, ["TZ=IST-5:30"])
    try #require(poll(seconds: 30) { told.has("STATUS=All is well. Next round at ") })
    #expect(told.messages.last { $0.hasPrefix("STATUS=All") }?.hasSuffix("T21:00:00Z.") == true)
    child.signal(SIGINT)
    #expect(try child.wait(seconds: 10).code == 0)
  }

  /// SIGUSR1 means nothing to what is no daemon; SIGHUP ends it, as its terminal's end would.
  @Test func `other commands obey fewer signals`() throws {
    let stage = try Stage()
    stage.trouble(.slowBody, at: "users?", times: 1)
    let child = try stage.start("sync")
    try #require(poll(seconds: 120) { stage.requests().contains { $0.hasPrefix("users?") } })
    child.signal(SIGUSR1)
    child.signal(SIGHUP)
    #expect(try child.wait(seconds: 10).code == -SIGHUP)
    #expect(try stage.isWhole())
    stage.endTrouble()
    #expect(try stage.run("sync").code == 0)
  }

  /// Lines for the journal begin with a priority and leave the time to it.
  @Test func `the journal reads as sentences`() throws {
    let stage = try stage(#"{"every": "24h"}"#) {
      $0.faults = .init([.init(.forbidden, on: .path("goals", times: 1))])
    }
    // A shell that knows its own stderr names it as the journal before it becomes the program.
    let shell = [
      "/bin/sh", "-c",
      #"JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@""#, "sh",
    ]
    let ending = try Child(
      ["sync", "--config", stage.config], in: stage.folder, launcher: shell
    ).wait()
    #expect(ending.code == 1)
    let lines = ending.log.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("<3>level=error ") || $0.hasPrefix("<6>level=info ") })
    #expect(lines.contains { $0.hasPrefix("<3>level=error event=\"table failed\" table=goals") })
    #expect(lines.last?.contains(" summary=\"Not up to date: goals failed. ") == true)
    #expect(!ending.log.contains("time="))
    // An error that ends the program is as many lines of the journal as it is long.
    unlink(stage.tokenFile)
    let failed = try Child(
      ["sync", "--config", stage.config], in: stage.folder, launcher: shell
    ).wait()
    #expect(failed.code == 78)
    #expect(failed.log.split(separator: "\n").allSatisfy { $0.hasPrefix("<3>") })
  }
}
