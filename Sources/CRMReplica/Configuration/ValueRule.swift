internal import Model
internal import ReplicaFile

/// What a value must be, and how it is read and written: one for each kind of value.
struct ValueRule<Value: Sendable>: Sendable {
  let kind: ValueKind
  /// Reads a JSON value or throws what is wrong with it and what would be right.
  let read: @Sendable (JSONValue) throws(Complaint) -> Value
  /// Writes a value as it is read.
  let write: @Sendable (Value) -> JSONDocument
}

extension JSONValue {
  /// The complaint about a value of the wrong type. It does not repeat the value.
  func wrong(_ right: String) -> Complaint {
    let found =
      switch self {
      case .null: "null"
      case .bool(let bool): String(bool)
      case .number: "a number"
      case .string: "a string"
      case .array: "an array"
      case .object: "an object"
      }
    return Complaint("is \(found); it must be \(right)")
  }

  /// The string, or the complaint that it is none.
  fileprivate func string(_ kind: ValueKind) throws(Complaint) -> String {
    guard case .string(let text) = self else { throw wrong(kind.right) }
    return text
  }
}

extension ValueRule<String> {
  /// One word of visible ASCII characters.
  static let word = ValueRule(
    kind: .word,
    read: { value throws(Complaint) in
      let word = try value.string(.word)
      guard !word.isEmpty, word.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
        throw Complaint("is not one word; it must be \(ValueKind.word.right)")
      }
      return word
    }, write: JSONDocument.string)

  /// A path that the system can be given: not empty, without U+0000.
  static let path = ValueRule(
    kind: .path, read: { value throws(Complaint) in try Self.readPath(value) },
    write: JSONDocument.string)

  /// The path of a file that holds a secret. What is no path may be the secret itself, put in the
  /// wrong place: it is written as asterisks.
  static let secretPath = ValueRule(
    kind: .secretPath, read: { value throws(Complaint) in try Self.readPath(value) },
    write: { .string($0.namesAFile ? $0 : "***") })

  /// The name of a zone that this host knows.
  static let timeZone = ValueRule(
    kind: .timeZone,
    read: { value throws(Complaint) in
      let name = try value.string(.timeZone)
      guard ZoneFile(named: name) != nil else {
        throw Complaint(
          "is \(name.quoted(limit: 40)), which this host does not know; it must be "
            + ValueKind.timeZone.right)
      }
      return name
    }, write: JSONDocument.string)

  private static func readPath(_ value: JSONValue) throws(Complaint) -> String {
    let path = try value.string(.path)
    if path.isEmpty { throw Complaint("is empty; it must be \(ValueKind.path.right)") }
    if path.utf8.contains(0) { throw Complaint("contains U+0000, which no path can") }
    return path
  }
}

extension ValueRule<Bool> {
  static let boolean = ValueRule(
    kind: .boolean,
    read: { value throws(Complaint) in
      guard case .bool(let bool) = value else { throw value.wrong(ValueKind.boolean.right) }
      return bool
    }, write: JSONDocument.bool)
}

extension ValueRule<Duration> {
  static let duration = duration(atLeastDays: 0)

  /// A duration of so many days or more.
  static func duration(atLeastDays days: Int64) -> Self {
    ValueRule(
      kind: .duration(atLeastDays: days),
      read: { value throws(Complaint) in
        // What is no string at all is told what a duration looks like, not yet how long it must be.
        let text = try value.string(.duration(atLeastDays: 0))
        let duration = try Duration(spelling: text)
        if duration < .seconds(days * 86_400) {
          throw Complaint("is \(text.quoted(limit: 40)); it must be \"\(days)d\" or more")
        }
        return duration
      }, write: { .string($0.spelling) })
  }
}

extension ValueRule<TimeOfDay> {
  static let timeOfDay = ValueRule(
    kind: .timeOfDay,
    read: { value throws(Complaint) in
      try TimeOfDay(spelling: try value.string(.timeOfDay))
    }, write: { .string($0.description) })
}

extension ValueRule<Int> {
  /// A whole number within bounds.
  static func wholeNumber(_ bounds: ClosedRange<Int>) -> Self {
    let kind = ValueKind.wholeNumber(bounds)
    return ValueRule(
      kind: kind,
      read: { value throws(Complaint) in
        guard case .number(let spelling) = value else { throw value.wrong(kind.right) }
        guard let number = Int(spelling), bounds.contains(number) else {
          throw Complaint("is \(spelling.onOneLine(limit: 40)); it must be \(kind.right)")
        }
        return number
      }, write: { .literal("\($0)") })
  }
}

extension ValueRule<Double> {
  /// A share of a whole: a number from 0 to 1.
  static let share = ValueRule(
    kind: .share,
    read: { value throws(Complaint) in
      let right = ValueKind.share.right
      guard case .number(let spelling) = value else { throw value.wrong(right) }
      guard let share = Double(spelling), (0...1).contains(share) else {
        throw Complaint("is \(spelling.onOneLine(limit: 40)); it must be \(right)")
      }
      return share
    }, write: { .literal("\($0)") })
}

extension ValueRule where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of the names of a type.
  static var choice: Self {
    let kind = ValueKind.choice(Value.allCases.map(\.rawValue))
    return ValueRule(
      kind: kind,
      read: { value throws(Complaint) in
        let name = try value.string(kind)
        if let choice = Value(rawValue: name) { return choice }
        throw Complaint("is \(name.quoted(limit: 40)); it must be \(kind.right)")
      }, write: { .string($0.rawValue) })
  }
}
