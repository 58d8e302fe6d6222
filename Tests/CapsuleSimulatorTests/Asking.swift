import HTTP
import Simulation
import Testing

@testable import CapsuleSimulator

/// Noon of 1 March 2026, when all accounts of these tests begin.
let noon: Int64 = 1_772_366_400

func account(
  seed: UInt64 = 1, _ size: AccountSize = .small, _ switches: Switches = Switches()
) -> Account {
  Account(seed: seed, size: size, now: noon, switches: switches)
}

extension Account {
  /// A GET with the right token.
  func get(_ target: String) -> WireReply {
    respond(target: target, authorization: "Bearer \(token)")
  }

  /// The body of a GET as a tree; null when it is no JSON.
  func tree(_ target: String) -> JSON {
    JSON(get(target).body) ?? .null
  }

  /// The ids of a GET's first array.
  func listed(_ target: String) -> [Int64] {
    first(target).compactMap { $0["id"]?.integer }
  }

  /// The elements of a GET's first member.
  func first(_ target: String) -> [JSON] {
    guard case .object(let members) = tree(target) else { return [] }
    return members.first?.value.items ?? []
  }

  /// The ids of all pages, following `rel="next"`.
  func crawled(_ target: String) -> [Int64] {
    var ids: [Int64] = []
    var next: String? = target
    while let target = next {
      let reply = get(target)
      guard case .object(let members) = JSON(reply.body) else { break }
      ids += members.first?.value.items.compactMap { $0["id"]?.integer } ?? []
      next = nextTarget(reply.headers["Link"])
    }
    return ids
  }

  func nextTarget(_ link: String?) -> String? {
    guard let end = link?.split(separator: ">; rel=\"next\"", maxSplits: 1), end.count > 0,
      link?.contains("rel=\"next\"") == true, end[0].hasPrefix("<\(baseURL)/")
    else { return nil }
    return String(end[0].dropFirst(baseURL.count + 2))
  }
}
