internal import Model
internal import ReplicaFile

/// Changes of the schema in words.
extension SchemaChange {
  /// Those that a sentence names.
  static let told = 3

  /// What has changed, in a sentence, or nil where nothing has.
  static func sentence(of changes: [SchemaChange]) -> String? {
    if changes.isEmpty { return nil }
    let rest = changes.count - told
    let more = rest > 0 ? ", and \(rest.grouped) more in \"_schema_changes\"" : ""
    return "The account's schema changed: "
      + changes.prefix(told).map(\.phrase).joined(separator: ", ") + "\(more)."
  }

  /// Such as `new field parties.Budget`.
  var phrase: String {
    let name = [table, column].compactMap(\.self).joined(separator: ".").onOneLine(limit: 80)
    let detail = detail.map { " (\($0.onOneLine(limit: 80)))" } ?? ""
    return switch kind {
    case .keyNew: "new key \(name)"
    case .typeMisfit: "misfit in \(name)\(detail)"
    case .fieldNew: "new field \(name)"
    case .fieldRenamed: "renamed field \(name)\(detail)"
    case .fieldType: "changed type of \(name)\(detail)"
    case .fieldRemoved: "removed field \(name)"
    case .tableNew: "new table \(name)"
    case .tableRemoved: "removed table \(name)"
    }
  }
}
