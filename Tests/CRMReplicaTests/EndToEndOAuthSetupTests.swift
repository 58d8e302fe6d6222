import CapsuleSimulator
import Glibc
import Simulation
import TestSupport
import Testing

@testable import CRMReplica

/// What the built program says of OAuth settings, secrets and stores that it cannot use, before it
/// asks anybody.
@Suite(.onWaitingThreads) struct EndToEndOAuthSetupTests {
  private func refused(
    _ stage: Stage, _ words: [String], _ location: SourceLocation = #_sourceLocation
  ) throws {
    for command in ["sync", "run", "check"] {
      let ending = try stage.run(command)
      #expect(ending.code == 78, "\(command): \(ending.log)", sourceLocation: location)
      for word in words {
        #expect(
          (ending.log + ending.output).contains(word), "\(command): \(ending.log)",
          sourceLocation: location)
      }
      #expect(ending.requests.isEmpty, sourceLocation: location)
    }
    #expect(stage.tokenRequests == 0, sourceLocation: location)
  }

  @Test func `a wrong setting is named`() throws {
    let stage = try Stage.granted()
    let base = stage.server.baseURL
    let oauth = #""oauth": {"client_id": "c", "token_store": "t"}"#
    for (source, words) in [
      (
        #"\#(oauth), "token_file": "f""#,
        #""source.oauth" and "source.token_file" exclude each other"#
      ),
      (#""oauth": {"token_store": "t"}"#, #""source.oauth.client_id" is missing"#),
      (#""oauth": {"client_id": "c"}"#, #""source.oauth.token_store" is missing"#),
      (
        #""oauth": {"client_id": "a b", "token_store": "t"}"#,
        #""source.oauth.client_id" is not one word"#
      ),
      (
        #""oauth": {"client_id": "c", "client_secret": "hush-in-the-file", "token_store": "t"}"#,
        #"put it in a file named by client_secret_file"#
      ),
      (
        #""oauth": {"client_id": "c", "token_sotre": "t"}"#, #"did you mean "token_store"?"#
      ),
      (#""oauth": 5"#, #""source.oauth" is a number; it must be an object"#),
    ] {
      try stage.configure(["source": #"{"kind": "capsule", "base_url": "\#(base)", \#(source)}"#])
      try refused(stage, [words])
      #expect(try !stage.run("check").output.contains("hush"))
    }
  }

  @Test func `a client secret that cannot be used is not used`() throws {
    let stage = try Stage.granted()
    let path = "\(stage.folder)/client-secret"
    try stage.file("client-secret", "hush\n", permissions: 0o644)
    try refused(stage, ["\(path) is open to every user", "chmod 600"])
    try stage.file("client-secret", "\n")
    try refused(stage, ["\(path) is empty"])
    try stage.file("client-secret", "hush hush\n")
    try refused(stage, ["\(path) holds more than one word"])
    unlink(path)
    try refused(stage, ["\(path) does not exist"])
  }

  /// Where the name of a file belongs, somebody may put the secret itself.
  @Test func `a client secret in the place of its file is not repeated`() throws {
    let stage = try Stage.granted()
    let secret = "s3cr3t-of-the-client-0815"
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "oauth": {"client_id": "c",
      "client_secret_file": "\(secret)", "token_store": "\(stage.tokenStore)"}}
      """
    ])
    for command in ["sync", "check", "authorise"] {
      let ending = try stage.run(command)
      #expect(ending.code == 78)
      #expect(!(ending.log + ending.output).contains(secret))
      #expect((ending.log + ending.output).contains("the file named by \"client_secret_file\""))
    }
  }

  /// The account is counted with the tokens that were granted.
  @Test func `a plan counts the account`() throws {
    let stage = try Stage.granted()
    stage.oauth { $0.endAccess() }
    let ending = try stage.run("plan")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.requests.contains { $0.hasPrefix("parties?") })
    #expect(stage.tokenRequests == 1)
  }

  @Test func `a client secret may be a credential`() throws {
    let stage = try Stage.granted()
    let id = stage.oauth { $0.clientID }
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "oauth": {"client_id": "\(id)",
      "token_store": "\(stage.tokenStore)"}}
      """
    ])
    try refused(stage, ["There is no client secret", "client_secret_file"])
    stage.oauth { $0.endAccess() }
    try stage.file("client_secret", stage.oauth { $0.clientSecret }, permissions: 0o444)
    let child = try Child(
      ["sync", "--config", stage.config], in: stage.folder,
      environment: ["CREDENTIALS_DIRECTORY=\(stage.folder)"])
    let ending = try child.wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(stage.tokenRequests == 1)
  }

  @Test func `a store that cannot be used is not used`() throws {
    let stage = try Stage.granted()
    let text = String(decoding: try bytes(of: stage.tokenStore), as: UTF8.self)
    try stage.file("oauth.json", text, permissions: 0o644)
    try refused(stage, ["are open to other users", "chmod 600 \(stage.tokenStore)"])
    try stage.file("oauth.json", text.replacing("127.0.0.1", with: "127.0.0.2"))
    try refused(stage, ["were granted by http://127.0.0.2:", "crm-replica authorise"])
    try stage.file("oauth.json", text.replacing("client-of-the-tests", with: "another"))
    try refused(stage, ["were granted to another client_id", "crm-replica authorise"])
    try stage.file("oauth.json", String(text.dropLast(10)))
    try refused(stage, ["holds no tokens that can be read", "crm-replica authorise"])
    unlink(stage.tokenStore)
    try refused(stage, ["Nothing is authorised yet", "crm-replica authorise --config FILE"])
    try stage.file("oauth.json", text)
    #expect(try stage.run("sync").code == 0)
  }

  @Test func `a store that cannot be written is named`() throws {
    let stage = try Stage.granted()
    let id = stage.oauth { $0.clientID }
    try stage.configure([
      "source": """
      {"kind": "capsule", "base_url": "\(stage.server.baseURL)", "oauth": {"client_id": "\(id)",
      "client_secret_file": "\(stage.folder)/client-secret", "token_store": "/proc/oauth.json"}}
      """
    ])
    try refused(stage, ["The tokens cannot be stored: /proc/oauth.json", "No new ones"])
    let ending = try stage.run("authorise")
    #expect(ending.code == 78)
    #expect(ending.output.isEmpty)
  }
}
