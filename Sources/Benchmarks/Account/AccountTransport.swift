internal import Capsule
internal import HTTP
internal import Model
internal import Replication
internal import Simulation

/// Answers requests as the account would at an instant of its past, at once.
final class AccountTransport: Transport {
  /// The server's clock.
  var instant = 0 {
    didSet { lists.removeAll() }
  }
  private let account: Account
  private let envelopes: [String: String]
  private var waiting: [(id: Int, target: String)] = []
  private var lists: [String: RecordList] = [:]

  init(_ account: Account) {
    self.account = account
    let listings = CapsuleSource.catalogue.flatMap(\.listings)
    envelopes = Dictionary(
      listings.map { ($0.path, $0.envelope) }, uniquingKeysWith: { first, _ in first })
  }

  var outstanding: Int { waiting.count }

  func send(_ request: Request, id: Int) { waiting.append((id, request.target)) }

  func next(timeout: Duration?) -> TransportEvent {
    guard !waiting.isEmpty else { return .timeout }
    let (id, target) = waiting.removeFirst()
    return .finished(Exchange(id: id, result: .success(response(to: target))))
  }

  private func response(to target: String) -> Response {
    let halves = target.split(separator: "?", maxSplits: 1).map(String.init)
    let path = halves[0]
    let parts = path.split(separator: "/")
    let pattern = parts.map { Int($0) == nil ? String($0) : "{id}" }.joined(separator: "/")
    guard let envelope = envelopes[pattern] else { return Response(status: 404) }
    var query: [Substring: Substring] = [:]
    for pair in halves.dropFirst().joined().split(separator: "&") {
      let sides = pair.split(separator: "=", maxSplits: 1)
      if sides.count == 2 { query[sides[0]] = sides[1] }
    }
    let list = list(path, since: query["since"].map(String.init))
    let size = query["perPage"].flatMap { Int($0) } ?? 100
    let first = ((query["page"].flatMap { Int($0) } ?? 1) - 1) * size
    let places = min(first, list.count)..<min(first + size, list.count)
    let headers: Headers = [
      "Date": date, "X-Pagination-Has-More": places.upperBound < list.count ? "true" : "false",
    ]
    return Response(status: 200, headers: headers, body: body(envelope, list, places))
  }

  private func list(_ path: String, since: String?) -> RecordList {
    let key = "\(path)?\(since ?? "")"
    if let list = lists[key] { return list }
    let since = since.flatMap { Timestamp($0) }.map { Int($0.seconds) }
    let list =
      account.list(path, since: since, at: instant) ?? RecordList(count: 0, write: { _, _ in })
    lists[key] = list
    return list
  }

  private func body(_ envelope: String, _ list: RecordList, _ places: Range<Int>) -> [UInt8] {
    var text = Writer(capacity: places.count * 2_000 + 100)
    text.append("{\"\(envelope)\":[")
    for place in places { list.write(place, &text) }
    text.append("],\"meta\":{\"totalCount\":\(list.count)}}")
    return text.bytes
  }

  /// `Sat, 21 Nov 2026 08:00:00 GMT`; 1970 began on a Thursday.
  private var date: String {
    let text = Timestamp(Int64(instant)).iso8601.split { "-T:Z".contains($0) }
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let month = months[(Int(text[1]) ?? 1) - 1]
    return "\(days[instant / Account.day % 7]), \(text[2]) \(month) \(text[0]) "
      + "\(text[3]):\(text[4]):\(text[5]) GMT"
  }
}
