/// The `Link` header (RFC 8288): a list of `<address>; rel="next"`.
enum LinkHeader {
  /// The address with the relation `next`, or nil without one.
  static func next(in header: String) -> String? {
    var rest = header[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let address = rest[rest.index(after: open)..<close]
      let after = rest[rest.index(after: close)...]
      // Parameters end where the next address begins; an address has no bare `<`.
      let parameters = after.prefix { $0 != "<" }
      if isNext(parameters) { return String(address) }
      rest = after.dropFirst(parameters.count)
    }
    return nil
  }

  private static func isNext(_ parameters: Substring) -> Bool {
    parameters.split(whereSeparator: { $0 == ";" || $0 == "," }).contains { parameter in
      let halves = parameter.split(separator: "=", maxSplits: 1).map { half in
        half.filter { $0 != " " && $0 != "\"" && $0 != "\t" }.lowercased()
      }
      return halves.count == 2 && halves[0] == "rel" && halves[1] == "next"
    }
  }
}
