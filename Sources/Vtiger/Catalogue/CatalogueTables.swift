package import Model

/// The tables of an account: three that say what it has, and one for each of its modules.
extension VtigerCatalogue {
  /// What the account shows. A module that is gone has its table no longer declared: its rows stay
  /// in the file as they are.
  ///
  /// Of activities that are filtered behind the limit of a list, a list by time shows an own change
  /// behind a hundred foreign ones on no page: those of a user who is no administrator are read
  /// whole.
  package func tables(isAdministrator: Bool) -> [Table] {
    let lists = Naming.listTables(of: modules, documents: documents)
    return Self.ownTables
      + modules.filter { !$0.isGone }.compactMap { module in
        let isWindowed = !isAdministrator && module.isFiltered
        let method: Table.Method =
          isWindowed || module.changeField == nil ? .full : .incremental
        return table(of: module, method, lists[module.name] ?? [:], isReadLast: isWindowed)
      }
  }

  /// The tables that mirror what `listtypes` and `describe` say.
  package static let ownTables: [Table] = [
    Table(
      "modules", .full, from: [Listing("modules", "modules")],
      columns: [
        .text("name", or: .key), .text("table_name", at: "table_name"), .text("label"),
        .text("singular"), .text("id_prefix", at: "id_prefix"),
        .boolean("is_entity", at: "is_entity"),
      ], defines: Definitions(.itself, name: "table_name", "name"), isDescription: true),
    Table(
      "module_fields", .full, from: [Listing("module_fields", "module_fields")],
      columns: [
        .text("module", or: .key).naming("modules"), .text("name", or: .key),
        .text("column_name", at: "column_name"), .text("label"), .text("type"),
        .boolean("mandatory"), .integer("position"), .anyAsText("refers_to", at: "refers_to"),
      ],
      defines: Definitions(
        .defined(by: "module", in: "modules", key: "name", name: "table_name"),
        name: "column_name", "name", title: "label", type: "type"), isDescription: true),
    Table(
      "picklist_values", .full, from: [Listing("picklist_values", "picklist_values")],
      columns: [
        .text("module", or: .key),
        .text("field", or: .key).naming(.init("module_fields", with: ["module"])),
        .integer("position"), .text("value", or: .key), .text("label"),
      ], isDescription: true),
  ]

  private func table(
    of module: Module, _ method: Table.Method, _ lists: [String: String], isReadLast: Bool
  ) -> Table? {
    guard let name = module.tableName else { return nil }
    return Table(
      name, method,
      from: [
        Listing(
          module.name, "result", record: module.hasID ? "result" : nil, hasCensus: module.hasID,
          showsUnlisted: module.showsConverted)
      ],
      columns: columns(of: module), children: children(of: module, lists),
      ignored: module.fields.filter(\.isSecret).map(\.name) + Self.secretNames,
      // What has no number of its own cannot be named by an index of words.
      searchable: !module.hasID
        ? []
        : module.fields.filter { Self.searchedTypes.contains($0.type) }.compactMap(\.columnName),
      followsStamps: method == .incremental, isReadLast: isReadLast)
  }

  /// The columns of a module, the id first, then in the order of the account's description.
  private func columns(of module: Module) -> [Column] {
    let modules = Naming.moduleColumns(of: module.fields)
    let change = module.changeField?.name
    let asides = module.asides
    var columns: [Column] = []
    if module.hasID { columns.append(.integer("id", at: "id", or: .key)) }
    for field in module.fields where !(module.hasID && field.name == "id") {
      guard let name = field.columnName else { continue }
      let isKey = !module.hasID && !field.isGone
      let type = Self.columnType(of: field, isKey: isKey)
      let traits: Column.Traits =
        if isKey {
          .key
        } else if field.name == change {
          [.freshness, .lasting]
        } else if asides.contains(field.name) {
          .aside
        } else if module.isFiltered, field.name == "contact_id" {
          [.wavering, .lasting]
        } else if field.name == "modifiedby" {
          // The first reference to an inactive user in an answer is null (measured).
          [.fleeting, .lasting]
        } else {
          // A field that was taken away leaves the records before the account is described again.
          .lasting
        }
      columns.append(Column(name, type, .member([field.name]), traits, to: target(of: field)))
      if let beside = modules[field.name] {
        columns.append(
          Column(
            beside, .text, .member([RecordForm.moduleKey(of: field.name)]), .companion))
      }
    }
    return columns
  }

