internal import Capsule
internal import HTTP
internal import Model
internal import ReplicaFile
internal import Replication
internal import SQLite

/// Makes the replica of an account: the program's own engine reads it fortnight by fortnight, so
/// that rows, children, tombstones, history, the run log and the statistics are what a replica of
/// that age has.
enum AccountFile {
  static func make(_ path: String, _ account: Account) throws {
    let transport = AccountTransport(account)
    for instant in account.runs {
      transport.instant = instant
      let isWhole = instant == account.runs.first || instant == account.end
      try run(path, transport, isWhole: isWhole)
      if instant == account.runs.first { try fillRates(path, account) }
    }
  }

  /// One run of the program. What is read whole each time, such as tasks, is left out of most runs.
  private static func run(
    _ path: String, _ transport: AccountTransport, isWhole: Bool
  ) throws {
    let tables = CapsuleSource.catalogue
    let source = CapsuleSource(base: try BaseURL("http://127.0.0.1:1"))
    let connection = try Database.open(path: path, tables: tables, views: source.views)
    var options = RoundOptions()
    options.scrubBudget = 0
    options.defaultFullEvery = .max
    options.selection = Set(tables.filter { isRead($0, isWhole: isWhole) }.map(\.name))
    let summary = try Round(
      connection, source: source, tables: tables, transport: transport,
      clock: PastClock(instant: transport.instant), options: options
    ).run()
    guard summary.outcome == .good else {
      let errors = summary.tables.compactMap(\.error)
      throw Complaint("the round was \(summary.outcome): \(errors.first ?? summary.error ?? "")")
    }
    try Database.measure(connection, tables)
  }

  private static func isRead(_ table: Table, isWhole: Bool) -> Bool {
    switch table.method {
    case .perParent: false
    case .incremental, .deletions: true
    default: isWhole
    }
  }

  /// Fills the user's own table: euros are the base, and two currencies have a rate a day.
  private static func fillRates(_ path: String, _ account: Account) throws {
    let connection = try Connection(path: path)
    var draws = Draws(account.writer.seed ^ 14, 0)
    try connection.transaction {
      for age in (0...3 * 365).reversed() {
        let instant = Timestamp(Int64(account.end - age * Account.day))
        let day = Value.text(String(instant.sql.prefix(10)))
        for (currency, rate) in [("GBP", 1.16), ("USD", 0.92), ("EUR", 1)] {
          guard currency != "EUR" || age == 3 * 365 else { continue }
          let noise = currency == "EUR" ? 0 : Double(draws.int(-300...300)) / 10_000
          try connection.run(
            "INSERT INTO \"fx_rates\" VALUES (?, ?, ?)",
            [.text(currency), day, .real(rate + noise)])
        }
      }
    }
  }
}

/// A host's clock at an instant of the past.
struct PastClock: Clock {
  let instant: Int

  func now() -> Timestamp { Timestamp(Int64(instant)) }
  func elapsed() -> Duration { SystemClock().elapsed() }
}
