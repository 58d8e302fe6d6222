package import Simulation

/// The true state, asked without a request: what a copy is measured against.
extension VtigerAccount {
  /// The modules that the user may read, in the order of `listtypes`.
  package var visibleModules: [String] {
    modules.map(\.name).filter { (try? readable($0)) != nil }
  }

  /// The records of a module that the user may see, by number, as `SELECT *` would spell them.
  ///
  /// - References to inactive users are given, though requests show them as null at times.
  /// - Of several contacts of an activity there is the last, as `query` shows it unless LIMIT cuts
  ///   its rows; see `contacts(of:)`.
  /// - Documents are without the fields that multiply rows; see `lines(of:)`.
  /// - `ProductTaxes` has no ids: the numbers are those of its rows.
  package func records(of name: String) -> [Int64: JSON] {
    guard let module = try? readable(name) else { return [:] }
    let fields = singleFields(of: module)
    var speller = Speller(self, flaps: false)
    var records: [Int64: JSON] = [:]
    for record in shelves[module.shelf]?.records ?? []
    where isListed(record, in: module) && mayRead(record, in: module) {
      let row = Row(record: record, contact: record.contacts.last ?? 0)
      var json = speller.row(row, fields, of: module)
      appendAttachment(to: &json, record, of: module)
      records[record.id] = json
    }
    return records
  }

  /// The numbers of those records.
  package func ids(of name: String) -> Set<Int64> {
    guard let module = try? readable(name) else { return [] }
    let records = shelves[module.shelf]?.records ?? []
    return Set(
      records.filter { isListed($0, in: module) && mayRead($0, in: module) }.map(\.id))
  }

  /// The users who are shown: references to others are null at times.
  package var activeUsers: Set<Int64> {
    guard let module = module("Users") else { return [] }
    let records = shelves[module.shelf]?.records ?? []
    return Set(records.filter { isListed($0, in: module) }.map(\.id))
  }

  /// Whether a number is that of a lead that was converted: on no list, and shown by its id.
  package func isConverted(lead id: Int64) -> Bool {
    guard let module = module("Leads"), let record = record(id, in: module) else { return false }
    return record.isConverted && !record.isDeleted && mayRead(record, in: module)
  }

  /// The records of every visible module.
  package var truth: [String: [Int64: JSON]] {
    Dictionary(uniqueKeysWithValues: visibleModules.map { ($0, records(of: $0)) })
  }

  /// The lines of a document in their order, as a query of `LineItem` would spell them.
  package func lines(of document: Int64) -> [JSON] {
    guard let module = module("LineItem") else { return [] }
    var speller = Speller(self, flaps: false)
    return linesByDocument[document, default: []].compactMap { id in
      shelves["LineItem"]?[id].map { speller.row(Row(record: $0), module.fields, of: module) }
    }
  }

  /// What `retrieve` alone tells of a document, by the name of the field; nil where that crashes.
  package func asides(of document: Int64, in name: String) -> [String: JSON]? {
    guard let module = module(name),
      let whole = try? retrieve("\(module.prefix)x\(document)")
    else { return nil }
    let names = module.fields.filter { field in
      if case .documentDiscount = field.role { true } else { false }
    }.map(\.name)
    return Dictionary(uniqueKeysWithValues: names.map { ($0, whole[$0] ?? .null) })
  }

  /// The contacts of an activity, as references spell them: any of those that are there is right.
  package func contacts(of activity: Int64) -> [JSON] {
    guard let module = module("Events"), let field = module.field("contact_id"),
      let record = record(activity, in: module)
    else { return [] }
    var speller = Speller(self, flaps: false)
    return record.contacts.map { speller.spell(.link($0), of: field, in: module) }
  }

  /// The fields of a module that `query` takes and that do not multiply its rows.
  package func columns(of name: String) -> [String] {
    module(name).map { singleFields(of: $0).map(\.name) } ?? []
  }

  /// The prefix of a module's ids.
  package func prefix(of name: String) -> Int? { module(name)?.prefix }

  private func singleFields(of module: Module) -> [Field] {
    module.fields.filter { field in
      if case .documentDiscount = field.role { return false }
      return field.role != .line && isSelectable(field, of: module)
    }
  }
}
