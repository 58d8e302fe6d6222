import Simulation

/// The answer of a route, before it is rendered.
enum Answer {
  case listing(Listing)
  /// A record under its singular key.
  case single(StaticString, (inout Writer) -> Void)
  case failure(Int, JSON)

  static var notFound: Answer { Answer.message(404, "Could not find resource") }
  static var methodNotAllowed: Answer { Answer.message(405, "Method not allowed") }

  static func message(_ status: Int, _ text: String) -> Answer {
    .failure(status, .object([.init("message", .string(text))]))
  }

  /// A validation error as the API words it.
  static func invalid(_ text: String, resource: String? = nil, field: String? = nil) -> Answer {
    var error = [JSON.Member("message", .string(text))]
    if let resource { error.append(.init("resource", .string(resource))) }
    if let field { error.append(.init("field", .string(field))) }
    return .failure(
      422,
      .object([
        .init("message", .string("Validation Failed")), .init("errors", .array([.object(error)])),
      ]))
  }
}

/// The rows of a list answer, written on demand.
struct Listing {
  let key: StaticString
  let count: Int
  /// Writes the row of a place from 0.
  let write: (Int, inout Writer) -> Void
  /// Whether the row of a place is left out of its page.
  var isHidden: (Int) -> Bool = { _ in false }
  var isPaged = true
  var largestPage = 100
  /// Whether `embed=meta` has an effect.
  var hasMeta = true
  /// The second array of a deleted feed.
  var restricted: (key: StaticString, write: (inout Writer) -> Void)?
}
