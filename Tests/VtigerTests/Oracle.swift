import Model
import SQLite
import Simulation
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// What the replica must hold, worked out from the account's own records by way of a JSON tree:
/// slow, simple, and sharing nothing with the rewriter and the decoder but the names of columns.
struct Oracle {
  /// What file and account do not agree in.
  struct Difference: CustomStringConvertible {
    let table: String
    let id: Int64
    let what: String
    /// Whether the file has the row under the stamp that it has in the account: what differs was
    /// changed without one.
    let isSilent: Bool

    var description: String { "\(table) \(id) \(what)\(isSilent ? " (silent)" : "")" }
  }

  struct Row: Equatable {
    var columns: [String: Value]
    var lists: [String: [String]] = [:]
    /// Columns that may be empty or have one of these.
    var choices: [String: Set<Value>] = [:]
    var stamp: Value = .null
  }

  let account: VtigerAccount
  let source: VtigerSource
  let tables: [Table]
  private let prefixes: [Int64: String]

  init(_ replica: Replica) throws {
    account = replica.account
    source = try replica.source()
    tables = replica.tables(of: source)
    prefixes = Dictionary(
      source.catalogue.modules.compactMap { module in
        Int64(module.idPrefix).map { ($0, module.name) }
      }, uniquingKeysWith: { first, _ in first })
  }

  private func module(of table: Table) -> VtigerCatalogue.Module? {
    source.catalogue[table.listings[0].path]
  }

  /// What differs in all tables; empty when they are equal.
  func differences(_ connection: Connection) throws -> [Difference] {
    try tables.flatMap { table -> [Difference] in
      guard let module = module(of: table) else { return [] }
      if !module.hasID { return try keyless(table, module, connection) }
      return compare(
        table, expected(module), try stored(table, module, connection))
    }
  }

  private func compare(
    _ table: Table, _ expected: [Int64: Row], _ stored: [Int64: Row]
  ) -> [Difference] {
    var found: [Difference] = []
    func note(_ id: Int64, _ what: String, silent: Bool = false) {
      found.append(Difference(table: table.name, id: id, what: what, isSilent: silent))
    }
    for id in expected.keys.sorted() where stored[id] == nil { note(id, "is missing") }
    for id in stored.keys.sorted() where expected[id] == nil {
      // A converted lead is shown by its id for ever: only beside one that is listed it is gone.
      if expected.isEmpty, account.isConverted(lead: id) { continue }
      note(id, "is too many")
    }
    for (id, row) in expected.sorted(by: { $0.key < $1.key }) {
      guard let other = stored[id] else { continue }
      let isSilent = row.stamp != .null && other.stamp == row.stamp
      for (name, value) in row.columns.sorted(by: { $0.key < $1.key }) {
        let held = other.columns[name] ?? .null
        if held == value { continue }
        if let choices = row.choices[name], held == .null || choices.contains(held) { continue }
        note(id, "\(name): \(held), not \(value)", silent: isSilent)
      }
      for (name, list) in row.lists.sorted(by: { $0.key < $1.key })
      where other.lists[name] != list {
        note(id, "\(name): \(other.lists[name] ?? []), not \(list)", silent: isSilent)
      }
    }
    return found
  }

  /// Whether a difference is one of what the account shows now so, now otherwise: references to
  /// inactive users, and the contact of an activity that has several.
  func wavers(_ difference: Replication.Difference, in table: String) -> Bool {
    guard let table = tables.first(where: { $0.name == table }), let module = module(of: table),
      let row = difference.key.integer.flatMap({ expected(module)[$0] })
    else { return false }
    return difference.kind == .differing
      && difference.columns.allSatisfy { row.choices[$0] != nil }
  }

  // MARK: The account

  func expected(_ module: VtigerCatalogue.Module) -> [Int64: Row] {
    var rows: [Int64: Row] = [:]
    let beside = Naming.moduleColumns(of: module.fields)
    for (id, json) in account.records(of: module.name) {
      var row = Row(columns: ["id": .integer(id)])
      let asides = module.asides.isEmpty ? [:] : account.asides(of: id, in: module.name)
      for field in module.fields where !field.isGone && !field.isSecret && field.name != "id" {
        // Of a document that crashes the server nobody can know it.
        if asides == nil, module.asides.contains(field.name) { continue }
        let text = (asides?[field.name] ?? json[field.name])?.string ?? ""
        if field.isList {
          row.lists[field.name] = text.isEmpty ? [] : text.components(by: " |##| ")
          continue
        }
        guard let name = field.columnName else { continue }
        let (value, target) = value(text, of: field)
        row.columns[name] = value
        if let column = beside[field.name] { row.columns[column] = target }
        if field.name == module.changeField?.name { row.stamp = value }
        var choices = Set<Value>()
        // One of several contacts is shown, whichever the page's limit leaves.
        if field.name == "contact_id", module.isFiltered {
          choices = Set(account.contacts(of: id).map { self.value($0.string ?? "", of: field).0 })
        }
        // References to an inactive user are null on some pages.
        let mayBeUser =
          target == "Users" || isUser(field)
          // To who may not read users, their prefix is that of no module.
          || target == .null && field.refersTo.contains("Users")
        if account.switches.referencesFlap, field.isReference, mayBeUser,
          value != .null, !activeUsers.contains(value.integer ?? 0)
        {
          choices.insert(value)
          if let column = beside[field.name] { row.choices[column] = [target] }
        }
        if !choices.isEmpty { row.choices[name] = choices }
      }
      if source.catalogue.documents.contains(module.name) {
        row.lists[RecordForm.linesKey] = account.lines(of: id).map(line).sorted()
      }
      rows[id] = row
    }
    return rows
  }

