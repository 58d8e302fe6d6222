package import HTTP

/// An HTTP/1.1 request as it comes over a connection (RFC 9112).
package struct WireRequest: Sendable {
  package var method: String
  /// The path and query as sent, with the leading slash.
  package var target: String
  package var headers: Headers
  package var body: [UInt8]
  /// Whether the connection may carry another request after this one.
  var keepsAlive = true

  static let largestHead = 32_768
  static let largestBody = 1 << 20

  package init(
    method: String = "GET", target: String, headers: Headers = Headers(), body: [UInt8] = []
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// What a look at the bytes received so far tells.
  enum Reading {
    case incomplete
    case complete(WireRequest, length: Int)
    case malformed
  }

  /// Reads the first request in the buffer, of which more may follow at once.
  static func read(_ buffer: [UInt8]) -> Reading {
    guard let headEnd = end(of: buffer) else {
      return buffer.count > largestHead ? .malformed : .incomplete
    }
    let head = String(decoding: buffer[..<headEnd], as: UTF8.self)
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: true)
    guard let first = lines.first else { return .malformed }
    let words = first.split(separator: " ")
    guard words.count == 3, words[2].hasPrefix("HTTP/1."), words[1].hasPrefix("/") else {
      return .malformed
    }
    var request = WireRequest(method: String(words[0]), target: String(words[1]))
    request.keepsAlive = words[2] == "HTTP/1.1"
    var length = 0
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return .malformed }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      request.headers.append(String(line[..<colon]), String(value))
      switch line[..<colon].lowercased() {
      case "content-length":
        guard let count = Int(value), (0...largestBody).contains(count) else { return .malformed }
        length = count
      case "transfer-encoding": return .malformed
      case "connection": request.keepsAlive = value.lowercased() != "close" && request.keepsAlive
      default: break
      }
    }
    guard buffer.count >= headEnd + length else { return .incomplete }
    request.body = Array(buffer[headEnd..<headEnd + length])
    return .complete(request, length: headEnd + length)
  }

  /// The place after the blank line that ends the head.
  private static func end(of buffer: [UInt8]) -> Int? {
    guard buffer.count >= 4 else { return nil }
    let blank = Array("\r\n\r\n".utf8)
    for start in 0...min(buffer.count - 4, largestHead)
    where buffer[start] == 13 && buffer[start..<start + 4].elementsEqual(blank) {
      return start + 4
    }
    return nil
  }
}
