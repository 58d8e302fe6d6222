extension DecodedPage {
  /// The leftovers of a record as one JSON object, nested as they were sent, or nil without any.
  ///
  /// Leftovers of a child row stand with the row's id:
  /// `{"colour":"red","value":{"amount":"lots"},"addresses":[{"id":5001,"geo":"x"}]}`.
  func extraText(
    of record: Record, layout: Layout, _ body: UnsafeRawBufferPointer
  ) -> [UInt8]? {
    guard !record.extras.isEmpty else { return nil }
    let extras = extras[record.extras]
    var text: [UInt8] = [0x7b]
    appendMembers(extras.filter { $0.row < 0 && $0.child < 0 }, layout, body, to: &text)
    for (index, child) in layout.children.enumerated() {
      let elements = extras.filter { $0.child == index }
      var ofRows = extras.filter { $0.row >= 0 && rows[$0.row].child == index }[...]
      guard !elements.isEmpty || !ofRows.isEmpty else { continue }
      Self.appendKey(layout.keys[child.key], to: &text)
      text.append(0x5b)
      for element in elements {
        Self.separate(&text)
        text += body[element.value]
      }
      // The leftovers of a row stand together, for they came together.
      while let row = ofRows.first?.row {
        let members = ofRows.prefix { $0.row == row }
        ofRows = ofRows.dropFirst(members.count)
        Self.separate(&text)
        text += "{\"id\":\(slots[rows[row].slots].integer)".utf8
        appendMembers(Array(members), layout, body, to: &text)
        text.append(0x7d)
      }
      text.append(0x5d)
    }
    text.append(0x7d)
    return text
  }

  /// Appends `"key":value` for each leftover, those of one flattened object under its key.
  private func appendMembers(
    _ extras: [Extra], _ layout: Layout, _ body: UnsafeRawBufferPointer, to text: inout [UInt8]
  ) {
    var containers: [Int] = []
    for extra in extras {
      if extra.container < 0 {
        Self.appendKey(body[extra.key], to: &text)
        text += body[extra.value]
      } else if !containers.contains(extra.container) {
        containers.append(extra.container)
      }
    }
    for container in containers {
      Self.appendKey(layout.keys[layout.members[container].key], to: &text)
      text.append(0x7b)
      for extra in extras where extra.container == container {
        Self.appendKey(body[extra.key], to: &text)
        text += body[extra.value]
      }
      text.append(0x7d)
    }
  }

  private static func appendKey(_ key: some Sequence<UInt8>, to text: inout [UInt8]) {
    separate(&text)
    text.append(0x22)
    text.append(contentsOf: key)
    text += "\":".utf8
  }

  /// A comma, unless an object or an array has just begun.
  private static func separate(_ text: inout [UInt8]) {
    if text.last != 0x7b && text.last != 0x5b { text.append(0x2c) }
  }
}
