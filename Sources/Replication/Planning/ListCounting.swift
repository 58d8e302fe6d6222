package import HTTP
package import Model
internal import ReplicaFile

/// Asks an account how many records its lists have, one small request a list. Of a list without a
/// count the end is looked for, where its pages have numbers: twenty requests for a hundred
/// thousand records.
package struct ListCounting {
  /// Why no more was asked.
  package enum Ending: Sendable {
    /// The allowance is used up down to the reserve.
    case spent
    case interrupted
    case unanswered(Request, HTTPError)
    /// The source refuses the token, or more requests for now, or it is in trouble.
    case refused(Reply, status: Int)
  }

  /// Records by table, in the order of its listings; nil where the account did not tell.
  package private(set) var counts: [String: [Int?]] = [:]
  /// Tables with a list whose end was looked for.
  package private(set) var probed: Set<String> = []
  package private(set) var requests = 0
  /// What the replies said of the allowances last.
  package private(set) var allowances: [AllowanceRule: Allowance] = [:]
  /// Nil when every list was asked for.
  package private(set) var ending: Ending?

  private let source: any Source
  private let transport: any Transport
  private let clock: any Clock
  private let pageSize: Int
  private var pacer: Pacer

  package init(
    _ source: any Source, _ transport: any Transport, _ clock: any Clock, reserve: Int,
    pageSize: Int
  ) {
    (self.source, self.transport, self.clock) = (source, transport, clock)
    self.pageSize = pageSize
    pacer = Pacer(source.allowanceRules, reserve: reserve)
  }

  /// Asks for every list that may be counted. It waits for nothing: where the allowance is used up,
  /// it ends.
  package mutating func count(_ tables: [Table]) {
    for table in tables {
      counts[table.name] = table.listings.map { _ in nil }
      for (index, listing) in table.listings.enumerated()
      where listing.parent == nil {
        if let request = source.countRequest(for: listing, in: nil) {
          let reply = answer(to: request)?.reply
          // A server may crash at a count, and count others.
          if case .refused(_, 500...) = ending { ending = nil }
          if ending != nil { return }
          counts[table.name]?[index] = reply?.verdict == .accept ? reply?.count : nil
          continue
        }
        guard listing.isCounted else { continue }
        let list = List(table: table, listing: listing)
        guard let first = ask(list, 1, size: 1) else {
          if ending != nil { return }
          continue
        }
        if let total = first.total {
          counts[table.name]?[index] = total
        } else {
          let found = probe(list)
          counts[table.name]?[index] = found
          probed.insert(table.name)
        }
      }
    }
  }

  /// Looks for the last page of a list that says whether a page follows, by doubling and then
  /// halving, until it is known within a thirtieth. Returns how many records the list has, or nil
  /// where the end is not found.
  private mutating func probe(_ list: List) -> Int? {
    // The last page lies above `low`, and not above `high`, which has so many records.
    var (low, high, records) = (0, 1, 0)
    var isBelow = true
    while isBelow || high - low > max(1, low / 30) {
      let number = isBelow ? high : (low + high) / 2
      let page = ask(list, number, size: pageSize)
      switch page?.next {
      case .more:
        low = number
        if isBelow { high = 2 * number }
        guard high <= Self.pageLimit else { return nil }
      case .end:
        (high, records) = (number, page?.records ?? 0)
        isBelow = false
      default: return nil
      }
    }
    return high - low == 1 ? low * pageSize + records : (low + 1 + high) / 2 * pageSize
  }

  /// More pages than any account has.
  private static let pageLimit = 1 << 20

  private struct List {
    let table: Table
    let listing: Listing
  }

  /// What a page tells of its list. One that cannot be read has no total and no records.
  private struct Page {
    let total: Int?
    let records: Int
    let next: Reply.Next

    init(_ response: Response, _ reply: Reply, of list: List, _ source: any Source) {
      var decoder = PageDecoder(
        Layout(list.table), envelopes: [list.listing.envelope], total: source.totalMembers)
      let isRead = (try? decoder.decode(reply.body ?? response.padded, given: [])) != nil
      total = isRead ? decoder.page.totalCount : nil
      records = isRead ? decoder.page.records.count : 0
      next = reply.next
    }
  }

  /// Nil where the answer tells nothing of this list, or nothing more can be asked.
  private mutating func ask(_ list: List, _ number: Int, size: Int) -> Page? {
    guard let position = source.position(ofPage: number, in: list.listing) else { return nil }
    let request = source.request(for: list.listing, Question(.page(position, size: size)))
    guard let (response, reply) = answer(to: request), reply.verdict == .accept else { return nil }
    return Page(response, reply, of: list, source)
  }

  /// What a request is answered; nil where nothing more can be asked.
  private mutating func answer(to request: Request) -> (response: Response, reply: Reply)? {
    guard case .now = pacer.permission(at: clock.elapsed(), outstanding: 0) else {
      ending = .spent
      return nil
    }
    send(request)
    while true {
      switch transport.next(timeout: nil) {
      case .timeout: continue
      case .interrupted:
        ending = .interrupted
        return nil
      case .finished(let exchange):
        switch exchange.result {
        // Handed back to be made again, with another token.
        case .failure(let error) where error.kind == .notSent: send(request)
        case .failure(let error):
          ending = .unanswered(request, error)
          return nil
        case .success(let response): return take(response, to: request)
        }
      }
    }
  }

  private mutating func send(_ request: Request) {
    pacer.sent(at: clock.elapsed())
    transport.send(request, id: requests)
    requests += 1
  }

  private mutating func take(
    _ response: Response, to request: Request
  ) -> (response: Response, reply: Reply)? {
    let reply = source.reply(response, to: request)
    if reply.verdict != .wait {
      pacer.saw(reply.allowances, date: reply.date ?? clock.now(), at: clock.elapsed())
    }
    allowances.merge(reply.allowances) { former, told in
      Allowance(
        limit: told.limit ?? former.limit, remaining: told.remaining ?? former.remaining,
        reset: told.reset ?? former.reset)
    }
    switch reply.verdict {
    case .accept, .missing, .fail, .suspend: return (response, reply)
    case .retry where response.status < 500: return (response, reply)
    case .refuse, .wait, .pause, .retry: ending = .refused(reply, status: response.status)
    }
    return nil
  }
}
