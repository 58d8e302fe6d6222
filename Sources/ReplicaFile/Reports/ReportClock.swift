package import Model
package import SQLite

/// The clock by which the views make a day of an instant: the table `_time_zone`.
package struct ReportClock {
  private let connection: Connection

  package init(_ connection: Connection) { self.connection = connection }

  /// The zones that active people of the account have set, the most frequent first. None where the
  /// file does not know its people.
  package func zonesOfPeople() throws -> [String] {
    guard try has("v_owner") else { return [] }
    return try connection.rows(
      """
      SELECT time_zone FROM v_owner WHERE is_active AND time_zone <> ''
        GROUP BY time_zone ORDER BY count(*) DESC, time_zone
      """
    ).compactMap { $0[0].text }
  }

  /// Has the views use a zone whose clocks are so many seconds ahead of UTC, from each of these
  /// instants on; the first holds before its own too. Writes nothing where they do already, and
  /// where the file has no views. Returns whether it wrote.
  @discardableResult
  package func set(_ offsets: [(from: Timestamp, seconds: Int64)]) throws -> Bool {
    guard try has("_time_zone") else { return false }
    let begins = Timestamp(Self.reach.lowerBound), ends = Timestamp(Self.reach.upperBound)
    let first = offsets.last { $0.from <= begins } ?? offsets.first
    var wanted: [[Value]] = [[.text("0001-01-01 00:00:00"), .integer(first?.seconds ?? 0)]]
    for offset in offsets where offset.from > begins && offset.from < ends {
      if wanted.last?[1] == .integer(offset.seconds) { continue }
      wanted.append([.text(offset.from.sql), .integer(offset.seconds)])
    }
    let present = try connection.rows(
      "SELECT begins_at, seconds FROM _time_zone ORDER BY begins_at")
    if present == wanted { return false }
    try connection.transaction {
      try connection.run("DELETE FROM _time_zone")
      for row in wanted {
        try connection.run("INSERT INTO _time_zone (begins_at, seconds) VALUES (?, ?)", row)
      }
    }
    return true
  }

  private func has(_ name: String) throws -> Bool {
    try connection.value("SELECT count(*) FROM sqlite_schema WHERE name = ?", [.text(name)])
      == .integer(1)
  }

  /// The years 1990 to 2060.
  private static let reach: Range<Int64> = 631_152_000..<2_871_763_200
}
