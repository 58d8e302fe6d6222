/// A module as the account has it: what `listtypes` and `describe` tell.
struct Module: Sendable {
  let name: String
  var label: String
  let singular: String
  /// The number before the `x` of its ids: a row number of the server's own table of modules.
  var prefix: Int
  /// False for an "actor": a plain table without change times, tombstones or sharing.
  var isEntity = true
  /// The column of the key, which the `id` field has as its label.
  let keyColumn: String
  let labelFields: String
  /// The store of its records. Tasks and events share one.
  let shelf: String
  var fields: [Field] = []
  /// Switched off in the settings: gone from `listtypes` (measured on 8.3.0).
  var isEnabled = true

  /// Whether its records have lines.
  var hasLines: Bool { fields.contains { $0.role == .line } }
  /// Whether its records have a change time.
  var isStamped: Bool { fields.contains { $0.role == .modifiedTime } }

  func field(_ name: String) -> Field? { fields.first { $0.name == name } }

  /// Adds fields before the id.
  mutating func insert(_ new: [Field]) {
    let place = fields.firstIndex { $0.role == .id } ?? fields.endIndex
    fields.insert(contentsOf: new, at: place)
  }
}

/// Field lists in a short spelling, one word a field: `name:type`, without a type a string.
///
/// - `!` behind it is mandatory, `-` cannot be edited, `?` is not described, `=` is in no row.
/// - `double.2` has two digits behind the point, `reference(Accounts,Contacts)` leads to those.
/// - `@table` puts what follows into a table that not every query joins; `@` ends that.
/// - `%name` stands for a list that several modules share.
struct FieldList {
  private(set) var fields: [Field] = []
  private var table = ""

  /// Lists that several modules share.
  static let shared = [
    "%owner": "assigned_user_id:owner!",
    "%times": "createdtime:datetime- modifiedtime:datetime- modifiedby:reference(Users)",
    "%tail": "source- starred:boolean tags",
    "%address": """
    @bill bill_street:text @ship ship_street:text @bill bill_city @ship ship_city
    @bill bill_state @ship ship_state @bill bill_code @ship ship_code
    @bill bill_country @ship ship_country @bill bill_pobox @ship ship_pobox @
    """,
    "%totals": """
    hdnSubTotal:currency txtAdjustment:currency hdnGrandTotal:currency hdnTaxType:picklist
    hdnDiscountPercent:double.3 hdnDiscountAmount:currency hdnS_H_Amount:currency
    """,
    "%money": "currency_id:reference(Currency) conversion_rate:double",
    "%lines": """
    @lines productid:reference(Products,Services)! quantity:double listprice:currency
    comment:text discount_amount:currency discount_percent tax1 tax2 tax3 @
    pre_tax_total:currency
    """,
    "%hidden": "@lines image? purchase_cost:currency? margin:currency? @",
    "%charges": """
    shipping_&_handling:double= shipping_&_handling_shtax1:double=
    shipping_&_handling_shtax2:double= shipping_&_handling_shtax3:double=
    """,
    "%taxes": "tax1:double= tax2:double= tax3:double= currency1:double=",
  ]

  /// What an activity, and a comment, may be about.
  static let targets = [
    "$activity": [
      "Accounts", "HelpDesk", "Invoice", "Leads", "Potentials", "PurchaseOrder", "Quotes",
      "SalesOrder",
    ],
    "$comment": [
      "Leads", "PurchaseOrder", "Quotes", "Invoice", "HelpDesk", "ProjectTask", "Project",
      "Potentials", "Accounts", "Contacts", "SalesOrder",
    ],
  ]

  init(_ text: String) {
    read(text)
  }

  private mutating func read(_ text: String) {
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let list = FieldList.shared[String(word)] {
        read(list)
      } else if word.hasPrefix("@") {
        table = String(word.dropFirst())
      } else {
        fields.append(field(word))
      }
    }
  }

  private func field(_ word: Substring) -> Field {
    let flags = word.reversed().prefix { "!-?=".contains($0) }
    let sides = word.dropLast(flags.count).split(separator: ":", maxSplits: 1)
    let name = String(sides[0])
    var kind = sides.count > 1 ? sides[1] : "string"
    var targets: [String] = []
    var decimals: Int?
    if let open = kind.firstIndex(of: "(") {
      targets = kind[open...].dropFirst().dropLast().split(separator: ",").map(String.init)
      targets = targets.first.flatMap { FieldList.targets[$0] } ?? targets
      kind = kind[..<open]
    } else if let point = kind.firstIndex(of: ".") {
      decimals = Int(kind[point...].dropFirst())
      kind = kind[..<point]
    }
    guard let type = FieldType(rawValue: String(kind)) else {
      preconditionFailure("no field type \(kind)")
    }
    var field = Field(name: name, label: FieldList.label(of: name), type: type)
    field.refersTo = targets
    field.table = table
    field.isMandatory = flags.contains("!")
    field.isEditable = !flags.contains("-") && !["createdtime", "modifiedtime"].contains(name)
    field.isDescribed = !flags.contains("?")
    field.isStored = !flags.contains("=")
    field.decimals = decimals ?? (type == .currency ? 8 : type == .double ? 3 : 0)
    field.role = FieldList.role(of: name, table: table)
    return field
  }

  private static func role(of name: String, table: String) -> FieldRole {
    if table == "lines" { return .line }
    return switch name {
    case "id": .id
    case "assigned_user_id": .owner
    case "createdtime", "CreatedTime": .createdTime
    case "modifiedtime", "ModifiedTime": .modifiedTime
    case "modifiedby": .modifiedBy
    case "created_user_id": .creator
    case "starred": .starred
    case "hdnDiscountPercent": .documentDiscount(lineKey: "discount_percent")
    case "hdnDiscountAmount": .documentDiscount(lineKey: "discount_amount")
    default: .plain
    }
  }

  /// `bill_street` is labelled `Bill Street`.
  private static func label(of name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined(separator: " ")
  }
}
