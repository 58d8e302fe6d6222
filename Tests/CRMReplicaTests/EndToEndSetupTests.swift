import CapsuleSimulator
import Glibc
import SQLite
import Simulation
import TestSupport
import Testing

/// What the built program says about a configuration, a token or a file that it cannot use: before
/// it asks anybody, and leaving everything as it was.
@Suite(.onWaitingThreads) struct EndToEndSetupTests {
  /// Runs all commands that open the configuration; each must end alike and ask nothing.
  private func refused(
    _ stage: Stage, _ code: Int32, _ words: [String], by commands: [String] = ["sync", "run"],
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    for command in commands {
      let ending = try stage.run(command)
      #expect(ending.code == code, "\(command): \(ending.log)", sourceLocation: location)
      for word in words {
        #expect(
          ending.log.contains(word), "\(command), \(word): \(ending.log)", sourceLocation: location)
      }
      #expect(ending.log.hasSuffix("\n") && !ending.log.contains("\n\n"), sourceLocation: location)
      #expect(ending.output.isEmpty, sourceLocation: location)
      #expect(ending.requests.isEmpty, sourceLocation: location)
    }
  }

  @Test(arguments: [
    ("schedule", #"{"evry": "1h"}"#, #""schedule.evry" is not a key; did you mean "every"?"#),
    ("shedule", #"{}"#, #""shedule" is not a key; did you mean "schedule"?"#),
    ("schedule", #"{"every": 5}"#, #""schedule.every" is a number; it must be a string"#),
    ("schedule", #"{"every": "0s"}"#, #"it must be "1s" or more"#),
    ("requests", #"{"concurrency": 9}"#, #""requests.concurrency" is 9; it must be"#),
    ("tables", #"{"partis": {}}"#, #""tables.partis" is not a table; did you mean "parties"?"#),
    ("tables", #"{"parties": {"exclude_columns": ["abuot"]}}"#, #"did you mean "about"?"#),
    ("tables", #"{"parties": {"exclude_columns": ["id"]}}"#, "cannot do without"),
    ("database", "null", #""database" is null; it must be the path of a file"#),
    (
      "source", #"{"kind": "capsule", "base_url": "http://crm.example/api", "token_file": "t"}"#,
      #""source.base_url" begins with "http://", which would send the token in the clear"#
    ),
    ("source", #"{"kind": "capsule", "token": "sesame-in-the-file"}"#, "never stands in"),
  ])
  func `a configuration is refused by name and place`(key: String, value: String, words: String)
    throws
  {
    let stage = try Stage()
    try stage.configure([key: value])
    try refused(stage, 78, [words, "config.json:"], by: ["sync", "run", "status"])
    let check = try stage.run("check")
    #expect(check.code == 78)
    #expect(check.output.hasPrefix("configuration: failed, "))
    #expect(check.output.contains(words))
    for text in [check.output, check.log] { #expect(!text.contains("sesame")) }
    #expect(access(stage.database, F_OK) != 0)
  }

  @Test func `a configuration that is missing or no JSON is named`() throws {
    let stage = try Stage()
    try stage.file("config.json", "{\n  \"database\": oops\n}")
    try refused(stage, 78, ["config.json:2:15: not JSON"])
    unlink(stage.config)
    try refused(stage, 78, ["config.json: the file does not exist"])
    try #require(mkdir(stage.config, 0o700) == 0)
    try refused(stage, 78, ["config.json: the file is a directory"])
  }

  @Test func `a token that cannot be used is not used`() throws {
    let stage = try Stage()
    try stage.file("token", "\(Stage.token)\n", permissions: 0o644)
    try refused(stage, 78, ["open to every user", "chmod 600 \(stage.tokenFile)"])
    try stage.file("token", " \n")
    try refused(stage, 78, ["The token is empty in \(stage.tokenFile)", "alone on one line"])
    try stage.file("token", "Bearer \(Stage.token)\n")
    try refused(stage, 78, ["is no token"])
    unlink(stage.tokenFile)
    try refused(stage, 78, ["\(stage.tokenFile) does not exist", "token_file"])
    try stage.configure([
      "source": #"{"kind": "capsule", "base_url": "\#(stage.server.baseURL)"}"#
    ])
    try refused(stage, 78, ["There is no token", "CRM_REPLICA_TOKEN"])
    #expect(access(stage.database, F_OK) != 0)
  }

  @Test func `a token may come from the environment`() throws {
    let stage = try Stage()
    try stage.configure([
      "source": #"{"kind": "capsule", "base_url": "\#(stage.server.baseURL)"}"#
    ])
    let child = try Child(
      ["sync", "--config", stage.config], in: stage.folder,
      environment: ["CRM_REPLICA_TOKEN=\(Stage.token)"])
    #expect(try child.wait().code == 0)
    let service = try Child(
      ["sync", "--config", stage.config], in: stage.folder,
      environment: ["CREDENTIALS_DIRECTORY=\(stage.folder)", "CRM_REPLICA_TOKEN=another"])
    #expect(try service.wait().code == 0)
  }

  @Test func `a place that holds no file is refused`() throws {
    let stage = try Stage()
    try stage.configure(["database": "\"\(stage.folder)/missing/replica.sqlite\""])
    try refused(stage, 73, ["\(stage.folder)/missing/", "No such file or directory"])
    try stage.configure(["database": "\"/proc/replica.sqlite\""])
    try refused(stage, 73, ["/proc/replica.sqlite"])
    let folder = "\(stage.folder)/replica.sqlite"
    try stage.configure(["database": "\"\(folder)\""])
    try #require(mkdir(folder, 0o700) == 0)
    try refused(stage, 73, [folder, "\"database\""])
    for command in ["check", "status"] {
      let ending = try stage.run(command)
      #expect(ending.code == 73)
      #expect((ending.output + ending.log).contains(folder), "\(command): \(ending)")
    }
  }

  @Test(arguments: ["a letter to somebody\n", String(repeating: "no database ", count: 1_000)])
  func `a file that is no database stays as it is`(text: String) throws {
    let stage = try Stage()
    try stage.file("replica.sqlite", text)
    try refused(stage, 73, [stage.database, "no SQLite database"], by: ["sync", "run", "status"])
    let check = try stage.run("check")
    #expect(check.code == 73)
    #expect(check.output.contains("database: failed, "))
    #expect(try bytes(of: stage.database) == Array(text.utf8))
  }

  @Test func `a database of somebody else stays as it is`() throws {
    let stage = try Stage()
    try stage.execute(
      "CREATE TABLE invoices (id INTEGER PRIMARY KEY); INSERT INTO invoices VALUES (7)")
    let before = try bytes(of: stage.database)
    try refused(stage, 73, [stage.database, "no replica of ours"], by: ["sync", "run", "status"])
    let check = try stage.run("check")
    #expect(check.code == 73)
    #expect(try bytes(of: stage.database) == before)
    #expect(access(stage.database + "-wal", F_OK) != 0)
  }

  @Test func `a second instance is turned away`() throws {
    let stage = try Stage()
    stage.trouble(.slowBody, at: "users?")
    let first = try stage.start("sync")
    try #require(poll(seconds: 20) { stage.requests().contains { $0.hasPrefix("users?") } })
    for command in ["sync", "run"] {
      let second = try stage.run(command)
      #expect(second.code == 75)
      #expect(second.log.contains("Another crm-replica is at work"), "\(second.log)")
      #expect(second.log.contains(stage.database + ".lock"))
    }
    // Readers are no second instance.
    #expect(try stage.run("status").code == 1)
    first.signal(SIGTERM)
    #expect(try first.wait().code == 143)
    stage.endTrouble()
    #expect(try stage.run("sync").code == 0)
  }
}
