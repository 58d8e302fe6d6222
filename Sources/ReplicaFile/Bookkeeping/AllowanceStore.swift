package import Model
package import SQLite

/// Keeps in `_allowance` how many requests the source last granted, for the next process, in
/// instants of the source's clock. Of several windows it is the longest: the others have ended when
/// they are asked for.
package struct AllowanceStore {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// All that it keeps; nil before the source has said anything.
  package func last() throws -> AllowanceNote? {
    try connection.row(
      """
      SELECT "hourly_limit", "remaining", "reset_at", "blocked_until", "seen_at" FROM "_allowance"
      """
    ).map { row in
      func instant(_ column: Int) -> Timestamp? { row[column].text.flatMap { Timestamp($0) } }
      return AllowanceNote(
        allowance: Allowance(
          limit: row[0].integer.map { Int($0) }, remaining: row[1].integer.map { Int($0) },
          reset: instant(2)),
        blockedUntil: instant(3), seenAt: instant(4))
    }
  }

  /// The instant before which nothing may be asked, if it still lies ahead.
  package func blockedUntil(_ now: Timestamp, _ rules: [AllowanceRule]) throws -> Timestamp? {
    guard let until = try last()?.blockedUntil, isReal(until, now, rules) else { return nil }
    return until
  }

  /// The last figures, if the reset they speak of still lies ahead.
  package func figures(
    _ now: Timestamp, _ rules: [AllowanceRule]
  ) throws -> (limit: Int, remaining: Int, reset: Timestamp)? {
    let said = try last()?.allowance
    guard let limit = said?.limit, let remaining = said?.remaining, let reset = said?.reset,
      isReal(reset, now, rules)
    else { return nil }
    return (limit, remaining, reset)
  }

  /// Whether an instant lies ahead, and no further than a wait: else some clock was wrong.
  private func isReal(_ instant: Timestamp, _ now: Timestamp, _ rules: [AllowanceRule]) -> Bool {
    instant > now && instant - now <= rules.longestWait + 40
  }

  /// Keeps what another file has from the source, unless something newer is known.
  package func keep(_ note: AllowanceNote) throws {
    guard let seenAt = note.seenAt else { return }
    try connection.run(
      """
      INSERT INTO "_allowance" VALUES (1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE
        SET "hourly_limit" = ?1, "remaining" = ?2, "reset_at" = ?3, "blocked_until" = ?4,
          "seen_at" = ?5
        WHERE "seen_at" <= ?5
      """,
      [
        Value(note.allowance.limit), Value(note.allowance.remaining),
        Value(note.allowance.reset?.sql), Value(note.blockedUntil?.sql), .text(seenAt.sql),
      ])
  }

  /// Notes that nothing may be asked before the instant.
  package func block(until: Timestamp, at now: Timestamp) throws {
    try connection.run(
      """
      INSERT INTO "_allowance" ("id", "blocked_until", "seen_at") VALUES (1, ?1, ?2)
        ON CONFLICT DO UPDATE SET "blocked_until" = ?1, "seen_at" = ?2
      """, [.text(until.sql), .text(now.sql)])
  }

  /// Notes the figures that the source gave last: the limit, what is left of it, and the time to
  /// the reset.
  package func note(
    _ figures: (limit: Int, remaining: Int, reset: Duration), at now: Timestamp
  ) throws {
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

/// The allowance as the source last told it, and when that was.
package struct AllowanceNote: Sendable {
  package let allowance: Allowance
  /// The instant before which nothing may be asked.
  package let blockedUntil: Timestamp?
  /// When it was said.
  package let seenAt: Timestamp?
}
