extension ConfigurationReader {
  /// The settings of the tables that the object names.
  func tables(_ object: ConfigurationObject) -> [String: Configuration.Table] {
    var tables: [String: Configuration.Table] = [:]
    for member in object.members {
      if names.columns[member.key] == nil {
        let nearest = nearestName(to: member.key, among: names.columns.keys.sorted())
        let help = nearest.map { "did you mean \"\($0)\"?" } ?? "\"crm-replica tables\" lists them"
        problems.add("\(object.keyPath(member.key)) is not a table; \(help)", at: member.offset)
      }
      tables[member.key] = table(member.key, object.object(of: member, pattern: "*"))
    }
    checkDependencies(tables, object)
    return tables
  }

  private func table(_ name: String, _ object: ConfigurationObject) -> Configuration.Table {
    defer { object.finish() }
    return Configuration.Table(
      isEnabled: object.value("enabled", ValueRules.bool) ?? true,
      every: object.value("every", ValueRules.duration),
      fullEvery: object.value("full_every", ValueRules.duration),
      excludedColumns: object.value("exclude_columns") { value throws(Complaint) in
        try excludedColumns(value, of: name)
      } ?? [])
  }

  /// Names of columns that the table has and can do without. The columns of an unknown table are
  /// not judged.
  private func excludedColumns(
    _ value: JSONValue, of table: String
  ) throws(Complaint) -> Set<String> {
    let right = "an array of column names, such as [\"about\"]"
    guard case .array(let elements) = value else { throw ValueRules.wrong(value, right) }
    var columns: Set<String> = []
    for element in elements {
      guard case .string(let name) = element.value else {
        let found = ValueRules.wrong(element.value, right).text
        throw Complaint("holds what is no name: an element \(found)")
      }
      if let known = names.columns[table], !known.contains(name) {
        let nearest = nearestName(to: name, among: known.sorted())
        let help = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        throw Complaint("names \(name.quoted()), which is no column of \"\(table)\"\(help)")
      }
      if names.requiredColumns[table, default: []].contains(name) {
        throw Complaint("names \"\(name)\", which \"\(table)\" cannot do without; leave it in")
      }
      columns.insert(name)
    }
    return columns
  }

  /// Complains about a table that is disabled while one that the file enables cannot be read without
  /// it. One that the file does not name goes with it.
  private func checkDependencies(
    _ tables: [String: Configuration.Table], _ object: ConfigurationObject
  ) {
    for member in object.members where tables[member.key]?.isEnabled == false {
      let needing = names.dependencies
        .filter { $0.value.contains(member.key) && tables[$0.key]?.isEnabled == true }
        .keys.sorted()
      if needing.isEmpty { continue }
      let list = needing.map { "\"\($0)\"" }.joined(separator: ", ")
      problems.add(
        "\(object.keyPath(member.key)) is disabled, but needed by \(list); "
          + "enable it, or disable what needs it", at: member.offset)
    }
  }
}
