internal import Model
internal import ReplicaFile
internal import SQLite

/// What only a run does that compares values, for it takes nothing for right that is in the file:
/// somebody may have changed it.
///
/// - A feed that is read from its beginning is the whole of its table. Its last statement of a row
///   holds, whatever is stored, and what it lacks is gone. A feed may forget what is old, so a
///   statement that is older than all it tells stays, and then those without a date as well.
/// - A tombstone says since when and why as the feed's statement of it does.
/// - A row of a list has a record, and a row that is read by its parent has one.
extension Pass {
  /// Whether the feed is read from its beginning and compared.
  var rebuildsFeed: Bool {
    guard table.feed != nil, context.options.comparesValues, case .list(let machine) = work else {
      return false
    }
    return machine.progress.since == Timestamp(0)
  }

  /// Takes every statement for gone until the feed repeats it.
  func beginRebuilding() throws {
    var none = Seen(table: table.name)
    try absent.fill(&none)
    try context.connection.execute(
      """
      CREATE TEMP TABLE IF NOT EXISTS said (table_name, k, instant, PRIMARY KEY (table_name, k))
        WITHOUT ROWID
      """)
    try context.connection.run(
      "DELETE FROM temp.said WHERE table_name = ?", [.text(table.name)])
  }

  /// Whether a statement holds whatever is stored: the file has none of this row that is later. So
  /// does one that was withdrawn although its row is no longer there, and was not after it.
  ///
  /// A feed may say twice, in any order, that a row was deleted. So what is stored is only too late
  /// when nothing else has been said at the end.
  func replaces(_ record: DecodedPage.Record, _ source: PageBytes) throws -> Bool {
    let key = store.key(of: record, source)
    guard case .deletions(let name) = table.method, let feed = table.feed,
      let column = table.freshness
    else { return false }
    let instant = quoted(feed.instant)
    let joined = TableStore.joined(key)
    if try absent.contains(joined) {
      let said = source.value(record.slots + column)
      try context.connection.run(
        """
        INSERT INTO temp.said SELECT ?1, ?2, ?3 FROM \(quoted(table.name))
          WHERE "id" = ?2 AND \(instant) > ?3
          ON CONFLICT DO UPDATE SET instant = max(instant, excluded.instant)
        """, [.text(table.name), joined, said])
      return try context.connection.changes == 0 && absent.remove(joined)
    }
    return try !context.connection.rows(
      """
      SELECT 1 FROM \(quoted(table.name)) AS s WHERE s."id" = ? AND s."_deleted_at" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM \(quoted(name)) AS t WHERE t."id" = s."id"
          AND (t."_deleted_at" IS NULL OR t."_deleted_at" > s.\(instant)))
      """, key
    ).isEmpty
  }

  /// Gives statements that are stored with a later date than was said the last one that was.
  func correctDates() throws {
    guard let column = table.freshness else { return }
    let rows = try context.connection.rows(
      "SELECT k, instant FROM temp.said WHERE table_name = ?", [.text(table.name)])
    for row in rows where try absent.remove(row[0]) {
      try store.set(column, to: row[1], key: [row[0]], context.writing)
      report.counts.updated += 1
    }
  }

  /// Leaves among the absent only those statements that the feed cannot have forgotten.
  func keepForgotten() throws {
    guard let feed = table.feed else { return }
    let instant = quoted(feed.instant)
    let unsaid = "SELECT k FROM temp.absent WHERE table_name = ?1"
    let name = Value.text(table.name)
    let oldest = try context.connection.value(
      """
      SELECT min(\(instant)) FROM \(quoted(table.name))
        WHERE "_deleted_at" IS NULL AND "id" NOT IN (\(unsaid))
      """, [name])
    let older =
      "SELECT \"id\" FROM \(quoted(table.name)) WHERE \(instant) < ?2 AND \"id\" IN (\(unsaid))"
    let forgets =
      try oldest.isNull
      || !context.connection.rows("\(older) LIMIT 1", [name, oldest]).isEmpty
    guard forgets else { return }
    try context.connection.run(
      """
      DELETE FROM temp.absent WHERE table_name = ?1 AND (?2 IS NULL OR k IN (\(older)) OR k IN
        (SELECT "id" FROM \(quoted(table.name)) WHERE \(instant) IS NULL))
      """, [name, oldest])
  }

  /// Has the tombstones of the table say what the feed says of their rows.
  func agreeWithFeed() throws {
    guard let name = context.feeds[table.name], let feed = context.tables[name]?.feed else {
      return
    }
    let (reason, instant) = ("s.\(quoted(feed.reason))", "s.\(quoted(feed.instant))")
    while true {
      let rows = try context.connection.rows(
        """
        SELECT \(reason), coalesce(\(instant), t."_deleted_at"), t."id"
          FROM \(quoted(table.name)) AS t JOIN \(quoted(name)) AS s ON s."id" = t."id"
          WHERE t."_deleted_at" IS NOT NULL AND s."_deleted_at" IS NULL
            AND \(reason) IN ('deleted', 'restricted')
            AND (\(reason) IS NOT t."_deleted_reason" OR \(instant) <> t."_deleted_at") LIMIT 500
        """)
      if rows.isEmpty { return }
      for row in rows {
        guard let reason = row[0].text.flatMap({ DeletionReason(rawValue: $0) }),
          let at = row[1].text.flatMap({ Timestamp($0) })
        else { return }
        _ = try tombstones.apply(
          reason, at: at, key: [row[2]], context.writing, isCertain: true)
      }
    }
  }

  /// Ends rows that no parent's list can show: the parent that they name was never there.
  func endRowsWithoutParent() throws {
    let key = table.key.map { "t.\(quoted($0.name))" }.joined(separator: ", ")
    let parents = table.listings.compactMap(\.parent).map { parent in
      let column = "t.\(quoted(parent.column))"
      // Of a parent that is not replicated nothing is known.
      guard context.tables[parent.table] != nil else { return "\(column) IS NOT NULL" }
      return "EXISTS (SELECT 1 FROM \(quoted(parent.table)) AS p WHERE p.\"id\" = \(column))"
    }
    let rows = try context.connection.rows(
      """
      SELECT \(key) FROM \(quoted(table.name)) AS t
        WHERE t."_deleted_at" IS NULL AND NOT (\(parents.joined(separator: " OR ")))
      """)
    let writing = context.writing
    for row in rows where try tombstones.apply(.absent, at: writing.now, key: row, writing) {
      report.counts.deleted += 1
      hasUnsaved = true
    }
  }
}
