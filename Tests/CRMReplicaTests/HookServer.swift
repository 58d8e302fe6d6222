import HTTP
import Simulation

/// A web hook on loopback: it takes down what is asked of it, and answers as it is told.
final class Hook: SimulatedAccount {
  static let basePath = ""

  struct Call: Sendable {
    let method: String
    let target: String
    let headers: Headers
    let body: String
  }

  var now: Int64 = 0
  var baseURL = ""
  var authorization: String? { nil }
  var status = 200
  var isSlow = false
  private(set) var calls: [Call] = []

  func respond(to request: WireRequest) -> WireReply {
    calls.append(
      Call(
        method: request.method, target: request.target, headers: request.headers,
        body: String(decoding: request.body, as: UTF8.self)))
    return WireReply(
      status: status, headers: ["Location": "https://elsewhere.example/"],
      body: Array("it is heard".utf8), delivery: isSlow ? .slow : .whole)
  }

  /// A server of one.
  static func server() throws -> LoopbackServer<Hook> {
    let server = LoopbackServer(Hook())
    try server.start()
    return server
  }
}

extension LoopbackServer<Hook> {
  var calls: [Hook.Call] { withAccount { $0.calls } }
  /// The alerts that were posted, as "kind state", with the tables that each names.
  var alerts: [String] {
    calls.filter { $0.method == "POST" }.map { AlertText.line($0.body) }
  }
  var pings: Int { calls.count { $0.method == "GET" && $0.target == "/ping" } }
}
