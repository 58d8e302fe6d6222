internal import FoundationEssentials
internal import HTTP
package import Model

/// Tells account and user, by the replies to `site` and `users/current`.
///
/// Source: "Show site" and "Show current user". Both are documented with all that is read here; a
/// token may be forbidden either of them all the same, and what cannot be read is nil.
extension CapsuleSource {
  package func identityQuestions(pageSize: Int) -> [IdentityQuestion] {
    let origin = base.origin.description
    let site = Table.site.listings.map { listing in
      IdentityQuestion(
        .account,
        request(for: listing, Question(.page(Position(page: 1), size: pageSize))),
        witness: .init(Table.site.name, "subdomain")
      ) {
        Self.subdomain(in: $0).map { Identity(id: "\(origin) \($0)", name: $0) }
      }
    }
    return [IdentityQuestion(.user, Self.currentUser, read: Self.user)] + site
  }

  /// The name in the reply to `currentUser`, or nil when it cannot be read.
  package static func userName(in body: [UInt8]) -> String? {
    let user = (try? JSONDecoder().decode(UserReply.self, from: Data(body)))?.user
    return user?.name ?? user?.username
  }

  @Sendable private static func user(in body: [UInt8]) -> Identity? {
    guard let reply = try? JSONDecoder().decode(UserReply.self, from: Data(body)),
      let id = reply.user.id
    else { return nil }
    return Identity(id: "\(id)", name: reply.user.name ?? reply.user.username)
  }

  private static func subdomain(in body: [UInt8]) -> String? {
    let reply = try? JSONDecoder().decode(SiteReply.self, from: Data(body))
    // A name of a host is the same in any case of its letters.
    return reply?.site.subdomain.map { $0.lowercased() }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private struct UserReply: Decodable {
    struct User: Decodable {
      let id: Int64?
      let name: String?
      let username: String?
    }
    let user: User
  }

  private struct SiteReply: Decodable {
    struct Site: Decodable {
      let subdomain: String?
    }
    let site: Site
  }
}
