import ReplicaFile
import Testing

@testable import CRMReplica

@Suite struct ConfigurationKeyTests {
  static let bare = #"{"database": "/d", "source": {"kind": "capsule"}}"#
  static let bareVtiger = """
    {"database": "/d",
     "source": {"kind": "vtiger", "base_url": "https://crm.example", "username": "ada"}}
    """
  static let bareOAuth = """
    {"database": "/d",
     "source": {"kind": "capsule", "oauth": {"client_id": "c", "token_store": "/t"}}}
    """

  /// Each key that holds a value, with the names that lead to it, but for the kind, which decides
  /// what the others are.
  static let leaves: [[String]] = KeyDescription.configuration(testNames)
    .flatMap { $0.flattened() }.filter { $0.key.kind.keys.isEmpty && $0.path != "source.kind" }
    .map { $0.path.split(separator: ".").map { $0 == "*" ? "entries" : String($0) } }

  /// A key that is set changes what is written at its own path and nowhere else: every declared key
  /// is read, into a place of its own.
  @Test(arguments: leaves)
  func `every key has a place of its own`(path: [String]) throws {
    let description = try #require(Self.description(of: path))
    let sample = try #require(Self.sample(of: description.kind))
    let owners = SourceKind.owners(ofKey: path.joined(separator: ".")) ?? []
    let bare =
      path.contains("oauth")
      ? Self.bareOAuth : owners.contains(.vtiger) ? Self.bareVtiger : Self.bare
    let text = Self.setting(path, to: sample, in: try JSONNode(reading: Array(bare.utf8)))
    let before = try written(bare)
    var after = try written(text)
    #expect(after[path.joined(separator: ".")] == sample.line)
    after[path.joined(separator: ".")] = before[path.joined(separator: ".")]
    // A table that is named for the first time brings its defaults along.
    for key in after.keys where key.hasPrefix("tables.") && before[key] == nil { after[key] = nil }
    #expect(after == before)
  }

  @Test(arguments: leaves)
  func `every key says what it is`(path: [String]) throws {
    let help = try #require(Self.description(of: path)).help
    #expect(help.hasSuffix(".") && help.first?.isUppercase == true && !help.contains("\n"))
  }

  // MARK: An object that may be left out

  private struct Root: Hashable {
    struct Inner: Hashable {
      var name = ""
      var rows = 7
    }
    var inner: Inner?

    static let keys: [ConfigurationKey<Root>] = [
      .object(
        "inner", \.inner, from: Inner(), excluding: "outer",
        [
          .value("name", \.name, .word, required: "names it", "Its name."),
          .value("rows", \.rows, .wholeNumber(0...9), "Its rows."),
        ], "It.")
    ]
  }

  @Test(
    arguments: [
      (#"{}"#, nil, "{}", []),
      (
        #"{"inner": {"name": "a"}}"#, Root.Inner(name: "a", rows: 7),
        #"{ "inner": { "name": "a", "rows": 7 } }"#, []
      ),
      (
        #"{"inner": {"rows": 1}}"#, Root.Inner(name: "", rows: 1),
        #"{ "inner": { "name": "", "rows": 1 } }"#, [#""inner.name" is missing; it names it"#]
      ),
      (
        #"{"inner": {"name": ""}}"#, Root.Inner(),
        #"{ "inner": { "name": "", "rows": 7 } }"#,
        [#""inner.name" is not one word; it must be one word of visible ASCII characters"#]
      ),
      (
        #"{"inner": 1}"#, Root.Inner(), #"{ "inner": { "name": "", "rows": 7 } }"#,
        [#""inner" is a number; it must be an object"#]
      ),
    ] as [(String, Root.Inner?, String, [String])])
  private func `reads an object that may be left out`(
    text: String, inner: Root.Inner?, line: String, complaints: [String]
  ) throws {
    guard case .object(let members) = try JSONNode(reading: Array(text.utf8)).value else {
      Issue.record("no object")
      return
    }
    let problems = ProblemList()
    var root = Root()
    ConfigurationObject(path: "", offset: 0, members: members, problems: problems)
      .read(Root.keys, into: &root)
    #expect(root.inner == inner)
    #expect(problems.problems.map(\.text) == complaints)
    #expect(JSONDocument.object(Root.keys.written(root)).line == line)
    let described = Root.keys[0].describe(Root()).kind.keys
    #expect(described.map(\.isRequired) == [true, false])
    #expect(described.map(\.standard) == [nil, .literal("7")])
  }

  // MARK: Keys by their paths

  /// The configuration that a text spells as it is written again, by path.
  private func written(_ text: String) throws -> [String: String] {
    let configuration = try ConfigurationReader.read(
      Array(text.utf8), file: "c", names: testNames)
    let root = JSONDocument.object(ConfigurationKey.all(testNames).written(configuration))
    return Self.leaves(of: root, at: "")
  }

  private static func leaves(of document: JSONDocument, at path: String) -> [String: String] {
    guard case .object(let members) = document else { return [path: document.line] }
    return members.reduce(into: [:]) { result, member in
      let path = path.isEmpty ? member.key : "\(path).\(member.key)"
      result.merge(leaves(of: member.value, at: path)) { $1 }
    }
  }

  private static func description(of path: [String]) -> KeyDescription? {
    var keys = KeyDescription.configuration(testNames)
    var found: KeyDescription?
    for name in path {
      found = keys.first { $0.name == name }
      keys = found?.kind.keys ?? []
    }
    return found
  }

  /// A right value that is no default.
  private static func sample(of kind: ValueKind) -> JSONDocument? {
    switch kind {
    case .word, .path, .secretPath: .string("/sample")
    case .address: .string("https://sample.example/v3")
    case .call: .string("https://sample.example/v3/?a=b")
    case .command: .array([.string("/sample"), .string("a b"), .string("")])
    case .choice(let names): names.last.map(JSONDocument.string)
    case .duration: .string("9d")
    case .timeOfDay: .string("23:59")
    case .timeZone: .string("Europe/Berlin")
    case .wholeNumber(let bounds): .literal("\(bounds.lowerBound)")
    case .share: .literal("0.5")
    case .boolean: .literal("false")
    case .columns(let columns): columns?.last.map { .array([.string($0)]) }
    case .object, .tables: nil
    }
  }

  /// A text with a value at a path, and all else as in the node.
  private static func setting(_ path: [String], to value: JSONDocument, in node: JSONNode) -> String
  {
    func set(_ path: ArraySlice<String>, in document: JSONDocument?) -> JSONDocument {
      guard let key = path.first else { return value }
      var members: [JSONDocument.Member] = []
      if case .object(let given) = document { members = given }
      let old = members.first { $0.key == key }?.value
      members.removeAll { $0.key == key }
      return .object(members + [.init(key, set(path.dropFirst(), in: old))])
    }
    return set(path[...], in: JSONDocument(node.value)).text
  }
}
