import Simulation

/// The change feed.
extension VtigerAccount {
  /// The rows of a page that `sync` begins with; ties of its last second come in addition.
  static let syncPage = 100

  /// Answers `sync`: what was stamped after a time.
  ///
  /// The hundred oldest rows with a later stamp give the greatest stamp of the page, and all rows
  /// up to it are in it, deleted ones as ids. Ties are never parted, and a row that is stamped
  /// later in the last second is never seen (measured).
  func sync(_ parameters: [String: String]) throws -> JSON {
    guard switches.sync != .dead, let text = parameters["modifiedTime"],
      let seconds = Double(text), seconds != 0, let name = parameters["elementType"],
      !name.isEmpty, name != "Emails"
    else { throw Crash() }
    let module = try readable(name)
    if name == "Users" {
      return .object([
        .init("updated", .array([])), .init("deleted", .array([])),
        .init("lastModifiedTime", .string(text)), .init("more", .bool(false)),
      ])
    }
    guard module.isEntity, module.isStamped else { throw Failure.denied }
    let scope = try scope(parameters["syncType"])
    let instant = Int64(seconds.rounded(.down))
    let since = instant + offset(at: instant)
    let later = (shelves[module.shelf]?.records ?? []).filter {
      $0.modified > since && !$0.isBroken && isOfKind($0, module)
        && (scope?.contains($0.owner) ?? true)
    }.sorted { ($0.modified, $0.id) < ($1.modified, $1.id) }
    let last = later.prefix(VtigerAccount.syncPage).last?.modified ?? since
    let page = later.filter { $0.modified <= last }
    let ids = page.filter { !isListed($0, in: module) }
    let rest = later.count - page.count
    return .object([
      .init("updated", .array(updated(page, of: module))),
      .init("deleted", .array(ids.map { .string("\(module.prefix)x\($0.id)") })),
      .init("more", .bool(rest > 0)),
      .init(
        "lastModifiedTime",
        .number(
          page.isEmpty ? String(Int64(seconds)) : String(last - offset(at: now)))),
    ])
  }

  /// The owners whose records are told; nil for all. An unknown scope is no error: it is `user`
  /// (measured).
  private func scope(_ name: String?) throws -> [Int64]? {
    switch name {
    case "application" where !switches.knowsApplication: return [userID]
    case "application":
      guard switches.access == .administrator else {
        throw Failure(
          code: "ACCESS_DENIED", message: "Only admin users can perform application sync")
      }
      return nil
    case "userandgroup": return [userID] + groupsByUser[userID, default: []]
    default: return [userID]
    }
  }

  /// The changed records; one with several contacts comes as often (measured). Documents are
  /// without the fields of lines, and their discounts are null.
  private func updated(_ page: [Record], of module: Module) -> [JSON] {
    let fields = module.fields.filter { isSelectable($0, of: module) && $0.role != .line }
    let joinsContacts = module.shelf == "Activity"
    var speller = Speller(self)
    return page.filter { isListed($0, in: module) && mayRead($0, in: module) }.flatMap { record in
      rows(of: record, lines: false, contacts: joinsContacts).map { row in
        switches.sync == .ids
          ? .string("\(module.prefix)x\(record.id)") : speller.row(row, fields, of: module)
      }
    }
  }
}
