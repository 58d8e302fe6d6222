import Simulation

/// New records.
extension VtigerAccount {
  /// What stands before the running number of a module's records.
  private static let numberPrefixes: [String: (field: String, prefix: String)] = [
    "Accounts": ("account_no", "ACC"), "Contacts": ("contact_no", "CON"),
    "Leads": ("lead_no", "LEA"), "Potentials": ("potential_no", "POT"),
    "HelpDesk": ("ticket_no", "TT"), "Cases": ("case_no", "CC"), "Products": ("product_no", "PRO"),
    "Services": ("service_no", "SER"), "Vendors": ("vendor_no", "VEN"),
    "Quotes": ("quote_no", "QUO"), "SalesOrder": ("salesorder_no", "SO"),
    "PurchaseOrder": ("purchaseorder_no", "PO"), "Invoice": ("invoice_no", "INV"),
    "Documents": ("note_no", "DOC"), "Project": ("project_no", "PROJ"),
    "ProjectTask": ("projecttask_no", "PT"), "Workshops": ("workshops_no", "WOR"),
  ]

  /// Creates a record of a CRM module with random values, which `values` then overrule.
  ///
  /// - Parameters:
  ///   - name: the module.
  ///   - values: what fields shall have, as stored: texts, or a record's number in a reference.
  ///   - time: the stamp on the server's wall clock; now without one.
  ///   - mostLines: how many lines a document has at most.
  /// - Returns: the number of the record.
  @discardableResult
  func create(
    _ name: String, _ values: [String: Value] = [:], at time: Int64? = nil, mostLines: Int = 4
  ) -> Int64 {
    guard let module = module(name) else { preconditionFailure("no module \(name)") }
    lastID += 1
    var record = Record(id: lastID)
    record.owner = anyOwner()
    record.creator = generator.chance(50) ? userID : 2
    record.modifiedBy = module.field("modifiedby") == nil ? 0 : record.creator
    record.created = time ?? wallClock
    record.modified = record.created
    randomize(&record, of: module, percent: 25)
    if let number = VtigerAccount.numberPrefixes[name] {
      lastNumbers[name, default: 0] += 1
      record[key(number.field)] = .text("\(number.prefix)\(lastNumbers[name] ?? 0)")
    }
    complete(&record, of: module)
    for (field, value) in values.sorted(by: { $0.key < $1.key }) { record[key(field)] = value }
    shelves[module.shelf]?[record.id] = record
    if module.hasLines { writeLines(draftLines(0, mostLines), of: record.id) }
    if name == "Products", generator.chance(50) { taxProduct(record.id) }
    return record.id
  }

  /// What some modules need.
  private func complete(_ record: inout Record, of module: Module) {
    switch module.name {
    case "Calendar": record[key("activitytype")] = .text("Task")
    case "Events": record[key("activitytype")] = .text(generator.pick(["Call", "Meeting"]))
    case "ModComments": record[key("creator")] = .link(record.creator)
    case "Emails":
      record[key("activitytype")] = .text("Emails")
      record[key("saved_toid")] = .text("[\"p\(generator.int(1...99))@example.com\"]")
      record[key("ccmail")] = .text("[]")
    case "Documents" where generator.chance(50):
      lastID += 1
      set(&record, ["filelocationtype": "I", "filename": "Grüße___co.txt", "filesize": "70"])
      record[key("imageattachmentids")] = .link(lastID)
      record[key("folderid")] = .link(1)
    case "Documents":
      set(&record, ["filelocationtype": "E", "filename": "https://example.com/doc"])
      record[key("folderid")] = .link(1)
    default: break
    }
    if module.shelf == "Activity", let contacts = self.module("Contacts") {
      let count = generator.chance(30) ? generator.int(2...4) : generator.int(0...1)
      for _ in 0..<count {
        guard let contact = anyRecord(in: contacts), !record.contacts.contains(contact.id) else {
          continue
        }
        record.contacts.append(contact.id)
      }
    }
    if module.hasLines {
      let isForeign = generator.chance(20)
      record[key("currency_id")] = .link(isForeign ? 2 : 1)
      record[key("conversion_rate")] = .text(isForeign ? "11.500" : "1.000")
      // An individual tax without lines crashes `retrieve`.
      record[key("hdnTaxType")] = .text(generator.chance(20) ? "individual" : "group")
      if generator.chance(20) {
        record[key("hdnDiscountPercent")] = .text(decimal(Int64(generator.int(1...20)) * 10_000, 3))
      }
    }
  }

  /// A rate of a product's own: a row without an id.
  private func taxProduct(_ product: Int64) {
    let number = (shelves["ProductTaxes"]?.records.last?.id ?? 0) + 1
    var row = Record(id: number)
    row[key("productid")] = .link(product)
    row[key("taxid")] = .link(Int64(generator.int(1...3)))
    set(&row, ["taxpercentage": "7.000", "regions": "[]"])
    shelves["ProductTaxes"]?[number] = row
  }
}
