import Testing

@testable import CRMReplica

@Suite struct ConfigurationProblemTests {
  /// Members beside a valid `database` and `source`, and the complaint about them.
  @Test(
    arguments: [
      (
        #""requests": {"concurency": 4}"#,
        #""requests.concurency" is not a key; did you mean "concurrency"?"#
      ),
      (#""shedule": {}"#, #""shedule" is not a key; did you mean "schedule"?"#),
      (
        #""x": 1"#,
        #""x" is not a key; the keys here are "database", "metrics_file", "published_copy", "#
          + #""source", "schedule", "requests", "guard", "history", "reports", "#
          + #""alerts", "search", "tables""#
      ),
      (
        #""alerts": {"comand": []}"#,
        #""alerts.comand" is not a key; did you mean "command"?"#
      ),
      (
        #""alerts": {"command": "/bin/true"}"#,
        #""alerts.command" is a string; it must be an array of strings, a program's absolute path "#
          + #"first, such as ["/usr/local/bin/notify"]"#
      ),
      (
        #""alerts": {"command": ["notify"]}"#,
        #""alerts.command" does not begin with an absolute path; it must be an array of strings, "#
          + #"a program's absolute path first, such as ["/usr/local/bin/notify"]"#
      ),
      (
        #""alerts": {"command": []}"#,
        #""alerts.command" is empty; it must be an array of strings, a program's absolute path "#
          + #"first, such as ["/usr/local/bin/notify"]"#
      ),
      (
        #""alerts": {"url": "http://hooks.example/s3cret"}"#,
        #""alerts.url" begins with "http://", which anybody on the way can read; use "https://" "#
          + #"("http://" is for loopback addresses alone)"#
      ),
      (
        #""alerts": {"ping_url": "https://ada:s3cret@hooks.example"}"#,
        #""alerts.ping_url" has a user or password, which no call has; it must be an address such "#
          + #"as "https://monitor.example/hook""#
      ),
      (
        #""alerts": {"url": "https://hooks.example/a#b"}"#,
        #""alerts.url" has a fragment; it must be an address such as "#
          + #""https://monitor.example/hook""#
      ),
      (#""schedule": 7"#, #""schedule" is a number; it must be an object"#),
      (#""schedule": null"#, #""schedule" is null; it must be an object"#),
      (#""database": "/e""#, #""database" stands more than once; keep one"#),
      (
        #""requests": {"reserve": 1, "reserve": 2}"#,
        #""requests.reserve" stands more than once; keep one"#
      ),
      (
        #""requests": {"concurrency": 9}"#,
        #""requests.concurrency" is 9; it must be a whole number, 1 to 8"#
      ),
      (
        #""requests": {"page_size": 0}"#,
        #""requests.page_size" is 0; it must be a whole number, 1 to 100"#
      ),
      (
        #""requests": {"page_size": 50.0}"#,
        #""requests.page_size" is 50.0; it must be a whole number, 1 to 100"#
      ),
      (
        #""requests": {"page_size": true}"#,
        #""requests.page_size" is true; it must be a whole number, 1 to 100"#
      ),
      (
        #""requests": {"page_size": "100"}"#,
        #""requests.page_size" is a string; it must be a whole number, 1 to 100"#
      ),
      (
        #""requests": {"reserve": -1}"#,
        #""requests.reserve" is -1; it must be a whole number, 0 or more"#
      ),
      (
        #""requests": {"per_parent_budget": 99999999999999999999}"#,
        #""requests.per_parent_budget" is 99999999999999999999; it must be a whole number, 0 "#
          + #"or more"#
      ),
      (
        #""schedule": {"every": 3600}"#,
        #""schedule.every" is a number; it must be a string such as "24h""#
      ),
      (
        #""schedule": {"every": "24 h"}"#,
        #""schedule.every" is "24 h"; it must be a whole number and a unit (s, m, h or d), "#
          + #"such as "30s", "15m", "24h" or "7d""#
      ),
      (
        #""schedule": {"at": "2:30"}"#,
        #""schedule.at" is "2:30"; it must be a time of day from "00:00" to "23:59", "#
          + #"such as "02:30""#
      ),
      (
        #""schedule": {"at": 230}"#,
        #""schedule.at" is a number; it must be a string such as "02:30""#
      ),
      (
        #""schedule": {"sweep_every": "23h"}"#,
        #""schedule.sweep_every" is "23h"; it must be "1d" or more"#
      ),
      (
        #""schedule": {"sweep_every": 30}"#,
        #""schedule.sweep_every" is a number; it must be a string such as "24h""#
      ),
      (
        #""requests": {"sweep_budget": -1}"#,
        #""requests.sweep_budget" is -1; it must be a whole number, 0 or more"#
      ),
      (
        #""guard": {"rows": 1.5}"#,
        #""guard.rows" is 1.5; it must be a whole number, 0 or more"#
      ),
      (
        #""guard": {"share": 25}"#,
        #""guard.share" is 25; it must be a number from 0 to 1, such as 0.25"#
      ),
      (
        #""guard": {"share": -0.1}"#,
        #""guard.share" is -0.1; it must be a number from 0 to 1, such as 0.25"#
      ),
      (
        #""guard": {"share": "25%"}"#,
        #""guard.share" is a string; it must be a number from 0 to 1, such as 0.25"#
      ),
      (
        #""published_copy": "/d""#,
        #""published_copy" would be written over a file of "database"; name another file"#
      ),
      (#""history": {"keep": "0d"}"#, #""history.keep" is "0d"; it must be "1s" or more"#),
      (#""guard": {"row": 1}"#, #""guard.row" is not a key; did you mean "rows"?"#),
      (#""tables": {"partys": {}}"#, #""tables.partys" is not a table; did you mean "parties"?"#),
      (#""tables": {"zzz": {}}"#, #""tables.zzz" is not a table; "crm-replica tables" lists them"#),
      (#""tables": {"parties": true}"#, #""tables.parties" is true; it must be an object"#),
      (
        #""tables": {"parties": {"enable": true}}"#,
        #""tables.parties.enable" is not a key; did you mean "enabled"?"#
      ),
      (
        #""tables": {"parties": {"enabled": 1}}"#,
        #""tables.parties.enabled" is a number; it must be true or false"#
      ),
      (
        #""tables": {"parties": {"exclude_columns": "about"}}"#,
        #""tables.parties.exclude_columns" is a string; "#
          + #"it must be an array of column names, such as ["about"]"#
      ),
      (
        #""tables": {"parties": {"exclude_columns": [3]}}"#,
        #""tables.parties.exclude_columns" holds what is no name: "#
          + #"an element is a number; it must be an array of column names, such as ["about"]"#
      ),
      (
        #""tables": {"parties": {"exclude_columns": ["abuot"]}}"#,
        #""tables.parties.exclude_columns" names "abuot", which is no column of "parties"; "#
          + #"did you mean "about"?"#
      ),
      (
        #""tables": {"parties": {"exclude_columns": ["id"]}}"#,
        #""tables.parties.exclude_columns" names "id", which "parties" cannot do without; "#
          + #"leave it in"#
      ),
      (
        #""tables": {"pipelines": {"enabled": false}, "milestones": {"enabled": true}}"#,
        #""tables.pipelines" is disabled, but needed by "milestones"; "#
          + "enable it, or disable what needs it"
      ),
    ] as [(String, String)])
  func `a problem of the configuration is reported`(member: String, complaint: String) {
    let text = #"{"database": "/d", "source": {"kind": "capsule"}, \#(member)}"#
    #expect(complaints(text) == [complaint])
  }

  @Test(
    arguments: [
      (
        #"{"database": "/d"}"#,
        [#""source" is missing; it says where the account is"#]
      ),
      (
        #"{"source": {"kind": "capsule"}}"#,
        [#""database" is missing; it names the file of the replica"#]
      ),
      (#"[]"#, ["the configuration is an array; it must be an object"]),
      (
        #"{"database": "", "source": {}}"#,
        [
          #""database" is empty; it must be the path of a file"#,
          #""source.kind" is missing; it must be "capsule" or "vtiger""#,
        ]
      ),
      (
        #"{"database": "a\u0000b", "source": {"kind": "capsul"}}"#,
        [
          #""database" contains U+0000, which no path can"#,
          #""source.kind" is "capsul"; it must be "capsule" or "vtiger""#,
        ]
      ),
      (
        #"{"database": 1, "source": "capsule"}"#,
        [
          #""database" is a number; it must be the path of a file"#,
          #""source" is a string; it must be an object"#,
        ]
      ),
    ] as [(String, [String])])
  func `all problems of a configuration are reported together`(text: String, expected: [String]) {
    #expect(complaints(text) == expected)
  }

  @Test(arguments: ["token", "api_key", "apiToken", "password", "client-secret"])
  func `refuses a secret without repeating it`(key: String) {
    let text = #"{"database": "/d", "source": {"kind": "capsule", "\#(key)": "hush-hush"}}"#
    #expect(
      complaints(text) == [
        "\"source.\(key)\" is not a key: the token never stands in the configuration; "
          + "put it in a file named by token_file"
      ])
  }

  @Test func `names file line and column in the order of the file`() {
    let text = """
      {
        "requests": { "pagesize": 1 },
        "database": false,
        "source": { "kind": "capsule" }
      }
      """
    #expect(
      error(text)?.message == """
        c.json:2:17: "requests.pagesize" is not a key; did you mean "page_size"?
        c.json:3:3: "database" is false; it must be the path of a file
        """)
  }

  @Test func `names the place where a text is not JSON`() {
    #expect(
      error("{\n  \"database\": x\n}")?.message
        == "c.json:2:15: not JSON: a value must stand where \"x\" stands")
  }

  @Test func `a key cannot forge a line`() {
    let text = #"{"database": "/d", "source": {"kind": "capsule"}, "a\nb\u001b": 1}"#
    let message = error(text)?.message ?? ""
    #expect(message.hasPrefix(#"c.json:1:51: "a\nb\u{1b}" is not a key; the keys"#))
    #expect(!message.contains("\n"))
  }

  private func complaints(_ text: String) -> [String]? {
    error(text)?.problems.map(\.text)
  }

  private func error(_ text: String) -> ConfigurationError? {
    #expect(throws: ConfigurationError.self) {
      try ConfigurationReader.read(Array(text.utf8), file: "c.json", names: testNames)
    }
  }
}
