package import Model
internal import ReplicaFile
package import SQLite

/// Foretells the next round of a replica from its file alone.
package struct RoundForecast {
  private let connection: Connection
  private let tables: [Table]
  private let options: RoundOptions
  private let recordsPerRequest: Int
  private let now: Timestamp
  private let inventory: Inventory

  /// Looks at a file that has all bookkeeping tables. `tables` are the enabled ones; the round
  /// begins at `now`, by the source's clock.
  package init(
    _ connection: Connection, tables: [Table], options: RoundOptions, recordsPerRequest: Int,
    at now: Timestamp
  ) throws {
    (self.connection, self.options) = (connection, options)
    self.tables = try tables.map { try $0.read(connection, options, at: now) }
    (self.recordsPerRequest, self.now) = (recordsPerRequest, now)
    inventory = try Inventory(connection)
  }

  /// The requests of a round over all tables. Throws `SQLiteError`.
  package func forecast() throws -> Forecast {
    let parents = try perParent()
    var forecast = Forecast(
      lines: try tables.map { table in
        if table.method == .perParent, let need = parents[table.name] {
          var line = Forecast.Line(table, need.requests, rows: need.parents, .file, .parents)
          line.rereads = need.rereads
          return line
        }
        return try line(of: table)
      })
    for (index, table) in tables.enumerated() where table.hasAsides {
      forecast.lines[index].scrub += parents[table.name]?.requests ?? 0
    }
    if !options.full { try addUpkeep(to: &forecast) }
    return forecast
  }

  // MARK: Lists

  private func line(of table: Table) throws -> Forecast.Line {
    let cursor = try Cursors(connection).load(table.name)
    let rows = try living(table) + cursor.unstoredRows
    let isFull = PassPlan(table, cursor, options, at: now).kind == .full
    func pages(_ rows: Int) -> Int { Forecast.pages(rows, cursor.pageLength ?? options.pageSize) }
    switch table.method {
    case .perParent: return Forecast.Line(table, 0, .file, .parents)
    case .full: return try whole(table, cursor, rows)
    case .deletions:
      return Forecast.Line(table, options.full ? pages(rows) : 1, .file)
    case .incremental:
      if isFull { return try whole(table, cursor, rows) }
      let every = table.countEvery(options)
      let isCounted = !PassPlan.isCountDue(cursor.countedAt, every: every, at: now)
      let changed = try changed(table, rows)
      let requests = pages(changed) + (try listPages(table, of: changed))
      return Forecast.Line(table, requests + (isCounted ? 0 : 1), rows: changed, .file)
    case .newestFirst(let column):
      if isFull { return try whole(table, cursor, rows, .wholeList) }
      // Down to the first record that is older than the lookback.
      let edge = (cursor.lastRunDate ?? now) + -options.recentLookback
      let recent =
        try connection.value(
          """
          SELECT count(*) FROM \(quoted(table.name))
            WHERE "_deleted_at" IS NULL AND \(quoted(column)) >= ?
          """, [.text(edge.sql)]
        ).integer ?? 0
      let read = min(rows, Int(recent) + (try changed(table, rows)) + 1)
      let isAsked =
        try table.hint != nil && rows > options.pageSize
        && !Hints(table, connection).isRefused(at: now)
      var line = Forecast.Line(table, pages(read) + (isAsked ? 1 : 0), rows: read, .file)
      line.hints = isAsked ? 1 : 0
      return line
    }
  }

  /// Every page of a table's lists, or those that a pass has left which a former run began.
  private func whole(
    _ table: Table, _ cursor: Cursor, _ rows: Int, _ work: PatientWork? = nil
  ) throws -> Forecast.Line {
    let isEmpty = rows == 0 && cursor.lastRunDate == nil && cursor.progress == nil
    let size = cursor.pageLength ?? options.pageSize
    if let progress = PassPlan(table, cursor, options, at: now).resumed, progress.kind == .full,
      table.method != .full, let total = progress.total
    {
      // The pages that are left, the one before them, and two requests for what has changed on the
      // others meanwhile.
      let left = max(0, Forecast.pages(total, size) - progress.page + 1) + 3
      return Forecast.Line(table, left, rows: total, .file, work)
    }
    let listings = try table.listings.map { listing in
      // By key; what comes apart has to be asked for behind each page.
      if listing.hasCensus, table.method == .incremental, !isEmpty {
        let full = rows / size * (try listPages(table, of: size))
        return Forecast.pages(rows, size) + full + (try listPages(table, of: rows % size))
      }
      if let parent = listing.parent { return try living(parent.table) }
      if let constant = listing.constant {
        return Forecast.pages(try living(table, where: constant), size)
      }
      return listing.isCounted ? Forecast.pages(rows, size) : 1
    }
    var requests = listings.reduce(0, +)
    // Whether a list without a count comes in pages only a former reading tells.
    if table.method == .full, !table.listings.contains(where: \.isCounted),
      let last = try lastRequests(table)
    {
      requests = last
    }
    return Forecast.Line(table, max(1, requests), rows: rows, isEmpty ? .assumed : .file, work)
  }

  /// The requests for lists of so many records, where they come apart: as long as those that the
  /// file has.
  private func listPages(_ table: Table, of records: Int) throws -> Int {
    guard records > 0 else { return 0 }
    let answer = max(1, try inventory.rows(table.name)) * recordsPerRequest
    return try table.children.filter(\.isApart).reduce(0) { sum, child in
      let rows = records * (try inventory.rows(child.table))
      return sum + max(1, (rows + answer - 1) / answer)
    }
  }

  // MARK: What the file knows

  private func living(_ table: Table, where constant: Listing.Constant? = nil) throws -> Int {
    try inventory.living(table.name, where: constant)
  }

  private func living(_ name: String) throws -> Int {
    try tables.first { $0.name == name }.map { try living($0) } ?? 0
  }

  /// The most rows that one of the last rounds found new or changed. Rounds that filled the table
  /// do not tell.
  private func changed(_ table: Table, _ rows: Int) throws -> Int {
    let most = try connection.value(
      """
      SELECT max("changed") FROM (SELECT "inserted" + "updated" AS "changed" FROM "_run_tables"
        WHERE "table_name" = ? AND "outcome" = 'good' AND "requests" > 0 AND 2 * "inserted" <= ?
        ORDER BY "run_id" DESC LIMIT 5)
      """, [.text(table.name), Value(rows)])
    return Int(most.integer ?? 0)
  }

  private func lastRequests(_ table: Table) throws -> Int? {
    let requests = try connection.rows(
      """
      SELECT "requests" FROM "_run_tables" WHERE "table_name" = ? AND "outcome" = 'good'
        AND "requests" > 0 ORDER BY "run_id" DESC LIMIT 1
      """, [.text(table.name)])
    return requests.first?[0].integer.map { Int($0) }
  }

  // MARK: What can wait

  private func perParent() throws -> [String: (requests: Int, rereads: Int, parents: Int)] {
    let names = inventory.tables.intersection(tables.map(\.name))
    let wanted = tables.filter {
      !$0.askedRowByRow.isEmpty && inventory.tables.contains($0.name)
    }
    let isWanted = Set(wanted.map(\.name))
    let budget = options.full ? Int.max / 2 : options.perParentBudget
    var quotas = ParentQuotas(
      connection: connection, runID: 0, now: now, isFull: options.full,
      restsFor: options.scrubEvery)
    let shares = try quotas.shares(of: budget, among: wanted, replicated: names)
    quotas.rereads = []
    let due = try quotas.shares(of: budget, among: wanted, replicated: names)
    var result: [String: (requests: Int, rereads: Int, parents: Int)] = [:]
    for table in tables where !table.askedRowByRow.isEmpty {
      let parents = try table.askedRowByRow.reduce(0) { $0 + (try living($1.of)) }
      func sum(_ shares: [ParentQuotas.Key: Int]) -> Int {
        shares.reduce(0) { $0 + ($1.key.table == table.name ? $1.value : 0) }
      }
      // Of a table that is new in this file nothing was read.
      let requests = isWanted.contains(table.name) ? sum(shares) : min(budget, parents)
      result[table.name] = (requests, max(sum(shares) - sum(due), 0), parents)
    }
    return result
  }

  private func addUpkeep(to forecast: inout Forecast) throws {
    let pages = try tables.map { table in
      guard table.hasCensus, table.method == .incremental else { return 0 }
      let cursor = try Cursors(connection).load(table.name)
      // A count that agrees saves the keys.
      return try Pass.mayCount(table, cursor, options, at: now, connection)
        ? 1 : try living(table) / options.pageSize + 1
    }
    for (index, share) in ParentQuotas.divide(options.censusBudget, among: pages).enumerated() {
      forecast.lines[index].scrub += share
    }
    let needs = try tables.map { table -> Int in
      guard table.isSwept else { return 0 }
      let cursor = try Cursors(connection).load(table.name)
      guard cursor.lastRunDate != nil, let last = cursor.sweptAt, now > last else { return 0 }
      return ScrubMachine.need(
        rows: try living(table), from: last, to: now, every: options.scrubEvery,
        perRequest: recordsPerRequest)
    }
    let shares = ParentQuotas.divide(
      options.scrubBudget, among: needs.map { $0 == 0 ? 0 : $0 + recordsPerRequest })
    for index in tables.indices where needs[index] > 0 {
      // Of a small budget single records are asked for.
      let isSmall = shares[index] <= recordsPerRequest
      forecast.lines[index].scrub +=
        isSmall
        ? min(shares[index], try living(tables[index]))
        : min(needs[index], shares[index] - recordsPerRequest)
    }
  }
}
