import Simulation

/// How values leave the server.
struct Speller {
  let account: VtigerAccount
  /// Whether the record is shown by `retrieve`, which says `""` for SQL NULL of plain fields
  /// (measured on 8.3.0).
  var isRetrieve = false
  /// Inactive users met so far: the first reference to one is null, by a slip of a cache the later
  /// ones are not (measured on 8.3.0).
  private var met: Set<Int64> = []
  private let flaps: Bool

  init(_ account: VtigerAccount, isRetrieve: Bool = false, flaps: Bool? = nil) {
    self.account = account
    self.isRetrieve = isRetrieve
    self.flaps = flaps ?? account.switches.referencesFlap
  }

  /// SQL NULL.
  var null: JSON { account.switches.empty == .text ? .string("") : .null }

  mutating func spell(_ value: Value, of field: Field, in module: Module) -> JSON {
    switch value {
    case .null: return isRetrieve ? .string("") : null
    case .text(let text): return .string(text)
    case .link(let number):
      switch field.role {
      case .id: return .string("\(module.prefix)x\(number)")
      case .owner: return .string(account.spelledOwner(number))
      case .createdTime, .modifiedTime: return .string(VtigerAccount.stamp(number))
      default: return reference(number, field.refersTo)
      }
    }
  }

  /// The first module in which the record exists gives the prefix; without one it is null.
  private mutating func reference(_ number: Int64, _ names: [String]) -> JSON {
    guard number != 0 else { return null }
    for name in names {
      guard let module = account.module(name), let record = account.record(number, in: module),
        !record.isDeleted
      else { continue }
      let isInactive = name == "Users" && !account.isListed(record, in: module)
      if isInactive, flaps, isRetrieve || met.insert(number).inserted { return null }
      if module.shelf == "Activity", !account.isOfKind(record, module) { continue }
      return .string("\(module.prefix)x\(number)")
    }
    return null
  }

  /// A row with those fields.
  mutating func row(_ row: Row, _ fields: [Field], of module: Module) -> JSON {
    var members: [JSON.Member] = []
    members.reserveCapacity(fields.count + 1)
    for field in fields {
      var name = field.name
      if case .documentDiscount(let lineKey) = field.role { name = lineKey }
      let spelled = spell(account.value(field, row), of: field, in: module)
      if let place = members.firstIndex(where: { $0.key == name }) {
        members[place].value = spelled
      } else {
        members.append(JSON.Member(name, spelled))
      }
    }
    return .object(members)
  }
}

extension VtigerAccount {
  /// `2026-11-28 23:12:43`: no zone is named.
  static func stamp(_ seconds: Int64) -> String {
    String(CivilTime(seconds).instant.replacing("T", with: " ").dropLast())
  }

  /// A user, active or not, or a group; a number alone where neither is left (measured on 8.3.0).
  func spelledOwner(_ number: Int64) -> String {
    if let users = module("Users"), let user = record(number, in: users), !user.isDeleted {
      return "\(users.prefix)x\(number)"
    }
    if let groups = module("Groups"), record(number, in: groups) != nil {
      return "\(groups.prefix)x\(number)"
    }
    return String(number)
  }

  /// Answers `query`.
  func query(_ text: String) throws -> JSON {
    guard !text.isEmpty else { throw Failure.denied(for: "query") }
    let statement = try Parser.statement(text)
    let selection = try select(statement)
    let module = selection.module
    guard let fields = selection.fields else {
      let counts = module.name == "LineItem" ? switches.countsLines : !module.isEntity
      guard switches.countsRows || counts, let total = selection.total else { return .array([]) }
      return .array([.object([.init("count", .string(String(total)))])])
    }
    var speller = Speller(self)
    return .array(
      selection.rows.map { row in
        var record = speller.row(row, fields, of: module)
        if statement.columns == .all { appendAttachment(to: &record, row.record, of: module) }
        return record
      })
  }

  /// The attachment of a stored file, which no field describes: its number under the prefix of
  /// documents (measured on 8.3.0).
  func appendAttachment(to json: inout JSON, _ record: Record, of module: Module) {
    guard module.name == "Documents", case .object(var members) = json,
      case .link(let attachment)? = record[key("imageattachmentids")]
    else { return }
    members.append(.init("imageattachmentids", .string("\(module.prefix)x\(attachment)")))
    json = .object(members)
  }
}
