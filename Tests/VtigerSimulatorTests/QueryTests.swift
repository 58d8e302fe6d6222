import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// The query language: each line is one that was measured on 8.0.0 and 8.3.0.
struct QueryTests {
  static let outcomes: [(query: String, outcome: String)] = [
    ("SELECT * FROM Contacts", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts LIMIT 50 OFFSET 100;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts LIMIT 5 ORDER BY id;", "QUERY_SYNTAX_ERROR"),
    ("SELECT COUNT(id) FROM Contacts;", "QUERY_SYNTAX_ERROR"),
    ("select id from contacts;", "ACCESS_DENIED"),
    ("SELECT ID FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT LastName FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT lastname, lastname FROM Contacts LIMIT 1;", "OK"),
    ("SELECT id FROM Contacts WHERE account_id = '0' LIMIT 3;", "INVALID_ID_ATTRIBUTE"),
    ("SELECT id FROM Contacts WHERE account_id = '5';", "INVALID_ID_ATTRIBUTE"),
    (
      "SELECT id,modifiedtime FROM Contacts ORDER BY modifiedtime ASC, id ASC;",
      "QUERY_SYNTAX_ERROR"
    ),
    ("SELECT id FROM Contacts WHERE firstname = 'O''Brien' LIMIT 2;", "OK"),
    ("SELECT id FROM Contacts WHERE firstname = 'O\\'Brien' LIMIT 2;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname NOT LIKE 'P%';", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname <> 'x';", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname IS NULL;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE birthday = '';", "INTERNAL_SERVER_ERROR"),
    ("SELECT id FROM Contacts WHERE birthday = ' ';", "OK"),
    ("SELECT id FROM Contacts WHERE birthday = null;", "OK"),
    ("SELECT id FROM Contacts WHERE (lastname = 'a' OR lastname = 'b');", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname BETWEEN 'a' AND 'b';", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE NOT lastname = 'a';", "QUERY_SYNTAX_ERROR"),
    ("SELECT DISTINCT lastname FROM Contacts;", "QUERY_SYNTAX_ERROR"),
    ("SELECT c.id FROM Contacts c;", "INTERNAL_SERVER_ERROR"),
    ("SELECT account_id.accountname FROM Contacts;", "INTERNAL_SERVER_ERROR"),
    ("SELECT foo FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT id FROM Contacts WHERE foo = '1';", "ACCESS_DENIED"),
    ("SELECT id FROM Foo;", "ACCESS_DENIED"),
    ("SELECT id FROM Contacts WHERE cf_853 > 3.5;", "INTERNAL_SERVER_ERROR"),
    ("SELECT id FROM Contacts WHERE cf_853 > '3.5';", "OK"),
    ("SELECT id FROM Contacts WHERE cf_853 > -3;", "OK"),
    ("SELECT id FROM Contacts WHERE lastname = \"x\";", "INTERNAL_SERVER_ERROR"),
    ("  SELECT   id  FROM\nContacts  LIMIT  1 ; ", "OK"),
    ("SELECT id FROM Contacts;;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id, lastname, FROM Contacts;", "QUERY_SYNTAX_ERROR"),
    ("SELECT *, id FROM Contacts LIMIT 1;", "QUERY_SYNTAX_ERROR"),
    ("", "ACCESS_DENIED"),
    ("SELECT deleted FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT id,label FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT starred,tags,source,created_user_id FROM Contacts;", "ACCESS_DENIED"),
    ("SELECT id FROM Contacts GROUP BY lastname;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname LIKE 'x' LIMIT 1", "QUERY_SYNTAX_ERROR"),
    ("DELETE FROM Contacts;", "QUERY_SYNTAX_ERROR"),
    ("SELECT id FROM Contacts WHERE lastname = 'a;b';", "OK"),
    ("SELECT id FROM Contacts WHERE lastname = '100'' --';", "OK"),
    ("SELECT id FROM ProductTaxes;", "ACCESS_DENIED"),
    ("SELECT * FROM ProductTaxes;", "OK"),
  ]

  @Test(arguments: outcomes)
  func queriesEndAsMeasured(_ query: String, _ outcome: String) {
    for release in [VtigerSwitches.Release.v8_0, .v8_3] {
      #expect(account(.init(release)).outcome(of: query) == outcome)
    }
  }

  @Test func messagesNameTheToken() {
    let reply = account().ask("query", [("query", "SELECT * FROM Contacts")])
    #expect(
      JSON(reply.body)?["error"]?["message"]?.string
        == "Syntax Error on line 1: token 'Contacts' Unexpected End of Input(0), expected one of: "
        + "SEMICOLON")
    let denied = account().ask("query", [("query", "SELECT foo FROM Contacts;")])
    #expect(
      JSON(denied.body)?["error"]?["message"]?.string
        == "Permission to access '.foo.' attribute denied.")
  }

  @Test(arguments: [
    ("", 100), ("LIMIT 200", 100), ("LIMIT 101", 100), ("LIMIT 10,200", 100), ("LIMIT 5", 5),
    ("LIMIT 0", 0), ("LIMIT 100,100", 30), ("LIMIT 300,100", 0),
  ])
  func pagesHoldAHundred(_ limit: String, _ count: Int) {
    #expect(account().ids("SELECT id FROM Contacts \(limit);").count == count)
  }

  @Test func idsAreComparedAsNumbersWhateverThePrefix() {
    let account = account()
    let all = account.records(of: "Contacts").keys.sorted()
    let middle = all[60]
    for literal in ["'12x\(middle)'", "12x\(middle)", "'11x\(middle)'", "'99x\(middle)'"] {
      let query = "SELECT id FROM Contacts WHERE id > \(literal) ORDER BY id LIMIT 3;"
      #expect(account.ids(query) == Array(all[61...63]))
    }
    #expect(account.ids("SELECT id FROM Contacts WHERE id > \(middle) LIMIT 3;") == [])
    #expect(account.ids("SELECT id FROM Contacts WHERE id > '\(middle)' LIMIT 3;") == [])
    let below = "SELECT id FROM Contacts WHERE id < '12x\(middle)' ORDER BY id DESC LIMIT 3;"
    #expect(account.ids(below) == all[57...59].reversed())
    let some = "SELECT id FROM Contacts WHERE id IN (12x\(all[3]),'12x\(all[9])') ORDER BY id;"
    #expect(account.ids(some) == [all[3], all[9]])
    #expect(account.ids("SELECT id FROM Contacts WHERE id = '12x\(middle)';") == [middle])
    #expect(!account.ids("SELECT id FROM Contacts WHERE id != '12x\(middle)';").contains(middle))
  }

  @Test func likeOnIDsIsRefusedBy83Alone() {
    let query = "SELECT id FROM Contacts WHERE id LIKE '12x%' LIMIT 2;"
    #expect(account().outcome(of: query) == "INVALID_ID_ATTRIBUTE")
    #expect(account(.init(.v8_0)).ids(query).count == 2)
    let owner = "SELECT id FROM Contacts WHERE assigned_user_id = 'admin' LIMIT 3;"
    #expect(account().outcome(of: owner) == "INVALID_ID_ATTRIBUTE")
    #expect(account(.init(.v8_0)).outcome(of: owner) == "OK")
    #expect(account(.init(.v8_0)).ids(owner) == [])
  }

  @Test func textIgnoresCaseAndLikeKnowsTwoSigns() {
    let account = account(size: .empty)
    let ids = ["Anders", "anders", "Andrea", "100%"].map {
      account.createRecord(in: "Contacts", ["lastname": $0])
    }
    func found(_ condition: String) -> [Int64] {
      account.ids("SELECT id FROM Contacts WHERE \(condition) ORDER BY id;")
    }
    #expect(found("lastname = 'ANDERS'") == [ids[0], ids[1]])
    #expect(found("lastname LIKE '%ND%'") == [ids[0], ids[1], ids[2]])
    #expect(found("lastname LIKE 'andre_'") == [ids[2]])
    #expect(found("lastname = 'Anders' AND id > '12x\(ids[0])'") == [ids[1]])
    account.switches.ignoresCase = false
    #expect(found("lastname = 'anders'") == [ids[1]])
  }

  @Test func referencesAreSearchedByNumberAndEmptyOnesByZero() {
    let account = account(size: .empty)
    let company = account.createRecord(in: "Accounts")
    let contacts = (0..<3).map { _ in account.createRecord(in: "Contacts") }
    for contact in contacts { account.link(contact, "account_id", to: 0) }
    account.link(contacts[1], "account_id", to: company)
    func found(_ condition: String) -> [Int64] {
      account.ids("SELECT id FROM Contacts WHERE \(condition) ORDER BY id;")
    }
    #expect(found("account_id = '11x0'") == [contacts[0], contacts[2]])
    #expect(found("account_id != '11x0'") == [contacts[1]])
    #expect(found("account_id IN ('11x\(company)','11x99999')") == [contacts[1]])
    account.assign(contacts[2], to: 3)
    #expect(found("assigned_user_id = '20x3'").contains(contacts[2]))
  }

  @Test func timesAreTakenLeniently() {
    let account = account(size: .empty)
    let old = account.createRecord(in: "Contacts")
    account.now += 3_600
    let new = account.createRecord(in: "Contacts")
    func found(_ condition: String) -> [Int64] {
      account.ids("SELECT id FROM Contacts WHERE modifiedtime \(condition) ORDER BY id;")
    }
    #expect(found("> '2026-03-01 12:00:00'") == [new])
    #expect(found(">= '2026-03-01T12:00:00'") == [old, new])
    #expect(found("> '2026-03-01T12:00:00Z'") == [new])
    #expect(found("> '2026-03-01'") == [old, new])
    #expect(found("> '2026-03-02'") == [])
    #expect(found("< '2026-03-01 12:30:00'") == [old])
    // A UNIX time is accepted, and matches everything though it lies in 2030.
    #expect(found("> 1895900000") == [old, new])
  }

  @Test func andBindsBeforeOr() {
    let account = account()
    let rows = account.query(
      rows: "SELECT id,modifiedtime FROM Contacts ORDER BY modifiedtime, id LIMIT 100;")
    let keys = rows.map {
      ($0["modifiedtime"]?.string ?? "", VtigerAccount.number(in: $0["id"]?.string ?? "") ?? 0)
    }
    #expect(keys.count == 100)
    #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 < $1 })
    let (time, id) = keys[40]
    let rest = account.ids(
      "SELECT id FROM Contacts WHERE modifiedtime > '\(time)' OR modifiedtime = '\(time)' AND "
        + "id > '12x\(id)' ORDER BY modifiedtime, id LIMIT 59;")
    #expect(rest == keys[41...].map(\.1))
  }

  @Test func theDirectionIsThatOfTheLastField() {
    let account = account(size: .empty)
    let ids = ["b", "a", "a"].map { account.createRecord(in: "Contacts", ["lastname": $0]) }
    #expect(
      account.ids("SELECT id FROM Contacts ORDER BY lastname, id DESC;") == [
        ids[2], ids[1], ids[0],
      ])
  }

  @Test func withoutAnOrderThereIsNone() {
    let account = account()
    let once = account.ids("SELECT id FROM Contacts LIMIT 100;")
    #expect(once != once.sorted())
    let rest = account.ids("SELECT id FROM Contacts LIMIT 100,100;")
    #expect(Set(once + rest).count == 130)
    account.switches.shufflesUnordered = true
    #expect(account.ids("SELECT id FROM Contacts LIMIT 100;") != once)
  }

  @Test func countsAnswerWhereTheReleaseCounts() {
    let query = "SELECT COUNT(*) FROM Contacts WHERE id > '12x0';"
    #expect(account().query(rows: query) == [])
    let counted = JSON.object([.init("count", .string("130"))])
    #expect(account(.init(.v8_0)).query(rows: query) == [counted])
    let groups = account().query(rows: "select count(*) from Groups;")
    #expect(groups == [.object([.init("count", .string("3"))])])
  }

  @Test(arguments: [
    ("SELECT id FROM Contacts ORDER BY foo LIMIT 3;", 0),
    ("SELECT id FROM Contacts ORDER BY birthday LIMIT 3;", 0),
    ("SELECT id,birthday FROM Contacts ORDER BY birthday LIMIT 3;", 3),
    ("SELECT id FROM Contacts ORDER BY cf_851 LIMIT 3;", 0),
    ("SELECT * FROM Contacts ORDER BY cf_851 LIMIT 3;", 3),
    ("SELECT id FROM Contacts ORDER BY lastname LIMIT 3;", 3),
    ("SELECT id FROM Contacts ORDER BY account_id LIMIT 3;", 3),
  ])
  func failedSQLReadsAsNothing(_ query: String, _ count: Int) {
    let account = account()
    #expect(account.outcome(of: query) == "OK")
    #expect(account.ids(query).count == count)
  }

  @Test func aBrokenTableHidesEveryRowOfAStar() {
    let account = account()
    account.brokenTables = ["cf"]
    #expect(account.query(rows: "SELECT * FROM Contacts;") == [])
    #expect(account.query(rows: "SELECT id,modifiedtime FROM Contacts;").count == 100)
  }
}
