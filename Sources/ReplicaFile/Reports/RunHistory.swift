internal import Model
package import SQLite

/// Reads the log of runs, `_runs` and `_run_tables`.
package struct RunHistory {
  let connection: Connection

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// One run, as `status --json` prints it.
  package struct Run: Encodable, Sendable {
    package let id: Int64
    package let startedAt: String?
    package let finishedAt: String?
    package let outcome: String?
    package let error: String?
    package let requests: Int64?
    /// Seconds of waiting for the allowance.
    package let waitedSeconds: Double?

    /// Seconds from its begin to its end; nil while it is under way.
    package var duration: Int64? {
      guard let start = startedAt.flatMap({ Timestamp($0) }),
        let end = finishedAt.flatMap({ Timestamp($0) })
      else { return nil }
      return end - start
    }
  }

  /// The newest run, ended or not.
  package func last() throws -> Run? {
    try connection.row(
      """
      SELECT "id", "started_at", "finished_at", "outcome", "error", "requests", "waited"
        FROM "_runs" ORDER BY "id" DESC LIMIT 1
      """
    ).map {
      Run(
        id: $0[0].integer ?? 0, startedAt: $0[1].text, finishedAt: $0[2].text,
        outcome: $0[3].text, error: $0[4].text, requests: $0[5].integer,
        waitedSeconds: $0[6].number)
    }
  }

  /// The runs that are in the log, or those of them that asked the account for anything.
  package func count(asking: Bool = false) throws -> Int64 {
    let condition = asking ? " WHERE \"requests\" > 0" : ""
    return try connection.value("SELECT count(*) FROM \"_runs\"\(condition)").integer ?? 0
  }

  /// The requests of the last ten runs that made twenty at the least and got through, and the
  /// seconds that those took, waits for the allowance left out; nil without such runs.
  package func speed() throws -> (requests: Int64, seconds: Double)? {
    let row = try connection.row(
      """
      SELECT sum("requests"), sum("seconds" - "waited") FROM (
        SELECT "requests", "waited",
            strftime('%s', "finished_at") - strftime('%s', "started_at") AS "seconds"
          FROM "_runs" WHERE "outcome" IN ('good', 'partial') AND "requests" >= 20
          ORDER BY "id" DESC LIMIT 10)
      """)
    guard let requests = row?[0].integer, let seconds = row?[1].number else { return nil }
    return (requests, seconds)
  }
}

extension Value {
  /// The number, whatever its storage class.
  fileprivate var number: Double? {
    if case .real(let value) = self { value } else { integer.map { Double($0) } }
  }
}
