import ReplicaFile

/// An alert that has come, in a line that a test compares: "failed begun goals,tasks".
enum AlertText {
  static func line(_ json: String) -> String {
    guard let root = try? JSONNode(reading: Array(json.utf8)),
      case .object(let members) = root.value
    else { return "no JSON: \(json)" }
    func text(_ key: String) -> String {
      if case .string(let text)? = members.first(where: { $0.key == key })?.node.value {
        return text
      }
      return "?"
    }
    var tables: [String] = []
    if case .array(let elements)? = members.first(where: { $0.key == "tables" })?.node.value {
      tables = elements.compactMap { element in
        guard case .object(let members) = element.value,
          case .string(let name)? = members.first(where: { $0.key == "table" })?.node.value
        else { return nil }
        return name
      }
    }
    let names = tables.isEmpty ? "" : " \(tables.joined(separator: ","))"
    return "\(text("alert")) \(text("state"))\(names)"
  }
}
