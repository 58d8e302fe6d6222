import HTTP
import Simulation
import Testing

@testable import VtigerSimulator

/// Noon of 1 March 2026, when all accounts of these tests begin.
let noon: Int64 = 1_772_366_400

/// An account whose answers are JSON, which those of 8.3.0 are not always.
func account(
  _ switches: VtigerSwitches = .init(), size: VtigerSize = .small, seed: UInt64 = 1
) -> VtigerAccount {
  var switches = switches
  switches.writesRawControls = false
  return VtigerAccount(seed: seed, size: size, now: noon, switches: switches)
}

extension VtigerAccount {
  /// The result of an operation, or the code of its failure, by the session form.
  func ask(_ operation: String, _ parameters: [(name: String, value: String)] = []) -> WireReply {
    if sessions.names.isEmpty { _ = logIn() }
    let session = sessions.names.sorted().first ?? ""
    let all = [("operation", operation), ("sessionName", session)] + parameters
    return respond(to: WireRequest(target: "/webservice.php?" + FormText.encoded(all)))
  }

  /// A form that is posted.
  func post(_ fields: [(name: String, value: String)]) -> WireReply {
    respond(
      to: WireRequest(
        method: "POST", target: "/webservice.php", body: Array(FormText.encoded(fields).utf8)))
  }

  /// Logs in as the protocol wants it.
  func logIn() -> JSON {
    let challenge = respond(
      to: WireRequest(target: "/webservice.php?operation=getchallenge&username=\(username)"))
    let token = JSON(challenge.body)?["result"]?["token"]?.string ?? ""
    let reply = post([
      ("operation", "login"), ("username", username), ("accessKey", MD5.hex(token + accessKey)),
    ])
    return JSON(reply.body) ?? .null
  }

  func query(rows text: String) -> [JSON] {
    JSON(ask("query", [("query", text)]).body)?["result"]?.items ?? []
  }

  /// The numbers of the records that a query finds.
  func ids(_ text: String) -> [Int64] {
    query(rows: text).compactMap { $0["id"]?.string }.compactMap(VtigerAccount.number)
  }

  /// `OK`, or the code of the failure.
  func outcome(_ operation: String, _ parameters: [(name: String, value: String)]) -> String {
    outcome(ask(operation, parameters))
  }

  func outcome(_ reply: WireReply) -> String {
    guard let tree = JSON(reply.body) else { return "\(reply.status)" }
    return tree["success"] == .bool(true) ? "OK" : tree["error"]?["code"]?.string ?? "none"
  }

  func outcome(of text: String) -> String { outcome("query", [("query", text)]) }

  /// The first number that a module shows.
  func first(_ module: String) -> Int64 {
    ids("SELECT id FROM \(module) ORDER BY id LIMIT 1;").first ?? 0
  }
}
