/// A path with its query, or a form, taken apart.
package struct Query {
  /// The path as it was sent.
  package let path: String
  /// The path without its slashes.
  package let segments: [String]
  /// The parameters as they were sent, in order.
  package let parameters: [(name: String, value: String)]

  /// Takes `path?name=value&name=value` apart.
  package init(_ target: String) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    segments = path.split(separator: "/").map { Query.decoded($0, plusIsBlank: false) }
    let query = parts.count > 1 ? parts[1] : ""
    parameters = query.split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
    }
  }

  /// Takes the body of a form apart, `application/x-www-form-urlencoded`.
  package init(form body: [UInt8]) {
    self.init("?" + String(decoding: body, as: UTF8.self))
  }

  /// The decoded value of the first parameter of that name.
  package subscript(name: String) -> String? {
    parameters.first { $0.name == name }.map { Query.decoded($0.value[...]) }
  }

  /// Percent-decodes; in a query a plus sign stands for a blank.
  private static func decoded(_ text: Substring, plusIsBlank: Bool = true) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? 32 : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
