import CapsuleSimulator
import FoundationEssentials
import Glibc
import HTTP
import SQLite
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// How the built program finds the replica that it is to work on.
@Suite(.onWaitingThreads) struct EndToEndConfigurationTests {
  /// A command in a folder, with this environment.
  private func run(
    _ words: String..., in folder: String, _ environment: String...
  ) throws -> Ending {
    try Child(
      words, in: folder, environment: environment, launcher: Child.here(folder)
    ).wait()
  }

  // MARK: Without a configuration

  @Test func `a replica is read without configuration and token`() throws {
    let stage = try Stage()
    try #require(try stage.run("sync").code == 0)
    let id = try #require(try stage.value("SELECT min(id) FROM parties").integer)
    try #require(try stage.run("status").code == 0)
    let lines = [
      ["status"], ["report"], ["report", "party", "--csv"], ["why", "party", "\(id)"],
      ["plan", "--offline"],
    ]
    for words in lines {
      let configured = try stage.run(words[0], Array(words.dropFirst()))
      let given = Child.here(stage.folder)
      for named in [
        [words[0], "replica.sqlite"] + words.dropFirst(), words + ["--database", stage.database],
      ] {
        let ending = try Child(named, in: stage.folder, launcher: given).wait()
        #expect(ending.code == 0, "\(named): \(ending.log)")
        #expect(ending.log.isEmpty, "\(ending.log)")
        // How wide a column of ages is, the time tells.
        let heads = [ending, configured].map {
          $0.output.split(separator: "\n").first?.split(separator: " ")
        }
        #expect(heads[0] == heads[1])
      }
    }
    #expect(try run("tables", "--database", "replica.sqlite", in: stage.folder).code == 0)
    let requests = stage.requests().count
    #expect(try run("sync", "replica.sqlite", in: stage.folder).code == 78)
    #expect(stage.requests().count == requests)
  }

  @Test func `a replica says of what product its account is`() throws {
    let stage = try VtigerStage()
    try #require(try stage.run("sync").code == 0)
    let status = try run("status", "replica.sqlite", in: stage.folder)
    #expect(status.code == 0, "\(status.log)")
    #expect(status.output.contains("\ncontacts "))
    let tables = try run("tables", "--database", "replica.sqlite", in: stage.folder)
    #expect(tables.output.contains("\ncontacts "))
    // No file says where that account is.
    let sync = try run(
      "sync", "replica.sqlite", in: stage.folder, "CRM_REPLICA_ACCESS_KEY=sesame")
    #expect(sync.code == 78)
    #expect(sync.log.contains("is the replica of a Vtiger account"), "\(sync.log)")
  }

  /// The account's own address is asked, through a proxy that notes where it is to lead.
  @Test func `a replica alone is filled with a token from the environment`() throws {
    let directory = try TemporaryDirectory()
    let listener = try #require(LoopbackListener(port: 0, backlog: 8))
    defer { listener.close() }
    let child = try Child(
      ["sync", "capsule.sqlite"], in: directory.path,
      environment: [
        "CRM_REPLICA_TOKEN=sesame", "https_proxy=http://127.0.0.1:\(listener.port)",
      ], launcher: Child.here(directory.path))
    var waiting = pollfd(fd: listener.descriptor, events: Int16(POLLIN), revents: 0)
    try #require(Glibc.poll(&waiting, 1, 60_000) == 1, "\(child.text(of: 2))")
    let descriptor = accept(listener.descriptor, nil, nil)
    defer { close(descriptor) }
    let wanted = "CONNECT api.capsulecrm.com:443 HTTP/1.1\r\n"
    var line = [UInt8](repeating: 0, count: wanted.utf8.count)
    try #require(recv(descriptor, &line, line.count, CInt(MSG_WAITALL)) == line.count)
    #expect(String(decoding: line, as: UTF8.self) == wanted)
    child.signal(SIGINT)
    #expect(try child.wait(seconds: 10).code == 130)
    #expect(access("\(directory.path)/capsule.sqlite", F_OK) == 0)
  }

