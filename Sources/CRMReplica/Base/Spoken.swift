/// Durations, as people say them.
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

extension String {
  /// The noun with its article: `a token`, `an access key`.
  var withArticle: String { ("aeiou".contains(prefix(1)) ? "an " : "a ") + self }
}
