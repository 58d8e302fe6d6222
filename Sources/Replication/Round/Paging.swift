internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass tells whether a list goes on behind a page.
extension Pass {
  /// Counts a page of a list. Returns how many pages the walk has, where that is known.
  func count(
    _ page: DecodedPage, _ walk: Walk, _ address: PageAddress, hasMore: Bool
  ) -> Int? {
    var records = page.records.count { $0.list == 0 }
    // A server that ignores `page` has sent the same page three times: the two repetitions, of
    // which one was counted, are taken out of the count again.
    if isUnpaged { records = -records }
    switch walk.question {
    case .records, .recent: return nil
    case .changes:
      // One page shows one moment. Several move like those of the list, and are proven like them.
      if address.page > 1 { reading.isProven = false }
      return nil
    case .end:
      reading.length += records
      return nil
    case .list, .missing: break
    }
    reading.pages = max(reading.pages, address.page)
    // A page that lacks rows is no shorter page: the longest one says what the source serves.
    if hasMore, records > pageLength ?? 0 { pageLength = records }
    cursor.progress?.read? += records
    reading.walkRecords += records
    if address.page == 1 { cursor.progress?.total = nil }
    guard let total = page.totalCount else { return nil }
    if let before = cursor.progress?.total { reading.shrinkage += max(0, before - total) }
    cursor.progress?.total = total
    guard cursor.progress?.since == nil, let size = pageLength ?? pageSize, size > 0 else {
      return nil
    }
    return (total + size - 1) / size
  }

  private var pageSize: Int? { cursor.progress?.pageSize }

  /// Whether another page follows, by the headers or, where they are silent, by the counts.
  func hasMore(
    _ reply: Reply, _ page: DecodedPage, _ address: PageAddress
  ) throws -> Bool {
    func failure(_ kind: TableFailure.Kind) -> TableFailure {
      TableFailure(kind, doing: "GET \(request(address)?.target ?? table.name)")
    }
    let walk = frontier[address.walk]
    if case .records = walk.question { return false }
    let isEmpty = page.records.isEmpty
    switch reply.next {
    case .elsewhere: throw failure(.elsewhere)
    case .end: return false
    case .more:
      guard address.page < Self.pageLimit else { throw failure(.endless) }
      // A server that hides rows after it has cut the list into pages may send one without any.
      reading.emptyPages = isEmpty ? reading.emptyPages + 1 : 0
      guard reading.emptyPages == Self.emptyPagesLimit else { return true }
      // Of changes, or of the end alone, no count is known: empty pages end them.
      let isCounted = page.totalCount.map { $0 <= reading.walkRecords } ?? false
      let isWhole = walk.question == .list && cursor.progress?.kind == .full
      if isWhole || walk.question == .missing, !isCounted { reading.isEndless = true }
      return false
    case .unknown:
      guard let size = pageSize, !isEmpty else { return false }
      if let total = page.totalCount, asksForAll(walk), case let first = firstPage(of: walk) {
        let before = (first + address.page - 2) * (pageLength ?? size)
        return before + page.records.count < total
      }
      // A full page may have another behind it.
      let content = page.records.reduce(0) { $0 &+ $1.digest }
      reading.repeats = content == reading.lastContent ? reading.repeats + 1 : 0
      reading.lastContent = content
      return isFull(page.records.count, size) && !isUnpaged
    }
  }

  /// Whether the source gives the same page whatever is asked for.
  ///
  /// A page that comes twice may have been pushed down by as many rows inserted above it; it counts
  /// as delivered, so that the pass knows what it misses. A page that comes three times says that
  /// the server does not page, and ends the list.
  private var isUnpaged: Bool { reading.repeats > 1 }

  /// Whether so many records may be a full page. A server may serve less than it is asked for.
  private func isFull(_ count: Int, _ size: Int) -> Bool {
    if let pageLength { return count >= pageLength }
    return count == size || count >= Self.leastPage && size.isMultiple(of: count)
  }

  /// Records that a server gives at the least when it is asked for more.
  private static let leastPage = 25

  private func asksForAll(_ walk: Walk) -> Bool {
    switch walk.question {
    case .list, .missing: cursor.progress?.since == nil
    case .end, .recent: true
    case .changes, .records: false
    }
  }

  private func firstPage(of walk: Walk) -> Int {
    if case .end(let page) = walk.question { page } else { 1 }
  }

  /// Empty pages in succession that end a list, although the source names a next one.
  private static let emptyPagesLimit = 10

  /// More pages than any account has: ten million records.
  static let pageLimit = 100_000

  /// Whether a walk has found what it was for before the end of the list.
  func endsHere(
    _ walk: Walk, _ page: DecodedPage, _ body: [UInt8], didChange: Bool
  ) -> Bool {
    switch walk.question {
    case .missing:
      reading.endedEarly = reading.endedEarly || reading.missing <= 0
      return reading.missing <= 0
    case .recent(let since):
      return isKnownGround(page, body, didChange: didChange, last: since)
    case .list where cursor.progress?.kind == .recent:
      return isKnownGround(page, body, didChange: didChange, last: cursor.lastRunDate)
    default: return false
    }
  }

  /// Whether a newest-first pass has come to where all is known and older than the overlap.
  private func isKnownGround(
    _ page: DecodedPage, _ body: [UInt8], didChange: Bool, last: Timestamp?
  ) -> Bool {
    guard case .newestFirst(let name) = table.method, !didChange, let last,
      let column = table.columns.firstIndex(where: { $0.name == name })
    else { return false }
    let edge = (last + -context.options.recentOverlap).sql
    return PageBytes.hold(page, body) { source in
      page.records.contains { source.value($0.slots + column).text.map { $0 < edge } ?? false }
    }
  }
}
