import Model
import SQLite
import Simulation
import Testing
import VtigerSimulator

@testable import ReplicaFile
@testable import Replication
@testable import Vtiger

/// What `plan` foretells of an account whose lists go by key, and whose documents have lines.
@Suite struct ForecastTests {
  private func forecast(_ replica: FollowedAccount, full: Bool) throws -> Forecast {
    var options = replica.options
    options.full = full
    let source = try replica.source()
    return try RoundForecast(
      Database.openReadOnly(path: replica.path), tables: source.tables, options: options,
      recordsPerRequest: source.recordsPerRequest, at: Timestamp(replica.account.now)
    ).forecast()
  }

  /// Tables of which another number of requests was foretold than is made.
  private func differences(_ forecast: Forecast, _ summary: RunSummary) -> [String] {
    zip(forecast.lines, summary.tables).compactMap { line, report in
      // What the account says of itself is known here, and to a page of activities that is not full
      // another one follows.
      if ["modules", "module_fields", "picklist_values"].contains(line.table) { return nil }
      let isFiltered = ["calendar", "events"].contains(line.table)
      let told = line.requests + line.scrub + (isFiltered ? 1 : 0)
      return told == report.requests ? nil : "\(line.table): \(told), and \(report.requests) made"
    }
  }

  /// An account in which nothing changes, without documents that crash the server.
  private func followed() throws -> FollowedAccount {
    let replica = try FollowedAccount()
    let account = replica.account
    for module in ["Quotes", "PurchaseOrder", "SalesOrder", "Invoice"] {
      for id in replica.ids(module) where account.asides(of: id, in: module) == nil {
        account.revise(id, "hdnTaxType", "group")
      }
    }
    account.now += 100_000
    try replica.sync()
    account.now += 3_600
    return replica
  }

  @Test func `all of it, with the lines of documents and what no list tells`() throws {
    let replica = try followed()
    let forecast = try forecast(replica, full: true)
    let found = differences(forecast, try replica.sync(full: true))
    #expect(found == [])
  }

  @Test func `a quiet round, with the counts that save the keys`() throws {
    let replica = try followed()
    for _ in 0..<2 {
      try replica.sync()
      replica.account.now += 3_600
    }
    let forecast = try forecast(replica, full: false)
    let found = differences(forecast, try replica.sync())
    #expect(found == [])
  }
}
