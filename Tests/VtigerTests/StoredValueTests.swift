import HTTP
import Model
import SQLite
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Vtiger

/// Records of the API's as the file holds them, by way of the engine's decoder.
@Suite struct StoredValueTests {
  private let source: VtigerSource
  private let file: ScratchFile

  init() throws {
    source = try Fixture().source()
    file = try ScratchFile(source.tables)
  }

  private func store(_ records: String, _ table: String) throws {
    let request = try source.request(table, Question(.page(Position("0"), size: 100)))
    let reply = source.reply(Fixture.success(records), to: request)
    #expect(reply.verdict == .accept)
    let body = try #require(reply.body)
    try file.apply(String(decoding: body.dropFirst(10).dropLast(9), as: UTF8.self), to: table)
  }

  @Test func `what fits is in its column, and what does not in _extra`() throws {
    try store(
      """
      [{"accountname":"Tea","employees":"many","annual_revenue":"1234.50","emailoptout":"1",
        "account_id":"9","assigned_user_id":"20x3","opened":"0000-00-00","notes":"",
        "createdtime":"2026-11-28 23:12:46","modifiedtime":"2026-11-28 23:12:47",
        "cf_9":"B |##| A","update_log":"x","secret":"pssst","accesskey":"pssst","id":"11x34"}]
      """, "accounts")
    #expect(
      try file.rows(
        """
        SELECT id, accountname, employees, annual_revenue, emailoptout, account_id,
          assigned_user_id, assigned_user_id_module, opened, notes, createdtime FROM accounts
        """) == [
          [
            34, "Tea", .null, .real(1234.5), 1, .null, 3, "Groups", .null, .null,
            "2026-11-28 23:12:46",
          ]
        ])
    #expect(
      try file.rows("SELECT record_id, position, value FROM accounts_cf_9 ORDER BY position")
        == [[34, 0, "B"], [34, 1, "A"]])
    let extra = try file.value("SELECT _extra FROM accounts").text
    #expect(
      extra
        == #"{"employees":"many","account_id":"9","opened":"0000-00-00","update_log":"x"}"#)
    #expect(try !file.holds("pssst"))
  }

  @Test(arguments: [
    ("1000000000000000000", 1_000_000_000_000_000_000), ("9223372036854775807", .max),
    ("-9223372036854775808", .min), ("0009223372036854775807.00", .max),
  ])
  func `integers have 64 bits`(text: String, number: Int64) throws {
    try store("[{\"employees\":\"\(text)\",\"id\":\"11x34\"}]", "accounts")
    #expect(
      try file.rows("SELECT employees, _extra FROM accounts") == [[.integer(number), .null]])
  }

  @Test(arguments: ["9223372036854775808", "-9223372036854775809", "10000000000000000000"])
  func `an integer of more than 64 bits is kept aside`(text: String) throws {
    try store("[{\"employees\":\"\(text)\",\"id\":\"11x34\"}]", "accounts")
    let rows = try file.rows("SELECT employees, _extra FROM accounts")
    #expect(rows[0][0] == .null && rows[0][1].text?.contains(text) ?? false, "\(rows)")
  }

  @Test func `a module without ids keeps rows that differ in any column`() throws {
    try store(
      """
      [{"productid":"14x3","taxid":"34x1","taxpercentage":"7.000","regions":""},
       {"productid":"14x3","taxid":"34x1","taxpercentage":"8.000","regions":""}]
      """, "product_taxes")
    #expect(
      try file.rows("SELECT productid, taxid, taxpercentage, regions FROM product_taxes ORDER BY 3")
        == [[3, 1, "7.000", ""], [3, 1, "8.000", ""]])
  }

  @Test func `lines are kept by the document's number`() throws {
    let request = source.form.retrieve(5, of: try #require(source.catalogue["Invoice"]))
    let response = Fixture.success(
      """
      {"id":"7x5","subject":"s","LineItems":[
        {"parent_id":"7x5","productid":"14x2","quantity":"1.5","description":"d","id":"33x8"}]}
      """)
    let reply = source.reply(response, to: request)
    let body = try #require(reply.body)
    try file.apply(
      "[\(String(decoding: body.dropFirst(10).dropLast(9), as: UTF8.self))]", to: "invoice")
    #expect(
      try file.rows("SELECT * FROM invoice_line_items")
        == [[5, 8, 2, "Products", .real(1.5), "d"]])
    #expect(try file.value("SELECT _extra FROM invoice") == .null)
  }
}
