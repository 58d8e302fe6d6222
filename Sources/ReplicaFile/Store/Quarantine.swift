internal import Model
internal import SQLite

extension TableStore {
  /// Keeps a record that cannot be stored, so that it can be looked at: its columns, its children
  /// and its leftovers, for the record as sent may hold what is excluded.
  func quarantine(
    _ record: DecodedPage.Record, _ source: PageBytes, _ reason: String, _ writing: Writing
  ) throws {
    var members = table.columns.enumerated().compactMap { index, column in
      let value = source.value(record.slots + index)
      return value.isNull ? nil : (column.name, JSONText.value(value))
    }
    for (index, child) in children.enumerated() {
      if let rows = child.text(ofRows: index, of: record, source) {
        members.append((child.child.columnName, rows))
      }
    }
    if let extra = source.page.extraText(of: record, layout: layout, source.body) {
      members.append(("_extra", String(decoding: extra, as: UTF8.self)))
    }
    try connection.run(
      """
      INSERT INTO "_quarantine" VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """,
      [
        .text(table.name), .integer(Int64(bitPattern: record.digest)), .integer(writing.runID),
        .text(writing.now.sql), .text(reason), .text(JSONText.object(members)),
      ])
  }
}
