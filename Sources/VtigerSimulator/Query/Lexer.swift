/// A token of the query language, with the name that error messages give it.
struct Token: Equatable {
  enum Kind: String {
    case select = "SELECT"
    case from = "FRM"
    case whereWord = "WHERE"
    case and = "LOGICAL_AND"
    case or = "LOGICAL_OR"
    case order = "ORDERBY"
    case by = "BY"
    case ascending = "ASC"
    case descending = "DESC"
    case limit = "LIMIT"
    case isIn = "IN"
    case like = "LIKE"
    case count = "COUNT"
    case asterisk = "ASTERISK"
    case comma = "COMMA"
    case semicolon = "SEMICOLON"
    case open = "PARENOPEN"
    case close = "PARENCLOSE"
    case equal = "EQ"
    case notEqual = "NE"
    case less = "LT"
    case lessOrEqual = "LTE"
    case greater = "GT"
    case greaterOrEqual = "GTE"
    case word = "COLUMNNAME"
    case text = "VALUE"
    case end = "End of Input"
    /// What no rule takes. The parser draws one token after the other, so an error of syntax
    /// before it is told first (measured).
    case invalid
  }

  let kind: Kind
  let text: String
}

/// Splits a query into tokens.
///
/// Whatever no rule takes (a point, a quotation mark, an empty literal, an ampersand) is an
/// exception of the lexer, which the server reports as `INTERNAL_SERVER_ERROR` (measured on 8.0.0
/// and 8.3.0).
struct Lexer {
  private var rest: Substring.UnicodeScalarView

  static func tokens(of query: String) -> [Token] {
    var lexer = Lexer(rest: query[...].unicodeScalars)
    var tokens: [Token] = []
    while let token = lexer.next() {
      tokens.append(token)
      if token == invalid { break }
    }
    return tokens
  }

  private static let invalid = Token(kind: .invalid, text: "")

  private static let words: [String: Token.Kind] = [
    "select": .select, "from": .from, "where": .whereWord, "and": .and, "or": .or,
    "order": .order, "by": .by, "asc": .ascending, "desc": .descending, "limit": .limit,
    "in": .isIn, "like": .like, "count": .count,
  ]

  private static let signs: [(String, Token.Kind)] = [
    ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("!=", .notEqual), ("<", .less),
    (">", .greater), ("=", .equal), ("*", .asterisk), (",", .comma), (";", .semicolon),
    ("(", .open), (")", .close),
  ]

  private mutating func next() -> Token? {
    rest = rest.drop { $0.properties.isWhitespace }
    guard let first = rest.first else { return nil }
    if first == "'" { return literal() }
    for (sign, kind) in Lexer.signs where rest.starts(with: sign.unicodeScalars) {
      rest = rest.dropFirst(sign.unicodeScalars.count)
      return Token(kind: kind, text: sign)
    }
    var text = ""
    if first == "-" || first == "+" {
      text.unicodeScalars.append(first)
      rest = rest.dropFirst()
    }
    let word = rest.prefix { $0 == "_" || $0.isASCII && $0.properties.isAlphabetic || isDigit($0) }
    guard !word.isEmpty else { return Lexer.invalid }
    text += String(word)
    rest = rest[word.endIndex...]
    return Token(kind: Lexer.words[text.lowercased()] ?? .word, text: text)
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  /// `'O''Brien'`. An empty one is not in the language.
  private mutating func literal() -> Token {
    var text = ""
    rest = rest.dropFirst()
    while let scalar = rest.popFirst() {
      if scalar == "'" {
        guard rest.first == "'", !text.isEmpty else {
          return text.isEmpty ? Lexer.invalid : Token(kind: .text, text: text)
        }
        rest = rest.dropFirst()
      }
      text.unicodeScalars.append(scalar)
    }
    return Lexer.invalid
  }
}
