internal import HTTP
internal import Model
internal import ReplicaFile
internal import SQLite

/// How a pass decodes a reply and stores what is in it.
extension Pass {
  /// Decodes and stores a page. Returns what the machines have to know of it.
  func store(
    _ response: Response, _ reply: Reply, _ scan: Scan, _ address: PageAddress
  ) throws -> PageFacts {
    if case .list(let machine) = work, case .changes = machine.stage, address.page == 1 {
      context.listed[table.name]?.beginChanges(at: reply.date)
    }
    if let hint = hint(scan) {
      return try hinted(response.body, reply.next, address, hint)
    }
    if scan.isCount { return PageFacts(next: .end, total: reply.count) }
    let key = decoderKey(scan)
    let body = reply.body ?? response.padded
    let mended = try decode(body, key, scan, address)
    guard let page = decoders[key]?.page else { preconditionFailure("a decoder is kept") }
    let source = mended ?? body
    if !reply.unknownKeys.isEmpty,
      context.unknownKeys.insert([table.name] + reply.unknownKeys).inserted
    {
      try UnknownKeys(context.connection).note(
        reply.unknownKeys, of: table.name, run: context.log.runID, at: context.now)
    }
    guard reply.content == .records else { return try storeParts(page, source, reply) }
    if address.page == 1 || scan.isCensus { shown = [] }
    let isShown = !scan.ids.isEmpty || scan.isCensus || isProbe
    if isShown || isOfNewest {
      let ids = PageBytes.hold(page, source) { source in
        page.records.compactMap { store.key(of: $0, source).last?.integer }
      }
      if isShown { shown.formUnion(ids) }
      if isOfNewest { newest.formUnion(ids) }
    }
    guard !scan.isCensus else { return PageFacts(records: page.records.count, next: reply.next) }
    return try store(page, source, reply)
  }

  /// One decoder for each shape of reply: a listing's pages, and its single records.
  private func decoderKey(_ scan: Scan) -> Int {
    2 * scan.listing + (scan.asked.count == 1 ? 1 : 0)
  }

  /// Returns what the page was read from, if that is not the body as it came.
  private func decode(
    _ body: [UInt8], _ key: Int, _ scan: Scan, _ address: PageAddress
  ) throws -> [UInt8]? {
    let listing = table.listings[scan.listing]
    let envelope = scan.asked.count == 1 ? listing.record ?? listing.envelope : listing.envelope
    var decoder =
      decoders.removeValue(forKey: key)
      ?? PageDecoder(
        store.layout, envelopes: [envelope] + (table.feed.map { [$0.restricted] } ?? []),
        total: context.source.totalMembers)
    do {
      defer { decoders[key] = decoder }
      return try decoder.decode(mending: body, given: given(listing, scan))
    } catch {
      throw TableFailure(.unreadable(error.reason), doing: "\(request(address))")
    }
  }

  /// What the listing says of its records: whose they are, their entity, or why they are gone. One
  /// set of values for each of the reply's lists.
  private func given(_ listing: Listing, _ scan: Scan) -> [[Int: PageDecoder.Given]] {
    func column(_ name: String) -> Int? { table.columns.firstIndex { $0.name == name } }
    if let feed = table.feed, let reason = column(feed.reason) {
      return [DeletionReason.deleted, .restricted].map { [reason: .text($0.rawValue)] }
    }
    var given: [Int: PageDecoder.Given] = [:]
    if let constant = listing.constant, let column = column(constant.column) {
      given[column] = .text(constant.value)
    }
    if let parent = listing.parent, let id = scan.parent, let column = column(parent.column) {
      given[column] = .integer(id)
    }
    return [given]
  }
}
