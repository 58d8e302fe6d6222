import Model
import TestSupport
import Testing

@testable import ReplicaFile
@testable import Vtiger

/// Every form in which a value comes, and what it becomes.
@Suite struct RewriterTests {
  private let source: VtigerSource

  init() throws { source = try Fixture().source() }

  private func rewrite(
    _ records: String, _ module: String = "Accounts", zone: ServerZone = .utc
  ) throws -> RecordRewriter.Result {
    let module = try #require(source.catalogue[module])
    let body =
      Array("{\"success\":true,\"result\":\(records)}".utf8) + [UInt8](repeating: 0, count: 8)
    return try RecordRewriter.rewrite(body, source.catalogue.form(of: module), zone: zone)
  }

  private func text(
    _ records: String, _ module: String = "Accounts", zone: ServerZone = .utc
  ) throws -> String {
    let body = try rewrite(records, module, zone: zone).body
    #expect(body.suffix(8).allSatisfy { $0 == 0 })
    let text = String(decoding: body.dropLast(8), as: UTF8.self)
    #expect(text.hasPrefix("{\"result\":") && text.hasSuffix("}"))
    return String(text.dropFirst(10).dropLast())
  }

  @Test(
    arguments: [
      (#""accountname":"Tea & Co""#, #""accountname":"Tea & Co""#),
      (#""accountname":"""#, #""accountname":null"#),
      (#""accountname":null"#, #""accountname":null"#),
      (#""accountname":"\u00e9 \"q\" \/""#, #""accountname":"\u00e9 \"q\" \/""#),
      (#""accountname":5"#, #""accountname":"5""#),
      (#""accountname":true"#, #""accountname":"true""#),
      (#""accountname":{"a":[1,"x"]}"#, #""accountname":{"a":[1,"x"]}"#),
      ("\"accountname\":\"a\u{1}b\u{1f}\"", #""accountname":"a\u0001b\u001f""#),
      ("\"accountname\":\"a\nb\tc\"", #""accountname":"a\u000ab\u0009c""#),
      (#""id":"11x34""#, #""id":34"#), (#""id":"11x0034""#, #""id":34"#),
      (#""id":34"#, #""id":34"#),
      (#""id":"11x""#, #""id":"11x""#), (#""id":"x34""#, #""id":"x34""#),
      (#""id":"11x1234567890123456789""#, #""id":"11x1234567890123456789""#),
      (#""employees":"34""#, #""employees":34"#), (#""employees":"-5""#, #""employees":-5"#),
      (#""employees":"007""#, #""employees":7"#), (#""employees":"0""#, #""employees":0"#),
      (#""employees":"12.000""#, #""employees":12"#),
      (#""employees":"12.5""#, #""employees":"12.5""#),
      (#""employees":"1e3""#, #""employees":"1e3""#), (#""employees":"""#, #""employees":null"#),
      (#""employees":" 3""#, #""employees":" 3""#), (#""employees":8"#, #""employees":8"#),
      (#""annual_revenue":"555.50000000""#, #""annual_revenue":555.50000000"#),
      (#""annual_revenue":"-0.25""#, #""annual_revenue":-0.25"#),
      (#""annual_revenue":"00.5""#, #""annual_revenue":0.5"#),
      (#""annual_revenue":"1.0E+25""#, #""annual_revenue":1.0E+25"#),
      (#""annual_revenue":"1,5""#, #""annual_revenue":"1,5""#),
      (#""annual_revenue":".5""#, #""annual_revenue":".5""#),
      (#""annual_revenue":"5.""#, #""annual_revenue":"5.""#),
      (#""annual_revenue":20.5"#, #""annual_revenue":20.5"#),
      (#""emailoptout":"1""#, #""emailoptout":true"#),
      (#""emailoptout":"0""#, #""emailoptout":false"#),
      (#""emailoptout":"on""#, #""emailoptout":true"#),
      (#""emailoptout":"off""#, #""emailoptout":false"#),
      (#""emailoptout":"true""#, #""emailoptout":true"#),
      (#""emailoptout":"false""#, #""emailoptout":false"#),
      (#""emailoptout":true"#, #""emailoptout":true"#),
      (#""emailoptout":0"#, #""emailoptout":false"#),
      (#""emailoptout":"yes""#, #""emailoptout":"yes""#),
      (#""emailoptout":"2""#, #""emailoptout":"2""#),
      (#""account_id":"11x5""#, #""account_id":5"#),
      // It names a record of another module than it may.
      (#""account_id":"7x5""#, #""account_id":"7x5""#),
      (#""account_id":"5""#, #""account_id":"5""#), (#""account_id":5"#, #""account_id":"5""#),
      (#""account_id":null"#, #""account_id":null"#),
      (#""origin":"11x5""#, #""origin":5,"origin:module":"Accounts""#),
      (#""origin":"999x5""#, #""origin":5,"origin:module":null"#),
      (#""assigned_user_id":"19x1""#, #""assigned_user_id":1,"assigned_user_id:module":"Users""#),
      (#""assigned_user_id":"20x3""#, #""assigned_user_id":3,"assigned_user_id:module":"Groups""#),
      (#""assigned_user_id":"0""#, #""assigned_user_id":"0""#),
      (#""opened":"2026-11-10""#, #""opened":"2026-11-10""#),
      (#""opened":"0000-00-00""#, #""opened":"0000-00-00""#), (#""opened":"""#, #""opened":null"#),
      (#""createdtime":"2026-11-28 23:12:46""#, #""createdtime":"2026-11-28T23:12:46Z""#),
      (#""createdtime":"0000-00-00 00:00:00""#, #""createdtime":"0000-00-00 00:00:00""#),
      (#""createdtime":"2026-11-28 24:00:00""#, #""createdtime":"2026-11-28 24:00:00""#),
      (#""createdtime":"2026-11-28""#, #""createdtime":"2026-11-28""#),
      (#""createdtime":1795907569"#, #""createdtime":"1795907569""#),
      (#""cf_9":"A |##| B & Co""#, #""cf_9":["A","B & Co"]"#), (#""cf_9":"A""#, #""cf_9":["A"]"#),
      (#""cf_9":"""#, #""cf_9":null"#), (#""cf_9":["A"]"#, #""cf_9":["A"]"#),
      (#""cf_9":7"#, #""cf_9":["7"]"#),
      (#""cf_9":"a|##|b |## | \"c\"""#, #""cf_9":["a|##|b |## | \"c\""]"#),
      ("\"cf_9\":\"a\u{2} |##| |##| b\"", #""cf_9":["a\u0002","|##| b"]"#),
      (#""secret":"pssst""#, #""secret":null"#), (#""user_hash":"ab""#, #""user_hash":null"#),
      (#""confirm_password":{"a":"b"}"#, #""confirm_password":null"#),
      (#""AccessKey":"ab""#, #""AccessKey":null"#), (#""accesskey":12"#, #""accesskey":null"#),
      (#""update_log":"x""#, #""update_log":"x""#), (#""update_log":"""#, #""update_log":null"#),
      ("\"update_log\":[\"\u{3}\"]", #""update_log":["\u0003"]"#),
      ("\"a\u{4}\":1", #""a\u0004":1"#),
    ])
  func `a value becomes what its field declares, or stays as sent`(sent: String, read: String)
    throws
  {
    #expect(try text("[{\(sent)}]") == "[{\(read)}]")
    // In any company, and where the same keys come again; of one id the last record counts.
    if sent.hasPrefix("\"id\"") { return }
    #expect(
      try text("[{\"x\":1,\(sent),\"y\":\"\"} , {\(sent)}]")
        == "[{\"x\":1,\(read),\"y\":null} , {\(read)}]")
  }

  @Test func `an instant is that of the server's zone`() throws {
    let zone = ServerZone([.init(from: Timestamp(0), seconds: -18_000)])
    #expect(
      try text(#"[{"createdtime":"2026-11-28 18:20:08"}]"#, zone: zone)
        == #"[{"createdtime":"2026-11-28T23:20:08Z"}]"#)
  }

  @Test func `of records that come twice the last one counts`() throws {
    let result = try rewrite(
      #"[{"id":"11x1","accountname":"a"},{"id":"11x2"},{"id":"11x1","notes":"b"},{"id":"11x1"}]"#
    )
    #expect(result.sent == 4)
    #expect(result.ids == [1, 2])
    let text = String(decoding: result.body.dropLast(8), as: UTF8.self)
    #expect(text.filter { $0 != " " } == #"{"result":[{"id":2},{"id":1}]}"#)
  }

  @Test func `the last change of a page is told as it was sent`() throws {
    let result = try rewrite(
      """
      [{"id":"11x9","modifiedtime":"2026-11-28 10:00:00"},
       {"id":"11x2","modifiedtime":"2026-11-28 10:00:01"},
       {"id":"11x4","modifiedtime":"2026-11-28 10:00:01"},
       {"id":"11x99","modifiedtime":"9999-99-99 10:00:01"},{"id":"11x98"}]
      """)
    #expect(result.last?.stamp == "2026-11-28 10:00:01")
    #expect(result.last?.id == 4)
    #expect(result.ids.max() == 99)
  }

  @Test func `a key is never null`() throws {
    let whole = #""productid":3,"taxid":2,"taxpercentage":"7""#
    #expect(
      try text(
        #"[{"productid":"14x3","taxid":"34x2","taxpercentage":"7","regions":""}, {}]"#,
        "ProductTaxes")
        == "[{\(whole),\"regions\":\"\"}, "
        + #"{"productid":0,"taxid":0,"taxpercentage":"","regions":""}]"#)
    #expect(
      try text(
        #"[{"taxid":null,"regions":null,"taxpercentage":"7","productid":"","x":1}]"#,
        "ProductTaxes")
        == #"[{"taxid":0,"regions":"","taxpercentage":"7","productid":0,"x":1}]"#)
  }

  @Test func `the lines of a document are read with it`() throws {
    let line = #"{"parent_id":"7x5","productid":"14x2","quantity":"1.500","id":"33x8"}"#
    let read =
      #"{"parent_id":null,"productid":2,"productid:module":"Products","quantity":1.500,"id":8}"#
    #expect(
      try text("{\"id\":\"7x5\",\"LineItems\":[\(line), {}],\"subject\":\"s\"}", "Invoice")
        == "{\"id\":5,\"line_items\":[\(read), {}],\"subject\":\"s\"}")
    #expect(
      try text(#"{"id":"7x5","LineItems":[]}"#, "Invoice") == #"{"id":5,"line_items":[]}"#)
    #expect(try rewrite(#"{"LineItems":[{"id":"33x8"}],"id":"7x5"}"#, "Invoice").ids == [5])
  }

  @Test(
    arguments: [
      ("", DecodeError.Reason.truncated), ("<html>", .notJSON), ("[]", .notJSON),
      ("{\"success\":true,\"result\":[{\"id\":\"11x", .truncated),
      ("{\"success\":true", .truncated),
      ("{\"success\":true,\"result\":[}]}", .notJSON), ("{}<br>", .trailing),
      ("{\"a\":]}", .notJSON),
      ("{\"success\":true,\"result\":[{\"id\" \"1\"}]}", .notJSON),
    ])
  func `what is no reply is said to be none`(body: String, reason: DecodeError.Reason) throws {
    let form = RecordForm(modules: [:])
    let error = #expect(throws: DecodeError.self) {
      try RecordRewriter.rewrite(
        Array(body.utf8) + [UInt8](repeating: 0, count: 8), form, zone: .utc)
    }
    #expect(error?.reason == reason)
  }
}
