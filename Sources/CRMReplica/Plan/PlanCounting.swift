internal import FoundationEssentials
internal import HTTP
internal import Model
internal import Replication

/// Asks an account how many records its lists have, one small request a list. Of a list that has no
/// count the end is looked for: twenty requests for a hundred thousand records.
struct PlanCounting {
  /// Records by table, in the order of its listings; nil where the account did not tell.
  private(set) var counts: [String: [Int?]] = [:]
  /// Tables with a list whose end was looked for.
  private(set) var probed: Set<String> = []
  private(set) var requests = 0
  /// What the replies said of the allowance last.
  private(set) var allowance = Allowance()
  /// Why no more was asked, and what the command should then return.
  private(set) var ending: (text: String, exitCode: ExitCode)?

  private let source: any Source
  private let transport: any Transport
  private let clock: any Clock
  private let pageSize: Int
  private var pacer: Pacer

  init(
    _ source: any Source, _ transport: any Transport, _ clock: any Clock, reserve: Int,
    pageSize: Int
  ) {
    (self.source, self.transport, self.clock) = (source, transport, clock)
    self.pageSize = pageSize
    pacer = Pacer(reserve: reserve)
  }

  /// Asks for every list that may be counted. It waits for nothing: where the allowance is used up,
  /// it ends.
  mutating func count(_ tables: [Table]) {
    for table in tables {
      counts[table.name] = table.listings.map { _ in nil }
      for (index, listing) in table.listings.enumerated()
      where listing.isCounted && listing.parent == nil {
        guard let reply = ask(listing, PageRequest(page: 1, size: 1)) else {
          if ending != nil { return }
          continue
        }
        if let total = reply.total {
          counts[table.name]?[index] = total
        } else {
          let found = probe(listing)
          counts[table.name]?[index] = found
          probed.insert(table.name)
        }
      }
    }
  }

  /// Looks for the last page of a list that says whether a page follows, by doubling and then
  /// halving, until it is known within a thirtieth. Returns how many records the list has, or nil
  /// where the end is not found.
  private mutating func probe(_ listing: Listing) -> Int? {
    // The last page lies above `low`, and not above `high`, which has so many records.
    var (low, high, records) = (0, 1, 0)
    var isBelow = true
    while isBelow || high - low > max(1, low / 30) {
      let page = isBelow ? high : (low + high) / 2
      let reply = ask(listing, PageRequest(page: page, size: pageSize))
      switch reply?.next {
      case .more:
        low = page
        if isBelow { high = 2 * page }
        guard high <= Self.pageLimit else { return nil }
      case .end:
        (high, records) = (page, reply?.records ?? 0)
        isBelow = false
      default: return nil
      }
    }
    return high - low == 1 ? low * pageSize + records : (low + 1 + high) / 2 * pageSize
  }

  /// More pages than any account has.
  private static let pageLimit = 1 << 20

  /// What a reply tells of its list.
  private struct Count: Decodable {
    var total: Int?
    var next = Reply.Next.unknown
    /// Those on this page, or nil without any list.
    var records: Int?

    private struct Key: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
    private struct Meta: Decodable {
      let totalCount: Int?
    }

    init() {}

    /// The list is the only one, whatever its name.
    init(from decoder: any Decoder) throws {
      let body = try decoder.container(keyedBy: Key.self)
      for key in body.allKeys {
        if key.stringValue == "meta" {
          let count = try? body.decode(Meta.self, forKey: key).totalCount
          // More than any account has is no count.
          total = count.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
        } else if let list = try? body.nestedUnkeyedContainer(forKey: key) {
          records = list.count
        }
      }
    }
  }

  private mutating func ask(_ listing: Listing, _ page: PageRequest) -> Count? {
    let request = source.request(for: listing, page)
    guard case .now = pacer.permission(at: clock.elapsed(), outstanding: 0) else {
      ending = ("The allowance is used up down to the reserve.", .tryLater)
      return nil
    }
    send(request)
    while true {
      switch transport.next(timeout: nil) {
      case .finished(let exchange) where exchange.result.isNotSent: send(request)
      case .timeout: continue
      case .interrupted:
        ending = ("Stopped.", .success)
        return nil
      case .finished(let exchange): return take(exchange.result, of: request)
      }
    }
  }

  private mutating func send(_ request: Request) {
    pacer.sent(at: clock.elapsed())
    transport.send(request, id: requests)
    requests += 1
  }

  private mutating func take(
    _ result: Result<Response, HTTPError>, of request: Request
  ) -> Count? {
    switch result {
    case .failure(let error) where error.kind == .credentialRefused:
      ending = (error.detail, .refused)
      return nil
    case .failure(let error):
      ending = ("No answer to GET \(request.target): \(error.detail).", .unavailable)
      return nil
    case .success(let response):
      let reply = source.reply(response, to: request)
      if reply.verdict != .wait {
        pacer.saw(reply.allowance, date: reply.date ?? clock.now(), at: clock.elapsed())
      }
      let told = reply.allowance
      allowance.limit = told.limit ?? allowance.limit
      allowance.remaining = told.remaining ?? allowance.remaining
      allowance.reset = told.reset ?? allowance.reset
      let said = reply.message.map { " It says: \($0.onOneLine())" } ?? ""
      let status = response.status
      switch reply.verdict {
      case .accept:
        var count =
          (try? JSONDecoder().decode(Count.self, from: Data(response.body))) ?? Count()
        count.next = reply.next
        return count
      case .refuse: ending = ("The source refused the token (\(status)).\(said)", .refused)
      case .wait:
        ending = ("The source refused more requests for now (\(status)).\(said)", .tryLater)
      case .retry where status >= 500:
        ending = ("The source answers \(status).\(said)", .unavailable)
      case .retry, .missing, .fail, .suspend: break
      }
      return nil
    }
  }
}

extension Result<Response, HTTPError> {
  /// Whether the request was handed back to be made again, with another token.
  fileprivate var isNotSent: Bool {
    if case .failure(let error) = self { error.kind == .notSent } else { false }
  }
}
