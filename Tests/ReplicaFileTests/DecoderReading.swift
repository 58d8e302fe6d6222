import SQLite

@testable import Model
@testable import ReplicaFile

extension Table {
  /// A table with every type of column, every kind of child and every way to be left out.
  static let everything = Table(
    "things", .full, from: [Listing("things", "things")],
    columns: [
      .integer("id", or: .key),
      .integer("rank"),
      .integerOrDigits("size"),
      .real("rating"),
      .text("name"),
      .anyAsText("enrichment"),
      .boolean("is_open", otherKey: "open"),
      .date("closed_on"),
      .dateTime("updated_at"),
      // Shares its first eight bytes with the key before it.
      .text("updated_at_place"),
      .reference("owner_id"),
      .reference("country_code", at: "country", type: .text),
      .reference("definition_id", otherKey: "trackDefinition"),
      .real("value_amount", at: "value", "amount"),
      .text("value_currency", at: "value", "currency"),
      .reference("repeat_task_id", at: "repeat", "task"),
      .text("secret"),
      .integer("repeat_hidden", at: "repeat", "hidden"),
      .listing("reason", .text),
    ],
    children: [
      Child(
        "thing_emails", at: "emails", of: "thing_id",
        elements: .objects([
          .integer("id"), .text("address"), .dateTime("seen_at"),
          .real("geo_lat", at: "geo", "lat"),
        ])),
      Child("thing_tags", at: "tags", of: "thing_id", elements: .references("tag_id")),
      Child("thing_options", at: "options", of: "thing_id", elements: .strings),
      Child(
        "thing_fields", at: "fields", of: "thing_id",
        elements: .objects([
          .integer("id"), .reference("definition_id"), .anyAsText("value"),
        ]), isEmbedded: true),
      Child("thing_hidden", at: "unwanted", of: "thing_id", elements: .strings),
    ],
    feed: Table.Feed(restricted: "others", instant: "at", reason: "why"), ignored: ["noise"]
  ).excluding(["secret", "repeat_hidden", "unwanted"])
}

/// A page with its bytes: what the store would see of it, as plain values.
struct DecoderReading {
  let table: Table
  let layout: Layout
  let page: DecodedPage
  let body: [UInt8]

  /// Reads a body that does not yet end with the padding.
  init(
    _ bytes: some Sequence<UInt8>, _ table: Table = .everything,
    given: [[Int: PageDecoder.Given]] = []
  ) throws(DecodeError) {
    self.table = table
    layout = Layout(table)
    body = Array(bytes) + Array(repeating: 0, count: JSONScanner.padding)
    var decoder = DecoderReading.decoder(layout)
    try decoder.decode(body, given: given)
    page = decoder.page
  }

  init(
    _ text: String, _ table: Table = .everything, given: [[Int: PageDecoder.Given]] = []
  ) throws(DecodeError) {
    try self.init(text.utf8, table, given: given)
  }

  /// Reads a page of this one record, given without its braces.
  init(record: String) throws(DecodeError) {
    try self.init("{\"things\":[{\(record)}]}")
  }

  /// A decoder for the lists of `Table.everything`.
  static func decoder(_ layout: Layout) -> PageDecoder {
    PageDecoder(layout, envelopes: ["things", "others"], total: ("meta", "totalCount"))
  }

  func value(_ column: String, of record: Int = 0) -> Value? {
    guard let index = table.columns.firstIndex(where: { $0.name == column }) else { return nil }
    return values(page.records[record].slots, 1 + index).last
  }

  /// All columns of a record.
  func values(of record: Int = 0) -> [Value] { values(page.records[record].slots, layout.width) }

  /// The rows of a child list, in the order sent.
  func rows(_ key: String, of record: Int = 0) -> [[Value]] {
    guard let child = table.children.firstIndex(where: { $0.key == key }) else { return [] }
    return page.records[record].rows.filter { page.rows[$0].child == child }.map {
      values(page.rows[$0].slots, layout.children[child].width)
    }
  }

  func isPresent(_ key: String, of record: Int = 0) -> Bool {
    guard let child = table.children.firstIndex(where: { $0.key == key }) else { return false }
    return page.records[record].presentChildren & 1 << UInt32(child) != 0
  }

  /// `_extra` as it would be stored.
  func extra(of record: Int = 0) -> String? {
    body.withUnsafeBytes {
      page.extraText(of: page.records[record], layout: layout, $0)
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  var digest: UInt64 { page.records[0].digest }

  private func values(_ start: Int, _ count: Int) -> [Value] {
    PageBytes.hold(page, body) { bytes in (start..<(start + count)).map(bytes.value) }
  }
}
