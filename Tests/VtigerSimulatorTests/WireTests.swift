import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Who is let in, and what stands around an answer, as measured on 8.3.0.
struct WireTests {
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ),
    // 56 bytes: the length needs a block of its own.
    (
      "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz1234",
      "a93cc16c660985717fe48e3453fe1344"
    ),
  ])
  func digestsAreThoseOfRFC1321(_ text: String, _ digest: String) {
    #expect(MD5.hex(text) == digest)
  }

  @Test func loginTellsTheSessionTheUserAndTheRelease() {
    let account = account()
    let reply = account.logIn()
    #expect(
      reply["result"]?.keys == [
        "username", "first_name", "last_name", "email", "time_zone", "hour_format", "date_format",
        "is_admin", "call_duration", "other_event_duration", "sessionName", "userId", "version",
        "vtigerVersion",
      ])
    #expect(reply["result"]?["userId"]?.string == "19x1")
    #expect(reply["result"]?["is_admin"]?.string == "on")
    #expect(reply["result"]?["vtigerVersion"]?.string == "8.3.0")
    #expect(account.outcome("listtypes", []) == "OK")
  }

  private func token(_ account: VtigerAccount, _ name: String? = nil) -> String {
    let reply = account.respond(
      to: WireRequest(
        target: "/webservice.php?operation=getchallenge&username=\(name ?? account.username)"))
    return JSON(reply.body)?["result"]?["token"]?.string ?? account.outcome(reply)
  }

  private func login(_ account: VtigerAccount, _ accessKey: String) -> String {
    account.outcome(
      account.post([
        ("operation", "login"), ("username", account.username), ("accessKey", accessKey),
      ]))
  }

  @Test func aChallengeLogsInTwiceAndDiesWithTheNext() {
    let account = account()
    let first = token(account)
    let digest = MD5.hex(first + account.accessKey)
    #expect(login(account, digest) == "OK")
    #expect(login(account, digest) == "OK")
    #expect(account.sessions.names.count == 2)
    let second = token(account, account.username.uppercased())
    #expect(second != first)
    #expect(login(account, digest) == "INVALID_USER_CREDENTIALS")
    account.now += 301
    #expect(login(account, MD5.hex(second + account.accessKey)) == "INVALID_AUTH_TOKEN")
  }

  @Test func onlyTheLowerCaseDigestLogsIn() {
    let account = account()
    let digest = MD5.hex(token(account) + account.accessKey)
    #expect(login(account, digest.uppercased()) == "INVALID_USER_CREDENTIALS")
    #expect(login(account, account.accessKey) == "INVALID_USER_CREDENTIALS")
    account.setStatus(ofUser: 1, "Inactive")
    #expect(login(account, digest) == "INVALID_USER_CREDENTIALS")
    #expect(token(account, "nobody") == "ACCESS_DENIED")
    #expect(token(account, "user2%40example.com").utf8.count == 13)
  }

  @Test func anUnknownSessionIsInvalidAndNoneIsRequired() {
    let account = account()
    for (session, code) in [
      ("", "AUTHENTICATION_REQUIRED"), ("null", "AUTHENTICATION_REQUIRED"),
      ("deadbeef00", "INVALID_SESSIONID"),
    ] {
      let reply = account.respond(
        to: WireRequest(target: "/webservice.php?operation=listtypes&sessionName=\(session)"))
      #expect(reply.status == 200)
      #expect(account.outcome(reply) == code)
    }
  }

  @Test func sessionsNeverExpireAndVanishWhenTheServerForgetsThem() {
    let account = account()
    #expect(account.outcome("listtypes", []) == "OK")
    account.now += 50 * 3_600
    #expect(account.outcome("listtypes", []) == "OK")
    let session = account.sessions.names.first ?? ""
    account.sessionLosses = [account.requestCount + 1]
    let reply = account.respond(
      to: WireRequest(target: "/webservice.php?operation=listtypes&sessionName=\(session)"))
    #expect(account.outcome(reply) == "INVALID_SESSIONID")
  }

  @Test func logoutCrashesAndTheSessionLivesOn() {
    let account = account()
    _ = account.logIn()
    let session = account.sessions.names.first ?? ""
    let logout = { account.post([("operation", "logout"), ("sessionName", session)]) }
    var reply = logout()
    #expect(reply.status == 500 && reply.body.isEmpty)
    #expect(account.outcome("listtypes", []) == "OK")
    account.switches.logsOut = true
    reply = logout()
    #expect(JSON(reply.body)?["result"]?["message"]?.string == "successfull")
    #expect(account.sessions.names.isEmpty)
  }

  @Test func aCrashHasNoBodyWhateverTheStatus() {
    let account = account()
    for operation in ["me", "foo", "", "sync"] {
      let reply = account.ask(operation, [("elementType", "Contacts"), ("modifiedTime", "1")])
      #expect(reply.status == 500)
      #expect(reply.body.isEmpty)
      #expect(reply.headers["Content-Type"]?.hasPrefix("text/html") == true)
    }
    account.switches.displaysErrors = true
    let reply = account.ask("foo")
    #expect(reply.status == 200)
    #expect(reply.body.isEmpty)
  }

  @Test func parametersComeFromOneSide() {
    let account = account()
    _ = account.logIn()
    let session = account.sessions.names.first ?? ""
    let described = account.post([
      ("operation", "describe"), ("elementType", "Groups"), ("sessionName", session),
    ])
    #expect(account.outcome(described) == "ACCESS_DENIED")
    let login = account.respond(
      to: WireRequest(target: "/webservice.php?operation=login&username=\(account.username)"))
    #expect(account.outcome(login) == "INVALID_AUTH_TOKEN")
    #expect(account.outcome("LISTTYPES", []) == "OK")
    #expect(account.ask("describe", [("elementType", "Groups"), ("format", "xml")]).status == 500)
  }

  @Test func errorsSayMessageThenCode() {
    let reply = account().ask("describe", [("elementType", "Foo")])
    #expect(
      String(decoding: reply.body, as: UTF8.self)
        == #"{"success":false,"error":{"message":"Permission to perform the operation is denied "#
        + #"for name : Foo","code":"ACCESS_DENIED"}}"#)
    #expect(reply.status == 200)
  }

  @Test func theRequestLineIsBounded() {
    let account = account()
    #expect(account.outcome(of: ids(count: 100)) == "OK")
    let reply = account.ask("query", [("query", ids(count: 1_000))])
    #expect(reply.status == 414)
  }

  private func ids(count: Int) -> String {
    "SELECT id FROM Contacts WHERE id IN ("
      + (1...count).map { "12x\($0)" }.joined(separator: ",") + ");"
  }

  @Test func aSelfHostedServerHasNoRESTForm() {
    let account = account()
    let target = VtigerAccount.restPath + "me"
    let headers: Headers = ["Authorization": account.authorization ?? ""]
    #expect(account.respond(to: WireRequest(target: target, headers: headers)).status == 404)
  }
}
