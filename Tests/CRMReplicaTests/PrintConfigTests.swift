import Capsule
import Model
import Replication
import Testing

@testable import CRMReplica

/// `check --print-config`: the configuration as it takes effect is a configuration itself.
@Suite struct PrintConfigTests {
  private static let disabled = ReplicaSettings.names.columns.keys.sorted().map { table in
    #"{"database": "/d", "source": {"kind": "capsule"}, "#
      + #""tables": {"\#(table)": {"enabled": false}}}"#
  }

  @Test(
    arguments: [
      #"{"database": "a.sqlite", "source": {"kind": "capsule"}}"#,
      """
      { "database": "/ä \\"\\\\\\n\\u0007", "source": {"kind": "capsule",
          "base_url": "http://127.0.0.1:8080/api/", "token_file": "/t"},
        "schedule": {"every": "90m", "at": "23:59", "overlap": "1s", "sweep_every": "3650d"},
        "requests": {"concurrency": 8, "page_size": 1, "reserve": 9223372036854775807,
          "per_parent_budget": 0, "sweep_budget": 0},
        "guard": {"rows": 0, "share": 0.1},
        "tables": {"entries": {"every": "6h"}, "tasks": {"full_every": "25h"},
          "parties": {"exclude_columns": ["email_addresses", "about"]},
          "pipelines": {"enabled": false}} }
      """,
    ] + disabled)
  func `reads back as the same`(text: String) throws {
    let names = ReplicaSettings.names
    let given = ReplicaSettings(
      try ConfigurationReader.read(Array(text.utf8), file: "c", names: names))
    let printed = given.effective.text(names)
    let again = ReplicaSettings(
      try ConfigurationReader.read(Array(printed.utf8), file: "printed", names: names))
    #expect(again.configuration == given.effective)
    #expect(again.effective.text(names) == printed)
    #expect(again.tables.map(\.name) == given.tables.map(\.name))
    #expect(again.tables.map { $0.columns } == given.tables.map { $0.columns })
    #expect(again.leftOut.isEmpty)
    let keys = KeyDescription.configuration(names)
    for (path, key) in keys.flatMap({ $0.flattened() })
    where key.standard != nil && !SourceKind.capsule.foreignKeys.contains(path) {
      let name = path.split(separator: ".").last ?? ""
      #expect(printed.contains("\"\(name)\": "), "\(path)")
    }
  }

  @Test(
    arguments: [
      ("/etc/crm-replica/token", "/etc/crm-replica/token"), ("./secrets/token", "./secrets/token"),
      ("token", "token"), ("gFQ3kPZt8mWvX2bY7cRd5sJn9hLa1eUo4iTq6wEz", "***"),
    ] as [(String, String)])
  func `shows no secret that stands where a path belongs`(file: String, shown: String) throws {
    var configuration = Configuration.unread
    configuration.database = "d"
    configuration.source.tokenFile = file
    #expect(configuration.text(testNames).contains("\"token_file\": \"\(shown)\""))
    #expect(configuration.text(testNames).contains(file) == (file == shown))
  }

  @Test func `asks nobody and prints nothing else`() throws {
    let stage = try Stage()
    let ending = try stage.run("check", "--print-config")
    #expect(ending.code == 0)
    #expect(ending.requests.isEmpty)
    #expect(ending.log.isEmpty)
    #expect(!ending.output.contains(Stage.token))
    #expect(ending.output.contains(stage.tokenFile))
    try stage.file("config.json", ending.output)
    #expect(try stage.run("check", "--print-config").output == ending.output)
    #expect(try stage.run("check").code == 0)
  }

  @Test func `refuses as the others do and repeats no secret`() throws {
    let stage = try Stage()
    try stage.configure([
      "source": #"{"kind": "capsule", "base_url": "https://me:sesame@crm.example/"}"#
    ])
    let ending = try stage.run("check", "--print-config")
    #expect(ending.code == 78)
    #expect(ending.output.isEmpty)
    #expect(ending.log.contains("\"source.base_url\" has a user or password"))
    #expect(!ending.log.contains("sesame"))
  }
}
