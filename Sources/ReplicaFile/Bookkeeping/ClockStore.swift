package import Model
package import SQLite

/// Time since this host was started, its sleep included: nobody can set it.
package struct Uptime: Sendable, Hashable {
  /// Which start of the host it was, or nil where that cannot be told.
  package let boot: String?
  package let seconds: Int64

  package init(boot: String?, seconds: Int64) {
    (self.boot, self.seconds) = (boot, seconds)
  }
}

/// Keeps in `_clock` what the source's clock showed last, for the next process.
package struct ClockStore {
  /// One moment by three clocks.
  package struct Reading: Sendable, Hashable {
    package let source: Timestamp
    package let host: Timestamp
    package let uptime: Uptime?

    package init(source: Timestamp, host: Timestamp, uptime: Uptime?) {
      (self.source, self.host, self.uptime) = (source, host, uptime)
    }
  }

  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Nil before the first one, and in a file that an older program wrote.
  package func last() throws -> Reading? {
    guard try connection.holds("_clock"),
      let row = try connection.row(
        "SELECT \"source_at\", \"host_at\", \"boot\", \"uptime\" FROM \"_clock\""),
      let source = row[0].text.flatMap({ Timestamp($0) }),
      let host = row[1].text.flatMap({ Timestamp($0) })
    else { return nil }
    return Reading(
      source: source, host: host,
      uptime: row[3].integer.map { Uptime(boot: row[2].text, seconds: $0) })
  }

  package func note(_ reading: Reading) throws {
    try connection.run(
      """
      INSERT INTO "_clock" VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
        SET "source_at" = ?1, "host_at" = ?2, "boot" = ?3, "uptime" = ?4
      """,
      [
        .text(reading.source.sql), .text(reading.host.sql), Value(reading.uptime?.boot),
        Value(reading.uptime?.seconds),
      ])
  }
}
