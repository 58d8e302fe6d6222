/// The configuration as a JSON Schema, draft 2020-12, derived from its keys.
///
/// It never refuses what the program accepts, and accepts what the program refuses in these cases
/// alone: keys that stand twice, whole numbers spelt otherwise than in digits (`4.0`), addresses
/// with ports or IP addresses that are none, and time zones that the host does not know.
enum ConfigurationSchema {
  static func document(_ names: TableNames) -> JSONDocument {
    let keys = KeyDescription.configuration(names)
    var definitions = Definitions()
    let body = members(of: keys, &definitions)
    return .object(
      [
        .init("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
        .init("title", .string("The configuration of crm-replica")),
      ] + body
        + [
          .init(
            "allOf", .array(SourceKind.allCases.map { condition(of: $0, names, &definitions) }))
        ]
        + [.init("$defs", .object(definitions.members))])
  }

  // MARK: Keys by kind

  /// What holds beside where the source is of a kind: which keys must stand, which may not, and
  /// which tables there are.
  private static func condition(
    of kind: SourceKind, _ names: TableNames, _ definitions: inout Definitions
  ) -> JSONDocument {
    let isKind = JSONDocument.object([
      .init("properties", .object([.init("kind", constant(.string(kind.rawValue)))])),
      .init("required", .array([.string("kind")])),
    ])
    var consequences: [JSONDocument.Member] = []
    for object in Set(kind.foreignKeys.union(kind.requiredKeys.map(\.path)).map(parent)).sorted() {
      let required = kind.requiredKeys.map(\.path).filter { parent($0) == object }
      let foreign = kind.foreignKeys.filter { parent($0) == object }.sorted()
      consequences.append(
        .init(
          object,
          .object([
            .init("required", .array(required.map { .string(name($0)) })),
            .init("properties", .object(foreign.map { .init(name($0), .literal("false")) })),
          ])))
    }
    if kind.declaresTables {
      let tables = ConfigurationKey<Configuration>.tables("tables", \.tables, names, "")
        .describe(Configuration.unread)
      consequences.append(.init("tables", .object(schema(of: tables.kind, &definitions))))
    }
    return .object([
      .init(
        "if",
        .object([
          .init("properties", .object([.init("source", isKind)])),
          .init("required", .array([.string("source")])),
        ])),
      .init("then", .object([.init("properties", .object(consequences))])),
    ])
  }

  private static func parent(_ path: String) -> String {
    String(path[..<(path.lastIndex(of: ".") ?? path.startIndex)])
  }

  private static func name(_ path: String) -> String {
    path.split(separator: ".").last.map(String.init) ?? path
  }

  private static func constant(_ value: JSONDocument) -> JSONDocument {
    .object([.init("const", value)])
  }

  /// What an object with these keys must be.
  private static func members(
    of keys: [KeyDescription], _ definitions: inout Definitions
  ) -> [JSONDocument.Member] {
    var members: [JSONDocument.Member] = [
      .init("type", .string("object")), .init("additionalProperties", .literal("false")),
    ]
    let required = keys.filter(\.isRequired).map { JSONDocument.string($0.name) }
    if !required.isEmpty { members.append(.init("required", .array(required))) }
    let properties = keys.map { key in
      var value = [JSONDocument.Member("description", .string(key.help))]
      if case .tables = key.kind {
        value += openTables(&definitions)
      } else {
        value += schema(of: key.kind, &definitions)
      }
      if let standard = key.standard { value.append(.init("default", standard)) }
      return JSONDocument.Member(key.name, .object(value))
    }
    for key in keys {
      guard let other = key.excluded else { continue }
      let both = JSONDocument.array([.string(key.name), .string(other)])
      members.append(.init("not", .object([.init("required", both)])))
    }
    return members + [.init("properties", .object(properties))]
  }

  private static func schema(
    of kind: ValueKind, _ definitions: inout Definitions
  ) -> [JSONDocument.Member] {
    switch kind {
    case .word: return definitions.string("word", SchemaPattern.word)
    case .path, .secretPath: return definitions.string("path", SchemaPattern.path)
    case .address: return definitions.string("address", SchemaPattern.address)
    case .call: return definitions.string("call", SchemaPattern.call)
    case .command:
      return [
        .init("type", .string("array")), .init("minItems", .literal("1")),
        .init(
          "prefixItems",
          .array([.object(definitions.string("absolute_path", SchemaPattern.absolutePath))])),
        .init("items", .object(definitions.string("argument", SchemaPattern.argument))),
      ]
    case .choice(let names): return [.init("enum", .array(names.map(JSONDocument.string)))]
    case .duration(let days):
      return definitions.string(
        days == 0 ? "duration" : "duration_from_\(days)d", SchemaPattern.duration(fromDays: days))
    case .timeZone: return definitions.string("time_zone", SchemaPattern.timeZone)
    case .timeOfDay: return definitions.string("time_of_day", SchemaPattern.timeOfDay)
    case .wholeNumber(let bounds):
      return [
        .init("type", .string("integer")), .init("minimum", .literal("\(bounds.lowerBound)")),
        .init("maximum", .literal("\(bounds.upperBound)")),
      ]
    case .share:
      return [
        .init("type", .string("number")), .init("minimum", .literal("0")),
        .init("maximum", .literal("1")),
      ]
    case .boolean: return [.init("type", .string("boolean"))]
    case .columns(let columns):
      return [.init("type", .string("array")), elements(columns)]
    case .object(let keys): return members(of: keys, &definitions)
    case .tables(let tables, let without):
      return members(of: tables, &definitions)
        + [.init("allOf", .array(without.sorted { $0.key < $1.key }.flatMap(excluded)))]
    }
  }

  /// Tables of any name: which there are is said by kind.
  private static func openTables(_ definitions: inout Definitions) -> [JSONDocument.Member] {
    let keys = ConfigurationKey<Configuration.Table>.all(of: "", TableNames(columns: [:]))
      .map { $0.describe(Configuration.Table()) }
    return [
      .init("type", .string("object")),
      .init("additionalProperties", .object(members(of: keys, &definitions))),
    ]
  }

  /// What the elements of an array of columns may be.
  private static func elements(_ columns: [String]?) -> JSONDocument.Member {
    guard let columns else { return .init("items", .object([.init("type", .string("string"))])) }
    if columns.isEmpty { return .init("maxItems", .literal("0")) }
    return .init("items", .object([.init("enum", .array(columns.map(JSONDocument.string)))]))
  }

  /// A table that stands and is not disabled, beside one that is disabled and that it needs.
  private static func excluded(_ table: String, without parents: [String]) -> [JSONDocument] {
    let isFalse = JSONDocument.object([.init("const", .literal("false"))])
    let enabled = JSONDocument.object([.init("enabled", isFalse)])
    let isDisabled = JSONDocument.object([
      .init("required", .array([.string("enabled")])), .init("properties", enabled),
    ])
    return parents.map { parent in
      let both = JSONDocument.object([
        .init(table, .object([.init("not", isDisabled)])), .init(parent, isDisabled),
      ])
      return .object([
        .init(
          "not",
          .object([
            .init("required", .array([.string(table), .string(parent)])), .init("properties", both),
          ]))
      ])
    }
  }

  /// Strings of one form, each described once.
  private struct Definitions {
    private(set) var members: [JSONDocument.Member] = []

    /// A reference to the strings that match a pattern.
    mutating func string(_ name: String, _ pattern: String) -> [JSONDocument.Member] {
      if !members.contains(where: { $0.key == name }) {
        let schema: [JSONDocument.Member] = [
          .init("type", .string("string")), .init("pattern", .string(pattern)),
        ]
        members.append(.init(name, .object(schema)))
      }
      return [.init("$ref", .string("#/$defs/\(name)"))]
    }
  }
}

extension KeyDescription {
  /// Every key of the configuration with its default.
  static func configuration(_ names: TableNames) -> [KeyDescription] {
    ConfigurationKey.all(names).map { $0.describe(Configuration.unread) }
  }
}
