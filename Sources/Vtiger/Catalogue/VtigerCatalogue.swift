/// What an account of Vtiger's says that it has: modules, their fields, and the values of its pick
/// lists, with the names that the replica gives them.
package struct VtigerCatalogue: Sendable, Hashable {
  package struct Module: Sendable, Hashable {
    /// The key by which the API knows it: `SalesOrder`.
    package let name: String
    /// Nil where its records are no rows of their own: lines of documents.
    package internal(set) var tableName: String?
    package let label: String
    package let singular: String
    /// What stands before the `x` of its ids.
    package let idPrefix: String
    /// Whether it holds records of the CRM's, with an owner and an instant of change.
    package let isEntity: Bool
    package internal(set) var fields: [Field]
    /// The account has shown it once, and no longer does.
    package internal(set) var isGone: Bool

    package init(
      _ name: String, tableName: String? = nil, label: String, singular: String,
      idPrefix: String, isEntity: Bool, fields: [Field] = [], isGone: Bool = false
    ) {
      (self.name, self.tableName, self.label, self.singular) = (name, tableName, label, singular)
      (self.idPrefix, self.isEntity, self.fields) = (idPrefix, isEntity, fields)
      self.isGone = isGone
    }
  }

  package struct Field: Sendable, Hashable {
    /// As the API spells it: `hdnGrandTotal`.
    package let name: String
    /// Nil for a list, which is a table of its own, and for a secret.
    package internal(set) var columnName: String?
    package let label: String
    /// The API's word for what it holds.
    package let type: String
    package let isMandatory: Bool
    package let position: Int
    /// The modules to which a reference may lead.
    package let refersTo: [String]
    /// The values of a pick list in their order.
    package internal(set) var values: [PicklistValue]
    package internal(set) var isGone: Bool

    package init(
      _ name: String, columnName: String? = nil, label: String, type: String,
      isMandatory: Bool = false, position: Int, refersTo: [String] = [],
      values: [PicklistValue] = [], isGone: Bool = false
    ) {
      (self.name, self.columnName, self.label, self.type) = (name, columnName, label, type)
      (self.isMandatory, self.position, self.refersTo) = (isMandatory, position, refersTo)
      (self.values, self.isGone) = (values, isGone)
    }

    var isReference: Bool { type == "reference" || type == "owner" }
    /// Whether a column beside it says to which module it leads.
    var namesModule: Bool { isReference && (type == "owner" || refersTo.count != 1) }
    var isSecret: Bool {
      type == "password" || VtigerCatalogue.secretNames.contains(name.lowercased())
    }
    var isList: Bool { type == "multipicklist" && columnName == nil }
  }

  package struct PicklistValue: Sendable, Hashable {
    package let value: String
    package let label: String

    package init(_ value: String, label: String) { (self.value, self.label) = (value, label) }
  }

  /// In the order of their names; those that are gone too.
  package private(set) var modules: [Module]

  /// The modules as they were read from the file, with the names that they have there.
  init(named modules: [Module]) {
    self.modules = modules.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// The modules that the account shows now. What an earlier catalogue has named keeps its name,
  /// and what it alone has is gone.
  package init(_ shown: [Module], after earlier: VtigerCatalogue? = nil) {
    self.init(named: Naming.named(shown, after: earlier))
  }

  package subscript(name: String) -> Module? { modules.first { $0.name == name } }

  /// What is stored nowhere, whatever its type.
  static let secretNames = ["accesskey", "user_hash", "confirm_password"]
  /// The module of the lines of documents.
  static let lineItem = "LineItem"

  /// Whether the account shows a module with records of its own. Release 8.3 shows none to those
  /// who are no administrators, which is a fault of that release.
  package var showsRecords: Bool { modules.contains { $0.isEntity && !$0.isGone } }

  /// The name of each module by the prefix of its ids.
  var prefixes: [Int64: String] {
    modules.reduce(into: [:]) { names, module in
      if let prefix = Int64(module.idPrefix), names[prefix] == nil || !module.isGone {
        names[prefix] = module.name
      }
    }
  }

  /// The modules whose records have lines.
  var documents: Set<String> {
    guard let lines = self[Self.lineItem], lines.hasID, !lines.isGone else { return [] }
    return Set(lines.fields.first { $0.name == "parent_id" }?.refersTo ?? [])
  }
}

extension VtigerCatalogue {
  /// The modules whose records have lines that are not shown, as their fields say it.
  package var withoutLines: [Module] {
    modules.filter { !$0.isGone && $0.isDocument && !documents.contains($0.name) }
  }

  /// The modules whose records have lines that were not shown before.
  package func withLines(since former: VtigerCatalogue) -> [Module] {
    let new = documents.subtracting(former.documents)
    return modules.filter { new.contains($0.name) }
  }
}

extension VtigerCatalogue.Module {
  /// The field that tells when a record has changed; its spelling differs between modules.
  var changeField: VtigerCatalogue.Field? {
    fields.first { $0.name.lowercased() == "modifiedtime" && $0.type == "datetime" && !$0.isGone }
  }

  /// Whether a record has an id of its own. What is described without one is known by all it holds.
  var hasID: Bool { isEntity || fields.contains { $0.name == "id" } }

  /// Whether its records have lines, as their fields say it: also to those who may not read lines,
  /// and so do not see which records have some.
  var isDocument: Bool { fields.contains { $0.name == "hdnTaxType" } }

  /// The fields of a document that are those of one of its lines.
  var lineFields: [String] {
    let taxes = fields.map(\.name).filter { $0.hasPrefix("tax") && Int($0.dropFirst(3)) != nil }
    return taxes + [
      "productid", "quantity", "listprice", "comment", "discount_amount", "discount_percent",
      "hdnDiscountPercent", "hdnDiscountAmount",
    ]
  }

  /// The fields of a document that no query can ask for, and that are its own: what lines have
  /// under another name, and what has no name in the query language.
  var asides: Set<String> {
    guard isDocument else { return [] }
    let names = fields.filter { !$0.isGone && !$0.isSecret && !$0.isList }.map(\.name)
    return Set(names.filter { $0.hasPrefix("hdnDiscount") || !VTQL.isWord($0) })
  }

  /// Whether a record that was converted is on no list, and is shown by its id for ever (measured).
  var showsConverted: Bool { name == "Leads" }

  /// Whether the server folds the rows of one record, and leaves out those of others behind the
  /// limit of a list: a page may be short, or empty, though rows follow.
  var isFiltered: Bool { name == "Calendar" || name == "Events" }
}
