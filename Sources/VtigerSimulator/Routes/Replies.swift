import HTTP
import Simulation

/// Replies in bytes, and those of faults that this CRM words its own way.
extension VtigerAccount {
  /// The envelope: `success` with `result` or with `error`, whose message comes first (measured).
  func envelope(_ result: Result<JSON, Failure>, status: Int) -> WireReply {
    let body: JSON =
      switch result {
      case .success(let value):
        .object([.init("success", .bool(true)), .init("result", value)])
      case .failure(let failure):
        .object([
          .init("success", .bool(false)),
          .init(
            "error",
            .object([
              .init("message", .string(failure.message)), .init("code", .string(failure.code)),
            ])),
        ])
      }
    var encoder = Encoder(
      isPHP: switches.release == .v8_0, writesRawControls: switches.writesRawControls)
    encoder.write(body)
    return WireReply(
      status: status,
      headers: [
        "Content-Type": "application/json",
        "Cache-Control": "no-store, no-cache, must-revalidate",
      ], body: encoder.bytes)
  }

  /// A crash of PHP: no body, whatever the status says (measured).
  var crash: WireReply {
    WireReply(
      status: switches.displaysErrors ? 200 : 500,
      headers: ["Content-Type": "text/html; charset=UTF-8"])
  }

  /// A page of the web server's own.
  func page(_ status: Int, _ title: String) -> WireReply {
    WireReply(
      status: status, headers: ["Content-Type": "text/html; charset=iso-8859-1"],
      body: Array("<!DOCTYPE HTML><html><title>\(status) \(title)</title></html>\n".utf8))
  }

  /// A 429; what it carries is not known.
  var limited: WireReply {
    var reply = WireReply(status: 429, headers: ["Content-Type": "text/html; charset=UTF-8"])
    if switches.sendsFloodControlOn429 { appendLimits(to: &reply) }
    if switches.sendsRetryAfter {
      let spent = [minute, hour, day].filter { $0.remaining == 0 }
      let ends = spent.map(\.reset).max() ?? minute.reset
      reply.headers.append("Retry-After", String(max(1, ends - now)))
    }
    return reply
  }

  /// What Cloud says of the allowances (documented; resets in seconds since 1970 at second hand).
  func appendLimits(to reply: inout WireReply) {
    reply.headers.append("X-FloodControl-MinuteLimit", String(minute.limit))
    reply.headers.append("X-FloodControl-Remaining", String(minute.remaining))
    reply.headers.append("X-FloodControl-Reset", String(minute.reset))
    reply.headers.append("X-RateLimit-DailyLimit", String(day.limit))
    reply.headers.append("X-RateLimit-Remaining", String(day.remaining))
    reply.headers.append("X-RateLimit-Reset", String(day.reset))
    reply.headers.append("X-Vtiger-Version", switches.release.rawValue)
  }

  /// The reply of an effect that needs no real answer; nil for the others.
  func failing(_ effect: FaultScript.Effect) -> WireReply? {
    switch effect {
    case .rateLimited(let delay):
      guard let delay else { return limited }
      minute.used = minute.limit
      minute.reset = now + delay
      return limited
    case .saying(let text, let status):
      return envelope(
        .failure(Failure(code: "INTERNAL_SERVER_ERROR", message: text)), status: status)
    case .unauthorised:
      return envelope(
        .failure(
          Failure(code: "INVALID_USER_CREDENTIALS", message: "Invalid username or password")),
        status: switches.release == .cloud ? 401 : 200)
    case .forbidden:
      return envelope(.failure(.denied), status: switches.release == .cloud ? 400 : 200)
    case .redirect:
      return WireReply(status: 302, headers: ["Location": "https://elsewhere.example/index.php"])
    case .oversized(let size):
      return WireReply(
        status: 200, headers: ["Content-Type": "application/json"],
        body: Array("{\"success\":true,\"result\":[".utf8) + Array(repeating: 32, count: size))
    default: return effect.reply
    }
  }

  /// Spoils a real answer. An empty page is what SQL that fails looks like (measured).
  func spoil(_ reply: inout WireReply, _ effect: FaultScript.Effect) {
    effect.spoil(&reply)
    let isList = reply.body.starts(with: "{\"success\":true,\"result\":[".utf8)
    if isList, effect == .emptyPage || effect == .earlyEnd {
      reply.body = Array("{\"success\":true,\"result\":[]}".utf8)
    }
  }
}
