import Simulation

/// Single records.
extension VtigerAccount {
  /// Answers `retrieve`.
  ///
  /// Deleted, purged and never existing are one and the same `ACCESS_DENIED`; an id under another
  /// module's prefix is `INVALID_ID_ATTRIBUTE` (measured on 8.3.0).
  func retrieve(_ id: String) throws -> JSON {
    guard let number = VtigerAccount.number(in: id), let prefix = Int(id.prefix { $0 != "x" }),
      let named = modules.first(where: { $0.prefix == prefix })
    else { throw Failure.denied(for: "id") }
    let module = try readable(named.name)
    guard let record = record(number, in: module), !record.isDeleted else {
      throw isElsewhere(number, than: module) ? Failure.wrongID : Failure.denied
    }
    guard isOfKind(record, module) else {
      guard module.name == "Users" else { throw Failure.wrongID }
      throw Failure(
        code: "RECORD_NOT_FOUND", message: "Record you are trying to access is not found")
    }
    guard mayRead(record, in: module) else { throw Failure.denied }
    if crashingRecords.contains(number) { throw Crash() }
    let lines = linesByDocument[number, default: []]
    // PHP divides by nothing (measured on 8.3.0).
    if module.hasLines, lines.isEmpty, record[key("hdnTaxType")] == .text("individual") {
      throw Crash()
    }
    return whole(record, of: module, lines: lines)
  }

  /// Whether a number is that of a record of another CRM module.
  private func isElsewhere(_ number: Int64, than module: Module) -> Bool {
    let isCRM = { (module: Module) in module.isEntity && module.name != "Users" }
    return isCRM(module)
      && modules.contains { isCRM($0) && record(number, in: $0)?.isDeleted == false }
  }

  private func whole(_ record: Record, of module: Module, lines: [Int64]) -> JSON {
    var speller = Speller(self, isRetrieve: true)
    var members: [JSON.Member] = []
    // `query` shows the last of several contacts, `retrieve` the first (measured).
    let row = Row(record: record, contact: record.contacts.first ?? 0)
    for field in module.fields where isSelectable(field, of: module) && field.role != .line {
      if case .documentDiscount = field.role {
        let discount = record[field.key] ?? .null
        members.append(.init(field.name, speller.spell(discount, of: field, in: module)))
      } else {
        let value = value(field, row)
        members.append(.init(field.name, speller.spell(value, of: field, in: module)))
      }
    }
    var json = JSON.object(members)
    appendAttachment(to: &json, record, of: module)
    guard case .object(var all) = json else { return json }
    if module.isEntity {
      all.append(.init("label", .string(label(of: record, in: module))))
    } else if module.name == "Groups" {
      all.append(.init("groupid", .string(String(record.id))))
    }
    if module.hasLines { appendLines(lines, of: module, to: &all) }
    return .object(all)
  }

  private func appendLines(_ ids: [Int64], of module: Module, to members: inout [JSON.Member]) {
    members.append(.init("shipping_&_handling", .null))
    let lines = ids.compactMap { shelves["LineItem"]?[$0] }
    members.append(.init("LineItems", .array(lines.map(line))))
    if let first = lines.first {
      members.append(.init("productid", line(first)["productid"] ?? .null))
    }
    let sums = JSON.object([.init("hdnProductId1", .string("12")), .init("qty1", .string("1"))])
    members.append(.init("LineItems_FinalDetails", .object([.init("1", sums)])))
  }

  /// A line as `retrieve` shows it.
  private func line(_ record: Record) -> JSON {
    guard let module = module("LineItem") else { return .null }
    var speller = Speller(self, isRetrieve: true)
    guard
      case .object(var members) = speller.row(Row(record: record), module.fields, of: module)
    else { return .null }
    let name = record[key("product_name")] ?? .text("")
    let isService = self.module("Services").map { services in
      if case .link(let id)? = record[key("productid")] {
        self.record(id, in: services) != nil
      } else {
        false
      }
    }
    members.append(.init("product_name", speller.spell(name, of: module.fields[0], in: module)))
    members.append(.init("entity_type", .string(isService == true ? "Services" : "Products")))
    members.append(.init("deleted", .string("0")))
    return .object(members)
  }

  private func label(of record: Record, in module: Module) -> String {
    module.labelFields.split(separator: ",").compactMap { name in
      if case .text(let text)? = record[key(String(name))] { text } else { nil }
    }.filter { !$0.isEmpty }.joined(separator: " ")
  }
}