  /// The table that a reference leads to, where it leads to records of one module alone.
  private func target(of field: Field) -> Column.Target? {
    guard field.isReference, !field.namesModule, let name = field.refersTo.first,
      let module = self[name], module.hasID, let table = module.tableName
    else { return nil }
    return Column.Target(table)
  }

  private static func columnType(of field: Field, isKey: Bool) -> ColumnType {
    switch field.type {
    case "reference", "owner": .integer
    case _ where isKey: .text
    case "integer": .integer
    case "double", "currency", "decimal": .real
    case "boolean": .boolean
    case "date": .date
    case "datetime": .dateTime
    default: .text
    }
  }

  private func children(of module: Module, _ lists: [String: String]) -> [Child] {
    var children: [Child] = []
    if let table = lists[RecordForm.linesKey], let lines = self[Self.lineItem] {
      children.append(
        Child(
          table, at: RecordForm.linesKey, of: "record_id",
          elements: .objects(lineColumns(of: lines)), isApart: true))
    }
    for field in module.fields where field.isList {
      guard let table = lists[field.name] else { continue }
      // Where a record lacks the list, its field has been taken away: the rows stay.
      children.append(
        Child(table, at: field.name, of: "record_id", elements: .strings, isEmbedded: true))
    }
    return children
  }

  /// The columns of a document's lines. Whose they are stands before them.
  private func lineColumns(of module: Module) -> [Column] {
    var columns = self.columns(of: module).filter { $0.path.first != "parent_id" }
    columns.removeAll { $0.path.first == RecordForm.moduleKey(of: "parent_id") }
    // The key of an element is its first column, and need not be marked.
    columns[0] = .integer("id", at: "id")
    // Sent, and described nowhere.
    if !columns.contains(where: { $0.name.lowercased() == "description" }) {
      columns.append(.text("description"))
    }
    return columns
  }

  /// The types whose values are worth a search for words.
  private static let searchedTypes: Set<String> = ["string", "text", "email", "phone"]

  /// How lines are to be rewritten that are asked for apart from their documents: each says whose
  /// it is.
  var lineForm: RecordForm? {
    guard let lines = self[Self.lineItem], lines.hasID else { return nil }
    var form = form(of: lines, lines: nil)
    form.add(RecordForm.parentKey, .reference, place: 0)
    return form
  }

  /// How the records of a module are to be rewritten.
  func form(of module: Module) -> RecordForm {
    guard documents.contains(module.name), let lines = self[Self.lineItem] else {
      return form(of: module, lines: nil)
    }
    var nested = form(of: lines, lines: nil)
    // Whose line it is, and what its product says of itself, stands elsewhere.
    for name in ["parent_id", "product_name", "entity_type", "deleted"] {
      nested.add(name, .dropped)
    }
    return form(of: module, lines: nested)
  }

  /// How the answer about a document is to be rewritten of which only that is wanted which no query
  /// tells.
  func asideForm(of module: Module) -> RecordForm {
    var form = form(of: module, lines: nil)
    let others = Set(module.fields.map(\.name)).subtracting(module.asides).subtracting(["id"])
    for name in others.union(["LineItems", RecordForm.sumsKey]) { form.add(name, .dropped) }
    return form
  }

  private func form(of module: Module, lines: RecordForm?) -> RecordForm {
    var form = RecordForm(modules: prefixes, lines: lines)
    let change = module.changeField?.name
    let prefixes = Dictionary(prefixes.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let references =
      module.hasID ? [] : module.fields.filter { $0.isReference && !$0.isGone }.map(\.name)
    form.add("id", .id)
    // What a record that is asked for by its id says of itself besides.
    form.add("label", .dropped)
    for field in module.fields where field.name != "id" {
      let isOther = field.isReference && !field.namesModule
      form.add(
        field.name, Self.kind(of: field, isKey: !module.hasID),
        namesModule: field.namesModule && field.columnName != nil,
        prefix: isOther ? field.refersTo.first.flatMap { prefixes[$0] } ?? -1 : -1,
        isStamp: field.name == change,
        place: references.firstIndex(of: field.name) ?? -1)
    }
    return form
  }

  private static func kind(of field: Field, isKey: Bool) -> RecordForm.Kind {
    if field.isSecret { return .dropped }
    if field.isList { return .list }
    switch field.type {
    case "reference", "owner": return isKey ? .keyReference : .reference
    case _ where isKey: return .keyText
    case "integer": return .integer
    case "double", "currency", "decimal": return .real
    case "boolean": return .boolean
    case "datetime": return .instant
    default: return .text
    }
  }
}
