internal import Model

/// The definition of a field view, from the definitions of the fields.
///
/// Each column is a subquery of its own: what a query does not ask for costs nothing, a condition
/// on the parent's key reaches the child's, and no number of fields meets a limit on joins. An
/// expression has no declared type, and `CAST(… AS DATE)` would make a number of a date; but a
/// compound select as a scalar subquery has the declared type of its last member's column
/// (sqlite.org/c3ref/column_decltype.html), so that the column of an empty table lends its type.
struct FieldViewSQL {
  /// A field, as its table defines it.
  struct Definition: Hashable {
    let id: Int64
    let name: String?
    let type: String?
  }

  let view: FieldView
  let child: Child
  let table: Table

  /// The most fields that a view shows: a view has at most 2,000 columns (sqlite.org/limits.html).
  static let columnLimit = 1_990

  /// `create view` for these definitions, in the order of the columns.
  func create(_ definitions: [Definition]) -> String {
    let shown = Array(definitions.prefix(Self.columnLimit))
    let names = Self.names(of: shown, besides: child.parentColumns)
    let key = zip(table.key, child.parentColumns).map {
      "  p.\(quoted($0.name)) AS \(quoted($1))"
    }
    let fields = zip(shown, names).map { field, name in "  \(column(field)) AS \(quoted(name))" }
    return "CREATE VIEW \(quoted(view.name)) AS SELECT\n"
      + (key + fields).joined(separator: ",\n")
      + "\nFROM \(quoted(table.name)) AS p WHERE p.\"_deleted_at\" IS NULL"
  }

  /// What the view says of itself.
  func docs(_ definitions: [Definition]) -> ViewDocs {
    let shown = Array(definitions.prefix(Self.columnLimit))
    let key = zip(table.key, child.parentColumns).map { column, name in
      ViewDocs.Column(name, column.type.declaration, "The row, → `\(table.name).\(column.name)`.")
    }
    let fields = zip(shown, Self.names(of: shown, besides: child.parentColumns)).map {
      field, name in
      let type = field.type.map { ", of the type `\($0)`" } ?? ""
      return ViewDocs.Column(
        name, (field.type.flatMap { view.kinds[$0] } ?? .text).declaration,
        "The field \(field.id) of `\(view.definitions)`\(type).")
    }
    return ViewDocs(
      grain: "one row a living row of `\(table.name)`.",
      "The values of `\(child.table)` as columns, one a living definition. A column belongs to its "
        + "definition: renamed, it shows the same values under the new name.",
      columns: key + fields)
  }

  private func column(_ field: Definition) -> String {
    let kind = field.type.flatMap { view.kinds[$0] } ?? .text
    let value = "f.\(quoted(view.value))"
    let key = zip(table.key, child.parentColumns).map {
      "f.\(quoted($1)) = p.\(quoted($0.name))"
    }
    let condition = (key + ["f.\(quoted(view.reference)) = \(field.id)"])
      .joined(separator: " AND ")
    return "(SELECT \(Self.expression(kind, value)) FROM \(quoted(child.table)) AS f\n"
      + "    WHERE \(condition) UNION ALL SELECT \(quoted(kind.lender)) FROM \"_types\" WHERE 0)"
  }

  /// A value of a kind, or NULL for a text that spells none.
  ///
  /// Without JSON functions: SQLite before 3.41 refuses them in a view where `trusted_schema` is
  /// off. And in the words that DuckDB has too: it runs the texts of an attached file's views by
  /// rules of its own, in which `date` is a cast and `[^…]` no exclusion, and it lists no table of
  /// a file one of whose views it cannot read.
  private static func expression(_ kind: FieldView.Kind, _ value: String) -> String {
    switch kind {
    case .text: return value
    case .texts(let separator):
      var text = value
      for (plain, escaped) in [
        ("\\", "\\\\"), ("\"", "\\\""), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"),
        (String(separator), "\",\""),
      ] { text = "replace(\(text), \(plain.sqlLiteral), \(escaped.sqlLiteral))" }
      return "CASE WHEN \(value) LIKE '[\"%\"]' OR \(value) = '[]' THEN \(value)"
        + " WHEN \(value) <> '' THEN '[\"' || \(text) || '\"]' END"
    case .number: return number(value)
    case .flag:
      let flag = "CASE lower(\(value)) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
      return "CASE WHEN count(*) = 0 THEN 0 ELSE max(\(flag)) END"
    case .date: return date(value)
    }
  }

