package import Model

/// How many requests a round will take, table by table, before it begins.
package struct Forecast: Sendable {
  /// Where a figure comes from.
  package enum Basis: String, Sendable, Hashable, Encodable {
    /// The account said how many records it lists.
    case counted
    /// The end of its list was looked for, within a thirtieth.
    case probed
    /// The file: its rows, and what the last rounds found changed.
    case file
    /// Nothing is known: one request for each list.
    case assumed
  }

  /// What is asked for one table.
  package struct Line: Sendable, Hashable {
    package let table: String
    /// Without those of the scrub.
    package let requests: Int
    package var scrub = 0
    /// Those that read parents again of which nothing says that they have changed.
    package var rereads = 0
    /// Those that ask what has happened to older rows, as often as `RoundOptions.hintEvery` lets
    /// them.
    package var hints = 0
    /// Records or parents that are read, where their number is known.
    package let rows: Int?
    package let basis: Basis
    /// Whether it is read behind everything that is urgent.
    let work: PatientWork?

    init(
      _ table: Table, _ requests: Int, rows: Int? = nil, _ basis: Basis, _ work: PatientWork? = nil
    ) {
      self.table = table.name
      (self.requests, self.rows, self.basis, self.work) = (requests, rows, basis, work)
    }
  }

  /// In the order of the tables.
  package internal(set) var lines: [Line]

  /// Leaves those tables out that are not selected.
  package mutating func keep(only selection: Set<String>?) {
    guard let selection else { return }
    lines.removeAll { !selection.contains($0.table) }
  }

  /// Requests of the whole round.
  package var requests: Int { lines.reduce(0) { $0 + $1.requests + $1.scrub } }

  /// Requests of the round until each table has been read, in the order of `lines`. Urgent tables
  /// follow each other; what can wait takes turns behind them. The scrub of a table is not counted
  /// to it: the table is fresh before.
  package var requestsUntilRead: [Int] {
    var urgent = 0
    for line in lines where line.work == nil { urgent += line.requests }
    let scrub = lines.reduce(0) { $0 + $1.scrub }
    let kinds: [PatientWork: Int] = lines.reduce(into: [.scrub: scrub]) {
      if let work = $1.work { $0[work, default: 0] += $1.requests }
    }
    var done: [PatientWork?: Int] = [:]
    return lines.map { line in
      let mine = done[line.work, default: 0] + line.requests
      done[line.work] = mine
      guard let work = line.work else { return mine }
      let others = kinds.reduce(0) { $0 + ($1.key == work ? 0 : min($1.value, mine)) }
      return urgent + mine + others
    }
  }

  /// Pages of a list of so many records; an empty one has to be asked for too.
  static func pages(_ rows: Int, _ size: Int) -> Int {
    let size = max(1, size)
    return max(1, (rows + size - 1) / size)
  }
}

extension Forecast {
  /// A first round into an empty file. `counts` has the records of each listing in the order of the
  /// listings, by table, where they are known; the account did not tell those of `probed`.
  package static func firstRound(
    of tables: [Table], counts: [String: [Int?]], probed: Set<String> = [], options: RoundOptions
  ) -> Forecast {
    func rows(_ table: String) -> Int? {
      guard let counts = counts[table], !counts.contains(nil) else { return nil }
      return counts.reduce(0) { $0 + ($1 ?? 0) }
    }
    let names = Set(tables.map(\.name))
    let parents = tables.filter { !$0.askedRowByRow.isEmpty }
    let needs = parents.map { table in
      table.askedRowByRow.map(\.of).filter(names.contains).reduce(0) { $0 + (rows($1) ?? 0) }
    }
    let isUnbounded = options.full
    let shares = isUnbounded ? needs : ParentQuotas.divide(options.perParentBudget, among: needs)
    let lines = tables.map { table in
      if table.method == .perParent,
        let index = parents.firstIndex(where: { $0.name == table.name })
      {
        let isKnown = table.parents.allSatisfy { !names.contains($0) || rows($0) != nil }
        return Line(
          table, shares[index], rows: isKnown ? needs[index] : nil, isKnown ? .counted : .assumed,
          .parents)
      }
      let isNewestFirst = if case .newestFirst = table.method { true } else { false }
      let listings = table.listings.enumerated().map { index, listing -> Int? in
        if let parent = listing.parent { return rows(parent.table).map { max($0, 0) } }
        return counts[table.name]?[index].map { pages($0, options.pageSize) }
      }
      return Line(
        table, listings.reduce(0) { $0 + ($1 ?? 1) }, rows: rows(table.name),
        listings.contains(nil) ? .assumed : probed.contains(table.name) ? .probed : .counted,
        isNewestFirst ? .wholeList : nil)
    }
    var forecast = Forecast(lines: lines)
    for (index, table) in tables.enumerated() {
      guard let rows = rows(table.name) else { continue }
      // How long they are nobody knows.
      let apart = table.children.count { $0.isApart } * pages(rows, options.pageSize)
      let place = parents.firstIndex { $0.name == table.name && $0.hasAsides }
      forecast.lines[index].scrub += apart + (place.map { shares[$0] } ?? 0)
    }
    return forecast
  }
}
