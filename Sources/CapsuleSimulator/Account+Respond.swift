import HTTP
package import Simulation

/// Answers requests: who is let in, what it costs, what goes wrong, and the reply in bytes.
extension Account: EditedAccount {
  package static let basePath = "/api/v2"

  package var authorization: String? { "Bearer \(token)" }

  /// Answers a request below `/api/v2/` or `/oauth/`.
  package func respond(to request: WireRequest) -> WireReply {
    let target = request.target.dropFirst()
    if target.hasPrefix("oauth/") {
      return respondOAuth(method: request.method, target: String(target), body: request.body)
    }
    let prefix = "\(Account.basePath)/"
    guard request.target.hasPrefix(prefix) else { return rendered(.notFound, Query("")) }
    return respond(
      method: request.method, target: String(request.target.dropFirst(prefix.count)),
      authorization: request.headers["Authorization"], body: request.body)
  }
}

extension Account {
  /// Answers one request.
  ///
  /// - Parameters:
  ///   - method: `GET`, or `POST` for filters.
  ///   - target: path and query below the base path: `parties?page=1&perPage=100`.
  ///   - authorization: the value of the `Authorization` header.
  ///   - body: the body of a POST.
  /// - Returns: the answer, with what the connection is to do to it.
  package func respond(
    method: String = "GET", target: String, authorization: String?, body: [UInt8] = []
  ) -> WireReply {
    requestCount += 1
    let number = requestCount
    for index in churns.indices {
      var churn = churns[index]
      churn.work(on: self, before: number)
      churns[index] = churn
    }
    beforeRequest?(self, number)
    var counted = false
    var reply = admitted(
      method: method, target: target, authorization: authorization, body: body, number: number,
      counted: &counted)
    if switches.sendsDate { appendDate(to: &reply.headers, number) }
    if switches.sendsPreload { reply.headers.append("Link", "</fonts/crm.woff2>; rel=preload") }
    if log.count < logLimit {
      log.append(
        LoggedRequest(
          method: method, target: target, status: reply.status, time: now, counted: counted))
    }
    return reply
  }

  private func appendDate(to headers: inout Headers, _ number: Int) {
    let isWrong = number.isMultiple(of: max(switches.dateErrorEvery, 1))
    let time = CivilTime(now + (isWrong ? switches.dateError : 0))
    switch switches.dateForm {
    case .fixdate, .twice: headers.append("Date", time.fixdate)
    case .rfc850: headers.append("Date", time.rfc850)
    case .asctime: headers.append("Date", time.asctime)
    case .utc: headers.append("Date", time.fixdate.replacing("GMT", with: "UTC"))
    }
    if switches.dateForm == .twice { headers.append("Date", CivilTime(now + 10_800).fixdate) }
  }

  private func admitted(
    method: String, target: String, authorization: String?, body: [UInt8], number: Int,
    counted: inout Bool
  ) -> WireReply {
    guard authorization == "Bearer \(token)" || oauth.admits(authorization, at: now) else {
      return unauthorised
    }
    guard rate.spend(now: now) else { return limited(withReset: true) }
    counted = true
    let query = Query(target)
    guard let effect = faults.take(number: number, target: target) else {
      return served(method, query, body)
    }
    if let reply = failing(effect) {
      if case .rateLimited = effect { counted = false }
      return reply
    }
    return spoilt(served(method, query, body), effect)
  }

  /// The real answer; at times, for a page of a list, that of the account's recent past.
  private func served(_ method: String, _ query: Query, _ body: [UInt8]) -> WireReply {
    let answer = answer(method: method, query: query, body: body)
    guard switches.staleAnswers > 0 else { return rendered(answer, query) }
    defer {
      if past.map({ now - $0.time > Past.longest }) ?? true { past = Past(of: self) }
    }
    guard case .listing(let listing) = answer, listing.isPaged, query.segments.last != "deleted",
      var old = past, now - old.time <= Past.longest, generator.chance(switches.staleAnswers)
    else { return rendered(answer, query) }
    old.exchange(with: self)
    defer { old.exchange(with: self) }
    return rendered(self.answer(method: method, query: query, body: body), query)
  }

  /// A page or a record as bytes, with its headers.
  private func rendered(_ answer: Answer, _ query: Query) -> WireReply {
    switch answer {
    case .failure(let status, let message): return reply(status, message.bytes)
    case .single(let key, let write):
      var writer = Writer(dropsNulls: switches.dropsNulls)
      writer.beginObject()
      writer.key(key)
      write(&writer)
      writer.endObject()
      return reply(200, decorated(writer.bytes))
    case .listing(let listing) where listing.isPaged: return page(of: listing, query)
    case .listing(let listing):
      return reply(200, decorated(bytes(of: listing, 0..<listing.count, query.embeds)))
    }
  }

  private func page(of listing: Listing, _ query: Query) -> WireReply {
    let largest = listing.largestPage
    let asked = query["perPage"].map { Int($0) ?? 0 } ?? min(50, largest)
    guard let page = Int(query["page"] ?? "1"), page > 0, page < 1 << 32 else {
      return rendered(.invalid("page is invalid", field: "page"), query)
    }
    guard (1...largest).contains(asked) || switches.pageRange == .clamped else {
      return rendered(.invalid("perPage is out of range", field: "perPage"), query)
    }
    let perPage = min(max(asked, 1), largest, switches.largestPage)
    var start = min((page - 1) * perPage, listing.count)
    if start == listing.count, page > 1 {
      switch switches.behindEnd {
      case .nothing: break
      case .lastPage: start = max(0, (listing.count - 1) / perPage * perPage)
      case .notFound: return rendered(.notFound, query)
      case .unprocessable: return rendered(.invalid("page is out of range", field: "page"), query)
      }
    }
    let end = min(start + perPage, listing.count)
    if switches.repeatsBorders, start > 0, start < end { start -= 1 }
    var reply = reply(200, decorated(bytes(of: listing, start..<end, query.embeds)))
    let hasMore = end < listing.count || switches.namesNextForEver
    if switches.pagingHeaders == .both || switches.pagingHeaders == .linkOnly {
      var links: [String] = []
      if hasMore { links.append("<\(address(of: page + 1, query))>; rel=\"next\"") }
      if page > 1 { links.append("<\(address(of: page - 1, query))>; rel=\"prev\"") }
      if !links.isEmpty { reply.headers.append("Link", links.joined(separator: ", ")) }
    }
    if switches.pagingHeaders == .both || switches.pagingHeaders == .hasMoreOnly {
      reply.headers.append("X-Pagination-Has-More", hasMore ? "true" : "false")
    }
    return reply
  }

