/// A request target below the base path, taken apart.
struct Query {
  /// The path without its slashes.
  let segments: [String]
  /// The path as it was sent.
  let path: String
  /// The parameters as they were sent, in order.
  let parameters: [(name: String, value: String)]

  init(_ target: String) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    segments = path.split(separator: "/").map { Query.decoded($0, plusIsBlank: false) }
    let query = parts.count > 1 ? parts[1] : ""
    parameters = query.split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(sides[0]), sides.count > 1 ? String(sides[1]) : "")
    }
  }

  /// The decoded value of the first parameter of that name.
  subscript(name: String) -> String? {
    parameters.first { $0.name == name }.map { Query.decoded($0.value[...]) }
  }

  var embeds: Embeds { Embeds(parsing: self["embed"] ?? "") }

  /// What a computed listing is kept under: the path and all that selects rows.
  var selection: String {
    path
      + parameters.filter { !["page", "perPage", "embed"].contains($0.name) }
      .reduce("") { "\($0)&\($1.name)=\($1.value)" }
  }

  /// The same target on another page: `page` first, commas unescaped, everything else as sent.
  func link(page: Int) -> String {
    parameters.filter { $0.name != "page" }.reduce("\(path)?page=\(page)") { link, parameter in
      let value = parameter.value.split(separator: "%2C", omittingEmptySubsequences: false)
      return "\(link)&\(parameter.name)=\(value.joined(separator: ","))"
    }
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
