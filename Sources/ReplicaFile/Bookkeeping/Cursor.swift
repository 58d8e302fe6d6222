package import Model
package import SQLite

/// How far a table has come: its row in `_cursors`.
package struct Cursor: Sendable, Hashable {
  /// What a pass reads.
  package enum Kind: String, Sendable, Hashable {
    /// Everything; what is not listed is gone.
    case full
    /// What has changed since an instant.
    case changes
    /// The newest pages, until all is known.
    case recent
  }

  /// A pass that has begun: what it reads and which page it has to read next.
  package struct Progress: Sendable, Hashable {
    package var kind: Kind
    /// The source's clock at its first response, or nil when there was none or it did not say.
    package var date: Timestamp?
    package var since: Timestamp?
    package var scan = 0
    /// The number of the next page, from 1, and where it begins, where pages follow one another by
    /// key.
    package var page = 1
    package var position: Position?
    package var pageSize: Int
    /// Whether the keys that are listed are kept, because there are rows that may be missing. A
    /// pass that fills an empty table has no need of it.
    package var tracksAbsence: Bool
    /// Records that the lists at hand delivered, or nil when they cannot be counted.
    package var read: Int? = 0
    /// Rows of them that were new.
    package var inserted = 0
    /// How many there are, by the last reply that said so.
    package var total: Int?
    /// The source's clock after which it is begun anew instead; nil in a file of an older program.
    package var resumableUntil: Timestamp?
    /// Whether all of it was read by runs that compare value by value.
    package var compares = false
    /// Whether its lists are read once more because something contradicted their end.
    package var isReadAgain = false

    package init(
      kind: Kind, date: Timestamp? = nil, since: Timestamp? = nil, scan: Int = 0, page: Int = 1,
      pageSize: Int, tracksAbsence: Bool, read: Int? = 0, inserted: Int = 0, total: Int? = nil
    ) {
      (self.kind, self.date, self.since) = (kind, date, since)
      (self.scan, self.page, self.pageSize) = (scan, page, pageSize)
      self.tracksAbsence = tracksAbsence
      (self.read, self.inserted, self.total) = (read, inserted, total)
    }
  }

  /// How far the stamps of records lie behind the source's clock at the most, and when a pass has
  /// last seen one that says so.
  package struct Lag: Sendable, Hashable {
    package let seconds: Int64
    package let seenAt: Timestamp

    package init(_ seconds: Int64, seenAt: Timestamp) {
      (self.seconds, self.seenAt) = (seconds, seenAt)
    }
  }

  /// The source's clock at the first response of the last completed pass.
  package var lastRunDate: Timestamp?
  /// The same of the last pass that read everything.
  package var fullRunDate: Timestamp?
  /// Whether the next pass has to read everything.
  package var needsFull = false
  /// Rows that the last full pass lacked and the delete guard held back; 0 without.
  package var heldRows = 0
  /// Since when the first of them is held, by the source's clock.
  package var heldSince: Timestamp?
  /// The source's clock when the living rows were last counted against the account.
  package var countedAt: Timestamp?
  /// Records of the account that cannot be stored, as of the last full pass.
  package var unstoredRows = 0
  /// Records of a full page, where the source serves fewer than it is asked for.
  package var pageLength: Int?
  /// Rows by which the source's counts have proved to be wrong, and by how many records its list is
  /// longer than it has rows.
  package var countError = 0
  package var lengthError = 0
  /// How far the scrub has come: when it last read rows again, and the last of them. From the
  /// beginning when there is no key.
  package var sweptAt: Timestamp?
  package var sweptKey: Int64?
  /// Nil where it is not known, and where nothing is asked for by stamps.
  package var lag: Lag?
  /// From which stamp on answers have shown no record, where that does not prove that there is
  /// none: changes are asked for from here on, at the latest. Nil where one was shown.
  package var unshownSince: Timestamp?
  package var progress: Progress?

  package init() {}
}

