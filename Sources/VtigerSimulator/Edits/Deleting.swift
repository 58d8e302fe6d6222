import Simulation

/// Deletions, restores, merges and conversions (measured on 8.0.0 and 8.3.0).
extension VtigerAccount {
  /// The modules whose records go with a record, and by which reference: without a stamp.
  private static let cascades: [String: [(module: String, field: String)]] = [
    "Accounts": [("Potentials", "related_to"), ("Quotes", "account_id")],
    "Vendors": [("PurchaseOrder", "vendor_id")],
  ]
  /// The references that a deletion empties in the database, so that they stay empty when the
  /// record is restored. All others are merely shown as null while it is gone.
  private static let emptied: [String: [(module: String, field: String)]] = [
    "Accounts": [
      ("Contacts", "account_id"), ("HelpDesk", "parent_id"), ("Cases", "parent_id"),
    ]
  ]

  /// Puts a record into the recycle bin: it alone is stamped.
  package func delete(_ id: Int64) {
    guard let name = moduleName(of: id) else { return }
    update(id) { $0.isDeleted = true }
    touch(id)
    for (module, field) in VtigerAccount.cascades[name, default: []] {
      let key = key(field)
      shelves[module]?.update { if $0[key] == .link(id) { $0.isDeleted = true } }
    }
    for (module, field) in VtigerAccount.emptied[name, default: []] {
      let key = key(field)
      shelves[module]?.update { if $0[key] == .link(id) { $0[key] = .link(0) } }
    }
  }

  /// Takes a record out of the recycle bin: it alone, stamped. What went with it stays away, since
  /// the code compares `UPDATE` with `update`.
  package func restore(_ id: Int64) {
    update(id) { $0.isDeleted = false }
    touch(id)
  }

  /// Removes a record that lies in the recycle bin for good, without a word.
  package func purge(_ id: Int64) {
    guard let name = moduleName(of: id), let module = module(name),
      record(id, in: module)?.isDeleted == true
    else { return }
    shelves[module.shelf]?[id] = nil
    removeLines(of: id)
  }

  /// The records of a module that lie in the recycle bin.
  package func recycled(in name: String) -> [Int64] {
    guard let module = module(name) else { return [] }
    return (shelves[module.shelf]?.records ?? []).filter {
      $0.isDeleted && isOfKind($0, module)
    }.map(\.id)
  }

  /// Merges two records of a module: the loser is deleted and stamped, its children are pointed at
  /// the winner without a stamp, and activities lose the contact.
  package func merge(_ loser: Int64, into winner: Int64) {
    guard let name = moduleName(of: loser), name == moduleName(of: winner), loser != winner else {
      return
    }
    repoint(loser, of: name, to: winner)
    shelves["Activity"]?.update { record in record.contacts.removeAll { $0 == loser } }
    update(loser) { $0.isDeleted = true }
    touch(loser)
  }

  /// Points all references to a record of a module at another one, without a stamp.
  private func repoint(_ old: Int64, of name: String, to new: Int64) {
    for module in modules where module.isEntity && module.name != "Users" {
      let fields = module.fields.filter { $0.refersTo.contains(name) && $0.role == .plain }
      guard !fields.isEmpty else { continue }
      shelves[module.shelf]?.update { record in
        for field in fields where record[field.key] == .link(old) && record.id != new {
          record[field.key] = .link(new)
        }
      }
    }
  }

  /// Converts a lead: it is stamped and gone from `query`, an account, a contact and a deal are
  /// new, and its comments are pointed at the contact without a stamp.
  ///
  /// - Returns: the numbers of the account, the contact and the deal.
  @discardableResult
  package func convert(lead: Int64) -> (account: Int64, contact: Int64, deal: Int64)? {
    guard let leads = module("Leads"), let record = record(lead, in: leads),
      isListed(record, in: leads)
    else { return nil }
    let converted: Value = .text("1")
    let account = create(
      "Accounts",
      ["accountname": record[key("company")] ?? .text(""), "isconvertedfromlead": converted])
    let contact = create(
      "Contacts",
      [
        "lastname": record[key("lastname")] ?? .text(""), "account_id": .link(account),
        "isconvertedfromlead": converted,
      ])
    let deal = create(
      "Potentials",
      [
        "related_to": .link(account), "contact_id": .link(contact),
        "isconvertedfromlead": converted,
      ]
    )
    update(lead) { $0.isConverted = true }
    touch(lead)
    let related = key("related_to")
    shelves["ModComments"]?.update {
      if $0[related] == .link(lead) { $0[related] = .link(contact) }
    }
    return (account, contact, deal)
  }
}