  /// A line of a document, as texts of its columns.
  private func line(_ json: JSON) -> String {
    lineFields.map { field in
      let text = json[field.name]?.string ?? ""
      if field.name == "id", let id = text.split(separator: "x").last.flatMap({ Int64($0) }) {
        return "\(Value.integer(id))"
      }
      return "\(value(text, of: field).0)"
    }.joined(separator: " ")
  }

  /// The fields of lines that are columns: all but whose line it is.
  private var lineFields: [VtigerCatalogue.Field] {
    (source.catalogue[VtigerCatalogue.lineItem]?.fields ?? []).filter {
      !$0.isGone && $0.columnName != nil && $0.name != "parent_id"
    }
  }

  private func isUser(_ field: VtigerCatalogue.Field) -> Bool { field.refersTo == ["Users"] }

  private var activeUsers: Set<Int64> { account.activeUsers }

  /// A column's value, and the module that a reference leads to.
  private func value(_ text: String, of field: VtigerCatalogue.Field) -> (Value, Value) {
    if text.isEmpty { return (.null, .null) }
    switch field.type {
    case "reference", "owner":
      let halves = text.split(separator: "x").compactMap { Int64($0) }
      guard halves.count == 2 else { return (.null, .null) }
      let name = prefixes[halves[0]]
      // Where the prefix of the one module is not known, any is taken for it.
      if field.type == "reference", field.refersTo.count == 1, name != field.refersTo[0],
        prefixes.values.contains(field.refersTo[0])
      {
        return (.null, .null)
      }
      return (.integer(halves[1]), name.map { .text($0) } ?? .null)
    case "integer":
      return (Double(text).flatMap { Int64(exactly: $0) }.map { .integer($0) } ?? .null, .null)
    case "double", "currency", "decimal": return (Double(text).map { .real($0) } ?? .null, .null)
    case "boolean":
      let isTrue = ["1", "on", "true"].contains(text)
      return (
        isTrue || ["0", "off", "false"].contains(text) ? .integer(isTrue ? 1 : 0) : .null, .null
      )
    case "date": return (Timestamp("\(text) 00:00:00") == nil ? .null : .text(text), .null)
    case "datetime":
      let instant = Timestamp(text).map { Timestamp(account.instant(ofWall: $0.seconds)) }
      return (instant.map { .text($0.sql) } ?? .null, .null)
    default: return (.text(text), .null)
    }
  }

  // MARK: The file

  private func stored(
    _ table: Table, _ module: VtigerCatalogue.Module, _ connection: Connection
  ) throws -> [Int64: Row] {
    let names = table.columns.map(\.name)
    let list = names.map { quoted($0) }.joined(separator: ", ")
    var rows: [Int64: Row] = [:]
    let stamp = module.changeField?.columnName
    for values in try connection.rows(
      "SELECT \(list) FROM \(quoted(table.name)) WHERE _deleted_at IS NULL")
    {
      var row = Row(columns: Dictionary(uniqueKeysWithValues: zip(names, values)))
      row.stamp = stamp.flatMap { row.columns[$0] } ?? .null
      for field in module.fields where field.isList && !field.isGone { row.lists[field.name] = [] }
      if source.catalogue.documents.contains(module.name) { row.lists[RecordForm.linesKey] = [] }
      rows[row.columns["id"]?.integer ?? 0] = row
    }
    for child in table.children where child.key == RecordForm.linesKey {
      let list = lineFields.map { quoted($0.columnName ?? "") }.joined(separator: ", ")
      for values in try connection.rows("SELECT record_id, \(list) FROM \(quoted(child.table))") {
        let text = values.dropFirst().map { "\($0)" }.joined(separator: " ")
        rows[values[0].integer ?? 0]?.lists[child.key]?.append(text)
      }
      for id in rows.keys { rows[id]?.lists[child.key]?.sort() }
    }
    for child in table.children {
      guard case .strings = child.elements else { continue }
      for values in try connection.rows(
        "SELECT record_id, value FROM \(quoted(child.table)) ORDER BY record_id, position")
      {
        rows[values[0].integer ?? 0]?.lists[child.key]?.append(values[1].text ?? "")
      }
    }
    return rows
  }

  /// Of a module without ids, the rows as such: their key is all that they hold.
  private func keyless(
    _ table: Table, _ module: VtigerCatalogue.Module, _ connection: Connection
  ) throws -> [Difference] {
    let fields = module.fields.filter { !$0.isGone && !$0.isSecret && $0.columnName != nil }
    let list = fields.map { quoted($0.columnName ?? "") }.joined(separator: ", ")
    let stored = Set(
      try connection.rows(
        "SELECT \(list) FROM \(quoted(table.name)) WHERE _deleted_at IS NULL"))
    let expected = Set(
      account.records(of: module.name).values.map { json in
        fields.map { field -> Value in
          let text = json[field.name]?.string ?? ""
          guard field.isReference else { return .text(text) }
          let value = value(text, of: field).0
          return value == .null ? .integer(0) : value
        }
      })
    return stored.symmetricDifference(expected).map { row in
      Difference(
        table: table.name, id: 0, what: "\(row) \(stored.contains(row) ? "too many" : "missing")",
        isSilent: false)
    }
  }
}

extension String {
  fileprivate func components(by separator: String) -> [String] {
    var (parts, rest): ([String], Substring) = ([], self[...])
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
