/// One row as SQL gives it: a record, with one of its lines or contacts where they are joined.
struct Row {
  let record: Record
  var line: Record?
  var contact: Int64 = 0
}

extension VtigerAccount {
  /// The value of a field in a row. Times are links to the second.
  func value(_ field: Field, _ row: Row) -> Value {
    switch field.role {
    case .id: .link(row.record.id)
    case .owner: .link(row.record.owner)
    case .createdTime: .link(row.record.created)
    case .modifiedTime: .link(row.record.modified)
    case .modifiedBy: .link(row.record.modifiedBy)
    case .creator: .link(row.record.creator)
    case .isClosed(let status, let values):
      .text(values.contains { row.record[key(status)] == .text($0) } ? "1" : "0")
    case .starred: row.record.creator == userID ? row.record[field.key] ?? .text("0") : .null
    case .contacts: .link(row.contact)
    case .line: lineValue(field.name, row)
    case .documentDiscount(let lineKey): lineValue(lineKey, row)
    case .plain: row.record[field.key] ?? field.missing
    }
  }

  private func lineValue(_ name: String, _ row: Row) -> Value {
    guard let line = row.line, let field = module("LineItem")?.field(name) else { return .null }
    return line[field.key] ?? field.missing
  }

  /// The rows of a record under a join: one for each line or contact, and one at least.
  func rows(of record: Record, lines: Bool, contacts: Bool) -> [Row] {
    if lines, let ids = linesByDocument[record.id], !ids.isEmpty {
      return ids.compactMap { shelves["LineItem"]?[$0] }.map { Row(record: record, line: $0) }
    }
    if contacts, !record.contacts.isEmpty {
      return record.contacts.map { Row(record: record, contact: $0) }
    }
    return [Row(record: record)]
  }
}
