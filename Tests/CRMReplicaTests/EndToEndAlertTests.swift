import CapsuleSimulator
import Glibc
import HTTP
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// The built program, a program that it tells, and a web hook on loopback.
@Suite(.onWaitingThreads) struct EndToEndAlertTests {
  private let hook: LoopbackServer<Hook>
  private let stage: Stage
  private var heard: String { stage.folder + "/heard" }

  init() throws {
    hook = try Hook.server()
    stage = try Stage()
    try stage.file(
      "notify",
      """
      #!/bin/sh
      echo "$1 $CRM_REPLICA_ALERT $CRM_REPLICA_STATE $CRM_REPLICA_DATABASE $CRM_REPLICA_TEXT" \
        >> '\(stage.folder)/heard'
      cat >> '\(stage.folder)/heard'
      tr '\\0' '\\n' < /proc/$$/environ > '\(stage.folder)/environment'

      """, permissions: 0o700)
    try configure()
  }

  private func configure(_ alerts: String? = nil) throws {
    let usual = """
      {"command": ["\(stage.folder)/notify", "of crm"], "url": "\(hook.baseURL)/hook?key=s3cret",
       "late_after": "26h", "ping_url": "\(hook.baseURL)/ping"}
      """
    try stage.configure(["alerts": alerts ?? usual])
  }

  private func text(_ path: String) -> String {
    guard access(path, R_OK) == 0, let bytes = try? bytes(of: path) else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var heardLines: [Substring] { text(heard).split(separator: "\n") }

  /// By hand with another configuration, or none: what others have told stands.
  @Test func `who tells nobody forgets nothing that was told`() throws {
    defer { hook.stop() }
    stage.trouble(.forbidden, at: "goals")
    #expect(try stage.run("sync").code == 1)
    let told = try stage.rows("SELECT * FROM _alerts")
    #expect(told.count == 2)
    try configure("{}")
    stage.endTrouble()
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.rows("SELECT * FROM _alerts") == told)
    try configure()
    #expect(try stage.run("sync").code == 0)
    #expect(hook.alerts == ["failed begun goals", "failed resolved goals"])
    #expect(try stage.rows("SELECT * FROM _alerts") == [])
  }

  @Test func `a round that fails and one that is well again are told once each`() throws {
    defer { hook.stop() }
    let good = try stage.run("sync")
    #expect(good.code == 0 && hook.alerts == [] && hook.pings == 1, "\(good.log)")
    #expect(heardLines == [])

    stage.trouble(.forbidden, at: "goals")
    let bad = try stage.run("sync")
    #expect(bad.code == 1)
    #expect(hook.alerts == ["failed begun goals"], "\(bad.log)")
    #expect(hook.pings == 1)
    #expect(bad.log.contains("event=\"alert sent\" by=command alert=failed state=begun"))
    #expect(bad.log.contains("event=\"alert sent\" by=url alert=failed state=begun"))
    #expect(
      try stage.rows("SELECT channel, kind, table_name FROM _alerts") == [
        ["command", "failed", "goals"], ["url", "failed", "goals"],
      ])
    #expect(try stage.run("sync").code == 1)
    #expect(hook.alerts == ["failed begun goals"] && hook.pings == 1)

    stage.endTrouble()
    #expect(try stage.run("sync").code == 0)
    #expect(hook.alerts == ["failed begun goals", "failed resolved goals"] && hook.pings == 2)
    #expect(try stage.rows("SELECT * FROM _alerts") == [])
    #expect(try stage.isWhole())

