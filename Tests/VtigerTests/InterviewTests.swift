import HTTP
import Model
import Testing

@testable import Vtiger

/// Who reads, and how far the ids of the account go: asked before a round.
@Suite struct InterviewTests {
  private let held = VtigerInterview.Held(
    account: "https://crm.example 19", user: "19x5", userName: "Ada")

  /// Holds an interview with the account of a fixture. Returns it and the requests that it made.
  private func hold(
    _ username: String?, at base: String = "https://crm.example",
    after earlier: VtigerCatalogue? = nil, held: VtigerInterview.Held? = nil,
    disabled: Set<String> = [], fixture: Fixture = Fixture(),
    _ answer: (Request) -> Response? = { _ in nil }
  ) throws -> (interview: VtigerInterview, asked: [String]) {
    var interview = VtigerInterview(
      .rest, at: try BaseURL(base), username: username, after: earlier, held: held ?? self.held,
      scope: .user, disabled: disabled)
    var asked: [String] = []
    while let request = interview.next {
      asked.append(VtigerForm.rest.parts(of: request).parameters["query"] ?? "\(request)")
      let isUser = request == VtigerForm.rest.whoAmI
      let usual =
        isUser ? Fixture.failure("ACCESS_DENIED", status: 400) : fixture.answer(to: request, .rest)
      _ = interview.take(answer(request) ?? usual, to: request)
      try #require(asked.count < 100)
    }
    return (interview, asked)
  }

  @Test(arguments: ["ada", "ADA"])
  func `the same name is the same user`(name: String) throws {
    let catalogue = try Fixture().catalogue()
    let (interview, asked) = try hold(name, after: catalogue)
    #expect(interview.user?.id == "19x5")
    #expect(interview.user?.isAdministrator == true)
    #expect(interview.isPresumed && !interview.isForeign)
    #expect(interview.scope == .user)
    #expect(asked == ["GET me"])
  }

  @Test func `another name is another user, who is described the account anew`() throws {
    let catalogue = try Fixture().catalogue()
    var fixture = Fixture()
    fixture.modules.removeAll { $0.name == "Users" }
    let (interview, _) = try hold("bob", after: catalogue, fixture: fixture)
    #expect(interview.user?.id == "19xbob")
    #expect(interview.user?.name == "bob")
    // Only administrators are shown the users.
    #expect(interview.user?.isAdministrator == false)
    #expect(interview.scope == .everything)
    #expect(!interview.isForeign)
  }

  @Test func `another place is another account`() throws {
    let catalogue = try Fixture().catalogue()
    let (interview, _) = try hold("ada", at: "https://other.example", after: catalogue)
    #expect(interview.isForeign)
  }

  @Test(arguments: [true, false])
  func `of a file that is new the users tell the account`(showsUsers: Bool) throws {
    var fixture = Fixture()
    if !showsUsers { fixture.modules.removeAll { $0.name == "Users" } }
    let (interview, _) = try hold("ada", held: .init(), fixture: fixture)
    let user = try #require(interview.user)
    #expect(user.isAdministrator == showsUsers)
    let account = VtigerSource.account(of: user, at: try BaseURL("https://crm.example"))
    #expect((account != nil) == showsUsers)
    #expect(account ?? held.account == held.account)
  }

  @Test func `what the server says counts`() throws {
    let (interview, _) = try hold("bob", after: try Fixture().catalogue()) { request in
      request == VtigerForm.rest.whoAmI
        ? Fixture.success(#"{"id":"19x5","user_name":"ada","is_admin":"off"}"#) : nil
    }
    #expect(interview.user?.id == "19x5")
    #expect(!interview.isPresumed)
    #expect(interview.user?.isAdministrator == false)
  }

  // MARK: Ids

  private func reach(
    isAdministrator: Bool = false, disabled: Set<String>, _ answer: Response? = nil
  ) throws -> (interview: VtigerInterview, asked: [String]) {
    let (interview, asked) = try hold(
      "ada", after: try Fixture().catalogue(), disabled: disabled
    ) { request in
      if request == VtigerForm.rest.whoAmI {
        let flag = isAdministrator ? "on" : "off"
        return Fixture.success(#"{"id":"19x5","user_name":"ada","is_admin":"\#(flag)"}"#)
      }
      let query = VtigerForm.rest.parts(of: request).parameters["query"] ?? ""
      if query.contains("Accounts") { return Fixture.success(#"[{"id":"11x4711"}]"#) }
      return answer ?? Fixture.success(#"[{"id":"14x12"}]"#)
    }
    return (interview, asked.filter { $0.hasPrefix("SELECT") })
  }

  @Test(arguments: [nil, "ACCESS_DENIED", "none"])
  func `modules that are not replicated are asked for their greatest id`(failure: String?) throws {
    let answer = failure.map { $0 == "none" ? Fixture.success("[]") : Fixture.failure($0) }
    let (interview, asked) = try reach(disabled: ["accounts", "products", "groups"], answer)
    #expect(
      asked.sorted() == [
        "SELECT id FROM Accounts ORDER BY id DESC LIMIT 1;",
        "SELECT id FROM Products ORDER BY id DESC LIMIT 1;",
      ])
    #expect(interview.greatestID == 4_711)
  }

  @Test func `where nothing is read by windows nobody is asked`() throws {
    #expect(try reach(isAdministrator: true, disabled: ["accounts"]).asked == [])
    #expect(try reach(disabled: []).asked == [])
    #expect(try reach(disabled: ["accounts", "events"]).asked == [])
  }
}
