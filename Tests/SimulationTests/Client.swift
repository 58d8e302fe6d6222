import Testing

@testable import Simulation

/// A client that reads whole responses off one connection.
final class Client {
  let socket: Socket
  var buffer: [UInt8] = []

  init(_ server: LoopbackServer<FormAccount>) throws {
    socket = try #require(Socket.connected(port: server.port))
  }

  deinit { socket.close() }

  /// Posts a form with the right password.
  func post(_ form: String, _ more: String = "") {
    send(
      """
      POST /restapi/v1/query HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YWRhOmtleQ==\r
      Content-Length: \(form.utf8.count)\r\n\(more)\r\n\(form)
      """)
  }

  func send(_ text: String) {
    socket.write(Array(text.utf8))
  }

  private var bodyStart: Int? {
    buffer.indices.dropLast(3).first { buffer[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
      .map { $0 + 4 }
  }

  /// Status, head and body; nil when the connection ends first.
  func receive() -> (status: Int, head: String, body: [UInt8])? {
    while true {
      if let start = bodyStart {
        let head = String(decoding: buffer[..<start], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let length = lines.first { $0.hasPrefix("Content-Length: ") }
          .flatMap { Int($0.dropFirst(16)) }
        if let length, buffer.count >= start + length {
          let body = Array(buffer[start..<start + length])
          buffer.removeFirst(start + length)
          return (Int(lines[0].split(separator: " ")[1]) ?? 0, head, body)
        }
      }
      let bytes = socket.read()
      if bytes.isEmpty { return nil }
      buffer += bytes
    }
  }
}
