extension Duration {
  /// The duration as people say it, in its two largest units: `0.4 s`, `12 s`, `3 min 5 s`,
  /// `1 h 20 min`, `2 d 4 h`. Less than a tenth of a second is `0 s`; a negative one gets a minus.
  var spoken: String {
    if self < .zero { return "-" + (.zero - self).spoken }
    let whole = components.seconds
    if whole < 1 {
      let tenths = components.attoseconds / 100_000_000_000_000_000
      return tenths == 0 ? "0 s" : "0.\(tenths) s"
    }
    let units: [(name: String, seconds: Int64)] = [
      ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1),
    ]
    let parts = units.enumerated().map { place, unit in
      (place == 0 ? whole : whole % units[place - 1].seconds) / unit.seconds
    }
    let first = parts.firstIndex { $0 > 0 } ?? parts.endIndex - 1
    return (first...min(first + 1, parts.endIndex - 1))
      .filter { parts[$0] > 0 }
      .map { "\(parts[$0]) \(units[$0].name)" }
      .joined(separator: " ")
  }
}

extension BinaryInteger {
  /// The number with a comma after every three digits: `12,345`.
  var grouped: String {
    let digits = String(magnitude)
    var text = self < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}

/// A number of bytes as people say it, in decimal units: `512 bytes`, `1.4 MB`, `23 GB`. One
/// decimal stands below ten; digits that do not stand are cut off, not rounded.
func spokenBytes(_ count: Int64) -> String {
  let (name, unit): (String, Int64) =
    switch count {
    case ..<1_000: (count == 1 ? "byte" : "bytes", 1)
    case ..<1_000_000: ("kB", 1_000)
    case ..<1_000_000_000: ("MB", 1_000_000)
    default: ("GB", 1_000_000_000)
    }
  let whole = count / unit
  let decimal = unit > 1 && whole < 10 ? ".\(count % unit * 10 / unit)" : ""
  return "\(whole.grouped)\(decimal) \(name)"
}

extension BinaryInteger {
  /// The number with what it counts: `1 row`, `2,000 rows`.
  func counted(_ noun: String) -> String {
    "\(grouped) \(noun)\(self == 1 ? "" : "s")"
  }
}