  /// The number that a text spells: a sign, digits and one point, a whole exponent.
  private static func number(_ value: String) -> String {
    var unsigned = value
    for exponent in ["e-", "e+", "E-", "E+"] {
      unsigned = "replace(\(unsigned), '\(exponent)', 'e')"
    }
    let strange =
      [
        "*.*.*", "*[eE]*[.eE]*", "[eE]*", "*[-+eE]", "[-+.][-+eE]*",
      ].map { "\(value) GLOB '\($0)'" } + ["\(unsigned) GLOB '?*[-+]*'"]
    let isNumber =
      "\(value) GLOB '*[0-9]*' AND trim(\(value), '-+.0123456789eE') = ''"
      + " AND NOT (\(strange.joined(separator: " OR ")))"
    let number = "CAST(\(value) AS DOUBLE)"
    let digits = "trim(\(value), '-+')"
    let isLong =
      "(\(number) < -9007199254740991 OR \(number) > 9007199254740991)"
      + " AND (length(\(digits)) < 19 OR length(\(digits)) = 19 AND \(digits) <= '\(Int64.max)')"
      + " AND NOT \(value) GLOB '*[.eE]*'"
    return "CASE WHEN \(isNumber) THEN CASE WHEN \(isLong) THEN CAST(\(value) AS BIGINT)"
      + " WHEN \(number) BETWEEN -1e308 AND 1e308 THEN \(number) END END"
  }

  /// The date at the beginning of a text, if there is such a day.
  private static func date(_ value: String) -> String {
    let (month, day) = ("substr(\(value), 6, 2)", "substr(\(value), 9, 2)")
    let year = "CAST(substr(\(value), 1, 4) AS INTEGER)"
    let isLeap = "\(year) % 4 = 0 AND (\(year) % 100 <> 0 OR \(year) % 400 = 0)"
    let last =
      "CASE WHEN \(month) IN ('04', '06', '09', '11') THEN '30' WHEN \(month) <> '02' THEN '31'"
      + " WHEN \(isLeap) THEN '29' ELSE '28' END"
    return "CASE WHEN \(value) GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]*'"
      + " AND substr(\(value), 11, 1) IN ('', 'T', ' ') AND \(month) BETWEEN '01' AND '12'"
      + " AND \(day) BETWEEN '01' AND \(last) THEN date(substr(\(value), 1, 10)) END"
  }

  // MARK: Names

  /// A name for each field, all different, whatever their case and accents: tools differ in what is
  /// the same.
  ///
  /// Of fields with the same name the oldest keeps it; the others bear their id, as does one
  /// without a name.
  private static func names(of definitions: [Definition], besides taken: [String]) -> [String] {
    var taken = Set(taken.map { $0.lowercased() })
    var names: [Int64: String] = [:]
    for field in definitions.sorted(by: { $0.id < $1.id }) {
      let plain = heading(field.name ?? "")
      var name = plain.isEmpty ? "field (\(field.id))" : plain
      while !taken.insert(name.lowercased()).inserted { name += " (\(field.id))" }
      names[field.id] = name
    }
    return definitions.map { names[$0.id] ?? "" }
  }

  /// A name on one line, without blanks at its ends.
  private static func heading(_ name: String) -> String {
    let scalars = name.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: scalar
      }
    }
    let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let start = scalars.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex
    var heading = String.UnicodeScalarView()
    heading.append(contentsOf: start[start.startIndex..<end])
    return String(heading)
  }
}

extension FieldView.Kind {
  /// The column of `_types` that lends its declared type.
  fileprivate var lender: String {
    switch self {
    case .text, .texts: "word"
    case .number: "amount"
    case .flag: "flag"
    case .date: "day"
    }
  }

  /// The declared type of a column.
  fileprivate var declaration: String {
    switch self {
    case .text, .texts: "TEXT"
    case .number: "REAL"
    case .flag: "BOOLEAN"
    case .date: "DATE"
    }
  }
}
