/// How the replica calls what an account has.
///
/// A name once given stays: it is read back with the catalogue. Where two would be the same, the
/// order is that of their spelling and not that of the account's answer, which differs by user.
enum Naming {
  /// The tables that every account of Vtiger's has here.
  static let tables = ["modules", "module_fields", "picklist_values"]
  /// The columns that the replica adds to a table, its key, and that of the lists in it.
  static let columns = [
    "id", "_synced_at", "_deleted_at", "_deleted_reason", "_extra", "_digest", "record_id",
  ]
  /// Lists inside a record that are tables of their own, at the most; further ones stay text. One
  /// place is kept for the lines of a document.
  static let listLimit = 31

  /// `SalesOrder` as a table is spelt: `sales_order`; `PBXManager`: `pbx_manager`.
  static func snakeCase(_ name: String) -> String {
    let letters = Array(name.unicodeScalars)
    var words = ""
    for (index, letter) in letters.enumerated() {
      guard isPlain(letter) else {
        words += "_"
        continue
      }
      let isUpper = ("A"..."Z").contains(letter)
      if isUpper, index > 0, isPlain(letters[index - 1]) {
        let isBehindLower = !("A"..."Z").contains(letters[index - 1])
        let isBeforeLower = index + 1 < letters.count && ("a"..."z").contains(letters[index + 1])
        if isBehindLower || isBeforeLower { words += "_" }
      }
      words += "\(letter)".lowercased()
    }
    // Names of the program's own begin with an underscore, those of SQLite's with its name.
    let plain = String(words.drop { $0 == "_" })
    return plain.isEmpty || plain.hasPrefix("sqlite_") ? "module_\(plain)" : plain
  }

  private static func isPlain(_ letter: Unicode.Scalar) -> Bool {
    letter.isASCII && (letter.properties.isAlphabetic || ("0"..."9").contains(letter))
  }

  /// The name, or the first of `name_2`, `name_3` and so on that is free. SQL knows no case.
  static func free(_ name: String, _ taken: inout Set<String>) -> String {
    var (candidate, number) = (name, 1)
    while !taken.insert(candidate.lowercased()).inserted {
      number += 1
      candidate = "\(name)_\(number)"
    }
    return candidate
  }

  /// Modules with their tables and columns named.
  static func named(
    _ shown: [VtigerCatalogue.Module], after earlier: VtigerCatalogue?
  ) -> [VtigerCatalogue.Module] {
    let known = earlier?.modules ?? []
    var taken = Set(tables + known.compactMap { $0.tableName?.lowercased() })
    var modules: [VtigerCatalogue.Module] = []
    for var module in inOrder(shown, of: \.name)
    where !modules.contains(where: { $0.name == module.name }) {
      let former = known.first { $0.name == module.name }
      if module.name == VtigerCatalogue.lineItem {
        module.tableName = nil
      } else {
        module.tableName = former?.tableName ?? free(snakeCase(module.name), &taken)
      }
      module.fields = named(module.fields, after: former?.fields ?? [])
      if module.tableName == nil {
        // Whose line it is stands in the column that every list has for it.
        for index in module.fields.indices where module.fields[index].name == "parent_id" {
          module.fields[index].columnName = "record_id"
        }
      }
      modules.append(module)
    }
    for var module in known where !modules.contains(where: { $0.name == module.name }) {
      module.isGone = true
      modules.append(module)
    }
    return modules
  }

  private static func named(
    _ shown: [VtigerCatalogue.Field], after known: [VtigerCatalogue.Field]
  ) -> [VtigerCatalogue.Field] {
    var taken = Set(columns + known.compactMap { $0.columnName?.lowercased() })
    var lists = known.count(where: \.isList)
    var fields: [VtigerCatalogue.Field] = []
    for var field in inOrder(shown, of: \.name)
    where !fields.contains(where: { $0.name == field.name }) {
      let former = known.first { $0.name == field.name }
      if field.name == "id" {
        field.columnName = "id"
      } else if field.isSecret || field.type == "multipicklist" && former?.isList ?? false {
        field.columnName = nil
      } else if field.type == "multipicklist", former?.type != field.type, lists < listLimit {
        lists += 1
        field.columnName = nil
      } else {
        field.columnName = former?.columnName ?? free(field.name, &taken)
      }
      fields.append(field)
    }
    for var field in known where !fields.contains(where: { $0.name == field.name }) {
      field.isGone = true
      fields.append(field)
    }
    return fields.sorted { ($0.isGone ? 1 : 0, $0.position) < ($1.isGone ? 1 : 0, $1.position) }
  }

  /// The plain spelling first: of `id` and `ID` the former keeps its name.
  private static func inOrder<Item>(
    _ items: [Item], of name: KeyPath<Item, String>
  ) -> [Item] {
    let named = items.map { item in
      let name = item[keyPath: name]
      return (item: item, name: name, isPlain: name == name.lowercased())
    }
    return named.sorted { one, other in
      one.isPlain == other.isPlain
        ? one.name.utf8.lexicographicallyPrecedes(other.name.utf8) : one.isPlain
    }.map(\.item)
  }

  /// The column beside each reference that says to which module it leads, by the field's name.
  static func moduleColumns(of fields: [VtigerCatalogue.Field]) -> [String: String] {
    var taken = Set(columns + fields.compactMap { $0.columnName?.lowercased() })
    var names: [String: String] = [:]
    for field in inOrder(fields.filter(\.namesModule), of: \.name) {
      guard let column = field.columnName else { continue }
      names[field.name] = free("\(column)_module", &taken)
    }
    return names
  }

  /// The tables of the lists inside records: by module, and by the key in the record.
  static func listTables(of modules: [VtigerCatalogue.Module], documents: Set<String>)
    -> [String: [String: String]]
  {
    var taken = Set(tables + modules.compactMap { $0.tableName?.lowercased() })
    var names: [String: [String: String]] = [:]
    for module in modules {
      guard let table = module.tableName else { continue }
      if documents.contains(module.name) {
        names[module.name, default: [:]][RecordForm.linesKey] = free(
          "\(table)_line_items", &taken)
      }
      for field in inOrder(module.fields.filter(\.isList), of: \.name) {
        names[module.name, default: [:]][field.name] = free("\(table)_\(field.name)", &taken)
      }
    }
    return names
  }
}
