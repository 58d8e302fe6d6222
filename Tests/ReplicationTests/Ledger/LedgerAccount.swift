import HTTP
import Model
import Replication
import Simulation

/// The account behind `LedgerSource`, in memory.
final class LedgerAccount: SimulatedAccount {
  static let basePath = "/v1"

  var now: Int64 = 1_772_366_400
  var baseURL = "https://ledger.example/v1"
  let authorization: String? = "Basic YWRhOmtleQ=="
  /// A window of a minute.
  var allowance = RateLimit(limit: 20, window: 60)
  var accounts: [Int64: String] = [:]
  var entries: [Int64: (account: Int64, amount: String, changed: Int64)] = [:]
  /// Whether each page says that the next one begins where it began itself.
  var isStuck = false
  /// Whether it answers with nothing at all where it lacks something, as if all were well.
  var isSilent = false
  /// What it takes out of a page of keys, or of records that are asked for.
  var hides: (_ isKeys: Bool, _ id: Int64) -> Bool = { _, _ in false }
  private(set) var targets: [String] = []

  func respond(to request: WireRequest) -> WireReply {
    targets.append(String(request.target.dropFirst(Self.basePath.count + 1)))
    guard request.headers["Authorization"] == authorization else {
      return WireReply(status: 401, headers: [:], body: [])
    }
    let isGranted = allowance.spend(now: now)
    var headers: Headers = [
      "Date": CivilTime(now).fixdate, "Allowed": "\(allowance.limit)",
      "Left": "\(allowance.remaining)", "Renewed": "\(allowance.reset)",
    ]
    guard isGranted else { return WireReply(status: 503, headers: headers, body: []) }
    let query = Query(request.target)
    guard query.segments.count > 1, query.segments[1] != "ledger" else {
      return WireReply(status: 200, headers: headers, body: Array("ada".utf8))
    }
    let rows = query.segments[1] == "accounts" ? accountRows : entryRows(since: query["since"])
    if query.segments.count > 2 {
      let ids = query.segments[2].split(separator: ";").compactMap { Int64($0) }
      let found = ids.filter { !hides(false, $0) }.compactMap { rows[$0] }
      let body =
        ids.count == 1
        ? "{\"item\":\(found.first ?? "null")}" : "{\"items\":[\(found.joined(separator: ","))]}"
      let status = found.count == ids.count || isSilent ? 200 : 404
      return WireReply(status: status, headers: headers, body: Array(body.utf8))
    }
    let after = query["after"].flatMap { Int64($0) } ?? 0
    let limit = query["limit"].flatMap { Int($0) } ?? 10
    let isKeys = query["keys"] != nil
    let left = rows.filter { $0.key > after && !hides(isKeys, $0.key) }.sorted { $0.key < $1.key }
    let page = left.prefix(limit)
    if left.count > page.count, let last = page.last {
      headers.append("Next-After", "\(isStuck ? after : last.key)")
    }
    let items = page.map { isKeys ? "{\"id\":\($0.key)}" : $0.value }.joined(separator: ",")
    return WireReply(
      status: 200, headers: headers,
      body: Array("{\"items\":[\(items)],\"paging\":{\"count\":\(rows.count)}}".utf8))
  }

  private var accountRows: [Int64: String] {
    Dictionary(
      uniqueKeysWithValues: accounts.map { ($0, "{\"id\":\($0),\"name\":\"\($1)\"}") })
  }

  private func entryRows(since text: String?) -> [Int64: String] {
    let since = text.flatMap { Timestamp($0) } ?? Timestamp(0)
    return Dictionary(
      uniqueKeysWithValues: entries.filter { Timestamp($0.value.changed) >= since }.map {
        let changed = Timestamp($1.changed).iso8601
        return (
          $0,
          "{\"id\":\($0),\"account\":{\"id\":\($1.account)},\"amount\":\($1.amount),"
            + "\"changed\":\"\(changed)\"}"
        )
      })
  }
}

/// The account's clock behind the engine's seam.
struct LedgerClock: Clock {
  let transport: SimulatedTransport<LedgerAccount>

  func now() -> Timestamp { Timestamp(transport.account.now) }
  func elapsed() -> Duration { transport.elapsed }
}
