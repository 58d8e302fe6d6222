/// Fields made with the layout editor, `cf_851` and up, one of each type.
///
/// The types are those that 8.3.0 describes them by; they lie in a table of their own, which a
/// query joins only if it names one of them (measured).
enum CustomFields {
  /// Words of `FieldList`, what stands behind the name.
  static let everyType = [
    "string", "double.3", "integer", "double.2", "currency.2", "date", "email", "phone",
    "picklist", "url", "boolean", "text", "multipicklist", "skype", "time",
  ]
  /// The number of the first.
  static let firstNumber = 851

  /// The modules that have some, each with the types.
  static let modules: [(name: String, types: [String])] = [
    ("Contacts", everyType), ("Accounts", everyType), ("Potentials", everyType),
    ("Leads", ["string", "double.3", "date", "picklist", "boolean"]),
    ("HelpDesk", ["string", "double.3", "date", "picklist", "boolean"]),
    ("Cases", ["string", "double.3", "date", "picklist", "boolean"]),
    ("Invoice", ["string", "currency.2", "date", "picklist", "boolean"]),
  ]

  static let values = ["North", "South & West", "O'Hara", "Größe"]

  /// Fields of those types, whose names begin so and end with a number.
  static func fields(_ types: [String], prefix: String, from number: Int) -> [Field] {
    let words = types.enumerated().map { "\(prefix)\(number + 2 * $0.offset):\($0.element)" }
    var fields = FieldList("@cf " + words.joined(separator: " ")).fields
    for place in fields.indices {
      fields[place].label = "X \(fields[place].type.rawValue)"
    }
    return fields
  }
}

extension Module {
  /// A module made with the module builder, which no installation has, and whose names are those
  /// that a developer liked.
  static func custom(_ name: String, _ singular: String, prefix: Int) -> Module {
    make(
      name, singular + "s", singular, prefix, "\(name.lowercased())id", "name",
      """
      name! Name \(name.lowercased())_no- about:reference(Accounts,Contacts) about_module
      _synced_at:datetime account:reference(Accounts) due:date
      weight:double.2 %owner %times description:text %tail
      """)
  }
}
