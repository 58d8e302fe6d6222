import Simulation

/// How `query` finds its rows.
extension VtigerAccount {
  /// What an answer needs of a query: the module, the fields, and the rows they are read from.
  struct Selection {
    let module: Module
    /// Nil for a count.
    let fields: [Field]?
    let rows: [Row]
    /// How many rows there were before LIMIT; nil where the SQL has failed.
    let total: Int?
  }

  /// The module of a name, if this user may read it.
  func readable(_ name: String) throws -> Module {
    guard let module = module(name), module.isEnabled,
      switches.access != .restricted || !switches.hiddenModules.contains(name)
    else { throw Failure.denied(for: "name : \(name)") }
    if module.isEntity, switches.showsActorsOnly {
      throw Failure.denied(for: "name : \(name)")
    }
    // No user but an administrator reads users, not even themselves (measured on 8.3.0).
    if name == "Users", switches.access != .administrator { throw Failure.denied }
    if name == "LineItem", !switches.listsLineItems { throw Failure.denied }
    return module
  }

  /// Whether a field may be named in a query, and comes with `*`.
  func isSelectable(_ field: Field, of module: Module) -> Bool {
    field.isStored && (!field.isSecret || switches.revealsSecrets)
      && !isHidden(field, of: module)
  }

  /// Whether the profile of this user hides the field.
  func isHidden(_ field: Field, of module: Module) -> Bool {
    switches.access == .restricted
      && switches.hiddenFields.contains("\(module.name).\(field.name)")
  }

  /// Whether the sharing rules let this user see a record.
  func mayRead(_ record: Record, in module: Module) -> Bool {
    switches.access != .restricted || !switches.privateModules.contains(module.name)
      || record.owner == userID || groupsByUser[userID, default: []].contains(record.owner)
  }

  /// Whether permission is tested behind LIMIT, so that a page may be short or empty though rows
  /// follow (measured on 8.3.0).
  static func testsBehindLimit(_ module: Module) -> Bool { module.shelf == "Activity" }

  /// Runs a query.
  func select(_ statement: Statement) throws -> Selection {
    let module = try readable(statement.module)
    let fields = try fields(of: statement, in: module)
    let tests = try statement.alternatives.map { try $0.map { try test($0, of: module) } }
    var tables = Set((fields ?? []).map(\.table))
    tables.formUnion(tests.joined().map(\.field.table))
    for field in fields ?? [] {
      if case .documentDiscount = field.role { tables.insert("lines") }
    }
    let empty = Selection(module: module, fields: fields, rows: [], total: nil)
    // SQL that fails reads as no rows: a field that is unknown, or whose table is not joined
    // (measured on 8.0.0 and 8.3.0).
    let order = statement.order.compactMap(module.field)
    guard order.count == statement.order.count,
      order.allSatisfy({ $0.isStored && ($0.table.isEmpty || tables.contains($0.table)) }),
      brokenTables.isDisjoint(with: tables), !brokenTables.contains(module.shelf)
    else { return empty }
    let limit = min(statement.limit ?? switches.largestPage, switches.largestPage)
    let isByID = order.map(\.role) == [.id] && !statement.lastDescends
    let isCount = fields == nil
    var rows = matches(
      tests, in: module, tables: tables,
      stoppingAt: isByID && !isCount ? statement.offset + limit : nil)
    let total = rows.count
    if !isByID { sort(&rows, by: order, lastDescends: statement.lastDescends) }
    var page = Array(rows.dropFirst(statement.offset).prefix(limit))
    if VtigerAccount.testsBehindLimit(module) {
      page.removeAll { !mayRead($0.record, in: module) }
    }
    return Selection(module: module, fields: fields, rows: folded(page), total: total)
  }

  private func fields(of statement: Statement, in module: Module) throws -> [Field]? {
    switch statement.columns {
    case .count: return nil
    case .all: return module.fields.filter { isSelectable($0, of: module) }
    case .fields(let names):
      var fields: [Field] = []
      for name in names where !fields.contains(where: { $0.name == name }) {
        guard let field = module.field(name), isSelectable(field, of: module) else {
          throw Failure(
            code: "ACCESS_DENIED", message: "Permission to access '.\(name).' attribute denied.")
        }
        fields.append(field)
      }
      // `id` is added where it is missing.
      if !names.contains("id"), let id = module.field("id") { fields.append(id) }
      return fields
    }
  }

