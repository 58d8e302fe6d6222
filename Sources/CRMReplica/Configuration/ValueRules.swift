/// What a value must be: each rule reads a JSON value or throws what is wrong with it and what
/// would be right.
enum ValueRules {
  static func text(_ value: JSONValue) throws(Complaint) -> String {
    guard case .string(let text) = value else { throw wrong(value, "a string") }
    return text
  }

  static func bool(_ value: JSONValue) throws(Complaint) -> Bool {
    guard case .bool(let bool) = value else { throw wrong(value, "true or false") }
    return bool
  }

  static func duration(_ value: JSONValue) throws(Complaint) -> Duration {
    guard case .string(let text) = value else { throw wrong(value, "a string such as \"24h\"") }
    return try Duration(spelling: text)
  }

  /// A rule for durations of so many days or more.
  static func duration(
    atLeastDays days: Int64
  ) -> (JSONValue) throws(Complaint) -> Duration {
    { value throws(Complaint) in
      let duration = try duration(value)
      guard case .string(let text) = value, duration < .seconds(days * 86_400) else {
        return duration
      }
      throw Complaint("is \(text.quoted(limit: 40)); it must be \"\(days)d\" or more")
    }
  }

  /// A share of a whole: a number from 0 to 1.
  static func share(_ value: JSONValue) throws(Complaint) -> Double {
    let right = "a number from 0 to 1, such as 0.25"
    guard case .number(let spelling) = value else { throw wrong(value, right) }
    guard let share = Double(spelling), (0...1).contains(share) else {
      throw Complaint("is \(spelling.onOneLine(limit: 40)); it must be \(right)")
    }
    return share
  }

  static func timeOfDay(_ value: JSONValue) throws(Complaint) -> TimeOfDay {
    guard case .string(let text) = value else { throw wrong(value, "a string such as \"02:30\"") }
    return try TimeOfDay(spelling: text)
  }

  /// A path that the system can be given: not empty, without U+0000.
  static func path(_ value: JSONValue) throws(Complaint) -> String {
    guard case .string(let path) = value else { throw wrong(value, "the path of a file") }
    if path.isEmpty { throw Complaint("is empty; it must be the path of a file") }
    if path.utf8.contains(0) { throw Complaint("contains U+0000, which no path can") }
    return path
  }

  static func kind(_ value: JSONValue) throws(Complaint) -> Configuration.Source.Kind {
    let known = Configuration.Source.Kind.allCases.map(\.rawValue)
    guard case .string(let name) = value else { throw wrong(value, oneOf(known)) }
    if let kind = Configuration.Source.Kind(rawValue: name) { return kind }
    throw Complaint("is \(name.quoted(limit: 40)); it must be \(oneOf(known))")
  }

  /// A rule for whole numbers within bounds.
  static func wholeNumber(
    _ bounds: ClosedRange<Int>
  ) -> (JSONValue) throws(Complaint) -> Int {
    { value throws(Complaint) in
      let upper = bounds.upperBound == .max ? "or more" : "to \(bounds.upperBound)"
      let right = "a whole number, \(bounds.lowerBound) \(upper)"
      guard case .number(let spelling) = value else { throw wrong(value, right) }
      guard let number = Int(spelling), bounds.contains(number) else {
        throw Complaint("is \(spelling.onOneLine(limit: 40)); it must be \(right)")
      }
      return number
    }
  }

  /// The complaint about a value of the wrong type. It does not repeat the value.
  static func wrong(_ value: JSONValue, _ right: String) -> Complaint {
    let found =
      switch value {
      case .null: "null"
      case .bool(let bool): String(bool)
      case .number: "a number"
      case .string: "a string"
      case .array: "an array"
      case .object: "an object"
      }
    return Complaint("is \(found); it must be \(right)")
  }

  private static func oneOf(_ names: [String]) -> String {
    names.map { "\"\($0)\"" }.joined(separator: " or ")
  }
}
