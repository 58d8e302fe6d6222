/// A name as SQL quotes it.
package func quoted(_ name: String) -> String {
  enclosed(name, in: UInt8(ascii: "\""))
}

extension String {
  /// A text as SQL quotes it.
  package var sqlLiteral: String { enclosed(self, in: UInt8(ascii: "'")) }
}

/// A text between two marks of ASCII, with each mark in it doubled. By bytes: what stands beside a
/// mark may make one Character with it.
private func enclosed(_ text: String, in mark: UInt8) -> String {
  var bytes = [mark]
  bytes.reserveCapacity(text.utf8.count + 2)
  for byte in text.utf8 {
    if byte == mark { bytes.append(mark) }
    bytes.append(byte)
  }
  bytes.append(mark)
  return String(decoding: bytes, as: UTF8.self)
}
