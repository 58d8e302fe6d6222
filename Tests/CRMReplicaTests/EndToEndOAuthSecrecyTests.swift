import CapsuleSimulator
import FoundationEssentials
import Glibc
import HTTP
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// Access tokens, refresh tokens, codes and the client's secret: nowhere but in their own files.
@Suite(.onWaitingThreads) struct EndToEndOAuthSecrecyTests {
  private func holds(_ bytes: [UInt8], _ text: String) -> Bool {
    Data(bytes).firstRange(of: Data(text.utf8)) != nil
  }

  /// The files of the stage's folder in which one of the secrets stands.
  private func files(of stage: Stage) throws -> Set<String> {
    let secrets = stage.oauth { $0.secrets }
    #expect(secrets.count > 2)
    return Set(
      try FileManager.default.contentsOfDirectory(atPath: stage.folder).filter { name in
        let content = try bytes(of: "\(stage.folder)/\(name)")
        return secrets.contains { holds(content, $0) }
      })
  }

  private func expectNothing(in child: Child, of stage: Stage) throws {
    let secrets = stage.oauth { $0.secrets }
    for name in ["cmdline", "environ"] {
      let text = try bytes(of: "/proc/\(child.pid)/\(name)")
      #expect(!text.isEmpty)
      for secret in secrets { #expect(!holds(text, secret)) }
    }
  }

  private let own: Set = ["oauth.json", "client-secret"]

  @Test func `every command keeps them where they are`() throws {
    let stage = try Stage()
    try stage.useOAuth()
    let authorise = try stage.start("authorise")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: authorise))
    try expectNothing(in: authorise, of: stage)
    _ = try TestBrowser.get(answer)
    #expect(try authorise.wait().code == 0)
    for command in ["sync", "check", "verify", "status"] {
      stage.oauth { $0.endAccess() }
      let ending = try stage.run(command)
      #expect(ending.code == 0, "\(command): \(ending.log)")
    }
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    let daemon = try stage.start("run")
    stage.oauth { $0.endAccess() }
    let before = stage.tokenRequests
    try #require(poll(seconds: 30) { stage.tokenRequests > before })
    try expectNothing(in: daemon, of: stage)
    daemon.signal(SIGTERM)
    #expect(try daemon.wait().code == 0)
    #expect(try files(of: stage) == own)
  }

  /// Servers that repeat what they were sent, on either endpoint, in every form of failure.
  @Test(arguments: [
    OAuthAuthority.Trouble.echo(status: 400), .echo(status: 200), .echo(status: 500),
    .serverError(500), .lostAnswer, .cutAnswer, .html, .reset, .oversized(1 << 20),
    .redirect("http://127.0.0.1:1/"),
  ])
  func `no failure tells a secret`(trouble: OAuthAuthority.Trouble) throws {
    let stage = try Stage.granted()
    try stage.configure(["schedule": #"{"every": "1s"}"#])
    try #require(try stage.run("sync").code == 0)
    for command in ["sync", "run", "check", "verify"] {
      stage.oauth {
        $0.endAccess()
        $0.troubles = Array(repeating: trouble, count: 100)
      }
      let child = try stage.start(command)
      if command == "run" {
        // A round that may succeed later does not end the daemon.
        let before = stage.tokenRequests
        let isDone = poll(seconds: 20) { child.hasEnded || stage.tokenRequests > before }
        #expect(isDone, "\(child.text(of: 2))")
        try expectNothing(in: child, of: stage)
        child.signal(SIGTERM)
      }
      _ = try child.wait()
    }
    stage.oauth { $0.troubles = Array(repeating: trouble, count: 100) }
    let authorise = try stage.start("authorise")
    _ = try TestBrowser.get(try TestBrowser.location(of: try stage.address(printedBy: authorise)))
    _ = try authorise.wait()
    #expect(try files(of: stage) == own)
  }

  /// An API that repeats the token in what it says.
  @Test(arguments: [401, 403, 500])
  func `an API that repeats the token is not quoted`(status: Int) throws {
    let stage = try Stage.granted()
    let token = try stage.storedGrant().accessToken.secret
    stage.trouble(.saying("No, \(token)", status: status), at: "")
    for command in ["sync", "check", "verify"] {
      let ending = try stage.run(command)
      #expect(ending.code != 0)
      #expect(status == 401 || (ending.log + ending.output).contains("***"), "\(ending)")
    }
    #expect(try files(of: stage).isSubset(of: own))
    // A personal token is masked in the same way.
    let personal = try Stage()
    personal.trouble(.saying("No, \(Stage.token)", status: status), at: "")
    for command in ["sync", "check", "verify"] {
      let ending = try personal.run(command)
      #expect(!ending.log.contains(Stage.token) && !ending.output.contains(Stage.token))
      #expect((ending.log + ending.output).contains("No, ***"), "\(ending)")
    }
  }

  @Test func `nothing prints a secret`() {
    let grant = grant("hush")
    var text = ""
    dump(grant, to: &text)
    text += "\(grant) \(String(reflecting: grant))"
    let answer = TokenAnswer.granted(
      .init(accessToken: grant.accessToken, refreshToken: grant.refreshToken, lifetime: 1))
    dump(answer, to: &text)
    text += "\(answer)"
    #expect(!text.contains("hush"))
    #expect(text.contains("••••"))
  }
}
