internal import Model
internal import ReplicaFile
internal import SQLite

/// What the list of the parent at hand has shown.
struct ParentRows {
  var keys: Set<[Value]> = []
  /// Whether one of its records could not be stored.
  var hasRefused = false
}

/// A parent whose list lacks rows that were there before: it has been read when they are gone.
struct LackingParent {
  let id: Int64
  let table: String
}

/// How a pass reads a table with a request for each parent.
extension Pass {
  func beginParents() throws {
    try requireParents()
    try endLinksOfTombstones()
    try absent.removeAll()
    lackingParents = []
    if context.options.comparesValues { try endRowsWithoutParent() }
    start([])
    let pager = Pager(size: context.options.pageSize, length: pageLength)
    work = .parents(ParentsMachine(pager, isNumbered: isNumbered))
    try appendRowByRow()
  }

  /// A table that is read parent by parent would read nothing, and call it good, without them.
  func requireParents() throws {
    for parent in Set(table.parents).sorted() where context.tables[parent] != nil {
      let cursor = try context.cursors.load(parent)
      if cursor.lastRunDate != nil || cursor.fullRunDate != nil { continue }
      let count = try context.connection.value("SELECT count(*) FROM \(quoted(parent))")
      if count != 0 { continue }
      let isComplete = try context.connection.rows(
        "SELECT 1 FROM \"_cursors\" WHERE \"table_name\" = ? AND \"completed_at\" IS NOT NULL",
        [.text(parent)])
      guard isComplete.isEmpty else { continue }
      throw TableFailure(.parentUnread(parent), doing: "reading \(table.name)")
    }
  }

  /// Adds the lists of the next parents, or the next of the table's own rows that are asked for by
  /// themselves, as far as the budget goes.
  func appendRowByRow() throws {
    switch work {
    case .parents, .asides: break
    case .list, .scrub, .census, .probe, .hints, .notBegun, .ended: return
    }
    let chunk = 500
    for (index, parent) in table.askedRowByRow {
      let key = ParentQuotas.Key(table: table.name, listing: index)
      guard let quota = context.quotas[key], quota > 0 else { continue }
      let ids = try context.quotaSource.next(min(quota, chunk), of: table, parent: parent)
      // A short chunk is the last one: nobody is left, whatever the budget.
      context.quotas[key] = ids.count < min(quota, chunk) ? 0 : quota - ids.count
      let isOwn = table.hasAsides
      frontier.append(
        ids.map { isOwn ? Scan(listing: index, ids: [$0]) : Scan(listing: index, parent: $0) })
      if !ids.isEmpty { return }
    }
  }

  /// Ends the pass when all parents that are new or have changed have been read, and others are
  /// read once more. Returns whether it did.
  func endRereading() throws -> Bool {
    guard case .parents(let machine) = work, !context.options.full else { return false }
    let due = try context.quotaSource.due(in: table, replicated: Set(context.tables.keys))
    if due == 0 {
      report.isCut = true
      try conclude(machine)
    }
    return due == 0
  }

  /// What hangs on a row that is gone is gone with it: its parent's, or the linked row's.
  func endLinksOfTombstones() throws {
    var owners = table.listings.compactMap(\.parent)
    if let link = table.link { owners.append(link) }
    for owner in owners where context.tables[owner.table] != nil {
      while case let links = try linksOfTombstones(owner), !links.isEmpty {
        for link in links {
          let at = link[0].text.flatMap { Timestamp($0) } ?? context.writing.now
          let reason = link[1].text.flatMap { DeletionReason(rawValue: $0) } ?? .absent
          let key = Array(link.dropFirst(2))
          let isBuried = try tombstones.apply(reason, at: at, key: key, context.writing)
          precondition(isBuried, "a link is asked for while it lives")
          report.counts.deleted += 1
          hasUnsaved = true
        }
      }
    }
  }

  /// Some living rows whose owner is gone: since when and why it is, and their keys.
  private func linksOfTombstones(_ owner: Listing.Parent) throws -> [[Value]] {
    let key = table.key.map { "t.\(quoted($0.name))" }.joined(separator: ", ")
    return try context.connection.rows(
      """
      SELECT p."_deleted_at", p."_deleted_reason", \(key) FROM \(quoted(table.name)) AS t
        JOIN \(quoted(owner.table)) AS p ON p."id" = t.\(quoted(owner.column))
        WHERE t."_deleted_at" IS NULL AND p."_deleted_at" IS NOT NULL
          AND (p."_deleted_reason" <> 'restricted' OR ?) LIMIT 500
      """, [owner == table.link ? 0 : 1])
  }

  /// A parent's list is at its end, and the parent has been read. What it no longer holds is gone
  /// if the lists of all others do not lack too much as well.
  func parentEnded(_ scan: Scan, _ arrival: Arrival) throws {
    guard case .parents(var machine) = work, let id = scan.parent,
      let parent = table.listings[scan.listing].parent
    else { return }
    let writing = context.writing
    var lacks = false
    let end = machine.listEnded(arrival.answer, hasRefused: parentRows.hasRefused)
    work = .parents(machine)
    if end.isWhole {
      let key = table.key.map { quoted($0.name) }.joined(separator: ", ")
      let stored = try context.connection.rows(
        """
        SELECT \(key) FROM \(quoted(table.name))
          WHERE \(quoted(parent.column)) = ? AND "_deleted_at" IS NULL
        """, [.integer(id)])
      for row in stored where !parentRows.keys.contains(row) {
        try absent.insert(TableStore.joined(row))
        lacks = true
      }
      if cursor.heldRows > 0 { try absent.release(parentRows.keys.map(TableStore.joined)) }
    }
    if lacks, end.isRead { lackingParents.append(LackingParent(id: id, table: parent.table)) }
    parentRows = ParentRows()
    if end.isEndless {
      let failure = TableFailure(.endless, doing: "reading \(table.name)")
      (report.failure, report.error) = (failure, failure.sentence)
    }
    try context.quotaSource.note(
      id, of: table.name, parent: parent.table, at: end.isRead && !lacks ? writing.now : nil)
  }

  /// Every parent that the budget has room for has been read.
  func conclude(_ machine: ParentsMachine) throws {
    // A parent is due until all of its list has been stored.
    if refusals.missed > 0,
      try context.quotaSource.due(in: table, replicated: Set(context.tables.keys)) == 0
    {
      try endRefusals(isFull: false)
    }
    noteUnstored()
    report.outcome = report.failure == nil ? .good : .failed
    let held = try markAbsent(at: machine.date ?? context.now, isList: false)
    for parent in lackingParents {
      try context.quotaSource.note(
        parent.id, of: table.name, parent: parent.table, at: held > 0 ? nil : context.writing.now)
    }
    try end(at: machine.date, isFull: true, isWhole: true)
  }
}
