import CapsuleSimulator
import FoundationEssentials
import Glibc
import HTTP
import TestSupport
import Testing

@testable import CRMReplica
@testable import Simulation

/// A browser that knows GET, a connection each.
struct TestBrowser {
  /// Status line and headers, and the body, of an address at 127.0.0.1.
  static func get(_ address: String, method: String = "GET") throws -> (head: String, body: String)
  {
    let rest = try #require(address.hasPrefix("http://127.0.0.1:") ? address.dropFirst(17) : nil)
    let port = try #require(UInt16(rest.prefix { $0 != "/" }))
    let target = rest.drop { $0 != "/" }
    let socket = try #require(Socket.connected(port: port))
    defer { socket.close() }
    let request = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    socket.write(Array(request.utf8))
    var bytes: [UInt8] = []
    while case let more = socket.read(), !more.isEmpty { bytes += more }
    let text = String(decoding: bytes, as: UTF8.self)
    let end = text.firstRange(of: "\r\n\r\n")
    return (
      String(text[..<(end?.lowerBound ?? text.endIndex)]),
      String(text[(end?.upperBound ?? text.endIndex)...])
    )
  }

  /// Where a redirect leads.
  static func location(of address: String) throws -> String {
    let line = try get(address).head.split(separator: "\r\n").first { $0.hasPrefix("Location: ") }
    return String(try #require(line).dropFirst(10))
  }
}

extension Stage {
  /// The address that `authorise` prints, once it is there.
  func address(printedBy child: Child) throws -> String {
    func line() -> Substring? {
      child.text(of: 1).split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .first { $0.hasPrefix("http://") }
    }
    try #require(poll(seconds: 20) { line() != nil || child.hasEnded }, "\(child.text(of: 2))")
    return String(try #require(line(), "\(child.text(of: 2))"))
  }
}

/// The built program as it has a user say yes.
@Suite(.onWaitingThreads) struct EndToEndAuthoriseTests {
  private func stage(
    _ prepare: @Sendable (inout OAuthAuthority) -> Void = { _ in }
  ) throws -> Stage {
    let stage = try Stage()
    try stage.useOAuth()
    stage.server.withAccount { prepare(&$0.oauth) }
    return stage
  }

  private func expectNothingStored(_ stage: Stage) throws {
    #expect(access(stage.tokenStore, F_OK) != 0)
    #expect(access(stage.tokenStore + ".new", F_OK) != 0)
  }

  @Test func `a user who says yes lets the program in`() throws {
    let stage = try stage()
    try #require(try stage.run("sync").code == 78)
    let child = try stage.start("authorise")
    let address = try stage.address(printedBy: child)
    #expect(address.hasPrefix("http://127.0.0.1:\(stage.server.port)/oauth/authorise?"))
    let answer = try TestBrowser.location(of: address)
    // What else a browser does: an unused connection, an icon, the page without a question.
    let port = try #require(UInt16(answer.dropFirst(17).prefix { $0 != "/" }))
    let idle = try #require(Socket.connected(port: port))
    defer { idle.close() }
    #expect(try TestBrowser.get("http://127.0.0.1:\(port)/favicon.ico").head.contains(" 404 "))
    #expect(try TestBrowser.get(answer, method: "POST").head.contains(" 404 "))
    let page = try TestBrowser.get(answer)
    #expect(page.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
    for line in ["Cache-Control: no-store", "Referrer-Policy: no-referrer"] {
      #expect(page.head.contains(line))
    }
    #expect(page.body.contains("may read the account now"))
    let ending = try child.wait()
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.output.contains("Access to the account sample was granted."))
    #expect(ending.output.contains(stage.tokenStore))
    var status = stat()
    try #require(stat(stage.tokenStore, &status) == 0)
    #expect(status.st_mode & 0o7777 == 0o600)
    #expect(try stage.run("sync").code == 0)
    #expect(stage.tokenRequests == 1)
    // The tokens can be renewed, and authorising once more is no harm.
    stage.oauth { $0.endAccess() }
    #expect(try stage.run("sync").code == 0)
    let second = try stage.start("authorise")
    _ = try TestBrowser.get(
      try TestBrowser.location(of: try stage.address(printedBy: second)))
    #expect(try second.wait().code == 0)
    #expect(try stage.run("check").code == 0)
  }

