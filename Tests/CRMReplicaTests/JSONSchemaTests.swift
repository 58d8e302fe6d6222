import Model
import ReplicaFile
import Replication
import Testing

@testable import CRMReplica

@Suite struct JSONSchemaTests {
  private let schema: JSONValue

  init() throws {
    let text = ConfigurationSchema.document(ReplicaSettings.names).text
    schema = try JSONNode(reading: Array(text.utf8)).value
  }

  /// What holds where a source of a kind stands.
  private func condition(of kind: SourceKind) throws -> JSONValue {
    guard case .array(let conditions)? = schema["allOf"] else {
      Issue.record("no conditions")
      return .null
    }
    let condition = try #require(
      conditions.map(\.value).first { condition in
        let source = condition["if"]?["properties"]?["source"]
        return source?["properties"]?["kind"]?["const"]?.string == kind.rawValue
      })
    return try #require(condition["then"]?["properties"])
  }

  /// What `tables` may be where the kind declares them.
  private var declaredTables: JSONValue {
    get throws { try #require(try condition(of: .capsule)["tables"]) }
  }

  @Test func `each kind has its own keys, and tables of any name where none are declared`() throws {
    let vtiger = try condition(of: .vtiger)
    #expect(vtiger["source"]?["required"]?.strings == ["base_url", "username"])
    #expect(vtiger["source"]?["properties"]?.members.map(\.key) == ["oauth", "token_file"])
    #expect(vtiger["tables"] == nil)
    let capsule = try condition(of: .capsule)
    #expect(
      capsule["source"]?["properties"]?.members.map(\.key)
        == ["access_key_file", "api", "time_zone", "username"])
    #expect(capsule["requests"]?["properties"]?.members.map(\.key) == ["census_budget"])
    let table = try #require(schema["properties"]?["tables"]?["additionalProperties"])
    #expect(table["properties"]?["exclude_columns"]?["items"]?["type"]?.string == "string")
  }

  @Test func `the schema is of the draft it names`() {
    #expect(
      schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
  }

  @Test(
    arguments: KeyDescription.configuration(ReplicaSettings.names).flatMap { $0.flattened() }
      .map(\.path))
  func `every key stands with its default`(path: String) throws {
    let names = path.split(separator: ".").map { $0 == "*" ? "entries" : String($0) }
    var keys = KeyDescription.configuration(ReplicaSettings.names)
    var value = schema
    for name in names {
      let key = try #require(keys.first { $0.name == name })
      let required = value["required"]?.strings ?? []
      if name == "tables" {
        value = try declaredTables
      } else {
        value = try #require(value["properties"]?[name], "\(path)")
      }
      if name == "tables" {
        keys = key.kind.keys
        continue
      }
      #expect(required.contains(name) == key.isRequired)
      #expect(value["description"]?.string == key.help)
      #expect(value["default"].map { JSONDocument($0) } == key.standard)
      keys = key.kind.keys
    }
  }

  /// Properties and keys are the same, and no object takes others.
  @Test func `no other key stands or is taken`() throws {
    var seen = 0
    func compare(_ value: JSONValue, _ keys: [KeyDescription]) throws {
      guard !keys.isEmpty else { return }
      seen += 1
      #expect(value["additionalProperties"].map { JSONDocument($0) } == .bool(false))
      let properties = try #require(value["properties"])
      #expect(properties.members.map(\.key) == keys.map(\.name))
      for key in keys {
        let value = try #require(properties[key.name])
        try compare(key.name == "tables" ? declaredTables : value, key.kind.keys)
      }
    }
    try compare(schema, KeyDescription.configuration(ReplicaSettings.names))
    #expect(seen > 30)
  }

  @Test(arguments: ReplicaSettings.names.columns.keys.sorted())
  func `every table names the columns it can do without`(table: String) throws {
    let tables = try #require(try declaredTables["properties"])
    let columns = try #require(tables[table]?["properties"]?["exclude_columns"])
    let names = ReplicaSettings.names
    let expected = (names.columns[table] ?? []).subtracting(names.requiredColumns[table] ?? [])
    #expect(Set(columns["items"]?["enum"]?.strings ?? []) == expected)
    #expect((columns["maxItems"].map { JSONDocument($0) } == .integer(0)) == expected.isEmpty)
  }

  @Test func `every reference leads somewhere`() throws {
    let definitions = try #require(schema["$defs"])
    var seen: Set<String> = []
    func visit(_ value: JSONValue) throws {
      if let target = value["$ref"]?.string {
        let name = try #require(target.split(separator: "/").last.map(String.init))
        #expect(target == "#/$defs/\(name)" && definitions[name] != nil)
        seen.insert(name)
      }
      for member in value.members { try visit(member.node.value) }
      if case .array(let elements) = value { for element in elements { try visit(element.value) } }
    }
    try visit(schema)
    #expect(seen == Set(definitions.members.map(\.key)))
  }

  // MARK: Patterns and rules judge alike

  @Test(arguments: [
    "30s", "15m", "24h", "7d", "1s", "007s", "0s", "00d", "3650d", "3651d", "03650d", "87600h",
    "87601h", "5256000m", "5256001m", "315360000s", "315360001s", "99999999999999999999s", "",
    "s", "5", "5 m", "-5m", "+5m", "1.5h", "5M", "5ms", "1h30m", " 5m", "5m ", "5m\n", "٥m",
    "23h", "24h", "1439m", "1440m", "86399s", "86400s", "1d", "10d", "099d", "9999h", "10000h",
  ])
  func `judges durations as the reader does`(spelling: String) throws {
    for days in [Int64(0), 1, 9] {
      let rule = ValueRule.duration(atLeastDays: days)
      let pattern = try Regex(SchemaPattern.duration(fromDays: days))
      let isRead = (try? rule.read(.string(spelling))) != nil
      let isMatched = try pattern.wholeMatch(in: spelling) != nil
      #expect(isRead == isMatched, "\(days)")
    }
  }

  @Test(arguments: [
    "00:00", "02:30", "19:59", "23:59", "24:00", "12:60", "2:30", "02:3", "0230", "02:30:00",
    "-2:30", "ab:cd", "02-30", "", "02:30\n",
  ])
  func `judges times as the reader does`(spelling: String) throws {
    let pattern = try Regex(SchemaPattern.timeOfDay)
    let isRead = (try? ValueRule.timeOfDay.read(.string(spelling))) != nil
    let isMatched = try pattern.wholeMatch(in: spelling) != nil
    #expect(isRead == isMatched)
  }

  @Test(arguments: [
    "https://api.capsulecrm.com/api/v2", "https://crm.example", "HTTPS://crm.example/",
    "https://crm.example:8443//", "https://[2001:db8::1]:443/a", "http://localhost:1/api",
    "http://LocalHost", "http://127.0.0.1:8080/api/", "http://127.9.9.9", "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]", "https://a/b@c/~d/..e", "http://crm.example", "http://128.0.0.1",
    "http://localhost.example", "http://[::2]", "ftp://localhost", "https://", "https:///a",
    "https://a:b@crm.example", "https://crm.example/?a=b", "https://crm.example/#a",
    "https://crm.example/a//b", "https://crm.example/../a", "https://crm.example/a/..",
    "https://crm.example/./", "https://crm example", "https://crm.example/\\a", "crm.example",
    "https://crm.example:0", "https://crm.example:", "https://crm.example:x", "",
    "https://crm.example/ä",
  ])
  func `judges addresses as the reader does`(address: String) throws {
    let pattern = try Regex(SchemaPattern.address)
    let isRead = (try? ValueRule.address.read(.string(address))) != nil
    let isMatched = try pattern.wholeMatch(in: address) != nil
    #expect(isRead == isMatched)
  }

  /// With each of these behind an address that is right.
  @Test(arguments: [
    "", "/", "//", "/a", "/a/", "?", "?a=b", "/a?b=c&d=/e?f", "/a/?", "#", "?a#b", "/a?b c",
    "/a?b\\",
    "/..", "/..?a", "/.?", "/a?ä", "/a//b?c",
  ])
  func `judges calls as the reader does`(ending: String) throws {
    let pattern = try Regex(SchemaPattern.call)
    for origin in ["https://h.example", "http://127.0.0.1:1", "http://h.example"] {
      let isRead = (try? ValueRule.call.read(.string(origin + ending))) != nil
      let isMatched = try pattern.wholeMatch(in: origin + ending) != nil
      #expect(isRead == isMatched, "\(origin)")
    }
  }

  @Test func `a command is an absolute path and arguments`() throws {
    let command = try #require(schema["properties"]?["alerts"]?["properties"]?["command"])
    #expect(command["type"]?.string == "array")
    #expect(command["minItems"].map { JSONDocument($0) } == .integer(1))
    guard case .array(let first)? = command["prefixItems"] else {
      Issue.record("no prefixItems")
      return
    }
    #expect(first.map { $0.value["$ref"]?.string } == ["#/$defs/absolute_path"])
    #expect(command["items"]?["$ref"]?.string == "#/$defs/argument")
    let pattern = try Regex(SchemaPattern.absolutePath)
    for (text, isRight) in [("/a b", true), ("a", false), ("", false)] {
      let isRead =
        (try? ValueRule.command.read(JSONNode(reading: Array("[\"\(text)\"]".utf8)).value))
      #expect((isRead != nil) == isRight, "\(text)")
      #expect((try pattern.wholeMatch(in: text) != nil) == isRight, "\(text)")
    }
  }

  @Test(arguments: ["a", "/a b", "ä\n", "", "a\u{0}b", "\u{0}"])
  func `judges paths as the reader does`(path: String) throws {
    let pattern = try Regex(SchemaPattern.path)
    let isRead = (try? ValueRule.path.read(.string(path))) != nil
    let isMatched = try pattern.wholeMatch(in: path) != nil
    #expect(isRead == isMatched)
  }

  @Test(
    arguments: [
      (1, 1), (1, 9), (1, 10), (3, 7), (9, 11), (24, 150), (86, 3_650), (100, 999), (399, 401),
      (1_440, 1_440),
    ] as [(Int64, Int64)])
  func `spells every number between two bounds`(least: Int64, most: Int64) throws {
    let pattern = try Regex("(\(SchemaPattern.wholeNumber(from: least, to: most)))")
    let near = [least, most].flatMap { Array(max(0, $0 - 15)...$0 + 15) }
    for number in Set(near + [99, 100, 101, 999, 1_000, 1_001, 3_599, 3_600, 3_649]) {
      #expect(
        (try pattern.wholeMatch(in: "\(number)") != nil) == (least...most).contains(number),
        "\(number)")
    }
  }
}

extension JSONValue {
  fileprivate var members: [JSONMember] {
    if case .object(let members) = self { members } else { [] }
  }

  fileprivate subscript(key: String) -> JSONValue? {
    members.first { $0.key == key }?.node.value
  }

  fileprivate var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  fileprivate var strings: [String] {
    if case .array(let elements) = self { elements.compactMap(\.value.string) } else { [] }
  }
}
