internal import HTTP
package import Model

/// The feed of changes (`sync`), where the account was found to have one for this user.
///
/// It tells which records were stamped behind a second: those that live whole, or as ids, and the
/// ids of those that were deleted. Only the ids are taken, and the records are asked for by them:
/// how a feed spells a record, and which of its fields it leaves out, differs from how lists do,
/// and what is read in two ways would be written at each turn.
///
/// It counts in seconds since 1970, so that the zone of the stamps is no matter to it, but for the
/// hour that comes twice. What it cannot tell, a list of what has changed does.
extension VtigerSource {
  /// Its feed crashes (measured on 8.3.0).
  private static let unfed = "Emails"

  package func feedPosition(since instant: Timestamp, in listing: Listing) -> Position? {
    guard isFed, let module = queries[listing.path]?.module, module.isEntity,
      module.changeField != nil, module.name != Self.unfed
    else { return nil }
    // What was stamped in that very second comes as well.
    return Walk.feed(max(1, instant.seconds - zone.setBack(behind: instant) - 1)).position
  }

  package func isOfFeed(_ position: Position) -> Bool {
    switch Walk(position) {
    case .feed, .told: true
    default: false
    }
  }

  /// What a page of the feed says. What is no such page fails, and a list is asked for instead.
  func reply(_ response: Response, to request: Request, since second: Int64) -> Reply {
    var reply = replies.reply(response, to: request)
    (reply.stamp, reply.isStampAhead) = (nil, false)
    switch reply.verdict {
    case .accept: break
    case .refuse:
      // It need not be all that this user may not ask.
      reply.verdict = .fail(.forbidden("status \(response.status)"))
      return reply
    case .retry(.unreadable): return reply
    case .retry(let kind):
      // Whether it is all of the server that is in trouble the list will tell.
      reply.verdict = .fail(kind)
      return reply
    default: return reply
    }
    let module = form.parts(of: request).parameters["elementType"].flatMap { catalogue[$0] }
    guard let module, let page = FeedPage(response.body, prefix: module.idPrefix),
      !page.hasMore || page.last > second
    else {
      reply.verdict = .fail(.code("an answer that is no list of changes"))
      return reply
    }
    (reply.body, reply.deleted) = (Self.empty, page.deleted)
    let then = page.hasMore ? Walk.feed(page.last) : nil
    reply.next = next(page.updated.isEmpty ? then : .told(page.updated, then: then))
    return reply
  }

  /// Where the feed goes on behind records that it has named.
  func next(
    behindTold ids: [Int64], _ module: String, _ result: RecordRewriter.Result, _ then: Walk?
  ) -> Reply.Next {
    let folds = catalogue[module]?.isFiltered ?? false
    let last = result.ids.max() ?? 0
    let left = ids.prefix(Int(Walk.width)).filter { folds && $0 > last }
    let rest = left + ids.dropFirst(Int(Walk.width))
    return next(rest.isEmpty ? then : .told(rest, then: then))
  }
}

/// A page of the feed of changes.
struct FeedPage {
  /// The ids of records that live, and of those that were deleted, each once and in order.
  let updated: [Int64]
  let deleted: [Int64]
  let hasMore: Bool
  /// The second up to which it tells.
  let last: Int64

  /// Nil where a part is missing, or where it names records of another module than that whose ids
  /// have this prefix.
  init?(_ body: [UInt8], prefix: some StringProtocol) {
    guard let said: Said = Descriptions.result(in: body),
      let last = Int64(said.lastModifiedTime.text)
    else { return nil }
    (self.last, hasMore) = (last, said.more)
    func numbers(_ ids: [String]) -> [Int64]? {
      let numbers = ids.compactMap { id -> Int64? in
        let halves = id.split(separator: "x")
        return halves.count == 2 && halves[0] == prefix ? Int64(halves[1]) : nil
      }
      return numbers.count == ids.count ? Set(numbers).sorted() : nil
    }
    guard let updated = numbers(said.updated.map(\.id)), let deleted = numbers(said.deleted) else {
      return nil
    }
    (self.updated, self.deleted) = (updated, deleted)
  }

  private struct Said: Decodable {
    let updated: [Named]
    let deleted: [String]
    let more: Bool
    let lastModifiedTime: Spelling
  }

  /// A record, or its id alone.
  private struct Named: Decodable {
    let id: String

    private enum CodingKeys: String, CodingKey { case id }

    init(from decoder: any Decoder) throws {
      if let text = try? decoder.singleValueContainer().decode(String.self) {
        id = text
      } else {
        id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
      }
    }
  }
}
