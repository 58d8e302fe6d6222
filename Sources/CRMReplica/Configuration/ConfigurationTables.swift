internal import Model
internal import ReplicaFile

extension ConfigurationKey<Configuration> {
  /// A key with an object for each table that differs, by its name.
  static func tables(
    _ name: String,
    _ place: any WritableKeyPath<Configuration, [String: Configuration.Table]> & Sendable,
    _ names: TableNames, _ help: String
  ) -> Self {
    Self(
      name: name,
      read: { object, root in
        let isDeclared = root.source.kind.declaresTables
        root[keyPath: place] = object.object(name).tables(isDeclared ? names : nil)
      },
      write: { root in
        let members = root[keyPath: place].sorted { $0.key < $1.key }.map { table, settings in
          let keys = ConfigurationKey<Configuration.Table>.all(of: table, names)
          return JSONDocument.Member(table, .object(keys.written(settings)))
        }
        return .object(members)
      },
      describe: { _ in
        let tables = names.columns.keys.sorted().map { table in
          let keys = ConfigurationKey<Configuration.Table>.all(of: table, names)
          return KeyDescription(
            name: table, kind: .object(keys.map { $0.describe(Configuration.Table()) }),
            isRequired: false, standard: nil, help: "What differs for \(table).")
        }
        return KeyDescription(
          name: name, kind: .tables(tables, without: names.dependencies), isRequired: false,
          standard: nil, help: help)
      })
  }
}

extension ConfigurationObject {
  /// The settings of the tables that the object names. Without `names` only the account tells which
  /// there are.
  fileprivate func tables(_ names: TableNames?) -> [String: Configuration.Table] {
    var tables: [String: Configuration.Table] = [:]
    for member in members {
      if let names, names.columns[member.key] == nil {
        let nearest = nearestName(to: member.key, among: names.columns.keys.sorted())
        let help = nearest.map { "did you mean \"\($0)\"?" } ?? "\"crm-replica tables\" lists them"
        problems.add("\(keyPath(member.key)) is not a table; \(help)", at: member.offset)
      }
      var table = Configuration.Table()
      let keys = ConfigurationKey<Configuration.Table>.all(
        of: member.key, names ?? TableNames(columns: [:]))
      object(of: member).read(keys, into: &table)
      tables[member.key] = table
    }
    if let names { checkDependencies(tables, names) }
    return tables
  }

  /// Complains about a table that is disabled while one that the file enables cannot be read
  /// without it. One that the file does not name goes with it.
  private func checkDependencies(_ tables: [String: Configuration.Table], _ names: TableNames) {
    for member in members where tables[member.key]?.isEnabled == false {
      let needing = names.dependencies
        .filter { $0.value.contains(member.key) && tables[$0.key]?.isEnabled == true }
        .keys.sorted()
      if needing.isEmpty { continue }
      let list = needing.map { "\"\($0)\"" }.joined(separator: ", ")
      problems.add(
        "\(keyPath(member.key)) is disabled, but needed by \(list); "
          + "enable it, or disable what needs it", at: member.offset)
    }
  }
}

extension ValueRule<Set<String>> {
  /// Names of columns that the table has and can do without. The columns of an unknown table are
  /// not judged.
  static func columns(of table: String, _ names: TableNames) -> Self {
    let known = names.columns[table]
    let needed = names.requiredColumns[table, default: []]
    let kind = ValueKind.columns(known?.subtracting(needed).sorted())
    return ValueRule(
      kind: kind,
      read: { value throws(Complaint) in
        guard case .array(let elements) = value else { throw value.wrong(kind.right) }
        var columns: Set<String> = []
        for element in elements {
          guard case .string(let name) = element.value else {
            let found = element.value.wrong(kind.right).text
            throw Complaint("holds what is no name: an element \(found)")
          }
          if let known, !known.contains(name) {
            let nearest = nearestName(to: name, among: known.sorted())
            let help = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
            throw Complaint("names \(name.quoted()), which is no column of \"\(table)\"\(help)")
          }
          if needed.contains(name) {
            throw Complaint("names \"\(name)\", which \"\(table)\" cannot do without; leave it in")
          }
          columns.insert(name)
        }
        return columns
      }, write: { .array($0.sorted().map(JSONDocument.string)) })
  }
}
