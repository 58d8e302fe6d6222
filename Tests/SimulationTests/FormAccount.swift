import HTTP
import Simulation

/// Noon of 1 March 2026, when all accounts of these tests begin.
let noon: Int64 = 1_772_366_400

/// An account of a CRM for these tests: forms are posted to it, HTTP Basic lets a client in, and
/// two allowances hold side by side.
final class FormAccount: EditedAccount {
  enum Edit: Hashable, Sendable {
    case add
    /// Finds nothing to remove in an empty account.
    case remove
  }

  static let basePath = "/restapi/v1"

  var now = noon
  var baseURL = "https://crm.example/restapi/v1"
  let authorization: String? = "Basic YWRhOmtleQ=="
  var burst = RateLimit(limit: 1_000, window: 10)
  var hourly = RateLimit(limit: 4_000, window: 3_600)
  var faults = FaultScript()
  var churns: [Churn<FormAccount>] = []
  /// The requests so far.
  private(set) var received: [WireRequest] = []
  /// What a client reads.
  private(set) var rows = 0

  let edits: [Edit] = [.add, .remove]

  func apply(_ edit: Edit, using random: inout some RandomNumberGenerator) -> Bool {
    switch edit {
    case .add: rows += 1
    case .remove where rows > 0: rows -= 1
    case .remove: return false
    }
    return true
  }

  func respond(to request: WireRequest) -> WireReply {
    received.append(request)
    for index in churns.indices { churns[index].work(on: self, before: received.count) }
    guard request.headers["Authorization"] == authorization else { return WireReply(status: 401) }
    guard burst.spend(now: now), hourly.spend(now: now) else { return WireReply(status: 429) }
    let effect = faults.take(number: received.count, target: request.target)
    if let reply = effect?.reply { return reply }
    let operation = Query(form: request.body)["operation"].map { JSON.string($0) } ?? .null
    let answer = JSON.object([
      .init("success", .bool(true)), .init("operation", operation),
      .init("rows", .number(String(rows))), .init("at", .string(CivilTime(now).instant)),
    ])
    var reply = WireReply(
      status: 200, headers: ["Content-Type": "application/json"], body: answer.bytes)
    effect?.spoil(&reply)
    return reply
  }
}
