package import HTTP
package import Model

/// What answers of either form mean, whatever was asked.
///
/// Success is status 200 and JSON and `success: true`. A server of one's own answers its errors
/// with 200 as well, and where it crashes with 200 or 500 and nothing, or with a page for people.
package struct VtigerReplies: Sendable {
  let form: VtigerForm

  package init(form: VtigerForm) { self.form = form }

  package func reply(_ response: Response, to request: Request) -> Reply {
    read(response, to: request, RecordForm(modules: [:]), .utc).reply
  }

  /// The reply, and its records where it is a success.
  func read(
    _ response: Response, to request: Request, _ records: RecordForm, _ zone: ServerZone,
    keepsPlaces: Bool = false
  ) -> (reply: Reply, records: RecordRewriter.Result?) {
    var reply = Reply(
      .accept, date: response.date, allowances: allowances(response),
      retryAfter: response.retryAfter)
    if response.status == 429 {
      reply.verdict = .wait
      // The server need not say how long; its shortest window is a minute.
      let isTold = reply.allowances.values.contains { $0.reset != nil && $0.remaining ?? 0 <= 0 }
      if reply.retryAfter == nil, !isTold { reply.retryAfter = .seconds(60) }
      reply.message = VtigerError(response)?.message
      return (reply, nil)
    }
    if response.status == 200 {
      do throws(DecodeError) {
        let latest = response.date.map { zone.local($0 + Reply.stampTolerance) }
        let result = try RecordRewriter.rewrite(
          response.padded, records, zone: zone, latest: latest ?? .max,
          keepsPlaces: keepsPlaces)
        if result.isSuccess == true {
          (reply.stamp, reply.isStampAhead) = (
            result.newest.map(zone.instant(ofLocal:)), result.isAhead
          )
          return (reply, result)
        }
        if result.isSuccess == nil { throw DecodeError(.noEnvelope, at: 0) }
      } catch {
        reply.verdict = .retry(.unreadable(error.reason))
        return (reply, nil)
      }
    }
    if let error = VtigerError(response) {
      reply.verdict = verdict(on: error.code, to: request)
      reply.message = error.message
    } else {
      reply.verdict = verdict(on: response)
      if case .pause = reply.verdict { reply.allowances = [:] }
    }
    return (reply, nil)
  }

  // MARK: Verdicts

  /// Codes of a session that has ended: it is opened anew.
  private static let endedSession: Set<String> = [
    "AUTHENTICATION_REQUIRED", "AUTHENTICATION_FAILURE", "INVALID_SESSIONID", "SESSION_EXPIRED",
    "SESSION_LEFT_IDLE",
  ]

  /// Whether an answer says that the session has ended in which it was asked for.
  package static func hasEndedSession(_ response: Response) -> Bool {
    response.length <= VtigerError.longestBody
      && VtigerError(response).map { endedSession.contains($0.code) } ?? false
  }

  private func verdict(on code: String, to request: Request) -> Verdict {
    switch code {
    case "INVALID_USER_CREDENTIALS", "ACCESSKEY_UNDEFINED", "INVALID_AUTH_TOKEN": .refuse
    // Who sends requests has opened a session anew, and it is gone again.
    case _ where Self.endedSession.contains(code): form == .rest ? .refuse : .retry(.code(code))
    // Of one record it says that this user may not see it, as good as gone; of a list, that the
    // module or a field may not be read.
    case "ACCESS_DENIED", "RECORD_NOT_FOUND", "INVALID_ID_ATTRIBUTE":
      form.parts(of: request).operation == "retrieve"
        ? .missing(.forbidden(code))
        : .fail(code == "ACCESS_DENIED" ? .forbidden(code) : .code(code))
    case "QUERY_SYNTAX_ERROR", "UNKNOWN_OPERATION":
      .fail(.misasked(code, question: question(request)))
    case "INTERNAL_SERVER_ERROR", "DATABASE_QUERY_ERROR": .retry(.code(code))
    default: .fail(.code(code))
    }
  }

  /// What a request asks, without the values in it.
  private func question(_ request: Request) -> String {
    let (operation, parameters) = form.parts(of: request)
    guard let query = parameters["query"] else { return "\(operation)." }
    var (plain, isText, isList) = ("", false, false)
    for character in query {
      switch character {
      case "'": isText.toggle()
      case "(" where !isText: isList = true
      case ")" where !isText: isList = false
      case _ where isText || isList: continue
      default: break
      }
      plain.append(character)
    }
    return plain
  }

  /// What a status means where the body says nothing.
  private func verdict(on response: Response) -> Verdict {
    switch response.status {
    case 401, 403: .refuse
    case 503 where response.retryAfter != nil: .pause(.status(503))
    case 408, 425, 500...599: .retry(.status(response.status))
    case 300...399: .fail(.redirect(response.status))
    case 200: .retry(.unreadable(.notJSON))
    default: .fail(.status(response.status))
    }
  }

  // MARK: Allowances

  /// The two windows in which the hosted product counts, and what the smallest edition grants.
  package static let minute = AllowanceRule("a minute", seconds: 60, limit: 30)
  package static let day = AllowanceRule("a day", seconds: 86_400, limit: 3_000)

  private func allowances(_ response: Response) -> [AllowanceRule: Allowance] {
    guard form == .rest else { return [:] }
    let headers = response.headers
    func number(_ name: String) -> Int? { headers.first(name).flatMap { Int($0) } }
    func allowance(_ limit: String, _ window: String) -> Allowance {
      Allowance(
        limit: number(limit), remaining: number("\(window)-Remaining"),
        reset: headers.first("\(window)-Reset").flatMap(Self.instant))
    }
    return [
      Self.minute: allowance("X-FloodControl-MinuteLimit", "X-FloodControl"),
      Self.day: allowance("X-RateLimit-DailyLimit", "X-RateLimit"),
    ]
  }

  /// Seconds since 1970, which have ten digits; what has thirteen counts thousandths of them.
  private static func instant(_ text: String) -> Timestamp? {
    guard let number = Int64(text) else { return nil }
    switch text.utf8.count {
    case 10: return Timestamp(number)
    case 13: return Timestamp(number / 1_000)
    default: return nil
    }
  }
}
