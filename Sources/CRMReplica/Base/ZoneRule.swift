internal import Model

/// The rule by which clocks change from year to year: `CET-1CEST,M3.5.0,M10.5.0/3` (tzset(3)).
struct ZoneRule {
  /// A change on the last, or one of the first, of a day of the week in a month.
  fileprivate struct Change {
    let month: Int64
    let week: Int64
    let day: Int64
    /// Seconds behind midnight by the clock as it was before.
    var time: Int64 = 7_200
  }

  private let standard: Int64
  private let summer: Int64
  private let begins: Change
  private let ends: Change

  /// Nil for a zone whose clocks do not change any more, and for a rule of another form.
  init?(_ text: Substring) {
    let parts = text.split(separator: ",")
    guard parts.count == 3, let begins = Self.change(parts[1]), let ends = Self.change(parts[2])
    else { return nil }
    var rest = parts[0]
    guard Self.skipName(&rest), let standard = Self.offset(&rest), Self.skipName(&rest) else {
      return nil
    }
    self.standard = -standard
    summer = rest.isEmpty ? 3_600 - standard : -(Self.offset(&rest) ?? 0)
    (self.begins, self.ends) = (begins, ends)
  }

  /// Every change of a century.
  var offsets: [ZoneFile.Offset] {
    (Int64(2_000)..<2_100).flatMap { year in
      [
        ZoneFile.Offset(
          from: Timestamp(begins.local(in: year) - standard), seconds: summer),
        ZoneFile.Offset(from: Timestamp(ends.local(in: year) - summer), seconds: standard),
      ]
    }.sorted { $0.from < $1.from }
  }

  private static func skipName(_ text: inout Substring) -> Bool {
    if text.hasPrefix("<"), let end = text.firstIndex(of: ">") {
      text = text[text.index(after: end)...]
      return true
    }
    let name = text.prefix(while: \.isLetter)
    text = text.dropFirst(name.count)
    return name.count >= 3
  }

  /// `[+-]H[:M[:S]]` in seconds.
  private static func offset(_ text: inout Substring) -> Int64? {
    let sign: Int64 = text.hasPrefix("-") ? -1 : 1
    if text.hasPrefix("-") || text.hasPrefix("+") { text = text.dropFirst() }
    let word = text.prefix { $0.isWholeNumber || $0 == ":" }
    text = text.dropFirst(word.count)
    let numbers = word.split(separator: ":").compactMap { Int64($0) }
    guard (1...3).contains(numbers.count) else { return nil }
    return sign * zip(numbers, [3_600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// `Mm.w.d[/time]`.
  private static func change(_ text: Substring) -> Change? {
    let halves = text.split(separator: "/")
    let numbers = (halves.first ?? "").dropFirst().split(separator: ".").compactMap { Int64($0) }
    guard text.hasPrefix("M"), numbers.count == 3, (1...12).contains(numbers[0]),
      (1...5).contains(numbers[1]), (0...6).contains(numbers[2])
    else { return nil }
    var change = Change(month: numbers[0], week: numbers[1], day: numbers[2])
    if halves.count == 2 {
      var time = halves[1]
      guard let seconds = offset(&time) else { return nil }
      change.time = seconds
    }
    return change
  }
}

extension ZoneRule.Change {
  /// What the clock shows then, as seconds since it showed 1970-01-01 00:00.
  func local(in year: Int64) -> Int64 {
    let first = Self.days(to: year, month)
    // 1970-01-01 was a Thursday.
    let weekday = ((first + 4) % 7 + 7) % 7
    var found = first + (day - weekday + 7) % 7 + (week - 1) * 7
    let next = month == 12 ? Self.days(to: year + 1, 1) : Self.days(to: year, month + 1)
    if found >= next { found -= 7 }
    return found * 86_400 + time
  }

  /// Days from 1970-01-01 to the first of a month.
  private static func days(to year: Int64, _ month: Int64) -> Int64 {
    // March begins the year, so that the leap day ends it.
    let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let leaps = year / 4 - year / 100 + year / 400
    return year * 365 + leaps + (month * 153 + 2) / 5 - 719_468
  }
}
