/// The `Link` header (RFC 8288): a list of `<address>; rel="next"`.
///
/// A relation that is not one of pages, such as a `preload` that a network in between adds, says
/// nothing of them.
struct LinkHeader {
  /// The address with the relation `next`, or nil without one.
  private(set) var next: String?
  /// Whether any relation is one of pages, so that without a `next` this is the last.
  private(set) var speaksOfPages = false

  private static let relations: Set<String> = ["next", "prev", "previous", "first", "last"]

  init(_ header: String) {
    var rest = header[...]
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let address = rest[rest.index(after: open)..<close]
      let after = rest[rest.index(after: close)...]
      // Parameters end where the next address begins; an address has no bare `<`.
      let parameters = after.prefix { $0 != "<" }
      let relations = Self.relations(parameters)
      if relations.contains("next"), next == nil { next = String(address) }
      if !relations.isDisjoint(with: Self.relations) { speaksOfPages = true }
      rest = after.dropFirst(parameters.count)
    }
  }

  /// Those of `rel="next last"`, in lower case.
  private static func relations(_ parameters: Substring) -> Set<String> {
    var relations: Set<String> = []
    for parameter in parameters.split(whereSeparator: { $0 == ";" || $0 == "," }) {
      let halves = parameter.split(separator: "=", maxSplits: 1)
      guard halves.count == 2, halves[0].filter({ !isSpace($0) }).lowercased() == "rel" else {
        continue
      }
      let names = halves[1].filter { $0 != "\"" }.split(whereSeparator: isSpace)
      relations.formUnion(names.map { $0.lowercased() })
    }
    return relations
  }

  private static func isSpace(_ character: Character) -> Bool {
    character == " " || character == "\t"
  }
}
