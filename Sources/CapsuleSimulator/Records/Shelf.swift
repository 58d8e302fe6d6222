import Simulation

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
/// With a lag, what is read may be older than what was written; a removal is seen at once.
struct Shelf<Record: Listed> {
  private(set) var rows: [Record] = []
  /// Which records changed, in order.
  private(set) var journal = Journal()
  private var places: [Int64: Int] = [:]
  private var lag: Lag?
  /// What is still read instead of the present record, oldest first.
  private var earlier: [Int64: [Earlier]] = [:]

  /// A state that a change has replaced; nil when there was no record before it.
  private struct Earlier {
    var record: Record?
    /// The first second in which it is read no longer.
    let end: Int64
  }

  init(lag: Lag? = nil) {
    self.lag = lag
  }

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
      if places[id] != nil {
        update(id) { $0 = newValue }
      } else {
        places[id] = rows.count
        rows.append(newValue)
        journal.note(id)
        keep(nil, id)
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
    revise(place, change)
  }

  /// Changes every record the condition holds for; answers how many.
  @discardableResult
  mutating func updateAll(
    where condition: (Record) -> Bool, _ change: (inout Record) -> Void
  ) -> Int {
    var count = 0
    for place in rows.indices where condition(rows[place]) {
      revise(place, change)
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
    journal.note(id)
    earlier[id] = nil
    let last = rows.removeLast()
    guard last.id != id else { return }
    rows[place] = last
    places[last.id] = place
  }

  /// Changes a row. A change that moves `updatedAt` is read late, any other at once.
  private mutating func revise(_ place: Int, _ change: (inout Record) -> Void) {
    let id = rows[place].id
    journal.note(id)
    guard let lag, lag.delay > 0 else { return change(&rows[place]) }
    let former = rows[place]
    change(&rows[place])
    guard rows[place].updatedAt == former.updatedAt else { return keep(former, id) }
    for index in earlier[id, default: []].indices {
      guard var record = earlier[id]?[index].record else { continue }
      let updatedAt = record.updatedAt
      change(&record)
      if record.updatedAt == updatedAt { earlier[id]?[index].record = record }
    }
  }

  private mutating func keep(_ record: Record?, _ id: Int64) {
    guard let lag, lag.delay > 0 else { return }
    earlier[id, default: []].removeAll { $0.end <= lag.now }
    earlier[id, default: []].append(Earlier(record: record, end: lag.now + lag.delay))
  }
}

extension Shelf {
  /// Whether what is read may differ from what was written.
  var isLagging: Bool { lag.map { $0.delay > 0 && !earlier.isEmpty } ?? false }

  /// The record of an id as it is read now.
  func shown(_ id: Int64) -> Record? {
    guard isLagging, let lag, contains(id),
      let state = earlier[id]?.first(where: { $0.end > lag.now })
    else { return self[id] }
    return state.record
  }

  /// All records as they are read now.
  var shown: [Record] { isLagging ? rows.compactMap { shown($0.id) } : rows }
}

/// How far what is read lags behind what was written, as with a replica of the server's database.
final class Lag {
  /// The account's clock.
  var now: Int64 = 0
  /// Seconds from a change to its appearance.
  var delay: Int64 = 0
}

/// The changes of a shelf by id, so that an ordered listing can follow them.
struct Journal {
  private var start = 0
  private var ids: [Int64] = []

  /// How many changes there have been.
  var revision: Int { start + ids.count }

  mutating func note(_ id: Int64) {
    if ids.count >= 2_048 {
      start += ids.count
      ids = []
    }
    ids.append(id)
  }

  /// The ids changed since a revision; nil when that is forgotten or still to come.
  func changes(since revision: Int) -> ArraySlice<Int64>? {
    (start...self.revision).contains(revision) ? ids[(revision - start)...] : nil
  }
}
