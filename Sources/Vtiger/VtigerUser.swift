internal import FoundationEssentials
internal import HTTP
package import Model

/// The user as whom an account is read.
package struct VtigerUser: Sendable, Hashable {
  /// With the prefix of the users: `19x1`.
  package let id: String
  package let name: String?
  package let isAdministrator: Bool
  /// The server's release, where it says it: `8.3.0`.
  package let release: String?

  package init(id: String, name: String? = nil, isAdministrator: Bool, release: String? = nil) {
    (self.id, self.name, self.isAdministrator) = (id, name, isAdministrator)
    self.release = release
  }

  /// What the reply to `me`, or to a login, says; nil where it says no id.
  package init?(in body: [UInt8]) {
    guard let said: Said = Descriptions.result(in: body), let id = said.id ?? said.userId else {
      return nil
    }
    self.init(
      id: id, name: said.user_name ?? said.username,
      isAdministrator: ["on", "1", "true"].contains(said.is_admin?.lowercased() ?? ""),
      release: said.vtigerVersion)
  }

  private struct Said: Decodable {
    let id: String?
    let userId: String?
    let user_name: String?
    let username: String?
    let is_admin: String?
    let vtigerVersion: String?
  }

  /// What stands before the `x` of the id: the prefix of this account's users.
  var prefix: Substring { id.prefix { $0 != "x" } }

  /// The answer that says it.
  var response: Response {
    let release = release.map { ",\"vtigerVersion\":\(JSONWriter.text($0))" } ?? ""
    let body =
      "{\"success\":true,\"result\":{\"id\":\(JSONWriter.text(id)),"
      + "\"user_name\":\(JSONWriter.text(name)),"
      + "\"is_admin\":\"\(isAdministrator ? "on" : "off")\"\(release)}}"
    return Response(status: 200, body: Array(body.utf8))
  }
}

/// Tells account and user. The account is where it lives, and the prefix of its users: a server
/// that was set up anew at the same place numbers its modules as it likes.
extension VtigerSource {
  package func identityQuestions(pageSize: Int) -> [IdentityQuestion] {
    let (request, base) = (form.whoAmI, base)
    return [
      IdentityQuestion(.user, request) {
        VtigerUser(in: $0).map { Identity(id: $0.id, name: $0.name) }
      },
      IdentityQuestion(.account, request) {
        VtigerUser(in: $0).flatMap { user in
          Self.account(of: user, at: base).map { Identity(id: $0, name: base.host) }
        }
      },
    ]
  }

  /// The account of a user: origin and path, without what the form adds to them, and the prefix of
  /// its users. Nil where nothing tells that.
  static func account(of user: VtigerUser, at base: BaseURL) -> String? {
    user.prefix.isEmpty ? nil : "\(VtigerForm.session.endpoint(of: base)) \(user.prefix)"
  }
}
