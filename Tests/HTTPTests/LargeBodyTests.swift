import Testing

@testable import HTTP

/// A hundred megabytes over a socket, under the limits that a daemon has.
@Suite struct LargeBodyTests {
  private static let size = 100 << 20

  /// Announced, of unknown length, and inflated from a hundred kilobytes.
  static let cases = [
    OutcomeCase(
      "announced", [.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"), .hang],
      .failure(.tooLarge)),
    OutcomeCase(
      "of unknown length",
      [.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")]
        + Array(repeating: .send([UInt8](repeating: 0x20, count: 1 << 20)), count: 100) + [.close],
      .failure(.tooLarge)),
    // Each zero byte of the compressed body of a long run of zeros stands for 1,032 of them.
    OutcomeCase(
      "inflated",
      [
        .send(
          reply(
            200, ["Content-Encoding: gzip"],
            body: OutcomeCase.bomb.prefix(25) + [UInt8](repeating: 0, count: size / 1_032)))
      ], .failure(.tooLarge)),
    OutcomeCase(
      "below the limit", [.send(reply(body: [UInt8](repeating: 0x20, count: 64 << 20)))],
      .response(200, String(repeating: " ", count: 64 << 20))),
  ]

  @Test(arguments: cases)
  func `a body is received up to the limit`(example: OutcomeCase) throws {
    try withServer({ _ in example.steps }) { server in
      switch try transport(server.base).exchange(for: "parties").result {
      case .success(let response):
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(.response(response.status, text) == example.outcome)
      case .failure(let error): #expect(.failure(error.kind) == example.outcome, "\(error)")
      }
    }
  }
}
