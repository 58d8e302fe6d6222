internal import Model

/// A JSON text as read, with the place of every key and value, so that a complaint can name its
/// line. Unlike JSONDecoder's, it keeps what was written: numbers as spelt, keys that stand twice.
package struct JSONNode: Sendable {
  /// Offset in bytes from the beginning of the text.
  package let offset: Int
  package let value: JSONValue
}

/// A JSON value; members stand in the order of the text.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// As spelt.
  case number(String)
  case string(String)
  case array([JSONNode])
  case object([JSONMember])
}

/// A key and its value.
package struct JSONMember: Sendable {
  package let key: String
  /// Offset of the key in bytes.
  package let offset: Int
  package let node: JSONNode
}

/// Where and why a text is not JSON.
package struct JSONSyntaxError: Error, Hashable {
  package enum Problem: Sendable, Hashable {
    /// Something else stands, or the text ends, where this must stand.
    case expected(String)
    /// Anything else; a phrase without a full stop.
    case other(String)
  }

  /// Offset in bytes from the beginning of the text.
  package let offset: Int
  package let problem: Problem

  package init(_ problem: Problem, at offset: Int) {
    (self.problem, self.offset) = (problem, offset)
  }
}

extension JSONNode {
  /// Reads one JSON text (RFC 8259) in UTF-8, at most 32 levels deep. A byte order mark before it
  /// is passed over, as section 8.1 allows. Throws at the first byte that cannot belong to it.
  package init(reading text: [UInt8]) throws(JSONSyntaxError) {
    let padded = text + [UInt8](repeating: 0, count: JSONScanner.padding)
    let span = padded.span.bytes
    var at = text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    self = try JSONTree.node(span, &at, depth: 0)
    JSONScanner.skipSpace(span, &at)
    guard at == text.count else { throw .init(.expected("the end of the file"), at: at) }
  }
}

/// Builds the tree of what `JSONScanner` reads.
private enum JSONTree {
  static let deepest = 32

  static func node(
    _ span: RawSpan, _ at: inout Int, depth: Int
  ) throws(JSONSyntaxError) -> JSONNode {
    JSONScanner.skipSpace(span, &at)
    let offset = at
    guard depth < deepest else {
      throw .init(.other("values are nested more than \(deepest) deep"), at: at)
    }
    let value: JSONValue
    switch JSONScanner.byte(span, at) {
    case 0x7b: value = .object(try members(span, &at, depth: depth + 1))
    case 0x5b: value = .array(try elements(span, &at, depth: depth + 1))
    case 0x22: value = .string(try string(span, &at))
    default: value = try word(span, &at)
    }
    return JSONNode(offset: offset, value: value)
  }

  private static func members(
    _ span: RawSpan, _ at: inout Int, depth: Int
  ) throws(JSONSyntaxError) -> [JSONMember] {
    at += 1
    var members: [JSONMember] = []
    if take(0x7d, span, &at) { return members }
    repeat {
      JSONScanner.skipSpace(span, &at)
      let offset = at
      guard JSONScanner.byte(span, at) == 0x22 else {
        throw .init(.expected("a key in quotation marks"), at: at)
      }
      let key = try string(span, &at)
      guard take(0x3a, span, &at) else { throw .init(.expected("\":\""), at: at) }
      members.append(
        JSONMember(key: key, offset: offset, node: try node(span, &at, depth: depth)))
    } while take(0x2c, span, &at)
    guard take(0x7d, span, &at) else { throw .init(.expected("\",\" or \"}\""), at: at) }
    return members
  }

  private static func elements(
    _ span: RawSpan, _ at: inout Int, depth: Int
  ) throws(JSONSyntaxError) -> [JSONNode] {
    at += 1
    var elements: [JSONNode] = []
    if take(0x5d, span, &at) { return elements }
    repeat {
      elements.append(try node(span, &at, depth: depth))
    } while take(0x2c, span, &at)
    guard take(0x5d, span, &at) else { throw .init(.expected("\",\" or \"]\""), at: at) }
    return elements
  }

  /// Takes one punctuation byte after optional space, if it stands there.
  private static func take(_ punctuation: UInt8, _ span: RawSpan, _ at: inout Int) -> Bool {
    JSONScanner.skipSpace(span, &at)
    guard JSONScanner.byte(span, at) == punctuation else { return false }
    at += 1
    return true
  }

  /// A literal or a number, which has to end where a delimiter stands: `01` and `truth` are no two
  /// values.
  private static func word(_ span: RawSpan, _ at: inout Int) throws(JSONSyntaxError) -> JSONValue {
    let start = at
    let first = JSONScanner.byte(span, at)
    let value: JSONValue?
    if first == 0x2d || JSONScanner.isDigit(first) {
      value = (try? JSONScanner.number(span, &at)).map { _ in
        .number(String(decoding: (start..<at).map { JSONScanner.byte(span, $0) }, as: UTF8.self))
      }
    } else {
      value =
        switch try? JSONScanner.literal(span, &at) {
        case .null: .null
        case .true: .bool(true)
        case .false: .bool(false)
        case nil: nil
        }
    }
    let next = JSONScanner.byte(span, at)
    guard let value, next <= 0x20 || "{}[],:\"/".utf8.contains(next) else {
      throw .init(.expected("a value"), at: start)
    }
    return value
  }

  /// Reads a string; `at` stands on its opening quote. Of what is wrong with it, an escape is said
  /// first, for its place is known.
  private static func string(_ span: RawSpan, _ at: inout Int) throws(JSONSyntaxError) -> String {
    let quote = at
    at += 1
    var text = JSONScanner.Text(start: at, end: at, isEscaped: true)
    var problem: String?
    do {
      text = try JSONScanner.text(span, &at)
    } catch {
      text.end = max(at, error.offset)
      problem =
        JSONScanner.byte(span, at) == 0x22
        ? "the string is not UTF-8" : "the string does not end on its line"
    }
    var bytes: [UInt8] = []
    if let place = unescape(text, span, into: &bytes) {
      throw .init(.other("\"\\\" begins no escape that JSON knows"), at: place)
    }
    if let problem { throw .init(.other(problem), at: quote) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text with its escapes replaced. Returns the place of the first that is none.
  private static func unescape(
    _ text: JSONScanner.Text, _ span: RawSpan, into bytes: inout [UInt8]
  ) -> Int? {
    do {
      let outcome = try Unescape.append(span, text, to: &bytes)
      return if case .loneSurrogate(let place) = outcome { place } else { nil }
    } catch {
      // A surrogate before it may lack its partner.
      let before = JSONScanner.Text(start: text.start, end: error.offset, isEscaped: true)
      return unescape(before, span, into: &bytes) ?? error.offset
    }
  }
}