  @Test(arguments: ["status", "report", "verify", "why"])
  func `what was never synced is said to be so`(command: String) throws {
    let stage = try Stage()
    let words = command == "why" ? ["party", "1"] : []
    let missing = try stage.run(command, words)
    #expect(missing.code == 73)
    #expect(
      missing.log == "\(stage.database) does not exist; nothing synced yet: run sync.\n",
      "\(missing.log)")
    #expect(access(stage.database, F_OK) != 0)
    try stage.file("replica.sqlite", "")
    let empty = try stage.run(command, words)
    #expect(empty.code == 73)
    #expect(
      empty.log == "\(stage.database) is empty; nothing synced yet: run sync.\n", "\(empty.log)")
    #expect(try bytes(of: stage.database) == [])
    for command in ["check", "plan", "sync"] { #expect(try stage.run(command).code == 0) }
  }

  @Test(arguments: ["version", "--version", "-V"])
  func `the version names the libraries`(word: String) throws {
    let directory = try TemporaryDirectory()
    let ending = try run(word, in: directory.path)
    #expect(ending.code == 0)
    let lines = ending.output.split(separator: "\n")
    try #require(lines.count == 3, "\(lines)")
    #expect(lines[0] == "crm-replica \(Program.version)")
    #expect(lines[1] == "SQLite \(Connection.version)")
    #expect(lines[2].hasPrefix("libcurl ") && !lines[2].contains("/"))
  }

  // MARK: A configuration that is found

  @Test func `a configuration is found, and named`() throws {
    let stage = try Stage()
    try #require(rename(stage.config, stage.folder + "/crm-replica.json") == 0)
    let here = try run("sync", in: stage.folder)
    #expect(here.code == 0, "\(here.log)")
    #expect(here.log.contains("event=\"configuration found\" file=crm-replica.json "))
    let other = stage.folder + "/other.json"
    try stage.file("other.json", #"{"database": "none.sqlite", "source": {"kind": "capsule"}}"#)
    let named = try run("plan", "--offline", in: stage.folder, "CRM_REPLICA_CONFIG=\(other)")
    #expect(named.code == 0, "\(named.log)")
    #expect(named.log.contains("file=\(other) by=CRM_REPLICA_CONFIG"), "\(named.log)")
    // What the command line names is not said again.
    let given = try run(
      "status", "-c", "crm-replica.json", in: stage.folder, "CRM_REPLICA_CONFIG=\(other)")
    #expect(given.code == 0 && given.log.isEmpty, "\(given.log)")
  }

  @Test(arguments: ["check", "sync", "run", "status", "plan", "verify", "report", "authorise"])
  func `a command that works on a replica needs one`(name: String) throws {
    let directory = try TemporaryDirectory()
    let ending = try run(name, in: directory.path)
    #expect(ending.code == 64)
    #expect(
      ending.log.hasPrefix("\"\(name)\" needs --config FILE or a database, and there is no "),
      "\(ending.log)")
    #expect(ending.output.isEmpty)
  }

  // MARK: Paths

  @Test func `one configuration makes one replica, from wherever it is run`() throws {
    let stage = try Stage()
    try #require(mkdir(stage.folder + "/conf", 0o700) == 0)
    try stage.configure([
      "database": #""replica.sqlite""#, "metrics_file": #""../metrics.prom""#,
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "token_file": "token"}
      """,
    ])
    for name in ["config.json", "token"] {
      try #require(rename("\(stage.folder)/\(name)", "\(stage.folder)/conf/\(name)") == 0)
    }
    for (folder, config) in [
      (stage.folder, "conf/config.json"), (stage.folder + "/conf", "config.json"),
      ("/", "\(stage.folder)/conf/config.json"),
    ] {
      let child = try Child(
        ["sync", "--config", config], in: stage.folder,
        launcher: Child.here(folder))
      #expect(try child.wait().code == 0)
    }
    #expect(access(stage.database, F_OK) != 0)
    let connection = try Connection(
      path: stage.folder + "/conf/replica.sqlite", mode: .readOnly)
    #expect(try connection.value("SELECT count(*) FROM _runs WHERE outcome = 'good'") == 3)
    #expect(access(stage.folder + "/metrics.prom", F_OK) == 0)
    // What is printed means the same wherever it is put.
    let printed = try run(
      "check", "--print-config", "--config", "conf/config.json", in: stage.folder)
    #expect(printed.code == 0)
    #expect(printed.output.contains("\"\(stage.folder)/conf/replica.sqlite\""), "\(printed)")
    #expect(printed.output.contains("\"\(stage.folder)/conf/token\""))
  }

  @Test func `a tilde is the user's home`() throws {
    let stage = try Stage()
    try stage.configure(["database": #""~/home.sqlite""#])
    let ending = try run("sync", "-c", stage.config, in: "/tmp", "HOME=\(stage.folder)")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(access(stage.folder + "/home.sqlite", F_OK) == 0)
  }

  /// With a folder before it, a secret in the place of its file's name would look like a path.
  @Test func `a secret in the place of a path is not repeated`() throws {
    let stage = try Stage()
    let secret = "gFQ3kPZt8mWvX2bY7cRd5sJn9hLa1eUo4iTq6wEz"
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "token_file": "\(secret)"}
      """
    ])
    for words in [["sync"], ["check"], ["check", "--print-config"]] {
      let ending = try stage.run(words[0], Array(words.dropFirst()))
      #expect(!(ending.output + ending.log).contains(secret))
    }
  }

  @Test func `an editor's key is let pass`() throws {
    let stage = try Stage()
    try stage.configure(["$schema": #""https://example.com/schema.json""#])
    #expect(try stage.run("sync").code == 0)
    #expect(try stage.run("check", "--print-config").output.contains("https://example.com/"))
  }
}
