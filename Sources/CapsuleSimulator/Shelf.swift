/// What every kept record has in common: enough to find and to order it.
protocol Listed {
  var id: Int64 { get }
  /// What an alphabetical listing goes by.
  var sortName: String { get }
  /// Seconds since 1970; 0 for resources without the key.
  var updatedAt: Int64 { get }
}

extension Listed {
  var updatedAt: Int64 { 0 }
}

/// The records of one resource: contiguous rows, found by id in constant time.
///
/// A removal moves the last row into the gap, so a row's place is only good until the next change.
struct Shelf<Record: Listed> {
  private(set) var rows: [Record] = []
  private var places: [Int64: Int] = [:]

  var count: Int { rows.count }
  var isEmpty: Bool { rows.isEmpty }

  /// Makes room, so that a large account is not copied while it grows.
  mutating func reserve(_ count: Int) {
    rows.reserveCapacity(count)
    places.reserveCapacity(count)
  }

  /// The record of an id. Assigning adds or replaces it; nil removes it.
  subscript(id: Int64) -> Record? {
    get { places[id].map { rows[$0] } }
    set {
      guard let newValue else { return remove(id) }
      if let place = places[id] {
        rows[place] = newValue
      } else {
        places[id] = rows.count
        rows.append(newValue)
      }
    }
  }

  func contains(_ id: Int64) -> Bool { places[id] != nil }

  mutating func add(_ record: Record) {
    self[record.id] = record
  }

  /// Changes a record in place; does nothing when there is none.
  mutating func update(_ id: Int64, _ change: (inout Record) -> Void) {
    guard let place = places[id] else { return }
    change(&rows[place])
  }

  /// Changes every record the condition holds for; answers how many.
  @discardableResult
  mutating func updateAll(
    where condition: (Record) -> Bool, _ change: (inout Record) -> Void
  ) -> Int {
    var count = 0
    for place in rows.indices where condition(rows[place]) {
      change(&rows[place])
      count += 1
    }
    return count
  }

  /// Any record, drawn with the generator; nil when there is none.
  func any(_ generator: inout some RandomNumberGenerator) -> Record? {
    rows.randomElement(using: &generator)
  }

  private mutating func remove(_ id: Int64) {
    guard let place = places.removeValue(forKey: id) else { return }
    let last = rows.removeLast()
    guard last.id != id else { return }
    rows[place] = last
    places[last.id] = place
  }
}
