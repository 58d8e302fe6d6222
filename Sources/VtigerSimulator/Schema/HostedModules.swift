/// What a hosted account has in place of a self-hosted one's modules.
///
/// Source: what clients of such accounts read. Nothing of it was measured.
extension Module {
  /// Prefixes that were seen, and others in place of those that they take.
  private static let hostedPrefixes = [
    "Leads": 2, "Accounts": 3, "Contacts": 4, "Potentials": 5, "Vendors": 46, "Quotes": 47,
    "PurchaseOrder": 48, "Cases": 39,
  ]

  /// The field whose values close a record, and those values.
  private static let closedStates = [
    "Potentials": ("sales_stage", ["Closed Won", "Closed Lost"]),
    "Cases": ("casestatus", ["Closed"]),
  ]

  private static let cases = make(
    "Cases", "Cases", "Case", 39, "casesid", "title",
    """
    case_no- title! casestatus:picklist! casepriority:picklist casechannel:picklist
    contact_id:reference(Contacts) parent_id:reference(Accounts) group_id:reference(Groups)
    product_id:reference(Products) %owner %times resolution:text %tail description:text
    """)

  /// The stock module as a hosted account has it.
  var hosted: Module {
    var module = name == "HelpDesk" ? Module.cases : self
    module.prefix = Module.hostedPrefixes[module.name] ?? module.prefix
    for place in module.fields.indices {
      module.fields[place].refersTo = module.fields[place].refersTo.map {
        $0 == "HelpDesk" ? "Cases" : $0
      }
    }
    guard module.isEntity, module.name != "Users" else { return module }
    module.insert(FieldList("created_user_id:reference(Users)-").fields)
    if module.name == "Potentials" { module.insert(FieldList("pipeline:picklist").fields) }
    if let (field, values) = Module.closedStates[module.name] {
      var isClosed = FieldList("isclosed:boolean-").fields
      isClosed[0].role = .isClosed(statusField: field, values: values)
      module.insert(isClosed)
    }
    return module
  }
}
