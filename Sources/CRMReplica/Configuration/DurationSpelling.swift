internal import Model

extension Duration {
  /// The units of a spelt duration in seconds, the smallest first.
  static let spelledUnits: [(letter: Character, seconds: Int64)] = [
    ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400),
  ]
  /// The longest duration that can be spelt, in seconds.
  static let longestSpelled: Int64 = 3_650 * 86_400

  /// The whole seconds as they are written, in the largest unit that takes them; one day is `24h`.
  var spelling: String {
    let seconds = components.seconds
    let unit = Self.spelledUnits.last { $0.seconds <= seconds && seconds % $0.seconds == 0 }
    guard let unit, seconds != 86_400 else { return "\(seconds / 3_600)h" }
    return "\(seconds / unit.seconds)\(unit.letter)"
  }

  /// A duration as it is written: a whole positive number and `s`, `m`, `h` or `d`, such as `30s`,
  /// `15m`, `24h`, `7d`; at most 3,650 days.
  init(spelling: String) throws(Complaint) {
    let digits = spelling.dropLast()
    guard let seconds = Self.spelledUnits.first(where: { $0.letter == spelling.last })?.seconds,
      !digits.isEmpty,
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else {
      throw Complaint(
        "is \(spelling.quoted(limit: 40)); it must be a whole number and a unit (s, m, h or d), "
          + "such as \"30s\", \"15m\", \"24h\" or \"7d\"")
    }
    guard let count = Int64(digits), count <= Self.longestSpelled / seconds else {
      let longest = Self.seconds(Self.longestSpelled).spelling
      throw Complaint("is \(spelling.quoted(limit: 40)); it must be at most \"\(longest)\"")
    }
    guard count > 0 else {
      throw Complaint("is \(spelling.quoted(limit: 40)); it must be \"1s\" or more")
    }
    self = .seconds(count * seconds)
  }
}

/// A time of day on the clock of the host, to the minute.
struct TimeOfDay: Sendable, Hashable, CustomStringConvertible {
  /// 0 to 23.
  let hour: Int
  /// 0 to 59.
  let minute: Int

  /// A time as it is written: two digits, a colon, two digits, from `00:00` to `23:59`.
  init(spelling: String) throws(Complaint) {
    let bytes = Array(spelling.utf8)
    let digits = bytes.map { Int($0) - Int(UInt8(ascii: "0")) }
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
      [0, 1, 3, 4].allSatisfy({ (0...9).contains(digits[$0]) }),
      digits[0] * 10 + digits[1] < 24, digits[3] < 6
    else {
      throw Complaint(
        "is \(spelling.quoted(limit: 40)); it must be a time of day from \"00:00\" to \"23:59\", "
          + "such as \"02:30\"")
    }
    hour = digits[0] * 10 + digits[1]
    minute = digits[3] * 10 + digits[4]
  }

  var description: String {
    "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
  }
}
