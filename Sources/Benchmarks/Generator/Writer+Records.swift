internal import Simulation

/// What records are made of besides single members.
extension Writer {
  mutating func object(_ key: StaticString, _ members: (inout Writer) -> Void) {
    self.key(key)
    beginObject()
    members(&self)
    endObject()
  }

  mutating func array(_ key: StaticString, _ elements: (inout Writer) -> Void) {
    self.key(key)
    beginArray()
    elements(&self)
    endArray()
  }

  /// A text of an array.
  mutating func element(_ text: String) {
    element()
    quote(text)
  }

  mutating func member(_ key: StaticString, _ value: Int?) {
    member(key, value.map { Int64($0) })
  }

  /// An instant, given in seconds since 1970: `2026-03-01T09:05:00Z`.
  mutating func instant(_ key: StaticString, _ epoch: Int?) {
    member(key, epoch.map { CivilTime(Int64($0)).instant })
  }

  /// A date, given in seconds since 1970: `2026-03-01`.
  mutating func date(_ key: StaticString, _ epoch: Int?) {
    member(key, epoch.map { CivilTime(Int64($0)).date })
  }
}
