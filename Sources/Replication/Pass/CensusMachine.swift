internal import Model

/// The census of a table that no feed of deletions speaks of: the keys that the source has, page by
/// page and in their order, beside those of the rows that live in the file.
///
/// A source that cannot run a question may answer it with nothing at all. So what a page lacks is
/// asked for by its id, together with a record that the census has just met: only if that one comes
/// is the other one gone. What the file lacks is asked for and stored.
///
/// Where no key comes at all, there is no such record, and an empty list looks like one that cannot
/// be had. Some of the rows are then asked for one by one: those that the source itself calls
/// missing are gone, the others wait for the next run, and one that is shown proves that the list
/// hides it. The same goes for what the file lacks and does not come: its key was listed, and it
/// may have gone since, or a question for whole records cannot be had. What remains: where a source
/// shows no record by its id either, and calls each of them missing, a list that cannot be had and
/// an empty one are the same.
///
/// A run takes as many pages as it may, and the next one goes on behind them.
struct CensusMachine: Equatable {
  enum Stage: Equatable { case keys, records }

  /// How far it has come: where the next page begins, and the last key before it.
  struct Place: Equatable {
    var position: Position?
    var key = Int64.min
  }

  private(set) var stage = Stage.keys
  private(set) var date: Timestamp
  /// Where a later run goes on; nil when all keys have been compared.
  private(set) var place: Place?
  /// Whether a count has made the keys needless.
  private(set) var isAgreed = false
  /// The search for the keys that differ, where a count has begun one: the others are not compared.
  var halving: Halving?
  private var range: KeyRange?
  /// Rows that the source no longer has.
  private(set) var gone: [Int64] = []
  /// Rows that the source shows alone, and in no list: of keys, or of whole records.
  private(set) var hidden = 0
  /// Whether this run compares from the first key on.
  private let isWhole: Bool
  /// Pages that may still be asked for.
  private(set) var budget: Int
  private let perRequest: Int
  private var key: Int64
  /// A record that the source has.
  private var control: Int64?
  private var lacking: [Int64] = []
  private var unknown: [Int64] = []

  init(from place: Place, budget: Int, perRequest: Int, at date: Timestamp) {
    (self.place, key, isWhole) = (place, place.key, place.key == .min)
    (self.budget, self.perRequest, self.date) = (budget, perRequest, date)
  }

  /// A reply has come, at this instant of the source's clock.
  mutating func replied(at instant: Timestamp?) {
    date = min(date, instant ?? date)
  }

  /// The source has as many records as there are: their keys are not asked for.
  mutating func agrees() {
    (place, isAgreed) = (nil, true)
  }

  /// The keys that are compared now, where a search has found which differ.
  mutating func beginRanges() -> [Scan] {
    guard let ranges = halving?.takeDiffering() else { return [] }
    return ranges.map { Scan(listing: 0, isCensus: true, keys: $0) }
  }

  /// A page of keys has come. `living` tells those of the file behind one key, up to another.
  mutating func page(
    _ ids: [Int64], _ next: Reply.Next, of range: KeyRange? = nil,
    living: (Int64, Int64) throws -> [Int64]
  ) rethrows -> Step {
    var (ids, next) = (ids, next)
    if let range {
      if range != self.range { (self.range, key) = (range, range.behind) }
      if let last = ids.max(), last >= range.upTo { next = .end }
      ids.removeAll { $0 > range.upTo }
    }
    var step = Step(next: .end)
    var last = ids.max() ?? key
    budget -= 1
    if case .moreAt(let position) = next {
      if position == place?.position { return Step(next: .fail(.endless)) }
      place = Place(position: position, key: last)
      if budget > 0 { (step.next, step.position) = (.more, position) }
    } else {
      (place, last) = (nil, range?.upTo ?? .max)
    }
    control = ids.last ?? control
    let listed = Set(ids)
    let known = try living(key, last)
    lacking += known.filter { !listed.contains($0) }
    unknown += listed.subtracting(known).sorted()
    key = last
    return step
  }

  /// All that was asked for has come. Returns what is asked for now; nothing ends it.
  mutating func allRead() -> [Scan] {
    guard stage == .keys else { return [] }
    stage = .records
    return Scan.records(lacking, perRequest: perRequest, beside: control)
      + Scan.groups(unknown, of: perRequest)
  }

  /// Records that were asked for have been answered for: these have come. Returns what is asked for
  /// those that have not, or nil where nothing is known of them.
  mutating func answered(_ scan: Scan, with shown: Set<Int64>) -> [Scan]? {
    if let control = scan.control, !shown.contains(control) { return nil }
    let missing = scan.ids.filter { !shown.contains($0) }
    if scan.control != nil {
      gone += missing
    } else if scan.isAlone {
      guard missing.isEmpty else { return nil }
      if unknown.contains(scan.ids[0]) || isWhole && halving == nil { hidden += 1 }
    } else {
      return Scan.records(missing, perRequest: perRequest, beside: nil)
    }
    return []
  }

  /// The source says itself that a record is not there, or one of several.
  mutating func isGone(_ scan: Scan) -> [Scan] {
    guard scan.asked.count == 1 else { return scan.ids.map { Scan(listing: 0, ids: [$0]) } }
    gone += scan.ids
    return []
  }
}

extension Scan {
  /// Questions for records that a list lacks, and in each of them for one that it has. Where it has
  /// none, only what the source says of a single record counts, and some are asked for.
  static func records(_ ids: [Int64], perRequest: Int, beside control: Int64?) -> [Scan] {
    guard let control else {
      return ids.prefix(Absence.askedByID).map { Scan(listing: 0, ids: [$0], isAlone: true) }
    }
    return groups(ids, of: max(1, perRequest - 1), beside: control)
  }

  static func groups(_ ids: [Int64], of count: Int, beside control: Int64? = nil) -> [Scan] {
    stride(from: 0, to: ids.count, by: count).map {
      Scan(listing: 0, ids: Array(ids[$0..<min($0 + count, ids.count)]), control: control)
    }
  }
}
