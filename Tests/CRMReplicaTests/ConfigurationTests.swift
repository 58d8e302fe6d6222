import HTTP
import ReplicaFile
import Testing

@testable import CRMReplica

/// The tables that the tests of the configuration know.
let testNames = TableNames(
  columns: [
    "parties": ["id", "about", "first_name"], "entries": ["id", "content"],
    "pipelines": ["id", "name"], "milestones": ["id", "name"],
  ],
  requiredColumns: ["parties": ["id"]],
  dependencies: ["milestones": ["pipelines"]])

@Suite struct ConfigurationTests {
  @Test func `has defaults for all but the database and the kind`() throws {
    let configuration = try ConfigurationReader.read(
      Array(#"{"database": "a.sqlite", "source": {"kind": "capsule"}}"#.utf8), file: "c",
      names: testNames)
    #expect(configuration.database == "a.sqlite")
    #expect(
      configuration.source
        == .init(
          kind: .capsule, baseURL: try BaseURL("https://api.capsulecrm.com/api/v2"), tokenFile: nil)
    )
    #expect(
      configuration.schedule
        == .init(
          every: .seconds(86_400), at: nil, overlap: .seconds(300),
          sweepEvery: .seconds(30 * 86_400)))
    #expect(
      configuration.requests
        == .init(
          concurrency: 4, pageSize: 100, reserve: 400, perParentBudget: 500, scrubBudget: 300))
    #expect(configuration.deleteGuard == .init(rows: 10, share: 0.25))
    #expect(configuration.alerts == .init())
    #expect(configuration.tables.isEmpty)
    #expect(configuration.table("parties") == Configuration.Table())
    #expect(configuration.table("parties").isEnabled)
  }

  @Test func `reads every key`() throws {
    let text = """
      { "$schema": "/s", "database": "/d", "metrics_file": "/m.prom", "published_copy": "/p",
        "source": {
          "kind": "capsule", "base_url": "http://127.0.0.1:8080/api/", "token_file": "/t"},
        "schedule": {"every": "1s", "at": "23:59", "overlap": "2m", "sweep_every": "1d"},
        "requests": {"concurrency": 8, "page_size": 1, "reserve": 0, "per_parent_budget": 0,
          "sweep_budget": 0},
        "guard": {"rows": 0, "share": 1}, "history": {"keep": "30d"},
        "alerts": {"command": ["/c", "x y"], "url": "https://h.example/a?k=v",
          "late_after": "26h", "ping_url": "http://127.0.0.1:9"},
        "tables": {"milestones": {"enabled": false}, "pipelines": {"enabled": false},
          "parties": {"every": "6h", "full_every": "7d", "exclude_columns": ["about"]}} }
      """
    let configuration = try ConfigurationReader.read(
      Array(text.utf8), file: "c", names: testNames)
    #expect(
      configuration
        == Configuration(
          schema: "/s", database: "/d",
          source: .init(
            kind: .capsule, baseURL: try BaseURL("http://127.0.0.1:8080/api"), tokenFile: "/t"),
          schedule: .init(
            every: .seconds(1), at: try TimeOfDay(spelling: "23:59"), overlap: .seconds(120),
            sweepEvery: .seconds(86_400)),
          requests: .init(
            concurrency: 8, pageSize: 1, reserve: 0, perParentBudget: 0, scrubBudget: 0),
          deleteGuard: .init(rows: 0, share: 1),
          history: .init(keep: .seconds(30 * 86_400)),
          alerts: .init(
            command: ["/c", "x y"], url: try CallAddress("https://h.example/a?k=v"),
            lateAfter: .seconds(26 * 3_600), pingURL: try CallAddress("http://127.0.0.1:9")),
          tables: [
            "milestones": .init(isEnabled: false), "pipelines": .init(isEnabled: false),
            "parties": .init(
              every: .seconds(6 * 3_600), fullEvery: .seconds(7 * 86_400),
              excludedColumns: ["about"]),
          ], metricsFile: "/m.prom", publishedCopy: "/p"))
  }

  /// The names of the examples, by the kind that each shows.
  private static let examples = [
    SourceKind.capsule: "config.example.json", .vtiger: "systemd/config.vtiger.example.json",
  ]

  @Test(arguments: SourceKind.allCases)
  func `the example of each kind shows every key and no other`(kind: SourceKind) throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let name = try #require(Self.examples[kind])
    let text = try SmallFile(at: "/\(root)/\(name)", limit: 65_536).bytes
    _ = try ConfigurationReader.read(text, file: name, names: testNames)
    let known = KeyDescription.configuration(testNames).flatMap { $0.flattened() }.map(\.path)
    // OAuth stands in the place of the personal token that the example has.
    let (oauth, shown) = (
      known.filter { $0.hasPrefix("source.oauth") }, known.filter { !$0.hasPrefix("source.oauth") }
    )
    #expect(
      keys(of: try JSONNode(reading: text), path: [])
        == Set(shown.filter { SourceKind.owners(ofKey: $0)?.contains(kind) ?? true }))
    #expect(
      oauth == [
        "source.oauth", "source.oauth.client_id", "source.oauth.client_secret_file",
        "source.oauth.token_store",
      ])
    #expect(known.count == Set(known).count)
  }

  /// Saved under the name of an instance, each example is what its service can read and write.
  @Test(arguments: SourceKind.allCases)
  func `the example of each kind works for the service`(kind: SourceKind) throws {
    let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let name = try #require(Self.examples[kind])
    let configuration = try ConfigurationReader.load("\(root)/\(name)", names: testNames)
    #expect(configuration.database == "/var/lib/crm-replica/\(kind.rawValue).sqlite")
    #expect(configuration.publishedCopy?.hasPrefix("/var/lib/crm-replica/") == true)
    #expect(configuration.metricsFile?.hasPrefix("/var/cache/crm-replica/") == true)
    let unit = String(
      decoding: try bytes(of: "\(root)/systemd/crm-replica@.service"), as: UTF8.self)
    for line in ["StateDirectory=crm-replica", "CacheDirectory=crm-replica"] {
      #expect(unit.contains("\n\(line)\n"))
    }
    // Root's file, which systemd hands on to the instance of that name.
    let names = kind.secretNames
    let file = "/etc/crm-replica/\(kind.rawValue).\(names.credential)"
    #expect(configuration.source.tokenFile ?? configuration.source.accessKeyFile == file)
    let text =
      try kind == .capsule
      ? unit
      : String(
        decoding: bytes(of: "\(root)/systemd/README.md"), as: UTF8.self)
    let instance = kind == .capsule ? "%i" : "acme"
    #expect(
      text.contains(
        "LoadCredential=\(names.credential):/etc/crm-replica/\(instance).\(names.credential)")
    )
    let schema = try #require(configuration.schema)
    let install = String(decoding: try bytes(of: "\(root)/systemd/install"), as: UTF8.self)
    #expect(schema.hasPrefix("/usr/local/share/"))
    let place = schema.dropFirst("/usr/local/share/".count)
    #expect(install.contains(#" "$share/\#(place)" generated config-schema\#n"#))
  }

  @Test func `the defaults of the example are the defaults`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let example = try ConfigurationReader.load(
      "/\(root)/config.example.json", names: testNames)
    let bare = try ConfigurationReader.read(
      Array(#"{"database": "a", "source": {"kind": "capsule"}}"#.utf8), file: "c",
      names: testNames)
    #expect(example.requests == bare.requests)
    #expect(example.source.baseURL == bare.source.baseURL)
    #expect(example.schedule.every == bare.schedule.every)
    #expect(example.schedule.overlap == bare.schedule.overlap)
    #expect(example.schedule.sweepEvery == bare.schedule.sweepEvery)
    #expect(example.deleteGuard == bare.deleteGuard)
  }

  @Test func `a file that cannot be read is an error of the configuration`() {
    let error = #expect(throws: ConfigurationError.self) {
      try ConfigurationReader.load("/nowhere/config.json", names: testNames)
    }
    #expect(error?.message == "/nowhere/config.json: the file does not exist")
    #expect(error?.exitCode == .configuration)
  }

  /// The paths of all keys, a table's name as `*`.
  private func keys(of node: JSONNode, path: [String]) -> Set<String> {
    guard case .object(let members) = node.value else { return [] }
    var keys: Set<String> = []
    for member in members {
      let path = path + [path == ["tables"] ? "*" : member.key]
      if path != ["tables", "*"] { keys.insert(path.joined(separator: ".")) }
      keys.formUnion(self.keys(of: member.node, path: path))
    }
    return keys
  }
}
