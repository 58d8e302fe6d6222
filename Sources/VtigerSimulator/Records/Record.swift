/// A value as the database holds it.
enum Value: Sendable, Hashable {
  case null
  case text(String)
  /// The number of another record, 0 for none.
  case link(Int64)
}

/// A record of any module, a user, or a row of an actor's table.
///
/// It holds only what was set: the rest is what its field gives those without a value.
struct Record: Sendable {
  /// The number behind the `x`. All CRM modules draw it from one sequence.
  let id: Int64
  var owner: Int64 = 0
  /// Who made it.
  var creator: Int64 = 0
  var modifiedBy: Int64 = 0
  /// Times in seconds since 1970 of the server's own wall clock, whatever its zone.
  var created: Int64 = 0
  var modified: Int64 = 0
  /// In the recycle bin, or converted, or without the rows that a query joins.
  var isDeleted = false
  var isConverted = false
  /// Left behind by a create that crashed: `retrieve` shows it, `query` and `sync` never do
  /// (measured on 8.3.0).
  var isBroken = false
  /// The contacts of an activity.
  var contacts: [Int64] = []
  private var cells: [Cell] = []

  /// The value comes first, so that the key lies in what would be padding.
  private struct Cell: Sendable {
    var value: Value
    let key: UInt16
  }

  init(id: Int64) {
    self.id = id
  }

  /// Makes room for so many values.
  mutating func reserve(_ count: Int) { cells.reserveCapacity(count) }

  /// The value of a key; nil when none was set.
  subscript(key: UInt16) -> Value? {
    get {
      for cell in cells where cell.key == key { return cell.value }
      return nil
    }
    set {
      let place = cells.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): cells[place].value = value
      case (let place?, nil): cells.remove(at: place)
      case (nil, let value?): cells.append(Cell(value: value, key: key))
      case (nil, nil): break
      }
    }
  }
}