  @Test func `a port may be given`() throws {
    let stage = try stage()
    let free = try #require(LoopbackListener(port: 0, backlog: 8))
    let taken = try stage.run("authorise", "--port", "\(free.port)")
    #expect(taken.code == 78)
    #expect(taken.log.contains("cannot listen on port \(free.port)"), "\(taken.log)")
    let port = free.port
    free.close()
    let child = try stage.start("authorise", "--port", "\(port)")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: child))
    #expect(answer.hasPrefix("http://127.0.0.1:\(port)/callback?code="))
    _ = try TestBrowser.get(answer)
    #expect(try child.wait().code == 0)
  }

  @Test func `a user who says no is believed`() throws {
    let stage = try stage { $0.isDenied = true }
    let child = try stage.start("authorise")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: child))
    let page = try TestBrowser.get(answer)
    #expect(page.head.contains(" 400 "))
    #expect(!page.body.contains("said"))
    let ending = try child.wait()
    #expect(ending.code == 77)
    #expect(ending.log.contains("access_denied: The user said no"), "\(ending.log)")
    #expect(stage.tokenRequests == 0)
    try expectNothingStored(stage)
  }

  /// Any page that the browser shows may send such.
  @Test(arguments: [
    "code=x&state=forged", "code=x&state=", "", "code=x&state=%00", "error=access_denied&state=x",
    "error=access_denied",
  ])
  func `an answer to another question ends nothing`(query: String) throws {
    let stage = try stage()
    let child = try stage.start("authorise")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: child))
    let callback = answer.prefix { $0 != "?" }
    #expect(try TestBrowser.get("\(callback)?\(query)").head.contains(" 400 "))
    #expect(try TestBrowser.get("\(callback)s?\(query)").head.contains(" 404 "))
    #expect(stage.tokenRequests == 0)
    try expectNothingStored(stage)
    #expect(try TestBrowser.get(answer).head.contains(" 200 "))
    #expect(try child.wait().code == 0)
  }

  @Test(arguments: [
    (OAuthAuthority.Trouble.serverError(503), Int32(69)), (.html, 69), (.reset, 69),
    (.lostAnswer, 77), (.error("invalid_client", status: 401), 77), (.echo(status: 400), 77),
    (.redirect("http://127.0.0.1:1/"), 69),
  ])
  func `a code that brings no tokens is told`(trouble: OAuthAuthority.Trouble, code: Int32) throws {
    // Trouble lasts; an answer is lost once.
    let stage = try stage { $0.troubles = Array(repeating: trouble, count: code == 69 ? 10 : 1) }
    let child = try stage.start("authorise")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: child))
    #expect(try TestBrowser.get(answer).head.contains(" 400 "))
    let ending = try child.wait()
    #expect(ending.code == code, "\(ending.log)")
    #expect(ending.log.contains("Nothing was stored"), "\(ending.log)")
    try expectNothingStored(stage)
  }

  @Test func `tokens that cannot be renewed are used while they last`() throws {
    let stage = try stage { $0.grantsRefreshTokens = false }
    let child = try stage.start("authorise")
    _ = try TestBrowser.get(try TestBrowser.location(of: try stage.address(printedBy: child)))
    let authorised = try child.wait()
    #expect(authorised.code == 0)
    #expect(authorised.log.contains("no refresh token"))
    let check = try stage.run("check")
    #expect(check.code == 0)
    #expect(check.output.contains("it cannot be renewed"))
    stage.oauth { $0.endAccess() }
    let ending = try stage.run("sync")
    #expect(ending.code == 77)
    #expect(ending.log.contains("none to renew it with"), "\(ending.log)")
  }

  @Test(arguments: [SIGTERM, SIGINT])
  func `a signal ends the wait`(number: CInt) throws {
    let stage = try stage()
    let child = try stage.start("authorise")
    _ = try stage.address(printedBy: child)
    child.signal(number)
    let ending = try child.wait(seconds: 10)
    #expect(ending.code == 75)
    #expect(ending.log.contains("Stopped before an answer came"), "\(ending.log)")
    try expectNothingStored(stage)
  }

  @Test func `time ends the wait`() throws {
    let listener = try AnswerListener(port: 0)
    #expect(throws: AuthorisationError.timeout) {
      try listener.answer(within: .milliseconds(1), interrupt: -1)
    }
    #expect(AuthoriseCommand.patience == .seconds(300))
    #expect(AuthorisationError.timeout.exitCode == .tryLater)
  }

  /// Endless requests, and more connections than a browser makes, keep nobody from answering.
  @Test func `a crowd does no harm`() throws {
    let stage = try stage()
    let child = try stage.start("authorise")
    let answer = try TestBrowser.location(of: try stage.address(printedBy: child))
    let port = try #require(UInt16(answer.dropFirst(17).prefix { $0 != "/" }))
    let sockets = try (0..<40).map { _ in try #require(Socket.connected(port: port)) }
    for socket in sockets {
      socket.write(Array(repeating: UInt8(ascii: "x"), count: 20_000))
    }
    #expect(try TestBrowser.get(answer).head.contains(" 200 "))
    sockets.forEach { $0.close() }
    #expect(try child.wait().code == 0)
  }

  @Test func `without OAuth there is nothing to authorise`() throws {
    let stage = try Stage()
    let ending = try stage.run("authorise")
    #expect(ending.code == 78)
    #expect(ending.log.contains("has no \"oauth\" under \"source\""), "\(ending.log)")
    #expect(try stage.run("authorise", "--port", "0").code == 64)
    #expect(try stage.run("authorise", "--port", "65536").code == 64)
  }
}
