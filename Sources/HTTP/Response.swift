/// A server's answer: status, headers, body (inflated, complete, within the size limit).
package struct Response: Sendable {
  package var status: Int
  package var headers: Headers
  /// The body and `padding` zero bytes: who reads it may load a word at any place of it.
  package private(set) var padded: [UInt8]
  package static let padding = 8

  package init(status: Int, headers: Headers = Headers(), body: [UInt8] = []) {
    self.init(
      status: status, headers: headers,
      padded: body + repeatElement(0, count: Self.padding))
  }

  /// `padded` ends with the padding.
  init(status: Int, headers: Headers, padded: [UInt8]) {
    self.status = status
    self.headers = headers
    self.padded = padded
  }

  /// A copy of the body, for those that are short.
  package var body: [UInt8] {
    get { Array(padded.dropLast(Self.padding)) }
    set { padded = newValue + repeatElement(0, count: Self.padding) }
  }
  package var length: Int { padded.count - Self.padding }

  /// Whether nothing more is to be asked for a while: a 429, or a 503 that says until when
  /// (RFC 9110, section 10.2.3).
  package var asksToWait: Bool { Self.asksToWait(status, headers) }

  static func asksToWait(_ status: Int, _ headers: Headers) -> Bool {
    status == 429 || status == 503 && headers.first("Retry-After") != nil
  }
}

/// Response headers in the order they came. Names compare without case (RFC 9110, section 5.1).
package struct Headers: Sendable, ExpressibleByDictionaryLiteral {
  package private(set) var fields: [(name: String, value: String)] = []

  package init() {}

  package init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { (name: $0.0, value: $0.1) }
  }

  /// The value of a header. When it came more than once, all values joined by a comma in order, as
  /// RFC 9110, section 5.3 allows for lists such as `Link`.
  package subscript(name: String) -> String? {
    var value: String?
    for field in fields where Self.isSame(field.name, name) {
      value = value.map { "\($0), \(field.value)" } ?? field.value
    }
    return value
  }

  /// The first value of a header that has but one, and was repeated by somebody on the way.
  package func first(_ name: String) -> String? {
    fields.first { Self.isSame($0.name, name) }?.value
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8) { $0 == $1 || lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  package mutating func append(_ name: String, _ value: String) {
    fields.append((name: name, value: value))
  }
}
