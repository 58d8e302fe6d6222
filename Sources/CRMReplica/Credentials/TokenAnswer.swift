internal import HTTP
internal import ReplicaFile

/// The answer of a token endpoint: tokens, a refusal, or nothing of use.
enum TokenAnswer: Hashable {
  /// New tokens.
  case granted(Granted)
  /// It understood and said no; a phrase.
  case refused(String)
  /// It said nothing of use, and another time it may; `isPassing` if soon. A phrase.
  case unavailable(String, isPassing: Bool)

  /// The tokens of an answer; all but the first may be missing (RFC 6749, section 5.1).
  struct Granted: Hashable {
    var accessToken: Token
    var refreshToken: Token?
    /// Seconds, positive; nil when there is no number that makes sense.
    var lifetime: Int64?
    var subdomain: String?
  }

  /// Reads an answer. No sentence made of it repeats one of the secrets.
  init(_ result: Result<Response, HTTPError>, secrets: [String]) {
    switch result {
    case .failure(let error):
      let text = "no answer to \(error.doing): \(error.detail)"
      self = .unavailable(text, isPassing: error.kind != .tooLarge)
    case .success(let response):
      self.init(response, secrets)
    }
  }

  private init(_ response: Response, _ secrets: [String]) {
    let status = response.status
    let members = Self.members(of: response.body)
    if status == 200, let granted = Granted(members) {
      self = .granted(granted)
      return
    }
    let code = Self.text(members, "error")
    let said = [code, Self.text(members, "error_description") ?? Self.text(members, "message")]
      .compactMap { $0 }.joined(separator: ": ")
    let words = "status \(status)\(said.isEmpty ? "" : ", \(said)")"
    let text = Secrecy.masked(words, secrets).onOneLine(limit: 200)
    let isTrouble = ["temporarily_unavailable", "server_error", "slow_down"].contains(code)
    switch status {
    case 200 where code != nil && !isTrouble: self = .refused(text)
    case 400 where !said.isEmpty && !isTrouble, 401 where !said.isEmpty && !isTrouble,
      403 where !said.isEmpty && !isTrouble:
      self = .refused(text)
    // After a 429 nothing is asked again at once.
    case 429: self = .unavailable(text, isPassing: false)
    case 300...399:
      self = .unavailable("\(text), a redirect that is not followed", isPassing: false)
    default:
      self = .unavailable(
        said.isEmpty ? "\(text) without a word that can be read" : text,
        isPassing: status == 200 || status >= 500)
    }
  }

  private static func members(of body: [UInt8]) -> [JSONMember] {
    guard let node = try? JSONNode(reading: body), case .object(let members) = node.value else {
      return []
    }
    return members
  }

  fileprivate static func text(_ members: [JSONMember], _ key: String) -> String? {
    guard case .string(let text)? = members.first(where: { $0.key == key })?.node.value,
      !text.isEmpty
    else { return nil }
    return text
  }
}

extension TokenAnswer.Granted {
  /// Nil without an access token that a header can carry.
  fileprivate init?(_ members: [JSONMember]) {
    func token(_ key: String) -> Token? {
      TokenAnswer.text(members, key).map { Token($0) }.flatMap { $0.isHeaderValue ? $0 : nil }
    }
    guard let accessToken = token("access_token") else { return nil }
    self.accessToken = accessToken
    refreshToken = token("refresh_token")
    subdomain = TokenAnswer.text(members, "subdomain")
    // A number, or a number in quotation marks.
    switch members.first(where: { $0.key == "expires_in" })?.node.value {
    case .number(let spelling)?, .string(let spelling)?:
      lifetime = Double(spelling).flatMap { (1..<1e10).contains($0) ? Int64($0) : nil }
    default: lifetime = nil
    }
  }
}
