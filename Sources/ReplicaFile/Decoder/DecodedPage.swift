package import Model

/// One page of records, taken apart by the table's columns and checked, not yet stored.
///
/// Nothing here owns a string: a text is a place in the body, or in `scratch` where it had to be
/// rewritten. A record's own columns come first and its children's columns behind them, all in
/// `slots`, which grows with the page and is used again for the next.
package struct DecodedPage {
  /// One value: its kind and either the value itself or where its bytes stand.
  struct Slot {
    enum Kind: UInt8 { case null, integer, real, body, scratch }

    var bits: UInt64 = 0
    var length: UInt32 = 0
    var kind: Kind = .null

    static func integer(_ value: Int64) -> Slot {
      Slot(bits: UInt64(bitPattern: value), kind: .integer)
    }
    static func real(_ value: Double) -> Slot { Slot(bits: value.bitPattern, kind: .real) }
    static func body(_ start: Int, _ end: Int) -> Slot {
      Slot(
        bits: UInt64(truncatingIfNeeded: start), length: UInt32(truncatingIfNeeded: end &- start),
        kind: .body)
    }
    static func scratch(_ start: Int, _ end: Int) -> Slot {
      Slot(bits: UInt64(start), length: UInt32(end - start), kind: .scratch)
    }
    var integer: Int64 { Int64(bitPattern: bits) }
    var real: Double { Double(bitPattern: bits) }
    var start: Int { Int(truncatingIfNeeded: bits) }
    /// Whether its member stands nowhere in the record.
    var isAbsent: Bool { kind == .null && length == 0 }
    /// Its member stands in the record, be it with another value.
    mutating func isThere() {
      if kind == .null { length = 1 }
    }
    var end: Int { start &+ Int(length) }
  }

  /// One record.
  package struct Record {
    /// Which of the reply's lists it stood in, or says that it belongs in: 0 for the list itself, 1
    /// for the restricted one.
    package var list: Int
    /// Where its columns start in `slots`.
    package var slots: Int
    /// Its children in `rows`, and its leftovers in `extras`.
    var rows: Range<Int>
    var extras: Range<Int>
    /// One bit a child list that the record carried, an empty one included.
    var presentChildren: UInt32
    /// The record as it stands in the body.
    var bytes: Range<Int>
    /// A hash of all that is stored of it.
    package var digest: UInt64
    /// Values that did not fit their columns.
    package var misfits: Int
    /// Why it is not JSON as it came, and cannot be stored.
    package var damage: DecodeError.Reason?
  }

  /// One element of a child list. `child` is -1 for one that a repeated key has replaced.
  struct Row {
    var child: Int
    var slots: Int
  }

  /// A member that no column takes, or a value that does not fit its column.
  struct Extra {
    /// The child row it belongs to, -1 for the record itself, or `gone`.
    var row: Int
    /// The member of the flattened object it stood in, or -1.
    var container: Int
    /// The key's bytes and the value's bytes in the body, as sent.
    var key: Range<Int>
    var value: Range<Int>
    /// The child whose list the value is an element of, or -1 when it stands on its own.
    var child = -1
    /// Stands for `row` until the record ends, when a repeated key has replaced the list.
    static let gone = -2
  }

  var slots: [Slot] = []
  package var records: [Record] = []
  var rows: [Row] = []
  var extras: [Extra] = []
  var scratch: [UInt8] = []
  /// How many records the list has, where the reply said so.
  package var totalCount: Int?

  mutating func removeAll() {
    slots.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    extras.removeAll(keepingCapacity: true)
    scratch.removeAll(keepingCapacity: true)
    totalCount = nil
  }
}