  /// The rows that pass, by ascending id, so many at most.
  private func matches(
    _ tests: [[Test]], in module: Module, tables: Set<String>, stoppingAt limit: Int?
  ) -> [Row] {
    let records = shelves[module.shelf]?.records ?? []
    let joinsLines = tables.contains("lines")
    let joinsContacts = tables.contains("contacts")
    let isRestricted =
      switches.access == .restricted && !VtigerAccount.testsBehindLimit(module)
    var rows: [Row] = []
    for place in range(of: tests, in: module) {
      if let limit, rows.count >= limit { break }
      let record = records[place]
      guard isListed(record, in: module), !isRestricted || mayRead(record, in: module) else {
        continue
      }
      for row in self.rows(of: record, lines: joinsLines, contacts: joinsContacts)
      where passes(row, tests) {
        rows.append(row)
      }
    }
    return rows
  }

  private func passes(_ row: Row, _ tests: [[Test]]) -> Bool {
    tests.isEmpty
      || tests.contains { $0.allSatisfy { $0.holds(for: value($0.field, row)) } }
  }

  /// The places of the records among which a condition has to look: those of a single `id > n` or
  /// `id IN (…)` are near each other.
  private func range(of tests: [[Test]], in module: Module) -> Range<Int> {
    let shelf = shelves[module.shelf] ?? Shelf()
    var range = 0..<shelf.records.count
    guard tests.count == 1 else { return range }
    for test in tests[0] where test.field.role == .id {
      let ids = test.operands.map { operand in
        if case .link(let id) = operand { id } else { Int64.max }
      }
      guard let least = ids.min(), let greatest = ids.max(), greatest < Int64.max else { continue }
      var (low, high) = (0, shelf.records.count)
      switch test.comparison {
      case .greater, .greaterOrEqual: low = shelf.place(of: least)
      case .less, .lessOrEqual: high = shelf.place(of: greatest + 1)
      case .equal, .isIn: (low, high) = (shelf.place(of: least), shelf.place(of: greatest + 1))
      case .notEqual, .like: continue
      }
      range = range.clamped(to: low..<max(low, high))
    }
    return range
  }

  /// Sorts as the database does: numbers as numbers, NULL first, and rows that are equal, or that
  /// nothing orders, as it likes.
  private func sort(_ rows: inout [Row], by order: [Field], lastDescends: Bool) {
    let salt = switches.shufflesUnordered ? seed &+ UInt64(requestCount) : seed
    var keyed = rows.map { row in
      (
        keys: order.map { SortKey(value($0, row), $0.type.isNumeric) },
        tie: mixed(UInt64(bitPattern: row.record.id) ^ salt), row: row
      )
    }
    keyed.sort { left, right in
      for place in order.indices where left.keys[place] != right.keys[place] {
        let descends = lastDescends && place == order.count - 1
        return (left.keys[place] < right.keys[place]) != descends
      }
      return left.tie < right.tie
    }
    rows = keyed.map(\.row)
  }

  /// LIMIT counts rows, and then the rows of one record become one, of which the last is shown
  /// (measured on 8.3.0).
  private func folded(_ rows: [Row]) -> [Row] {
    var folded: [Row] = []
    var places: [Int64: Int] = [:]
    for row in rows {
      if let place = places[row.record.id] {
        folded[place] = row
      } else {
        places[row.record.id] = folded.count
        folded.append(row)
      }
    }
    return folded
  }
}

/// What a value sorts by.
private enum SortKey: Comparable {
  case null
  case number(Double)
  case text(String)

  init(_ value: Value, _ isNumeric: Bool) {
    self =
      switch value {
      case .null: .null
      case .link(let number): .number(Double(number))
      case .text(let text) where isNumeric: .number(Double(text) ?? 0)
      case .text(let text): .text(text.lowercased())
      }
  }
}
