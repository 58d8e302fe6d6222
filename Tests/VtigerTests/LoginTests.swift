import HTTP
import Model
import Testing

@testable import Vtiger

@Suite struct LoginTests {
  /// RFC 1321, section A.5, and a length at each edge of a block.
  @Test(
    arguments: [
      ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
      ("abc", "900150983cd24fb0d6963f7d28e17f72"),
      ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
      ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
      (
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "d174ab98d277d9f5a5611c2c9f419d9f"
      ),
      (
        String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"
      ),
      (String(repeating: "x", count: 55), "04364420e25c512fd958a70738aa8f72"),
      (String(repeating: "x", count: 56), "668a72d5ba17f08e62dabcafad6db14b"),
      (String(repeating: "x", count: 64), "c1bb4f81d892b2d57947682aeb252456"),
    ])
  func `the digest is that of the standard`(text: String, digest: String) {
    #expect(MD5.hex(text) == digest)
  }

  @Test func `a challenge is answered by the digest of token and key`() {
    #expect(
      VtigerLogin.challenge(user: "ada@x y").target
        == "webservice.php?operation=getchallenge&username=ada%40x%20y")
    let request = VtigerLogin.login(user: "ada", accessKey: "kEy", token: "6b0b")
    #expect(request.target == "webservice.php")
    #expect(
      request.form
        == "operation=login&username=ada&accessKey=\(MD5.hex("6b0bkEy"))")
    #expect(!"\(request)".contains("ada"))
  }

  @Test func `either answer is read`() throws {
    let token = VtigerLogin.token(
      in: Fixture.success(#"{"token":"6b0b","serverTime":1,"expireTime":301}"#))
    guard case .granted("6b0b") = token else {
      Issue.record("\(token)")
      return
    }
    let session = VtigerLogin.session(
      in: Fixture.success(
        #"{"username":"ada","is_admin":"on","sessionName":"s1","userId":"19x1","#
          + #""version":"0.22","vtigerVersion":"8.3.0"}"#))
    guard case .granted(let session) = session else {
      Issue.record("\(session)")
      return
    }
    #expect(session.name == "s1")
    #expect(
      session.user == VtigerUser(id: "19x1", name: "ada", isAdministrator: true, release: "8.3.0"))
  }

  @Test func `a refused login is told from one that is worth another challenge`() {
    if case .denied(.refuse, "No.") = VtigerLogin.token(in: Fixture.failure("ACCESS_DENIED")) {
    } else {
      Issue.record("an unknown user is refused")
    }
    if case .expired = VtigerLogin.session(in: Fixture.failure("INVALID_AUTH_TOKEN")) {
    } else {
      Issue.record("the challenge has run out")
    }
    let refused = VtigerLogin.session(in: Fixture.failure("INVALID_USER_CREDENTIALS"))
    if case .denied(.refuse, _) = refused {} else { Issue.record("\(refused)") }
    let crashed = VtigerLogin.session(in: Response(status: 500))
    if case .denied(.retry(.status(500)), _) = crashed {} else { Issue.record("\(crashed)") }
    let odd = VtigerLogin.session(in: Fixture.success("{}"))
    if case .denied(.retry(.unreadable), _) = odd {} else { Issue.record("\(odd)") }
  }

  @Test func `account and user are known by the user's id and by the place`() throws {
    for form in VtigerForm.allCases {
      let source = try Fixture().source(form)
      let questions = source.identityQuestions(pageSize: 100)
      #expect(questions.map(\.subject) == [.user, .account])
      let body = Array(
        #"{"success":true,"result":{"id":"19x5","user_name":"ada","is_admin":"off"}}"#.utf8)
      #expect(questions[0].read(body) == Identity(id: "19x5", name: "ada"))
      #expect(
        questions[1].read(body) == Identity(id: "https://crm.example 19", name: "crm.example"))
      #expect(questions[0].read(Array("{}".utf8)) == nil)
      // It is asked in each run: in a session, the login answers.
      #expect(source.known(questions[0].request) == nil)
    }
    #expect(VtigerForm.rest.whoAmI.target == "me")
  }
}
