/// What the value of a key is: what complaints, the manual page and the JSON Schema say of it.
enum ValueKind: Sendable, Hashable {
  /// Visible ASCII characters.
  case word
  case path
  /// The path of a file that holds a secret.
  case secretPath
  case address
  /// An address that may have a query.
  case call
  /// An absolute path and arguments.
  case command
  case choice([String])
  case duration(atLeastDays: Int64)
  case timeOfDay
  /// The IANA name of a zone that this host knows.
  case timeZone
  case wholeNumber(ClosedRange<Int>)
  case share
  case boolean
  /// Columns of one table; nil when nobody knows which it has.
  case columns([String]?)
  case object([KeyDescription])
  /// An object for each table, by its name. `without` says which tables no table can be read
  /// without.
  case tables([KeyDescription], without: [String: [String]])

  /// What a value must be, as the end of a sentence.
  var right: String {
    switch self {
    case .word: "one word of visible ASCII characters"
    case .path, .secretPath: "the path of a file"
    case .address: "an address such as \"https://api.capsulecrm.com/api/v2\""
    case .call: "an address such as \"https://monitor.example/hook\""
    case .command:
      "an array of strings, a program's absolute path first, such as [\"/usr/local/bin/notify\"]"
    case .choice(let names): names.map { "\"\($0)\"" }.joined(separator: " or ")
    case .duration(let days):
      "a string such as \"24h\"" + (days > 0 ? ", \"\(days)d\" or more" : "")
    case .timeOfDay: "a string such as \"02:30\""
    case .timeZone: "the name of a zone such as \"Europe/Berlin\""
    case .wholeNumber(let bounds):
      "a whole number, \(bounds.lowerBound) "
        + (bounds.upperBound == .max ? "or more" : "to \(bounds.upperBound)")
    case .share: "a number from 0 to 1, such as 0.25"
    case .boolean: "true or false"
    case .columns: "an array of column names, such as [\"about\"]"
    case .object, .tables: "an object"
    }
  }

  /// The keys inside the value.
  var keys: [KeyDescription] {
    switch self {
    case .object(let keys), .tables(let keys, _): keys
    default: []
    }
  }
}

/// A key as those see it who describe the configuration and do not read it.
struct KeyDescription: Sendable, Hashable {
  let name: String
  let kind: ValueKind
  let isRequired: Bool
  /// The key that cannot stand beside this one.
  var excluded: String?
  /// What counts when the key is left out; nil when nothing does, and for objects.
  let standard: JSONDocument?
  /// Whole sentences.
  let help: String

  /// The key and those inside it, outermost first, each with its path; tables are one, named `*`.
  func flattened(below path: String = "") -> [(path: String, key: KeyDescription)] {
    let path = path.isEmpty ? name : "\(path).\(name)"
    let inner: [(path: String, key: KeyDescription)] =
      if case .tables(let tables, _) = kind {
        (tables.first?.kind.keys ?? []).flatMap { $0.flattened(below: "\(path).*") }
      } else {
        kind.keys.flatMap { $0.flattened(below: path) }
      }
    return [(path, self)] + inner
  }
}
