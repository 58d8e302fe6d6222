import Glibc
import TestSupport
import Testing

/// Certificates of an authority that nobody else knows, on a server that speaks TLS.
@Suite(.onWaitingThreads) struct EndToEndAuthorityTests {
  /// Makes an authority in the folder of the stage: `authority.pem`, which is its own certificate.
  private func makeAuthority(_ stage: Stage) throws {
    let words =
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      + "-subj /CN=localhost -addext subjectAltName=DNS:localhost "
      + "-out authority.pem -keyout key.pem"
    #expect(try openssl(stage, words).wait().code == 0)
  }

  private func openssl(_ stage: Stage, _ words: String) throws -> Child {
    // What stands behind the command is its $0 and its arguments, and not looked at.
    try Child(
      [], in: stage.folder,
      launcher: ["/bin/sh", "-c", "cd '\(stage.folder)' && exec openssl \(words)"])
  }

  @Test func `an authority of one's own is trusted where it is named`() throws {
    let stage = try Stage()
    try makeAuthority(stage)
    let server = try openssl(
      stage, "s_server -accept 0 -cert authority.pem -key key.pem -www >said")
    defer { server.signal(SIGKILL) }
    var port = ""
    let isThere = poll(seconds: 60) {
      let path = stage.folder + "/said"
      guard access(path, R_OK) == 0, let said = try? bytes(of: path) else { return false }
      port =
        String(decoding: said, as: UTF8.self)
        .split(separator: "\n").first { $0.hasPrefix("ACCEPT") }?
        .split(separator: ":").last.map(String.init) ?? ""
      return !port.isEmpty
    }
    try #require(isThere)
    func check(_ more: String = "", environment: [String] = []) throws -> String {
      try stage.configure([
        "source": """
        {"kind": "capsule", "base_url": "https://localhost:\(port)/api/v2",
         "token_file": "\(stage.tokenFile)"\(more)}
        """
      ])
      let child = try Child(
        ["check", "--config", stage.config], in: stage.folder, environment: environment)
      return try child.wait().output
    }
    let authority = stage.folder + "/authority.pem"
    // A variable without a value names nothing.
    for environment in [[], ["SSL_CERT_FILE="]] {
      #expect(try check(environment: environment).contains("self-signed certificate"))
    }
    // It is believed, and what it answers is no account.
    for (more, environment) in [
      (", \"ca_file\": \"authority.pem\"", []), ("", ["SSL_CERT_FILE=\(authority)"]),
      (", \"ca_file\": \"\(authority)\"", ["SSL_CERT_FILE=/nowhere"]),
    ] {
      let said = try check(more, environment: environment)
      #expect(!said.contains("certificate") && said.contains("not JSON"), "\(said)")
    }
    #expect(try check(", \"ca_file\": \"/nowhere\"").contains("/nowhere"))
  }
}
