/// Records by ascending number.
struct Shelf: Sendable {
  private(set) var records: [Record] = []

  /// The place of the first record whose number is at least that.
  func place(of id: Int64) -> Int {
    var low = 0
    var high = records.count
    while low < high {
      let middle = (low + high) / 2
      if records[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The record of a number. Setting one adds, changes or removes it.
  subscript(id: Int64) -> Record? {
    get {
      let place = place(of: id)
      return place < records.count && records[place].id == id ? records[place] : nil
    }
    set {
      let place = place(of: id)
      let exists = place < records.count && records[place].id == id
      switch newValue {
      case let record? where exists: records[place] = record
      case let record?: records.insert(record, at: place)
      case nil where exists: records.remove(at: place)
      case nil: break
      }
    }
  }

  /// Changes all records in place.
  mutating func update(_ change: (inout Record) -> Void) {
    for place in records.indices { change(&records[place]) }
  }

  /// Makes room for so many.
  mutating func reserve(_ count: Int) { records.reserveCapacity(count) }
}