/// Reads and writes `_cursors`.
package final class Cursors {
  private let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  package func load(_ table: String) throws -> Cursor {
    let row = try connection.row(
      """
      SELECT "last_run_date", "full_run_date", "needs_full", "held_rows", "pass_kind", "pass_date",
        "pass_since", "pass_walk", "pass_page", "pass_page_size", "pass_tracks_absence",
        "pass_read", "pass_inserted", "pass_total", "counted_at", "swept_at", "swept_key",
        "unstored_rows", "page_length", "count_error", "length_error"
        FROM "_cursors" WHERE "table_name" = ?
      """, [.text(table)])
    guard let row else { return Cursor() }
    func instant(_ column: Int) -> Timestamp? { row[column].text.flatMap { Timestamp($0) } }
    var cursor = Cursor()
    cursor.lastRunDate = instant(0)
    cursor.fullRunDate = instant(1)
    cursor.needsFull = row[2] == 1
    cursor.heldRows = Int(row[3].integer ?? 0)
    if cursor.heldRows > 0 {
      cursor.heldSince = try connection.value(
        "SELECT min(\"held_at\") FROM \"_held\" WHERE \"table_name\" = ?", [.text(table)]
      ).text.flatMap { Timestamp($0) }
    }
    (cursor.countedAt, cursor.sweptAt) = (instant(14), instant(15))
    cursor.sweptKey = row[16].integer
    cursor.unstoredRows = Int(row[17].integer ?? 0)
    cursor.pageLength = row[18].integer.map { Int($0) }
    cursor.countError = Int(row[19].integer ?? 0)
    cursor.lengthError = Int(row[20].integer ?? 0)
    cursor.lag = try lag(table)
    cursor.unshownSince = try unshownSince(table)
    if let kind = row[4].text.flatMap({ Cursor.Kind(rawValue: $0) }) {
      cursor.progress = Cursor.Progress(
        kind: kind, date: instant(5), since: instant(6), scan: Int(row[7].integer ?? 0),
        page: Int(row[8].integer ?? 1), pageSize: Int(row[9].integer ?? 0),
        tracksAbsence: row[10] == 1, read: row[11].integer.map { Int($0) },
        inserted: Int(row[12].integer ?? 0), total: row[13].integer.map { Int($0) })
      if let (page, position) = row[8].text.flatMap(Self.place) {
        cursor.progress?.page = page
        cursor.progress?.position = position
      }
      if try connection.holds("_passes"),
        let pass = try connection.row(
          "SELECT \"resumable_until\", \"compares\" FROM \"_passes\" WHERE \"table_name\" = ?",
          [.text(table)])
      {
        cursor.progress?.resumableUntil = pass[0].text.flatMap { Timestamp($0) }
        cursor.progress?.compares = pass[1] == 1
      }
      if try connection.holds("_rereads") {
        cursor.progress?.isReadAgain = try !connection.rows(
          "SELECT 1 FROM \"_rereads\" WHERE \"table_name\" = ?", [.text(table)]
        ).isEmpty
      }
    }
    return cursor
  }

  /// Whether a pass over the table has ever come to its end.
  package func hasCompleted(_ table: String) throws -> Bool {
    try !connection.value(
      "SELECT \"completed_at\" FROM \"_cursors\" WHERE \"table_name\" = ?", [.text(table)]
    ).isNull
  }

  /// Has the table pass for one that was never read to its end.
  package func beginAnew(_ table: String) throws {
    try connection.run(
      "UPDATE \"_cursors\" SET \"completed_at\" = NULL WHERE \"table_name\" = ?", [.text(table)])
  }

  private func lag(_ table: String) throws -> Cursor.Lag? {
    guard try connection.holds("_stamps"),
      let row = try connection.row(
        "SELECT \"lag\", \"seen_at\" FROM \"_stamps\" WHERE \"table_name\" = ?", [.text(table)]),
      let seconds = row[0].integer, let seenAt = row[1].text.flatMap({ Timestamp($0) })
    else { return nil }
    return Cursor.Lag(seconds, seenAt: seenAt)
  }

  private func unshownSince(_ table: String) throws -> Timestamp? {
    guard try connection.holds("_unshown") else { return nil }
    return try connection.value(
      "SELECT \"since\" FROM \"_unshown\" WHERE \"table_name\" = ?", [.text(table)]
    ).text.flatMap { Timestamp($0) }
  }

  /// Keeps what a completed pass has learnt of the stamps. Nothing else changes it, so it is not
  /// written with each position.
  package func saveStamps(_ cursor: Cursor, of table: String) throws {
    if let lag = cursor.lag {
      try connection.run(
        """
        INSERT INTO "_stamps" VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
          SET "lag" = ?2, "seen_at" = ?3
        """, [.text(table), .integer(lag.seconds), .text(lag.seenAt.sql)])
    } else {
      try connection.run("DELETE FROM \"_stamps\" WHERE \"table_name\" = ?", [.text(table)])
    }
    if let since = cursor.unshownSince {
      try connection.run(
        """
        INSERT INTO "_unshown" VALUES (?1, ?2) ON CONFLICT DO UPDATE
          SET "since" = ?2 WHERE "since" <> ?2
        """, [.text(table), .text(since.sql)])
    } else {
      try connection.run("DELETE FROM \"_unshown\" WHERE \"table_name\" = ?", [.text(table)])
    }
  }

  /// A page's number, or `7=` and where it begins: so written, SQLite makes no number of it.
  private static func place(_ progress: Cursor.Progress) -> Value {
    progress.position.map { .text("\(progress.page)=\($0.text)") } ?? Value(progress.page)
  }

  private static func place(_ text: String) -> (page: Int, position: Position)? {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let page = Int(parts[0]) else { return nil }
    return (page, Position(String(parts[1])))
  }

  /// Writes the whole cursor. `completedAt` is when a pass has just completed.
  package func save(_ cursor: Cursor, of table: String, completedAt: Timestamp? = nil) throws {
    let progress = cursor.progress
    try connection.run(
      """
      INSERT INTO "_cursors" ("table_name", "last_run_date", "full_run_date", "needs_full",
          "held_rows", "pass_kind", "pass_date", "pass_since", "pass_walk", "pass_page",
          "pass_page_size", "pass_tracks_absence", "pass_read", "pass_inserted", "pass_total",
          "counted_at", "swept_at", "swept_key", "unstored_rows", "page_length",
          "count_error", "length_error", "completed_at")
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT ("table_name") DO UPDATE SET
          "last_run_date" = excluded."last_run_date", "full_run_date" = excluded."full_run_date",
          "needs_full" = excluded."needs_full", "held_rows" = excluded."held_rows",
          "pass_kind" = excluded."pass_kind", "pass_date" = excluded."pass_date",
          "pass_since" = excluded."pass_since", "pass_walk" = excluded."pass_walk",
          "pass_page" = excluded."pass_page", "pass_page_size" = excluded."pass_page_size",
          "pass_tracks_absence" = excluded."pass_tracks_absence",
          "pass_read" = excluded."pass_read", "pass_inserted" = excluded."pass_inserted",
          "pass_total" = excluded."pass_total", "counted_at" = excluded."counted_at",
          "swept_at" = excluded."swept_at", "swept_key" = excluded."swept_key",
          "unstored_rows" = excluded."unstored_rows", "page_length" = excluded."page_length",
          "count_error" = excluded."count_error", "length_error" = excluded."length_error",
          "completed_at" = coalesce(excluded."completed_at", "completed_at")
      """,
      [
        .text(table), Value(cursor.lastRunDate?.sql), Value(cursor.fullRunDate?.sql),
        cursor.needsFull ? 1 : 0, Value(cursor.heldRows), Value(progress?.kind.rawValue),
        Value(progress?.date?.sql), Value(progress?.since?.sql),
        progress.map { Value($0.scan) } ?? .null,
        progress.map(Self.place) ?? .null,
        progress.map { Value($0.pageSize) } ?? .null,
        progress.map { $0.tracksAbsence ? 1 : 0 } ?? .null, Value(progress?.read),
        Value(progress?.inserted), Value(progress?.total), Value(cursor.countedAt?.sql),
        Value(cursor.sweptAt?.sql), Value(cursor.sweptKey), Value(cursor.unstoredRows),
        Value(cursor.pageLength), Value(cursor.countError), Value(cursor.lengthError),
        Value(completedAt?.sql),
      ])
    let again =
      progress?.isReadAgain ?? false
      ? "INSERT OR IGNORE INTO \"_rereads\" VALUES (?)"
      : "DELETE FROM \"_rereads\" WHERE \"table_name\" = ?"
    try connection.run(again, [.text(table)])
    guard let progress, let until = progress.resumableUntil else {
      return try connection.run("DELETE FROM \"_passes\" WHERE \"table_name\" = ?", [.text(table)])
    }
    try connection.run(
      """
      INSERT INTO "_passes" VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE
        SET "resumable_until" = ?2, "compares" = ?3
      """, [.text(table), .text(until.sql), progress.compares ? 1 : 0])
  }

  /// Has the next pass over a table read everything, whatever has changed. The cursor itself stays.
  ///
  /// A pass under way begins again, no row passes for unchanged by its digest, which may be that of
  /// the same declaration some time ago, and no parent passes for read.
  package func readEverything(_ table: String) throws {
    try connection.run(
      """
      UPDATE "_cursors" SET "needs_full" = 1, "pass_kind" = NULL, "pass_date" = NULL,
          "pass_since" = NULL, "pass_walk" = NULL, "pass_page" = NULL, "pass_page_size" = NULL,
          "pass_tracks_absence" = NULL, "pass_read" = NULL, "pass_inserted" = NULL,
          "pass_total" = NULL
        WHERE "table_name" = ?
      """, [.text(table)])
    try connection.run(
      "UPDATE \(quoted(table)) SET \"_digest\" = NULL WHERE \"_digest\" IS NOT NULL")
    try connection.run("DELETE FROM \"_parents\" WHERE \"table_name\" = ?", [.text(table)])
  }
}
