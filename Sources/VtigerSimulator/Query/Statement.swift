/// A query in Vtiger's query language, taken apart.
struct Statement {
  enum Columns: Equatable {
    case all, count
    case fields([String])
  }

  enum Comparison: String {
    case equal = "EQ"
    case notEqual = "NE"
    case less = "LT"
    case lessOrEqual = "LTE"
    case greater = "GT"
    case greaterOrEqual = "GTE"
    case isIn = "IN"
    case like = "LIKE"
  }

  struct Literal {
    let text: String
    let isQuoted: Bool
  }

  struct Term {
    let field: String
    let comparison: Comparison
    let literals: [Literal]
  }

  var columns = Columns.all
  var module = ""
  /// Alternatives, of each of which every term holds: AND binds before OR, as the database reads
  /// what is passed on as written.
  var alternatives: [[Term]] = []
  var order: [String] = []
  /// The direction belongs to the last field; the others ascend (measured).
  var lastDescends = false
  var offset = 0
  var limit: Int?
}

/// What an operation fails with: `success: false`.
struct Failure: Error {
  let code: String
  let message: String

  static let denied = Failure(
    code: "ACCESS_DENIED", message: "Permission to perform the operation is denied")
  static let internalError = Failure(
    code: "INTERNAL_SERVER_ERROR", message: "Unknown Error while processing request")
  static let wrongID = Failure(
    code: "INVALID_ID_ATTRIBUTE", message: "Id specified is incorrect")

  static func denied(for what: String) -> Failure {
    Failure(code: denied.code, message: "\(denied.message) for \(what)")
  }
}

/// What ends a request outside of the envelope: a crash of PHP.
struct Crash: Error {}
