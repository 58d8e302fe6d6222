import Simulation

/// A line that a document is to have.
struct LineDraft: Sendable {
  let product: Int64
  let productName: Value
  let quantity: Int64
  /// In ten-thousandths.
  let price: Int64
  let comment: String
}

/// A save that has not come to its end.
///
/// There are no transactions: the document is seen without its lines and with a total of nothing,
/// under the stamp with which it ends seconds later (measured on 8.3.0).
struct OpenSave: Sendable {
  let document: Int64
  let lines: [LineDraft]
}

extension VtigerAccount {
  /// Lines for a document, so many at least and at most.
  func draftLines(_ least: Int, _ most: Int) -> [LineDraft] {
    (0..<generator.int(least...max(least, most))).compactMap { number in
      let services = generator.chance(30) ? module("Services").flatMap(anyRecord) : nil
      guard let product = services ?? module("Products").flatMap(anyRecord) else { return nil }
      let name = product[key("productname")] ?? product[key("servicename")]
      return LineDraft(
        product: product.id, productName: name ?? .text(""),
        quantity: Int64(generator.int(1...9)), price: Int64(generator.int(1...4_000)) * 2_500,
        comment: "line \(number)")
    }
  }

  /// Gives a document new lines, each with a new id, and the total that follows. No stamp moves.
  func writeLines(_ drafts: [LineDraft], of document: Int64) {
    removeLines(of: document)
    var total: Int64 = 0
    for (place, draft) in drafts.enumerated() {
      lastLineID += 1
      var line = Record(id: lastLineID)
      line[key("parent_id")] = .link(document)
      line[key("productid")] = .link(draft.product)
      line[key("product_name")] = draft.productName
      set(
        &line,
        [
          "sequence_no": String(place + 1), "quantity": "\(draft.quantity).000",
          "listprice": decimal(draft.price, 8), "comment": draft.comment, "incrementondel": "1",
        ])
      total += draft.quantity * draft.price
      shelves["LineItem"]?[line.id] = line
      linesByDocument[document, default: []].append(line.id)
    }
    writeTotal(total, of: document)
  }

  func writeTotal(_ total: Int64, of document: Int64) {
    update(document) { record in
      for name in ["hdnSubTotal", "hdnGrandTotal", "pre_tax_total", "balance"] {
        record[key(name)] = .text(decimal(total, 8))
      }
    }
  }

  func removeLines(of document: Int64) {
    for id in linesByDocument.removeValue(forKey: document) ?? [] { shelves["LineItem"]?[id] = nil }
  }

  /// Begins a save of a document: until it ends there are no lines and no total.
  package func beginSave(_ document: Int64) {
    removeLines(of: document)
    writeTotal(0, of: document)
    touch(document)
    openSaves.append(OpenSave(document: document, lines: draftLines(1, 4)))
  }

  /// Ends all saves that have begun. No stamp moves.
  package func endSaves() {
    for save in openSaves where moduleName(of: save.document) != nil {
      writeLines(save.lines, of: save.document)
    }
    openSaves = []
  }
}