    // The program has heard the same.
    let lines = heardLines
    try #require(lines.count == 4, "\(lines)")
    #expect(
      lines[0] == "of crm failed begun replica.sqlite replica.sqlite: Not up to date: goals failed."
    )
    #expect(
      lines[2] == "of crm failed resolved replica.sqlite replica.sqlite: resolved: "
        + "Not up to date: goals failed.")
    let posts = hook.calls.filter { $0.method == "POST" }
    #expect(posts.map(\.target) == ["/hook?key=s3cret", "/hook?key=s3cret"])
    #expect(
      posts.map { $0.headers.first("Content-Type") } == ["application/json", "application/json"])
    #expect([lines[1], lines[3]].map { AlertText.line(String($0)) } == hook.alerts)
    let first = try #require(posts.first).body
    for part in [
      #""outcome": "partial""#, #""run": 2"#, #""table_count": 1"#,
      #""database": "replica.sqlite""#,
    ] {
      #expect(first.contains(part), "\(first)")
    }
    #expect(!first.contains("\"last_good_at\": null"))
    // A ping says nothing.
    let ping = try #require(hook.calls.first)
    #expect(ping.method == "GET" && ping.target == "/ping" && ping.body.isEmpty)

    // No secret leaves, and no folder; the address of the hook is in no log.
    let environment = text(stage.folder + "/environment")
    let all =
      text(heard) + environment
      + hook.calls.map { "\($0.target) \($0.headers.fields) \($0.body)" }.joined()
    for secret in [Stage.token, "Authorization", stage.folder + "/replica"] {
      #expect(!all.contains(secret))
    }
    #expect(!(bad.log + bad.output).contains("s3cret"))
    #expect(
      environment.split(separator: "\n").map { $0.prefix { $0 != "=" } }.sorted() == [
        "CRM_REPLICA_ALERT", "CRM_REPLICA_DATABASE", "CRM_REPLICA_STATE", "CRM_REPLICA_TEXT",
        "PATH",
      ])
  }

  /// What the guard holds is told with its number, and is over when it was accepted.
  @Test func `rows that the guard holds are told`() throws {
    defer { hook.stop() }
    try stage.configure(["guard": #"{"rows": 1, "share": 0.01}"#])
    try #require(try stage.run("sync").code == 0)
    let ids = try stage.rows("SELECT id FROM tasks ORDER BY id LIMIT 3").compactMap(\.[0].integer)
    let gone = ids.count
    stage.server.withAccount { account in
      for id in ids { account.delete(task: id) }
    }
    let held = try stage.run("sync")
    #expect(held.code == 1, "\(held.log)")
    #expect(hook.alerts == ["held begun tasks"])
    let body = try #require(hook.calls.first { $0.method == "POST" }).body
    #expect(body.contains("The delete guard holds rows back: \(gone) of tasks."), "\(body)")
    #expect(body.contains(#"{ "table": "tasks", "held_rows": \#(gone) }"#), "\(body)")
    #expect(try stage.run("sync").code == 1)
    #expect(try stage.run("accept", "tasks").code == 0)
    #expect(try stage.run("sync").code == 0)
    #expect(hook.alerts == ["held begun tasks", "held resolved tasks"])
  }

  @Test func `a refused token is told, and nothing that the source says`() throws {
    defer { hook.stop() }
    try #require(try stage.run("sync").code == 0)
    stage.server.withAccount { $0.token = "another" }
    let refused = try stage.run("sync")
    #expect(refused.code == 77 && hook.alerts == ["refused begun"])
    #expect(try stage.run("sync").code == 77)
    stage.server.withAccount { $0.token = Stage.token }
    #expect(try stage.run("sync").code == 0)
    #expect(hook.alerts == ["refused begun", "refused resolved"])
  }

  /// A round is as it would be without; what was not taken is told the next time, and only by what
  /// did not take it.
  @Test func `what nobody takes is a warning, and is told later`() throws {
    defer { hook.stop() }
    hook.withAccount { $0.status = 302 }
    let good = try stage.run("sync")
    #expect(good.code == 0)
    #expect(good.log.contains("level=warning event=\"ping not sent\""), "\(good.log)")
    #expect(good.log.contains("\(hook.baseURL) answers 302"))
    stage.trouble(.forbidden, at: "goals")
    let bad = try stage.run("sync")
    #expect(bad.code == 1)
    #expect(bad.log.contains("level=warning event=\"alert not sent\" by=url"), "\(bad.log)")
    #expect(heardLines.count == 2)
    hook.withAccount { $0.status = 204 }
    #expect(try stage.run("sync").code == 1)
    #expect(hook.alerts == ["failed begun goals", "failed begun goals"])
    #expect(heardLines.count == 2)

    try configure(
      #"{"command": ["/bin/false"], "url": "http://127.0.0.1:1/s3cret", "late_after": "1s"}"#)
    stage.trouble(.forbidden, at: "teams")
    let deaf = try stage.run("sync")
    #expect(deaf.code == 1)
    #expect(deaf.log.contains("by=command alert=failed state=begun error=\"it ended with 1\""))
    #expect(deaf.log.contains("no answer from http://127.0.0.1:1: "))
    #expect(!deaf.log.contains("s3cret"))
  }

  /// The file cannot be another account's by an alert: it is left as it was to the byte.
  @Test func `an error that ends a round is told`() throws {
    defer { hook.stop() }
    try #require(try stage.run("sync").code == 0)
    let before = try bytes(of: stage.database)
    stage.server.withAccount { $0.subdomain = "somebody-else" }
    let ending = try stage.run("sync")
    #expect(ending.code == 78, "\(ending.log)")
    #expect(hook.alerts == ["ended begun"])
    #expect(hook.calls.allSatisfy { !$0.body.contains("somebody-else") })
    #expect(try bytes(of: stage.database) == before)
  }

  // MARK: check

  @Test func `check tries each once and asks no account`() throws {
    defer { hook.stop() }
    unlink(stage.tokenFile)
    let check = try stage.run("check", "--alerts")
    #expect(check.code == 0, "\(check.output)\(check.log)")
    let lines = check.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("configuration: ok, ") == true)
    #expect(
      lines.dropFirst() == [
        "alerts.command: ok, took a test", "alerts.url: ok, took a test",
        "alerts.ping_url: ok, called",
      ])
    #expect(check.requests == [] && hook.alerts == ["test begun"] && hook.pings == 1)
    #expect(heardLines.first?.hasSuffix(" replica.sqlite: A test. Alerts arrive here.") == true)
    #expect(access(stage.database, F_OK) != 0)

    hook.withAccount { $0.status = 500 }
    try stage.file("notify", "#!/bin/sh\nexit 9\n", permissions: 0o700)
    let failed = try stage.run("check", "--alerts")
    #expect(failed.code == 69)
    #expect(failed.output.contains("\nalerts.command: failed, it ended with 9\n"))
    #expect(failed.output.contains("\nalerts.url: failed, \(hook.baseURL) answers 500\n"))
    #expect(failed.output.contains("\nalerts.ping_url: failed, \(hook.baseURL) answers 500\n"))

    try configure("{}")
    let none = try stage.run("check", "--alerts")
    #expect(none.code == 78)
    #expect(none.output.contains("alerts: failed, the configuration names nobody who is told"))
  }

  @Test func `check without a line is of the configuration alone`() throws {
    defer { hook.stop() }
    unlink(stage.tokenFile)
    let good = try stage.run("check", "--offline")
    #expect(good.code == 0 && good.requests == [] && hook.calls.isEmpty)
    #expect(good.output.split(separator: "\n").count == 1)
    try stage.configure(["schedule": #"{"evry": "1h"}"#])
    let bad = try stage.run("check", "--offline")
    #expect(bad.code == 78)
    #expect(bad.output.contains("did you mean \"every\"?"))
  }

  // MARK: The daemon

  private func start(_ manager: FakeManager) throws -> Child {
    try Child(
      ["run", "--config", stage.config], in: stage.folder,
      environment: ["NOTIFY_SOCKET=\(manager.name)"])
  }

  @Test func `a daemon tells and pings`() throws {
    defer { hook.stop() }
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    let child = try start(try FakeManager())
    try #require(poll(seconds: 120) { hook.pings >= 2 }, "\(child.text(of: 2))")
    stage.server.withAccount { $0.token = "another" }
    let ending = try child.wait(seconds: 60)
    #expect(ending.code == 77)
    #expect(hook.alerts == ["refused begun"], "\(ending.log)")
    stage.server.withAccount { $0.token = Stage.token }
    let next = try start(try FakeManager())
    #expect(poll(seconds: 120) { hook.alerts.count == 2 }, "\(next.text(of: 2))")
    #expect(hook.alerts.last == "refused resolved")
    next.signal(SIGTERM)
    #expect(try next.wait(seconds: 10).code == 0)
    #expect(!text(heard).contains(Stage.token))
  }

  /// Nobody answers, and the program sleeps: a stop is obeyed all the same.
  @Test func `a stop does not wait for who is told`() throws {
    defer { hook.stop() }
    let silent = try #require(LoopbackListener(port: 0, backlog: 8))
    defer { silent.close() }
    let address = "http://127.0.0.1:\(silent.port)"
    stage.trouble(.forbidden, at: "goals")
    try configure(
      """
      {"command": ["/bin/sh", "-c", "echo > '\(stage.folder)/begun'; sleep 600"],
       "url": "\(address)", "ping_url": "\(address)"}
      """)
    let child = try start(try FakeManager())
    let begun = stage.folder + "/begun"
    try #require(poll(seconds: 120) { access(begun, F_OK) == 0 }, "\(child.text(of: 2))")
    child.signal(SIGTERM)
    let ending = try child.wait(seconds: 8)
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.contains("ended, as this process is to end"))
    #expect(!ending.log.contains("by=url"))
  }
}
