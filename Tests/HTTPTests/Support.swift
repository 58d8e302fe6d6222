import Testing

@testable import HTTP

let secret = "s3cr3t-t0k3n"

/// A transport to a base URL under test limits.
func transport(
  _ base: String, concurrency: Int = 1, limits: CurlTransport.Limits = .init(),
  interrupt: CInt? = nil, authorisation: Authorisation = .bearer(Token(secret))
) throws -> CurlTransport {
  try CurlTransport(
    CurlTransport.Configuration(
      base: BaseURL(base), authorisation: authorisation, userAgent: "crm-replica/0.0",
      concurrency: concurrency, limits: limits, interrupt: interrupt))
}

extension CurlTransport {
  /// The next exchange; anything else fails the test.
  func exchange() throws -> Exchange {
    guard case .finished(let exchange) = next(timeout: .seconds(60)) else {
      throw NoExchange()
    }
    return exchange
  }

  /// As many exchanges, in the order they end.
  func exchanges(_ count: Int) throws -> [Exchange] {
    try (0..<count).map { _ in try exchange() }
  }

  /// Sends one request and waits for its end.
  func exchange(for target: String) throws -> Exchange {
    try exchange(for: Request(target))
  }

  func exchange(for request: Request) throws -> Exchange {
    send(request, id: 0)
    return try exchange()
  }
}

struct NoExchange: Error {}

extension Exchange {
  var failure: HTTPError? {
    if case .failure(let error) = result { error } else { nil }
  }

  var response: Response? { try? result.get() }
}

/// The bytes of a response with a Content-Length.
func reply(_ status: Int = 200, _ headers: [String] = [], body: String = "") -> [UInt8] {
  reply(status, headers, body: Array(body.utf8))
}

func reply(_ status: Int = 200, _ headers: [String] = [], body: [UInt8]) -> [UInt8] {
  let lines =
    ["HTTP/1.1 \(status) Because"] + headers + ["Content-Length: \(body.count)", "", ""]
  return Array(lines.joined(separator: "\r\n").utf8) + body
}

/// The bytes a text of hexadecimal digits stands for.
func bytes(hex: String) -> [UInt8] {
  let digits = hex.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] << 4 | digits[$0 + 1])
  }
}
