/// Status and headers of a response, put together from the lines libcurl hands over one by one.
///
/// Interim responses (1xx) are dropped when the next status line comes; trailers after the body
/// are dropped as well. Source: CURLOPT_HEADERFUNCTION(3); RFC 9112, sections 4 and 5.
struct ResponseHead {
  private(set) var status = 0
  private(set) var headers = Headers()
  /// True once the empty line after a final status has come.
  private(set) var isComplete = false
  /// Bytes that may still come, all lines together.
  private var left: Int

  init(limit: Int) {
    left = limit
  }

  /// Takes a line with its line end. False when the lines are longer than the limit.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= left else { return false }
    left -= bytes.count
    guard !isComplete else { return true }
    var line = bytes[...]
    while let last = line.last, last == 0x0D || last == 0x0A { line.removeLast() }
    if line.starts(with: "HTTP/".utf8) {
      status = Self.status(of: line)
      headers = Headers()
    } else if line.isEmpty {
      isComplete = status >= 200
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")), !Self.isSpace(line.first) {
      let value = Self.trimmed(line[(colon + 1)...])
      headers.append(
        String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
    }
    return true
  }

  /// The body's length, where the server announces it and it is not the length compressed.
  var announcedLength: Int? {
    guard headers["Content-Encoding"] == nil, let text = headers["Content-Length"],
      let length = Int(text), length >= 0
    else { return nil }
    return length
  }

  /// The number after the first space of `HTTP/1.1 200 OK`; 0 when there is none.
  private static func status(of line: Slice<UnsafeRawBufferPointer>) -> Int {
    let number = line.drop { $0 != 0x20 }.dropFirst().prefix { $0 != 0x20 }
    return Int(String(decoding: number, as: UTF8.self)) ?? 0
  }

  private static func trimmed(
    _ value: Slice<UnsafeRawBufferPointer>
  ) -> Slice<UnsafeRawBufferPointer> {
    var value = value
    while isSpace(value.first) { value.removeFirst() }
    while isSpace(value.last) { value.removeLast() }
    return value
  }

  private static func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
}
