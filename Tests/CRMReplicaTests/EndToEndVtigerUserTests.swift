import SQLite
import Simulation
import TestSupport
import Testing
import VtigerSimulator

/// As whom an account of Vtiger's is read, where the server says it and where it does not.
@Suite(.onWaitingThreads) struct EndToEndVtigerUserTests {
  private let small = VtigerSize(records: ["Contacts": 3, "Events": 3])

  private func login(_ name: String, _ stage: VtigerStage) throws {
    stage.server.withAccount { $0.username = name }
    let source = stage.source().replacing("ada@example.com", with: name)
    try stage.configure(["source": source])
  }

  @Test func `another name is another user where the server does not say who reads`() throws {
    let stage = try VtigerStage(size: small)
    try #require(try stage.run("sync").code == 0)
    stage.server.withAccount { $0.switches.tellsUser = false }
    let same = try stage.run("sync")
    #expect(same.code == 0 && !same.log.contains("another user"), "\(same.log)")
    try login("bob@example.com", stage)
    let other = try stage.run("sync")
    #expect(other.code == 0 && other.log.contains("read as another user"), "\(other.log)")
    #expect(other.log.contains("the server does not say who reads"))
    #expect(try stage.value("SELECT user_name FROM _account") == "bob@example.com")
    let again = try stage.run("sync")
    #expect(again.code == 0 && !again.log.contains("another user"), "\(again.log)")
  }

  @Test func `another place is another account where the server does not say who reads`() throws {
    let stage = try VtigerStage(size: small)
    stage.server.withAccount { $0.switches.tellsUser = false }
    let first = try stage.run("sync")
    #expect(first.code == 0 && first.log.contains("does not say who reads"), "\(first.log)")
    let elsewhere = try VtigerStage(size: small)
    elsewhere.server.withAccount { $0.switches.tellsUser = false }
    try elsewhere.configure(["database": "\"\(stage.database)\""])
    let ending = try elsewhere.run("sync")
    #expect(ending.code == 78 && ending.log.contains("the access key opens"), "\(ending.log)")
    #expect(!ending.log.contains("token"))
    let story = try stage.run("why", "contacts", "999999")
    #expect(story.output.contains("did not show it to this access key"), "\(story.output)")
  }

  @Test func `a comparison is that of the user of this run`() throws {
    let stage = try VtigerStage(size: small)
    try #require(try stage.run("sync").code == 0)
    #expect(try stage.run("verify").code == 0)
    stage.server.withAccount {
      $0.switches.access = .viewAll
      $0.reviseActor("Users", 1, "is_admin", "off")
    }
    let ending = try stage.run("verify")
    #expect(ending.code == 0, "\(ending.output)\(ending.log)")
    // So are activities read by who is no administrator.
    #expect(ending.requests.contains { $0.contains("Events%20WHERE%20id%20%3E%20'18x0'%20AND") })
    #expect(ending.requests.count { $0.hasSuffix("/me") } == 1)
  }

  @Test func `lines that the server does not show are said to be left out`() throws {
    let stage = try VtigerStage(size: VtigerSize(records: ["Invoice": 2, "Products": 1]))
    stage.server.withAccount { $0.switches.listsLineItems = false }
    let ending = try stage.run("sync")
    #expect(ending.code == 0, "\(ending.log)")
    #expect(ending.log.contains("table=invoice_line_items"), "\(ending.log)")
  }
}

extension String {
  fileprivate func replacing(_ text: String, with other: String) -> String {
    split(separator: text, omittingEmptySubsequences: false).joined(separator: other)
  }
}
