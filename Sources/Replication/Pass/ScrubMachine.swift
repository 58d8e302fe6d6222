internal import Model
internal import ReplicaFile

/// The rolling scrub: rows of a table that is asked for changes are read again, so many a run that
/// each of them is read within a period. It finds what changes without a new date of change.
///
/// Rows are asked for by their ids, some in a request, in the order of their keys: that is exact
/// whatever moves meanwhile, and takes no note for each row. One id that is gone makes the whole
/// answer a refusal; the ids of it are then asked for one by one.
struct ScrubMachine: Equatable {
  /// The rows that may be read: how many, and how many in a request.
  struct Share: Equatable {
    let rows: Int
    let perRequest: Int

    /// Of `need` requests for what is due no more than `budget` are made. `spare` of them are kept
    /// for a group that turns out to lack one: of a smaller budget single records are asked for.
    init(need: Int, budget: Int, perRequest count: Int, spare: Int? = nil) {
      let spare = spare ?? count
      perRequest = budget > spare ? count : 1
      rows = perRequest == 1 ? budget : min(need, budget - spare) * count
    }
  }

  /// The questions that it begins with.
  let scans: [Scan]
  /// The source's clock: what was edited since then is no drift.
  private(set) var date: Timestamp
  /// Rows that the source no longer has.
  private(set) var gone: [Int64] = []
  /// Rows that were answered for.
  private(set) var read = 0
  /// How the source last said that something is gone.
  private var word: TableFailure.Kind?
  /// Requests that may still be made.
  private var budget: Int
  /// The last key that is asked for, or nil when it is the last of all.
  private let lastKey: Int64?
  /// The first key that there was no request left for.
  private var cut: Int64?
  /// How far this scrub takes the period, in seconds.
  private let seconds: Int64

  /// `ids` are those of the next rows in the order of the keys, as many as the share grants unless
  /// there are no more; `due` is how many rows are due, of `rows` in all.
  init(
    _ ids: [Int64], _ share: Share, budget: Int, due: Int, rows: Int, from last: Timestamp,
    to date: Timestamp, every period: Int64
  ) {
    let count = share.perRequest
    scans = stride(from: 0, to: ids.count, by: count).map {
      Scan(listing: 0, ids: Array(ids[$0..<min($0 + count, ids.count)]))
    }
    self.date = date
    self.budget = budget - scans.count
    lastKey = ids.count < share.rows ? nil : ids.last
    let isAll = scans.count * count >= min(due, rows)
    let part = Int64(Double(period) * Double(ids.count) / Double(max(1, rows)))
    seconds = isAll ? date - last : min(date - last, part)
  }

  /// The requests for the rows that are due after the time from the last scrub, 0 when so little
  /// has passed that it is not worth one.
  static func need(
    rows: Int, from last: Timestamp, to date: Timestamp, every period: Int64, perRequest count: Int
  ) -> Int {
    let share = min(1, Double(date - last) / Double(period))
    let due = Int((Double(rows) * share).rounded(.up))
    guard due >= min(count, rows), rows > 0 else { return 0 }
    return (due + count - 1) / count
  }

  /// A reply has come, at this instant of the source's clock.
  mutating func replied(at instant: Timestamp?) {
    date = min(date, instant ?? date)
  }

  /// So many of the records asked for have come and are stored.
  mutating func stored(_ count: Int) {
    read += count
  }

  /// One of these records is gone, as the source says it. Returns what is asked for instead.
  mutating func gone(_ ids: [Int64], of listing: Int, _ kind: TableFailure.Kind) -> [Scan] {
    word = kind
    if ids.count == 1 {
      read += 1
      gone += ids
    } else if budget >= ids.count, cut == nil {
      budget -= ids.count
      return ids.map { Scan(listing: listing, ids: [$0]) }
    } else {
      cut = min(cut ?? .max, ids.first ?? .max)
    }
    return []
  }

  /// What was answered where no answer was about a record: every one is said to be gone, so that
  /// the path itself is not there.
  var noAnswer: TableFailure.Kind? { gone.count > 2 && gone.count == read ? word : nil }

  /// Moves a cursor behind what was read.
  func advance(_ cursor: inout Cursor) {
    cursor.sweptAt = cursor.sweptAt.map { $0 + seconds } ?? date
    cursor.sweptKey = cut.map { $0 - 1 } ?? lastKey
  }
}
