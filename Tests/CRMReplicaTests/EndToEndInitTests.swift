import CapsuleSimulator
import Glibc
import Simulation
import TestSupport
import Testing
import VtigerSimulator

@testable import CRMReplica

/// `init` of the built program, through a pipe and at a terminal.
@Suite(.onWaitingThreads) struct EndToEndInitTests {
  /// A folder without files beside the stage, where the command is run.
  private func folder(_ stage: Stage) throws -> String {
    let folder = stage.folder + "/new"
    try #require(mkdir(folder, 0o700) == 0)
    return folder
  }

  private func start(
    _ words: [String] = ["init"], in folder: String, input: Child.Stream, log: Child.Stream = .file
  ) throws -> Child {
    try Child(words, in: folder, launcher: Child.here(folder), input: input, log: log)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  private func mode(_ path: String) -> mode_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : nil
  }

  @Test func `answers from a pipe make a configuration that works`() throws {
    let stage = try Stage()
    let folder = try folder(stage)
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    let child = try start(in: folder, input: .descriptor(ends[0]))
    #expect(writeAll(stage.answers, to: ends[1]))
    ends.forEach { close($0) }
    let ending = try child.wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.isEmpty, "\(ending.log)")
    #expect(
      ending.output.hasPrefix(
        "Wrote crm-replica.json, and crm-replica.token, which you alone can read.\n"
          + "configuration: ok, crm-replica.json, "), "\(ending.output)")
    #expect(ending.output.contains("\ntoken: ok, from crm-replica.token, "))
    #expect(ending.output.hasSuffix("\nNext: crm-replica sync\n"))
    #expect(try text("\(folder)/crm-replica.token") == Stage.token + "\n")
    #expect(mode("\(folder)/crm-replica.token") == 0o600)
    // It holds no secret, and a service of another user has to read it.
    #expect(mode("\(folder)/crm-replica.json") == 0o644)
    let written = try text("\(folder)/crm-replica.json")
    for part in [
      "\"database\": \"crm-replica.sqlite\"", "\"token_file\": \"crm-replica.token\"",
      "\"every\": \"24h\"", "\"per_parent_budget\": 500",
    ] {
      #expect(written.contains(part), "\(written)")
    }
    for text in [written, ending.output] { #expect(!text.contains(Stage.token)) }
    // What it names next is all that is to be typed.
    #expect(try start(["sync"], in: folder, input: .file).wait().code == 0)
    #expect(access("\(folder)/crm-replica.sqlite", F_OK) == 0)
    // Nothing is overwritten, nor asked for.
    let again = try start(in: folder, input: .text("capsule\n\nanother\n")).wait()
    #expect(again.code == 78)
    #expect(again.log.hasPrefix("crm-replica.json is there already."), "\(again.log)")
    unlink("\(folder)/crm-replica.json")
    let requests = stage.requests().count
    let third = try start(in: folder, input: .text("capsule\n\nanother\n")).wait()
    #expect(third.code == 78)
    #expect(third.log.hasPrefix("crm-replica.token is there already."), "\(third.log)")
    #expect(try text("\(folder)/crm-replica.token") == Stage.token + "\n")
    #expect(access("\(folder)/crm-replica.json", F_OK) != 0)
    #expect(stage.requests().count == requests)
  }

  @Test func `an account of Vtiger's is asked for its address and user`() throws {
    let stage = try VtigerStage(.init(.v8_0))
    let config = stage.folder + "/a-company-with-a-long-name.json"
    let answers = "vtiger\n\(stage.server.baseURL)\nada@example.com\n\(VtigerStage.accessKey)\n"
    let ending = try start(
      ["init", "-c", config, "--database", "given.sqlite"], in: stage.folder,
      input: .text(answers)
    ).wait()
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    #expect(ending.output.hasSuffix("\nNext: crm-replica sync --config \(config)\n"))
    let key = stage.folder + "/a-company-with-a-long-name.access_key"
    #expect(try text(key) == VtigerStage.accessKey + "\n")
    let written = try text(config)
    #expect(written.contains("\"\(stage.folder)/given.sqlite\""), "\(written)")
    #expect(written.contains("\"access_key_file\": \"./a-company-with-a-long-name.access_key\""))
    #expect(!written.contains("token_file"))
  }

  @Test(
    arguments: [
      ("", "There is no answer to: Kind of account, "),
      ("capsule\n\n", "There is no answer to: Token, from My Preferences > API Authentication "),
      ("salesforce\n", "is \"salesforce\"; it must be \"capsule\" or \"vtiger\"."),
      ("\nhttp://crm.example/\n", "would send the token in the clear"),
      ("\n\ntwo words\n", "must be one word of visible ASCII characters."),
    ] as [(String, String)])
  func `a wrong answer writes nothing`(answers: String, words: String) throws {
    let directory = try TemporaryDirectory()
    let folder = directory.path + "/new"
    try #require(mkdir(folder, 0o700) == 0)
    let ending = try Child(
      ["init"], in: directory.path, launcher: Child.here(folder), input: .text(answers)
    ).wait()
    #expect(ending.code == 64)
    #expect(ending.log.contains(words), "\(ending.log)")
    #expect(ending.log.hasSuffix("Nothing was written.\n"))
    #expect(!ending.log.contains("two words"))
    #expect(rmdir(folder) == 0)
  }

  @Test func `a token that is refused is said`() throws {
    let stage = try Stage()
    let folder = try folder(stage)
    let answers = "\n\(stage.server.baseURL)\nanother\n"
    let ending = try start(in: folder, input: .text(answers)).wait()
    #expect(ending.code == 77)
    #expect(ending.output.hasSuffix("then: crm-replica check\n"), "\(ending.output)")
    try stage.file("new/crm-replica.token", Stage.token + "\n")
    #expect(try start(["check"], in: folder, input: .file).wait().code == 0)
  }

  // MARK: At a terminal

  @Test func `a terminal does not show the token`() throws {
    let stage = try Stage()
    let folder = try folder(stage)
    let terminal = try Terminal()
    let child = try start(
      in: folder, input: .descriptor(terminal.line), log: .descriptor(terminal.line))
    try terminal.await("Kind of account, capsule or vtiger [capsule]: ")
    terminal.type("capsul\n")
    try terminal.await("it must be \"capsule\" or \"vtiger\".\r\nKind of account")
    terminal.type("\n")
    try terminal.await("Address of the Capsule account [https://api.capsulecrm.com/api/v2]: ")
    terminal.type("\(stage.server.baseURL)\n")
    try terminal.await("Token, from My Preferences > API Authentication Tokens: ")
    #expect(!terminal.showsWhatIsTyped)
    terminal.type("\(Stage.token)\n")
    let ending = try child.wait()
    try terminal.await("Tokens: \r\n")
    #expect(ending.code == 0, "\(terminal.screen)")
    #expect(ending.output.hasSuffix("\nNext: crm-replica sync\n"), "\(ending.output)")
    #expect(terminal.screen.contains(stage.server.baseURL) && terminal.showsWhatIsTyped)
    #expect(!terminal.screen.contains(Stage.token))
  }

  @Test func `a stop at the question leaves nothing`() throws {
    let stage = try Stage()
    let folder = try folder(stage)
    let terminal = try Terminal()
    let child = try start(
      in: folder, input: .descriptor(terminal.line), log: .descriptor(terminal.line))
    try terminal.await("[capsule]: ")
    terminal.type("\n")
    try terminal.await("api/v2]: ")
    terminal.type("\n")
    try terminal.await("Tokens: ")
    child.signal(SIGINT)
    #expect(try child.wait(seconds: 20).code == 130)
    #expect(terminal.showsWhatIsTyped)
    #expect(access("\(folder)/crm-replica.json", F_OK) != 0)
    #expect(access("\(folder)/crm-replica.token", F_OK) != 0)
  }
}
