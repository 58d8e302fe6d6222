import Glibc
import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

/// What the program says of a Vtiger account that it cannot read, or that is another.
@Suite(.onWaitingThreads) struct EndToEndVtigerSetupTests {
  @Test func `a wrong key is refused and writes nothing`() throws {
    let stage = try VtigerStage()
    try stage.file("access-key", "not-the-key\n")
    for command in ["sync", "check"] {
      let ending = try stage.run(command)
      #expect(ending.code == 77, "\(command): \(ending.log)\(ending.output)")
      #expect(ending.requests.count < 4)
      for text in [ending.log, ending.output] { #expect(!text.contains("not-the-key")) }
    }
    #expect(try stage.value("SELECT count(*) FROM modules") == 0)
  }

  @Test func `another account is refused, and the file stays as it is`() throws {
    let stage = try VtigerStage()
    #expect(try stage.run("sync").code == 0)
    let before = try bytes(of: stage.database)
    let other = try VtigerStage(seed: 2)
    try other.configure(["database": "\"\(stage.database)\""])
    let ending = try other.run("sync")
    #expect(ending.code == 78, "\(ending.log)")
    #expect(ending.log.contains("is the replica of another account"))
    #expect(ending.requests.allSatisfy { $0.hasSuffix("/me") })
    #expect(try bytes(of: stage.database) == before)
    let verify = try other.run("verify")
    #expect(verify.code == 78, "\(verify.log)")
  }

  @Test func `a key of another kind is an error of the configuration`() throws {
    let stage = try VtigerStage()
    try stage.configure(["source": stage.source(api: "rest", #", "token_file": "/t""#)])
    let ending = try stage.run("sync")
    #expect(ending.code == 78)
    #expect(
      ending.log.contains(
        #""source.token_file" is a key of sources of the kind "capsule"; this one is "vtiger""#))
    #expect(access(stage.database, F_OK) != 0)
  }

  @Test func `a user who is shown no module is told so`() throws {
    var switches = VtigerSwitches(.cloud, access: .restricted)
    switches.hiddenModules = VtigerStage.modules
    let stage = try VtigerStage(switches)
    for command in ["sync", "check"] {
      let ending = try stage.run(command)
      #expect(ending.code == 77, "\(command): \(ending.log)\(ending.output)")
      let said = ending.log + ending.output
      #expect(said.contains("The server shows this user no module with records"), "\(said)")
    }
  }

  @Test func `an account that shows nothing any more buries nothing`() throws {
    let stage = try VtigerStage()
    #expect(try stage.run("sync").code == 0)
    stage.server.withAccount {
      $0.switches.access = .restricted
      $0.switches.hiddenModules = VtigerStage.modules
    }
    let ending = try stage.run("sync", "--full")
    #expect(ending.code == 77, "\(ending.log)")
    #expect(try stage.value("SELECT count(*) FROM contacts WHERE _deleted_at IS NULL") == 130)
  }

  @Test func `one who is no administrator has no table of users`() throws {
    let stage = try VtigerStage(VtigerSwitches(.cloud, access: .viewAll))
    let first = try stage.run("sync")
    #expect(first.code == 0, "\(first.log)")
    #expect(first.log.contains("users") && first.log.contains("only administrators may read it"))
    #expect(
      try stage.value("SELECT count(*) FROM sqlite_schema WHERE name = 'users'") == 0)
    #expect(try stage.value("SELECT count(*) FROM contacts") == 130)
    #expect(try stage.run("status").output.contains("contacts"))
  }

  @Test func `check says who reads what, and whether the stamps fit the clock`() throws {
    let stage = try VtigerStage()
    let ending = try stage.run("check")
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    let lines = ending.output.split(separator: "\n").map(String.init)
    for head in [
      "configuration: ok, ", "access key: ok, from \(stage.keyFile), a personal access key",
      "source: ok, \(stage.server.baseURL) knows the access key as ada@example.com",
      "quota: ok, ", "user: ok, an administrator", "modules: ok, ",
      "changes: ok, the account's feed of changes (sync) is used",
      "clock: ok, the newest record was changed at 20", "database: ok, ",
    ] {
      #expect(lines.contains { $0.hasPrefix(head) }, "\(head): \(ending.output)")
    }
    #expect(access(stage.database, F_OK) != 0)
    stage.server.withAccount {
      $0.switches.zoneOffset = 7_200
      $0.revise($0.records(of: "Contacts").keys.sorted()[0], "lastname", "Lovelace")
    }
    let shifted = try stage.run("check")
    #expect(shifted.code == 78, "\(shifted.output)")
    #expect(shifted.output.contains("clock: failed, "))
    #expect(shifted.output.contains("\"time_zone\""))
    // One record of a far day is no zone.
    stage.server.withAccount {
      $0.switches.zoneOffset = 40 * 86_400
      $0.revise($0.records(of: "Contacts").keys.sorted()[0], "lastname", "Byron")
    }
    let far = try stage.run("check")
    #expect(far.code == 0, "\(far.output)")
    #expect(far.output.contains("clock: ok, a record bears the instant 20"), "\(far.output)")
  }

  @Test(arguments: [
    ("dead", "the server refuses the feed"), ("own", "has named no record of another user's"),
    ("alone", "has named no record of another user's"), ("restricted", "only administrators are"),
  ])
  func `check says why the feed of changes is not used`(account: String, words: String) throws {
    let isOther = account == "restricted"
    var switches = VtigerSwitches(.cloud, access: isOther ? .viewAll : .administrator)
    if account == "dead" { switches.sync = .dead }
    switches.knowsApplication = account != "own"
    let stage = try VtigerStage(
      size: account == "alone" ? .empty : .small, switches)
    let ending = try stage.run("check")
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    let line = ending.output.split(separator: "\n").first { $0.hasPrefix("changes: ok, lists ") }
    #expect(line?.contains(words) ?? false, "\(ending.output)")
  }

  @Test func `a user's name that cannot be sent is said to be at fault`() throws {
    let stage = try VtigerStage()
    let source = stage.source().split(separator: "ada@example.com").joined(separator: "ada:ada")
    try stage.configure(["source": source])
    let ending = try stage.run("sync")
    #expect(ending.code == 78 && ending.requests.isEmpty)
    #expect(ending.log.contains("\"username\"") && !ending.log.contains("token"), "\(ending.log)")
  }

  @Test func `plan counts in both allowances, and what the server counts`() throws {
    var switches = VtigerSwitches(.cloud)
    switches.countsRows = true
    let stage = try VtigerStage(switches)
    let first = try stage.run("plan")
    #expect(first.code == 0, "\(first.log)")
    let contacts = try #require(
      first.output.split(separator: "\n").first { $0.hasPrefix("contacts ") })
    let words = contacts.split(separator: " ").map(String.init)
    #expect(words[1...2] == ["2", "130"] && words.last == "counted", "\(contacts)")
    let allowances = try #require(
      first.output.split(separator: "\n").first { $0.hasPrefix("Allowance: ") })
    #expect(
      allowances.contains(" requests a minute") && allowances.contains(" requests a day"),
      "\(allowances)")
    // It waits for no day that is spent.
    stage.server.withAccount {
      $0.day = RateLimit(limit: 3_000, window: 86_400)
      ($0.day.used, $0.day.reset) = (2_990, $0.now + 80_000)
    }
    let spent = try stage.run("plan")
    #expect(spent.code == 75, "\(spent.log)\(spent.output)")
  }
}
