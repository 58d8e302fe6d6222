import Simulation

/// How the API spells instants, dates and amounts of money.
extension Writer {
  /// An instant, `2026-03-01T09:05:00Z`.
  mutating func instant(_ key: StaticString, _ epoch: Int64?) {
    guard let epoch else { return null(key) }
    plain(key, CivilTime(epoch).instant)
  }

  /// A date, given in days since 1970.
  mutating func date(_ key: StaticString, _ day: Int64?) {
    guard let day else { return null(key) }
    plain(key, CivilTime(day * daySeconds).date)
  }

  /// A text that needs no escapes.
  private mutating func plain(_ key: StaticString, _ text: String) {
    self.key(key)
    raw("\"")
    append(text)
    raw("\"")
  }

  /// An amount of money given in hundredths, written like a double: `500.0`, `12.34`.
  mutating func amount(_ key: StaticString, _ hundredths: Int64) {
    self.key(key)
    integer(hundredths / 100)
    raw(".")
    let rest = hundredths % 100
    if rest % 10 == 0 {
      integer(rest / 10)
    } else {
      if rest < 10 { raw("0") }
      integer(rest)
    }
  }
}
