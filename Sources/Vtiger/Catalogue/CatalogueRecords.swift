internal import FoundationEssentials

/// The catalogue as records of its three tables, and read back from their rows.
extension VtigerCatalogue {
  /// The records of one of `ownTables` as the engine reads them, or nil for another name. What is
  /// gone has none: its row becomes a tombstone, and keeps the names that it had.
  func records(of table: String) -> [UInt8]? {
    let shown = modules.filter { !$0.isGone }
    let records: [String]
    switch table {
    case "modules": records = shown.map(Self.record)
    case "module_fields":
      records = shown.flatMap { module in
        module.fields.filter { !$0.isGone }.map { Self.record(of: $0, in: module) }
      }
    case "picklist_values":
      records = shown.flatMap { module in
        module.fields.filter { !$0.isGone }.flatMap { Self.records(ofValuesOf: $0, in: module) }
      }
    default: return nil
    }
    return Array("{\(JSONWriter.text(table)):[\(records.joined(separator: ","))]}".utf8)
  }

  private static func record(of module: Module) -> String {
    object([
      ("name", JSONWriter.text(module.name)), ("table_name", JSONWriter.text(module.tableName)),
      ("label", JSONWriter.text(module.label)), ("singular", JSONWriter.text(module.singular)),
      ("id_prefix", JSONWriter.text(module.idPrefix)), ("is_entity", "\(module.isEntity)"),
    ])
  }

  private static func record(of field: Field, in module: Module) -> String {
    let modules = field.refersTo.map { JSONWriter.text($0) }.joined(separator: ",")
    return object([
      ("module", JSONWriter.text(module.name)), ("name", JSONWriter.text(field.name)),
      ("column_name", JSONWriter.text(field.columnName)),
      ("label", JSONWriter.text(field.label)), ("type", JSONWriter.text(field.type)),
      ("mandatory", "\(field.isMandatory)"), ("position", "\(field.position)"),
      ("refers_to", field.isReference ? "[\(modules)]" : "null"),
    ])
  }

  private static func records(ofValuesOf field: Field, in module: Module) -> [String] {
    var known: Set<[UInt8]> = []
    return field.values.enumerated().filter {
      known.insert(Array($0.element.value.utf8)).inserted
    }.map {
      object([
        ("module", JSONWriter.text(module.name)), ("field", JSONWriter.text(field.name)),
        ("position", "\($0.offset)"), ("value", JSONWriter.text($0.element.value)),
        ("label", JSONWriter.text($0.element.label)),
      ])
    }
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}"
  }

  // MARK: Reading back

  /// The columns whose rows the catalogue is read back from, of each of `ownTables`.
  package static let storedColumns = [
    "modules": ["name", "table_name", "label", "singular", "id_prefix", "is_entity"],
    "module_fields": [
      "module", "name", "column_name", "label", "type", "mandatory", "position", "refers_to",
    ],
    "picklist_values": ["module", "field", "position", "value", "label"],
  ].mapValues { $0 + ["_deleted_at"] }

  /// The catalogue that rows tell, each with the values of `storedColumns` as text. Nil where they
  /// tell of no module. A row that is a tombstone tells of what is gone.
  package init?(
    modules: [[String?]], fields: [[String?]], values: [[String?]]
  ) {
    guard !modules.isEmpty else { return nil }
    let values = Dictionary(
      grouping: values.compactMap(Value.init).sorted { $0.position < $1.position }, by: \.owner)
    var fieldsByModule: [String: [Field]] = [:]
    for row in fields {
      guard row.count == 9, let module = row[0], let name = row[1] else { continue }
      let picklist = values[Owner(module: module, field: name)] ?? []
      fieldsByModule[module, default: []].append(
        Field(
          name, columnName: row[2], label: row[3] ?? "", type: row[4] ?? "",
          isMandatory: row[5] == "1", position: row[6].flatMap { Int($0) } ?? 0,
          refersTo: row[7].map(Self.names) ?? [], values: picklist.map(\.value),
          isGone: row[8] != nil))
    }
    self.init(
      named: modules.compactMap { row in
        guard row.count == 7, let name = row[0] else { return nil }
        let isGone = row[6] != nil
        var fields = fieldsByModule[name] ?? []
        // With their module, fields are tombstones that were none by themselves.
        if isGone { for index in fields.indices { fields[index].isGone = false } }
        fields.sort { ($0.isGone ? 1 : 0, $0.position) < ($1.isGone ? 1 : 0, $1.position) }
        return Module(
          name, tableName: row[1], label: row[2] ?? "", singular: row[3] ?? "",
          idPrefix: row[4] ?? "", isEntity: row[5] == "1", fields: fields, isGone: isGone)
      })
  }

  private struct Owner: Hashable {
    let module: String
    let field: String
  }

  private struct Value {
    let owner: Owner
    let position: Int
    let value: PicklistValue

    init?(_ row: [String?]) {
      guard row.count == 6, row[5] == nil, let module = row[0], let field = row[1],
        let value = row[3]
      else { return nil }
      owner = Owner(module: module, field: field)
      position = row[2].flatMap { Int($0) } ?? 0
      self.value = PicklistValue(value, label: row[4] ?? "")
    }
  }

  private static func names(_ text: String) -> [String] {
    (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
  }
}
