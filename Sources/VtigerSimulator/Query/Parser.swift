/// Reads a query by the grammar that was measured on 8.0.0 and 8.3.0.
///
/// There are no parentheses around conditions, no NOT, BETWEEN, IS NULL, joins, aliases or
/// functions, one direction at most, LIMIT behind ORDER BY, and a semicolon at the end.
struct Parser {
  private let tokens: [Token]
  private var position = 0

  static func statement(_ query: String) throws -> Statement {
    var parser = Parser(tokens: Lexer.tokens(of: query))
    return try parser.statement()
  }

  private var current: Token {
    position < tokens.count ? tokens[position] : Token(kind: .end, text: "")
  }

  private mutating func take(_ kinds: Token.Kind...) -> Token? {
    guard kinds.contains(current.kind) else { return nil }
    defer { position += 1 }
    return current
  }

  @discardableResult
  private mutating func expect(_ kinds: Token.Kind...) throws -> Token {
    guard kinds.contains(current.kind) else { throw unexpected(kinds.map(\.rawValue)) }
    defer { position += 1 }
    return current
  }

  private func unexpected(_ expected: [String]) -> Failure {
    if current.kind == .invalid { return .internalError }
    let isEnd = current.kind == .end
    let last = isEnd ? tokens.last?.text ?? "" : current.text
    let place = isEnd ? "\(current.kind.rawValue)(0)" : "\(current.kind.rawValue)(\(current.text))"
    return Failure(
      code: "QUERY_SYNTAX_ERROR",
      message: "Syntax Error on line 1: token '\(last)' Unexpected \(place), expected one of: "
        + expected.joined(separator: ","))
  }

  private mutating func statement() throws -> Statement {
    var statement = Statement()
    try expect(.select)
    statement.columns = try columns()
    try expect(.from)
    statement.module = try expect(.word).text
    if take(.whereWord) != nil { statement.alternatives = try condition() }
    if take(.order) != nil {
      try expect(.by)
      repeat { statement.order.append(try expect(.word).text) } while take(.comma) != nil
      statement.lastDescends = take(.ascending, .descending)?.kind == .descending
    }
    if take(.limit) != nil {
      let first = try number()
      if take(.comma) != nil {
        statement.offset = first
        statement.limit = try number()
      } else {
        statement.limit = first
      }
    }
    try expect(.semicolon)
    guard current.kind == .end else { throw unexpected([]) }
    return statement
  }

  private mutating func columns() throws -> Statement.Columns {
    if take(.asterisk) != nil { return .all }
    if take(.count) != nil {
      try expect(.open)
      try expect(.asterisk)
      try expect(.close)
      return .count
    }
    var names: [String] = []
    repeat { names.append(try expect(.word).text) } while take(.comma) != nil
    return .fields(names)
  }

  private mutating func condition() throws -> [[Statement.Term]] {
    var alternatives = [[try term()]]
    while let connector = take(.and, .or) {
      let next = try term()
      if connector.kind == .and {
        alternatives[alternatives.count - 1].append(next)
      } else {
        alternatives.append([next])
      }
    }
    return alternatives
  }

  private mutating func term() throws -> Statement.Term {
    let field = try expect(.word).text
    let sign = try expect(
      .equal, .less, .greater, .lessOrEqual, .greaterOrEqual, .notEqual, .isIn, .like)
    let comparison = Statement.Comparison(rawValue: sign.kind.rawValue) ?? .equal
    guard comparison == .isIn else {
      return Statement.Term(field: field, comparison: comparison, literals: [try literal()])
    }
    try expect(.open)
    var literals: [Statement.Literal] = []
    repeat { literals.append(try literal()) } while take(.comma) != nil
    try expect(.close)
    return Statement.Term(field: field, comparison: comparison, literals: literals)
  }

  private mutating func literal() throws -> Statement.Literal {
    let token = try expect(.text, .word)
    return Statement.Literal(text: token.text, isQuoted: token.kind == .text)
  }

  private mutating func number() throws -> Int {
    guard let value = Int(current.text), value >= 0, current.kind == .word else {
      throw unexpected(["VALUE"])
    }
    position += 1
    return value
  }
}
