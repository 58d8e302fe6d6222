package import HTTP

/// The two forms of the API: that of the hosted product, and that of servers of one's own.
package enum VtigerForm: String, Sendable, Hashable, CaseIterable {
  /// `restapi/v1/vtiger/default/query?query=...`, each request with name and access key.
  case rest
  /// `webservice.php?operation=query&query=...`, in a session that a login has opened. Its name is
  /// no part of a request here: whoever sends it adds it.
  case session

  /// Where the operations of the REST form live, below the origin.
  package static let restPath = "restapi/v1/vtiger/default"
  static let page = "webservice.php"

  /// The form that an address speaks: that of its path, or else that of its host.
  package init(of base: BaseURL) {
    if base.path.hasSuffix("/\(Self.restPath)") {
      self = .rest
    } else if base.path.hasSuffix("/\(Self.page)") {
      self = .session
    } else {
      self = base.host == "vtiger.com" || base.host.hasSuffix(".vtiger.com") ? .rest : .session
    }
  }

  /// The address below which the requests of this form go. The configured one may have the path of
  /// a form or not.
  package func endpoint(of base: BaseURL) -> BaseURL {
    var path = base.path[...]
    for end in ["/\(Self.restPath)", "/\(Self.page)"] where path.hasSuffix(end) {
      path = path.dropLast(end.utf8.count)
    }
    if self == .rest { path += "/\(Self.restPath)" }
    return base.origin.below(String(path))
  }

  /// A request that reads.
  func request(
    _ operation: String, _ parameters: [(name: String, value: String)] = [], note: String? = nil
  ) -> Request {
    let query = parameters.map { "\($0.name)=\(Self.encoded($0.value))" }
    switch self {
    case .rest:
      return Request(
        operation + (query.isEmpty ? "" : "?" + query.joined(separator: "&")), note: note)
    case .session:
      let parts = ["operation=\(operation)"] + query
      return Request("\(Self.page)?" + parts.joined(separator: "&"), note: note)
    }
  }

  /// The operation that a request asks for, and its parameters.
  func parts(of request: Request) -> (operation: String, parameters: [String: String]) {
    let halves = request.target.split(separator: "?", maxSplits: 1)
    var parameters = Dictionary(
      FormText.decoded(halves.count == 2 ? halves[1] : ""), uniquingKeysWith: { first, _ in first })
    switch self {
    case .rest: return (halves.first.map(String.init) ?? "", parameters)
    case .session: return (parameters.removeValue(forKey: "operation") ?? "", parameters)
    }
  }

  package var listTypes: Request { request("listtypes", [("fieldTypeList", "null")]) }

  package func describe(_ module: String) -> Request {
    request("describe", [("elementType", module)])
  }

  /// One record with its lines. The only question whose `ACCESS_DENIED` says that it is gone.
  package func retrieve(
    _ id: Int64, of module: VtigerCatalogue.Module, note: String? = nil
  ) -> Request {
    request("retrieve", [("id", "\(module.idPrefix)x\(id)")], note: note)
  }

  /// What was changed or deleted behind a second since 1970, by whomever. Without the last word, or
  /// with one that the server does not know, it tells of the user's own records alone.
  func changes(of module: String, since second: Int64, note: String? = nil) -> Request {
    request(
      "sync",
      [
        ("modifiedTime", "\(second)"), ("elementType", module), ("syncType", "application"),
      ], note: note)
  }

  /// Asks as whom the account is read: `VtigerUser` reads the answer. The session form has no such
  /// question; there the reply to a login says it, and `SessionTransport` makes the answer of that.
  package var whoAmI: Request { request(self == .rest ? "me" : "login") }

  /// As a query carries it. What needs no encoding stays readable: people are shown requests.
  private static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."), UInt8(ascii: "*"), UInt8(ascii: ","), UInt8(ascii: "("),
        UInt8(ascii: ")"), UInt8(ascii: "'"), UInt8(ascii: ":"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}
