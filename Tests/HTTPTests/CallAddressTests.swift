import Testing

@testable import HTTP

@Suite struct CallAddressTests {
  @Test(
    arguments: [
      ("https://hooks.example/a/b", "https://hooks.example", "a/b"),
      ("https://hooks.example/a/", "https://hooks.example", "a/"),
      ("https://hooks.example", "https://hooks.example", ""),
      ("https://hooks.example?a=b", "https://hooks.example", "?a=b"),
      ("HTTPS://Hooks.Example:8443/A?b=/c?d", "https://hooks.example:8443", "A?b=/c?d"),
      ("http://127.0.0.1:9/ping?", "http://127.0.0.1:9", "ping?"),
    ])
  func `an address keeps its path and query as they are`(
    text: String, origin: String, target: String
  ) throws {
    let address = try CallAddress(text)
    #expect(address.origin.description == origin)
    #expect(address.target == target)
    #expect(try CallAddress(address.text) == address)
  }

  @Test(
    arguments: [
      ("http://hooks.example/a", .insecure), ("ftp://127.0.0.1/a", .unsupportedScheme),
      ("https://ada:secret@hooks.example/a", .userInformation),
      ("https://hooks.example/a#b", .queryOrFragment),
      ("https://hooks.example/a?b#c", .queryOrFragment),
      ("https://hooks.example/a?b c", .malformed), ("https://hooks.example/a?\u{7F}", .malformed),
      ("https://hooks.example/../a", .malformed), ("hooks.example", .malformed), ("", .malformed),
    ] as [(String, BaseURLError.Problem)])
  func `what a base URL may not be no call may be`(text: String, problem: BaseURLError.Problem) {
    let error = #expect(throws: BaseURLError.self) { try CallAddress(text) }
    #expect(error?.problem == problem)
  }
}
