package import SQLite

/// Keeps in `_allowance` what the source last said, for the next process and for people.
package struct AllowanceStore {
  private let connection: Connection
  /// A wait that was noted longer ago than a window cannot be real: the host's clock was moved.
  private static let longestWait: Int64 = 3_700

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// The instant before which nothing may be asked, if it still lies ahead.
  package func blockedUntil(_ now: Timestamp) throws -> Timestamp? {
    let value = try connection.value("SELECT \"blocked_until\" FROM \"_allowance\"")
    guard let until = value.text.flatMap({ Timestamp($0) }), until > now,
      until - now <= Self.longestWait
    else { return nil }
    return until
  }

  /// The last figures, if the reset they speak of still lies ahead.
  func figures(_ now: Timestamp) throws -> (limit: Int, remaining: Int, reset: Timestamp)? {
    let row = try connection.rows(
      "SELECT \"hourly_limit\", \"remaining\", \"reset_at\" FROM \"_allowance\""
    ).first
    guard let limit = row?[0].integer, let remaining = row?[1].integer,
      let reset = row?[2].text.flatMap({ Timestamp($0) }), reset > now,
      reset - now <= Self.longestWait
    else { return nil }
    return (Int(limit), Int(remaining), reset)
  }

  /// Notes that nothing may be asked before the instant.
  func block(until: Timestamp, at now: Timestamp) throws {
    try connection.run(
      """
      INSERT INTO "_allowance" ("id", "blocked_until", "seen_at") VALUES (1, ?1, ?2)
        ON CONFLICT DO UPDATE SET "blocked_until" = ?1, "seen_at" = ?2
      """, [.text(until.sql), .text(now.sql)])
  }

  /// Notes the figures that the source gave last.
  func note(_ pacer: Pacer, at now: Timestamp, _ elapsed: Duration) throws {
    guard let figures = pacer.figures(at: elapsed) else { return }
    try connection.run(
      """
      INSERT INTO "_allowance" ("id", "hourly_limit", "remaining", "reset_at", "seen_at")
        VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE
        SET "hourly_limit" = ?1, "remaining" = ?2, "reset_at" = ?3, "seen_at" = ?4
      """,
      [
        Value(figures.limit), Value(figures.remaining),
        .text((now + figures.reset.components.seconds).sql), .text(now.sql),
      ])
  }
}
