/// Regular expressions of ECMA-262 for the strings of the configuration.
enum SchemaPattern {
  /// Not empty, without U+0000.
  static let path = #"^[^\u0000]+$"#
  static let absolutePath = #"^/[^\u0000]*$"#
  /// Any text without U+0000.
  static let argument = #"^[^\u0000]*$"#
  static let word = "^[!-~]+$"
  /// A name in the database of zones. Whether a host knows it is not said here.
  static let timeZone = "^[A-Za-z0-9_+-][A-Za-z0-9_+/-]*$"
  static let timeOfDay = "^([01][0-9]|2[0-3]):[0-5][0-9]$"

  /// What `Duration(spelling:)` reads, and no shorter than so many days.
  static func duration(fromDays days: Int64) -> String {
    let forms = Duration.spelledUnits.map { unit in
      let least = max(1, (days * 86_400 + unit.seconds - 1) / unit.seconds)
      let most = Duration.longestSpelled / unit.seconds
      return "(\(wholeNumber(from: least, to: most)))\(unit.letter)"
    }
    return "^0*(\(forms.joined(separator: "|")))$"
  }

  /// What `BaseURL` reads: any host for `https`, the loopback ones for `http`, which it takes in
  /// capitals too.
  static let address = whole(ending: "")
  /// What `CallAddress` reads: the same, and perhaps a query behind it.
  static let call = whole(ending: ##"(\?[!"$-\[\]-~]*)?"##)

  private static func whole(ending: String) -> String {
    let digits = "0*[1-9][0-9]*"
    let character = ##"[!"$-.0->@-\[\]-~]"##
    let path = ##"(/(?!\.{1,2}([/?]|$))\##(character)+)*/*"##
    let anywhere = ##"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])"##
    let here = ##"([Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|127(\.[0-9]{1,3}){3}|\[[0:.]*1\])"##
    let https = "[Hh][Tt][Tt][Pp][Ss]://\(anywhere)"
    let http = "[Hh][Tt][Tt][Pp]://\(here)"
    return "^(\(https)|\(http))(:\(digits))?\(path)\(ending)$"
  }

  /// The digits of a whole number between two positive bounds, without zeros before them.
  static func wholeNumber(from least: Int64, to most: Int64) -> String {
    let (least, most) = (digits(of: least), digits(of: most))
    var forms: [String] = []
    for length in least.count...most.count {
      let first = length == least.count ? least : digits(of: 1, zeros: length - 1)
      let last = length == most.count ? most : Array(repeating: 9, count: length)
      forms += self.forms(from: first, to: last)
    }
    return forms.joined(separator: "|")
  }

  private static func digits(of number: Int64, zeros: Int = 0) -> [Int] {
    String(number).compactMap(\.wholeNumberValue) + Array(repeating: 0, count: zeros)
  }

  /// Alternatives for the numbers between two of as many digits.
  private static func forms(from least: [Int], to most: [Int]) -> [String] {
    guard let first = least.first, let last = most.first else { return [""] }
    let (low, high) = (Array(least.dropFirst()), Array(most.dropFirst()))
    let rest = low.count
    if first == last { return forms(from: low, to: high).map { "\(first)\($0)" } }
    var result: [String] = []
    var (start, end) = (first, last)
    if low.contains(where: { $0 != 0 }) {
      result += forms(from: low, to: Array(repeating: 9, count: rest)).map { "\(first)\($0)" }
      start += 1
    }
    let isFull = high.allSatisfy { $0 == 9 }
    if !isFull { end -= 1 }
    if start <= end {
      let digit = start == end ? "\(start)" : "[\(start)-\(end)]"
      result.append(digit + (rest == 0 ? "" : rest == 1 ? "[0-9]" : "[0-9]{\(rest)}"))
    }
    if !isFull {
      result += forms(from: Array(repeating: 0, count: rest), to: high).map { "\(last)\($0)" }
    }
    return result
  }
}