  private func address(of page: Int, _ query: Query) -> String {
    let target = query.link(page: page)
    let path = target.prefix { $0 != "?" }
    return switch switches.linkForm {
    case .whole: "\(baseURL)/\(target)"
    case .path: "\(Account.basePath)/\(target)"
    case .name: String(target.dropFirst(path.lastIndex(of: "/").map { path[...$0].count } ?? 0))
    case .query: String(target.dropFirst(path.count))
    }
  }

  private func bytes(of listing: Listing, _ range: Range<Int>, _ embeds: Embeds) -> [UInt8] {
    var writer = Writer(dropsNulls: switches.dropsNulls, capacity: range.count * 1_600 + 64)
    writer.beginObject()
    writer.key(listing.key)
    writer.beginArray()
    for place in range where !listing.isHidden(place) {
      writer.element()
      listing.write(place, &writer)
    }
    writer.endArray()
    if let restricted = listing.restricted {
      writer.key(restricted.key)
      writer.beginArray()
      restricted.write(&writer)
      writer.endArray()
    }
    if listing.hasMeta, switches.supportsMeta, embeds.contains(.meta) {
      writer.key("meta")
      writer.beginObject()
      writer.member("totalCount", totalCount(of: listing))
      writer.endObject()
    }
    writer.endObject()
    return writer.bytes
  }

  private func totalCount(of listing: Listing) -> Int64 {
    let hidden =
      switches.countsHidden ? 0 : (0..<listing.count).count { listing.isHidden($0) }
    let waver = switches.countWavers && requestCount.isMultiple(of: 2) ? 1 : 0
    return Int64(max(0, listing.count - hidden + switches.miscount + waver))
  }

  private func decorated(_ bytes: [UInt8]) -> [UInt8] {
    let decoration = Decoration(switches: switches, seed: seed)
    guard decoration.isNeeded, let tree = JSON(bytes) else { return bytes }
    return decoration.apply(tree, &generator).bytes
  }

  private func reply(_ status: Int, _ body: [UInt8]) -> WireReply {
    var headers: Headers = ["Content-Type": "application/json"]
    if (200..<300).contains(status), switches.sendsRateHeaders { append(rate, to: &headers) }
    let oddities = Oddities(switches: switches)
    let isOdd = status == 200 && oddities.areNeeded
    return WireReply(status: status, headers: headers, body: isOdd ? oddities.apply(body) : body)
  }

  private func append(_ rate: RateLimit, to headers: inout Headers) {
    headers.append("X-RateLimit-Limit", String(rate.limit))
    headers.append("X-RateLimit-Remaining", String(rate.remaining))
    headers.append("X-RateLimit-Reset", String(rate.reset))
  }

  /// A 429 as the API words it.
  func limited(withReset: Bool) -> WireReply {
    let body = JSON.object([.init("error", .string("rate limit reached"))])
    var reply = reply(429, body.bytes)
    if withReset, switches.sendsRateHeaders { append(rate, to: &reply.headers) }
    if switches.sendsRetryAfter {
      reply.headers.append("Retry-After", String(max(1, rate.reset - now)))
    }
    return reply
  }

  /// A 401 as the API words it.
  var unauthorised: WireReply {
    var reply = reply(
      401, JSON.object([.init("message", .string("Requires authentication"))]).bytes)
    reply.headers.append(
      "WWW-Authenticate", "Bearer realm=\"capsule\", error=\"invalid_token\"")
    return reply
  }

  /// A 403; its exact text is not published.
  var forbidden: WireReply {
    var reply = reply(403, JSON.object([.init("message", .string("Insufficient scope"))]).bytes)
    reply.headers.append(
      "WWW-Authenticate", "Bearer realm=\"capsule\", error=\"insufficient_scope\"")
    return reply
  }
}

extension Account {
  /// The records a GET would list in all its pages, in the present order, as they would be sent:
  /// the truth, asked without a request. A show gives one record; anything that would not be a
  /// 200 gives none.
  package func rows(_ target: String) -> [JSON] {
    // What a list says of restricted records is none of their content.
    let listsRestricted = switches.listsRestricted
    if listsRestricted { switches.listsRestricted = false }
    defer { if listsRestricted { switches.listsRestricted = true } }
    let query = Query(target)
    var writer = Writer(dropsNulls: switches.dropsNulls)
    let bytes: [UInt8]
    let key: StaticString
    switch answer(method: "GET", query: query, body: []) {
    case .failure: return []
    case .listing(let listing):
      key = listing.key
      bytes = self.bytes(of: listing, 0..<listing.count, query.embeds)
    case .single(let singular, let write):
      key = singular
      writer.beginObject()
      writer.key(key)
      write(&writer)
      writer.endObject()
      bytes = writer.bytes
    }
    switch JSON(decorated(bytes))?[key.description] {
    case .array(let rows): return rows
    case .some(let record): return [record]
    case nil: return []
    }
  }
}
