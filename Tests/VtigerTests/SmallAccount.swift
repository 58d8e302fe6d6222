import HTTP
import Model
import Replication
import Simulation

@testable import Vtiger

/// The account of the `Fixture` with records in it, as small as a server may be that answers
/// queries: it knows no language but the few words that are spoken here.
final class SmallAccount: SimulatedAccount {
  static let basePath = "/restapi/v1/vtiger/default"

  var now: Int64 = 1_795_907_566
  var baseURL = "https://crm.example/restapi/v1/vtiger/default"
  let authorization: String? = "Basic YWRhOmtleQ=="
  var fixture = Fixture()
  /// The values of each record by module and number, as they are sent.
  var records: [String: [Int64: [String: String]]] = [:]
  /// Activities that the user may see: the others are taken out behind the limit of a list.
  var visible: Set<Int64>?
  private(set) var queries: [String] = []
  private(set) var identityQuestions = 0

  private var headers: Headers {
    ["Date": CivilTime(now).fixdate, "X-FloodControl-Remaining": "1000"]
  }

  func add(
    _ module: String, _ id: Int64, _ values: [String: String] = [:], at seconds: Int64? = nil
  ) {
    var values = values
    if let field = changeField(module) { values[field] = Timestamp(seconds ?? now).sql }
    records[module, default: [:]][id] = values
  }

  func respond(to request: WireRequest) -> WireReply {
    let query = Query(request.target)
    let target = request.target.dropFirst(Self.basePath.count + 1)
    var response = fixture.answer(to: Request(String(target)), .rest)
    switch query.segments.last {
    case "me":
      identityQuestions += 1
      response = Fixture.success(#"{"id":"19x5","user_name":"ada"}"#)
    case "query":
      let text = query["query"] ?? ""
      queries.append(text)
      response = answer(text)
    default: break
    }
    return WireReply(status: response.status, headers: headers, body: response.body)
  }

  private func changeField(_ module: String) -> String? {
    let fields = fixture.modules.first { $0.name == module }?.fields ?? []
    return ["modifiedtime", "ModifiedTime"].first { name in
      fields.contains { $0.contains("\"\(name)\"") }
    }
  }

  private func answer(_ text: String) -> Response {
    let words = text.dropLast().split(separator: " ").map(String.init)
    guard text.hasSuffix(";"), let module = fixture.modules.first(where: { $0.name == words[3] })
    else { return Fixture.failure("QUERY_SYNTAX_ERROR") }
    let order = words.firstIndex(of: "ORDER").map { Array(words[($0 + 2)..<(words.count - 2)]) }
    let end = words.firstIndex(of: "ORDER") ?? words.count - 2
    let condition = words.firstIndex(of: "WHERE").map { Array(words[($0 + 1)..<end]) } ?? []
    let terms = condition.joined(separator: " ").split(separator: " OR ").map {
      $0.split(separator: " AND ").map(String.init)
    }
    var rows = (records[module.name] ?? [:]).filter { row in
      terms.isEmpty || terms.contains { $0.allSatisfy { holds($0, row.key, row.value) } }
    }.sorted { $0.key < $1.key }
    if let field = order?.first, field.hasSuffix(",") {
      let name = String(field.dropLast())
      rows.sort { ($0.value[name] ?? "", $0.key) < ($1.value[name] ?? "", $1.key) }
    }
    rows = Array(rows.prefix(min(100, words.last.flatMap { Int($0) } ?? 0)))
    if module.name == "Events", let visible { rows.removeAll { !visible.contains($0.key) } }
    let isWhole = words[1] != "id"
    let texts = rows.map { id, values in
      let members = (isWhole ? values : [:]).sorted { $0.key < $1.key }.map {
        "\"\($0.key)\":\"\($0.value)\""
      }
      return "{" + (members + ["\"id\":\"\(module.prefix)x\(id)\""]).joined(separator: ",") + "}"
    }
    return Fixture.success("[\(texts.joined(separator: ","))]")
  }

  /// Whether a record meets `field op 'value'`, or is one of `id IN (...)`.
  private func holds(_ term: String, _ id: Int64, _ values: [String: String]) -> Bool {
    let parts = term.split(separator: " ", maxSplits: 2).map(String.init)
    let value = parts[2].filter { !"()'".contains($0) }
    if parts[0] == "id" {
      let numbers = value.split(separator: ",").compactMap { part in
        part.split(separator: "x").last.flatMap { Int64($0) }
      }
      switch parts[1] {
      case ">": return id > numbers[0]
      case "<=": return id <= numbers[0]
      default: return numbers.contains(id)
      }
    }
    let held = values[parts[0]] ?? ""
    switch parts[1] {
    case ">": return held > value
    case ">=": return held >= value
    default: return held == value
    }
  }
}

struct SmallClock: Replication.Clock {
  let transport: SimulatedTransport<SmallAccount>

  func now() -> Timestamp { Timestamp(transport.account.now) }
  func elapsed() -> Duration { transport.elapsed }
}
