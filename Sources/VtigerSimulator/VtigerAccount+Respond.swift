import HTTP
package import Simulation

import FoundationEssentials

/// Answers requests: who is let in, what it costs, what goes wrong, and the reply in bytes.
///
/// Cloud serves `/restapi/v1/vtiger/default/<operation>` with HTTP Basic, and `webservice.php` as
/// well; a self-hosted server serves `webservice.php` alone, in any folder (measured on 8.3.0).
extension VtigerAccount: EditedAccount {
  /// Both forms lie below the origin.
  package static let basePath = ""
  /// The path of the REST form.
  package static let restPath = "/restapi/v1/vtiger/default/"

  package var authorization: String? {
    "Basic \(Data("\(username):\(accessKey)".utf8).base64EncodedString())"
  }

  package func respond(to request: WireRequest) -> WireReply {
    requestCount += 1
    let number = requestCount
    for index in churns.indices {
      var churn = churns[index]
      churn.work(on: self, before: number)
      churns[index] = churn
    }
    beforeRequest?(self, number)
    if sessionLosses.contains(number) { sessions.names.removeAll() }
    var counted = false
    var reply = admitted(request, number: number, counted: &counted)
    reply.headers.append("Date", CivilTime(now).fixdate)
    if log.count < logLimit {
      log.append(
        LoggedRequest(
          method: request.method, target: String(request.target.dropFirst()),
          status: reply.status, time: now, counted: counted))
    }
    return reply
  }

  private func admitted(_ request: WireRequest, number: Int, counted: inout Bool) -> WireReply {
    if switches.release == .cloud {
      guard minute.spend(now: now), hour.spend(now: now), day.spend(now: now) else {
        return limited
      }
      counted = true
    }
    let effect = faults.take(number: number, target: String(request.target.dropFirst()))
    if let effect, let reply = failing(effect) { return reply }
    var reply = served(request)
    if switches.release == .cloud, switches.sendsFloodControl { appendLimits(to: &reply) }
    if let effect { spoil(&reply, effect) }
    return reply
  }

  private func served(_ request: WireRequest) -> WireReply {
    // Apache refuses a request line beyond its buffer (measured).
    if request.target.utf8.count > 8_180 { return page(414, "Request-URI Too Long") }
    let query = Query(request.target)
    if request.target.hasPrefix(VtigerAccount.restPath), switches.release == .cloud {
      return servedREST(request, query)
    }
    guard query.segments.last == "webservice.php" else { return page(404, "Not Found") }
    return servedSession(request, query)
  }

  private func servedREST(_ request: WireRequest, _ query: Query) -> WireReply {
    guard request.headers["Authorization"] == authorization, isActive else {
      return envelope(
        .failure(
          Failure(code: "INVALID_USER_CREDENTIALS", message: "Invalid username or password")),
        status: 401)
    }
    let operation = query.segments.dropFirst(4).joined(separator: "/")
    let result = answer { try self.answer(operation, VtigerAccount.parameters(of: query)) }
    guard let result else { return crash }
    if case .failure = result { return envelope(result, status: 400) }
    return envelope(result, status: 200)
  }

  /// Each operation takes its parameters from one side: those of a GET from the query, those of a
  /// POST from the form, or from the query (measured).
  private func servedSession(_ request: WireRequest, _ query: Query) -> WireReply {
    let inQuery = VtigerAccount.parameters(of: query)
    let form = VtigerAccount.parameters(of: Query(form: request.body))
    let operation = (form["operation"] ?? inQuery["operation"] ?? "").lowercased()
    let isPost = ["login", "logout", "extendsession"].contains(operation)
    var parameters = inQuery
    if isPost {
      parameters = request.method == "POST" ? inQuery.merging(form) { $1 } : [:]
    } else if request.method == "POST", form["operation"] != nil {
      parameters = [:]
    }
    let session = form["sessionName"] ?? inQuery["sessionName"] ?? ""
    if (parameters["format"] ?? "json") != "json" { return crash }
    let result = answer {
      try self.session(operation, parameters, session)
        ?? self.inSession(
          session, operation, parameters)
    }
    return result.map { envelope($0, status: 200) } ?? crash
  }

  /// The operations of the session form alone; nil for the others.
  private func session(_ operation: String, _ parameters: [String: String], _ session: String)
    throws -> JSON?
  {
    switch operation {
    case "getchallenge": return try challenge(for: parameters["username"] ?? "")
    case "login": return try login(parameters["username"] ?? "", parameters["accessKey"] ?? "")
    case "logout":
      guard switches.logsOut else { throw Crash() }
      try admit(session)
      sessions.names.remove(session)
      return .object([.init("message", .string("successfull"))])
    case "extendsession":
      guard sessions.names.contains(session) else {
        throw Failure(code: "AUTHENTICATION_FAILURE", message: "Authencation Failed")
      }
      return sessionNotice(session)
    case "me": throw Crash()
    default: return nil
    }
  }

  private func inSession(
    _ session: String, _ operation: String, _ parameters: [String: String]
  ) throws -> JSON {
    // An operation that is not registered is not caught (measured).
    guard VtigerAccount.operations.contains(operation) else { throw Crash() }
    try admit(session)
    return try answer(operation, parameters)
  }

  static let operations: Set<String> = ["listtypes", "describe", "query", "retrieve", "sync"]

  /// The operations of both forms.
  private func answer(_ operation: String, _ parameters: [String: String]) throws -> JSON {
    switch operation.lowercased() {
    case "me": return try me()
    case "listtypes": return try listTypes(parameters["fieldTypeList"])
    case "describe": return try describe(parameters["elementType"] ?? "")
    case "query": return try query(parameters["query"] ?? "")
    case "retrieve": return try retrieve(parameters["id"] ?? "")
    case "sync": return try sync(parameters)
    default:
      throw Failure(code: "UNKNOWN_OPERATION", message: "Unknown operation requested")
    }
  }

  /// The user's own record, which anybody may see.
  private func me() throws -> JSON {
    guard switches.tellsUser, let module = module("Users"), let user = record(userID, in: module)
    else { throw Failure.denied }
    var speller = Speller(self, isRetrieve: true)
    let names = [
      "id", "user_name", "first_name", "last_name", "email1", "time_zone", "is_admin",
      "currency_id", "date_format",
    ]
    return speller.row(Row(record: user), names.compactMap(module.field), of: module)
  }

  private var isActive: Bool {
    shelves["Users"]?[userID].map { $0[key("status")] == .text("Active") } ?? false
  }

  /// Nil for a crash.
  private func answer(_ work: () throws -> JSON) -> Result<JSON, Failure>? {
    do {
      return .success(try work())
    } catch let failure as Failure {
      return .failure(failure)
    } catch {
      return nil
    }
  }

  private static func parameters(of query: Query) -> [String: String] {
    let names = query.parameters.map { ($0.name, query[$0.name] ?? "") }
    return Dictionary(names) { first, _ in first }
  }
}
