import HTTP
import Simulation

/// Challenges and sessions of the session form.
struct SessionStore {
  /// The one challenge of each user that is alive.
  var challenges: [String: (token: String, expires: Int64)] = [:]
  /// The sessions that are alive. They never expire by themselves; a server that restarts, or PHP
  /// cleaning up, ends them (measured on 8.3.0).
  var names: Set<String> = []
}

extension VtigerAccount {
  /// How long a challenge lives (measured).
  static let challengeLife: Int64 = 300

  /// A new challenge, which kills the one before it (measured).
  func challenge(for name: String) throws -> JSON {
    guard !name.isEmpty else {
      throw Failure(code: "ACCESS_DENIED", message: "No username given")
    }
    guard knows(name) else {
      throw Failure(code: "ACCESS_DENIED", message: "username does not exists")
    }
    let token = hexadecimal(13)
    let expires = now + VtigerAccount.challengeLife
    sessions.challenges[name.lowercased()] = (token, expires)
    return .object([
      .init("token", .string(token)), .init("serverTime", .number(String(now))),
      .init("expireTime", .number(String(expires))),
    ])
  }

  /// A new session. The challenge is not used up: it logs in twice (measured).
  func login(_ name: String, _ digest: String) throws -> JSON {
    let user = shelves["Users"]?[userID]
    let isActive = user.map { $0[key("status")] == .text("Active") } ?? false
    guard let challenge = sessions.challenges[name.lowercased()], challenge.expires >= now else {
      throw Failure(
        code: "INVALID_AUTH_TOKEN", message: "Specified token is invalid or expired")
    }
    guard name.lowercased() == username.lowercased(), isActive,
      digest == MD5.hex(challenge.token + accessKey)
    else {
      throw Failure(
        code: "INVALID_USER_CREDENTIALS", message: "Invalid username or password")
    }
    let session = hexadecimal(21)
    sessions.names.insert(session)
    let member = { (name: String, key: String) -> JSON.Member in
      guard case .text(let text)? = user?[self.key(key)] else { return .init(name, .string("")) }
      return .init(name, .string(text))
    }
    let profile = [
      JSON.Member("username", .string(username)), member("first_name", "first_name"),
      member("last_name", "last_name"), member("email", "email1"),
      member("time_zone", "time_zone"), member("hour_format", "hour_format"),
      member("date_format", "date_format"), member("is_admin", "is_admin"),
      .init("call_duration", .string("5")), .init("other_event_duration", .string("5")),
    ]
    guard case .object(let members) = sessionNotice(session) else { return .null }
    return .object(profile + members)
  }

  /// What `login` and `extendsession` say of a session.
  func sessionNotice(_ session: String) -> JSON {
    .object([
      .init("sessionName", .string(session)), .init("userId", .string(spelledOwner(userID))),
      .init("version", .string("0.22")),
      .init("vtigerVersion", .string(switches.release.rawValue)),
    ])
  }

  /// Lets a session in.
  func admit(_ session: String) throws {
    guard !session.isEmpty, session != "null" else {
      throw Failure(code: "AUTHENTICATION_REQUIRED", message: "Authencation required")
    }
    guard sessions.names.contains(session) else {
      throw Failure(
        code: "INVALID_SESSIONID", message: "Session Identifier provided is Invalid")
    }
  }

  private func knows(_ name: String) -> Bool {
    name.lowercased() == username.lowercased()
      || shelves["Users"]?.records.contains {
        !$0.isDeleted && $0[key("user_name")] == .text(name.lowercased())
      } ?? false
  }

  private func hexadecimal(_ count: Int) -> String {
    String((0..<count).map { _ in generator.pick(Array("0123456789abcdef")) })
  }
}
