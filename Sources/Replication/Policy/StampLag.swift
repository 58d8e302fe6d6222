internal import Model
internal import ReplicaFile

/// How far the stamps of records lie behind the source's clock, as far as one pass shows it.
///
/// What changes from now on is stamped no further behind the clock than a stamp that was seen lay
/// behind it then. So whatever the zone of the stamps is taken for, a pass asks from the last one's
/// first response less the least of those distances: where something has changed in between, that
/// is from the newest stamp on, and where nothing has, nothing is read twice.
///
/// A distance holds for a day, for clocks are put back. Where it may be that of a zone, a pass
/// looks back an hour more, lest what comes right behind such a change be lost. Where no distance
/// holds, or a stamp is ahead of the clock, the zone is in doubt, and a pass looks back as far as
/// any two zones lie apart.
///
/// A source with such stamps may answer a question that it could not run with nothing, as if it
/// were quiet. So where the last page of a pass shows no record, the next one asks from the newest
/// stamp that was shown, or else from where this one did: what a trouble has hidden is in the first
/// answer behind it. Of a table that is quiet that costs nothing, as nothing lies in between.
struct StampLag: Equatable {
  private var least: Int64?
  private var isAhead = false
  /// The newest stamp that the list has shown, and whether its last page had no record.
  private var newest: Timestamp?
  private var endsEmpty = true

  private static let hour: Int64 = 3_600
  private static let day: Int64 = 24 * hour
  /// From the zone that is furthest behind UTC to the one that is furthest ahead.
  private static let widest: Int64 = 26 * hour

  /// Seconds by which a question for changes looks back for the sake of the stamps.
  static func reach(_ table: Table, _ cursor: Cursor) -> Int64 {
    guard table.followsStamps else { return 0 }
    guard let lag = cursor.lag?.seconds else { return widest }
    return mayBeZone(lag) ? lag + hour : lag
  }

  /// The same for a feed that is asked by the source's clock: the hour that comes twice where the
  /// clock of the stamps is put back, unless they are of the source's own zone.
  static func feedReach(_ cursor: Cursor) -> Int64 {
    cursor.lag.map { !mayBeZone($0.seconds) } ?? false ? 0 : hour
  }

  /// Takes what a reply says, whose date is what is believed of it.
  mutating func saw(_ reply: Reply, isOfList: Bool = true) {
    if isOfList {
      endsEmpty = reply.stamp == nil && !reply.isStampAhead
      newest = [newest, reply.stamp].compactMap(\.self).max()
    }
    guard let date = reply.date else { return }
    isAhead = isAhead || reply.isStampAhead
    guard let stamp = reply.stamp else { return }
    let behind = date - stamp
    guard behind >= -Reply.stampTolerance else { return isAhead = true }
    least = min(least ?? .max, max(0, behind))
  }

  /// Notes what the cursor of a pass keeps that has completed, whose first response came at this
  /// instant; `asked` is since when it asked, but for the lookback, nil where it read everything:
  /// that does not lean on its end, for the keys are compared behind it.
  func note(in cursor: inout Cursor, asked: Timestamp?, at date: Timestamp) {
    cursor.lag = kept(after: cursor.lag, at: date)
    let isZone = cursor.lag.map { Self.mayBeZone($0.seconds) } ?? true
    let shown = newest.map { $0 + (isZone ? -Self.hour : 0) }
    cursor.unshownSince = endsEmpty ? asked.map { max($0, shown ?? $0) } : nil
  }

  private static func mayBeZone(_ lag: Int64) -> Bool { lag >= hour / 2 }

  func kept(after last: Cursor.Lag?, at date: Timestamp) -> Cursor.Lag? {
    if isAhead { return nil }
    let last = last.flatMap { date - $0.seenAt <= Self.day ? $0 : nil }
    guard let least, least <= Self.day, least <= last?.seconds ?? .max else { return last }
    return Cursor.Lag(least, seenAt: date)
  }
}
