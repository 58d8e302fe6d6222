import HTTP
import Model

@testable import ReplicaFile
@testable import Vtiger

/// Reads an input as a reply of Vtiger's, or as the inside of its list. A page that can be read as
/// it came can be read rewritten.
func readRewritten(_ input: [UInt8]) {
  let isWhole = input.first == UInt8(ascii: "{")
  let page =
    isWhole ? input : Array("{\"success\":true,\"result\":[".utf8) + input + Array("]}".utf8)
  let body = page + Array(repeating: 0, count: Response.padding)
  for (form, layout) in forms {
    guard let rewritten = try? RecordRewriter.rewrite(body, form, zone: .utc), rewritten.hasResult
    else { continue }
    var decoder = PageDecoder(layout, envelopes: ["result"])
    guard (try? decoder.decode(body, given: [])) != nil else { continue }
    let records = decoder.page.records.count
    do {
      try decoder.decode(rewritten.body, given: [])
    } catch {
      preconditionFailure("\(error)")
    }
    precondition(decoder.page.records.count <= records)
    precondition(decoder.page.records.count >= rewritten.ids.count)
  }
  _ = VtigerReplies(form: .rest).reply(
    Response(status: 400, body: input), to: VtigerForm.rest.listTypes)
}

/// One module with a field of each type, one without ids, and a document with lines.
private let catalogue: VtigerCatalogue = {
  let types = [
    "string", "integer", "double", "boolean", "date", "datetime", "owner", "reference",
    "multipicklist", "password",
  ]
  func module(_ name: String, _ prefix: String, _ types: [String], hasID: Bool = true)
    -> VtigerCatalogue.Module
  {
    let fields = types.enumerated().map { position, type in
      VtigerCatalogue.Field(
        type == "reference" ? "parent_id" : String(type.prefix(1 + position)), label: "",
        type: type, position: position, refersTo: type == "reference" ? ["A"] : [])
    }
    return VtigerCatalogue.Module(
      name, label: "", singular: "", idPrefix: prefix, isEntity: hasID,
      fields: fields
        + (hasID ? [VtigerCatalogue.Field("id", label: "", type: "string", position: 99)] : []))
  }
  return VtigerCatalogue([
    module("A", "1", types), module("B", "2", ["reference", "string"], hasID: false),
    module("LineItem", "3", ["reference", "double"]),
  ])
}()

private let forms: [(RecordForm, Layout)] = ["A", "B"].compactMap { name in
  guard let module = catalogue[name] else { return nil }
  let table = catalogue.tables(isAdministrator: true).first { $0.name == module.tableName }
  return table.map { (catalogue.form(of: module), Layout($0)) }
}
