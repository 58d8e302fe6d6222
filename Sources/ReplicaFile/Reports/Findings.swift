package import Model
package import SQLite

/// The troubles of one table that the file has noted and somebody may want to look at.
package struct Findings: Sendable {
  /// Records that could not be stored, as `status --json` prints them.
  package struct Quarantine: Encodable, Sendable {
    package let records: Int64
    package let newest: String?
    /// Others that the operator does without.
    package let accepted: Int64
  }
  /// The last run that read rows of the table again though nothing said that they had changed, as
  /// `status --json` prints it.
  package struct Scrub: Encodable, Sendable {
    package let run: Int64
    package let rows: Int64
    /// Those that were not as the account had them.
    package let drifted: Int64
  }

  /// How many rows the delete guard holds back, and since when.
  package private(set) var held: (rows: Int, since: String)?
  package private(set) var quarantine: Quarantine?
  package private(set) var sweep: Scrub?
  /// By how many rows its last list ended before the source's count of it.
  package private(set) var shortfall: Int?

  /// A file that an older program wrote has few.
  package init(of table: Table, in connection: Connection) throws {
    let name = [Value.text(table.name)]
    let aside = try ReplicaFile.Quarantine(table, connection).count()
    if aside.waiting + aside.accepted > 0 {
      quarantine = Quarantine(
        records: aside.waiting, newest: aside.newest, accepted: aside.accepted)
    }
    shortfall = try Shortfall(table, connection).rows()
    guard try Database.isCurrent(connection) else { return }
    held = try Held(table, connection).count()
    sweep = try connection.row(
      """
      SELECT "run_id", "swept", "drifted" FROM "_run_tables"
        WHERE "table_name" = ? AND "swept" > 0 ORDER BY "run_id" DESC LIMIT 1
      """, name
    ).map {
      Scrub(run: $0[0].integer ?? 0, rows: $0[1].integer ?? 0, drifted: $0[2].integer ?? 0)
    }
  }
}
