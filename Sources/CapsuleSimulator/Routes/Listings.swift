import Simulation

/// Selecting, ordering and finding rows of any resource.
extension Account {
  /// A list of the rows that match, in the order asked for or else in that of the switch.
  ///
  /// `follows` promises that the selection depends on the query, the switches and the record alone.
  func list<Record: Listed>(
    _ key: StaticString, _ shelf: Shelf<Record>, _ query: Query,
    by order: ((Record) -> RowKey)? = nil, follows: Bool = false,
    where matches: (Record) -> Bool = { _ in true },
    hides: @escaping (Record) -> Bool = { _ in false },
    _ write: @escaping (Record, inout Writer) -> Void
  ) -> Listing {
    let name = "\(key)\(switches.cutsBeforeHiding ? " hidden" : "") \(query.selection)"
    let rowKey = order ?? usualKey
    var keys: [RowKey]
    if shelf.isLagging {
      keys = shelf.shown.filter(matches).map(rowKey).sorted()
    } else if follows {
      keys = listings.keys(name, following: shelf, by: rowKey, where: matches)
    } else {
      let left = unlisted["\(key)"] ?? []
      keys = listings.keys(name, version: version) {
        shelf.rows.filter { matches($0) && !left.contains($0.id) }.map(rowKey).sorted()
      }
    }
    if order == nil, switches.order == .shuffled { keys.shuffle(using: &generator) }
    var listing = Listing(key: key, count: keys.count) { place, writer in
      if let record = shelf.shown(keys[place].id) { write(record, &writer) }
    }
    if switches.cutsBeforeHiding {
      listing.isHidden = { shelf.shown(keys[$0].id).map(hides) ?? true }
    }
    return listing
  }

  /// The place of a record in a listing whose order is not documented.
  private func usualKey(_ record: some Listed) -> RowKey {
    switch switches.order {
    case .name: RowKey(text: record.sortName, id: record.id)
    case .idAscending, .shuffled: RowKey(id: record.id)
    case .idDescending: RowKey(id: record.id, prefersLarge: true)
    case .updatedAscending: RowKey(number: record.updatedAt, id: record.id)
    case .updatedDescending:
      RowKey(number: -record.updatedAt, id: record.id, prefersLarge: true)
    }
  }

  /// One record under the singular key, or up to ten under the plural: all of them or a 404.
  func show<Record: Listed>(
    _ plural: StaticString, _ singular: StaticString, _ shelf: Shelf<Record>, _ ids: String,
    allowsSeveral: Bool = false, where isVisible: (Record) -> Bool = { _ in true },
    _ write: @escaping (Record, inout Writer) -> Void
  ) -> Answer {
    let parts = ids.split(separator: ",", omittingEmptySubsequences: false)
    let wanted = parts.compactMap { Int64($0) }
    guard wanted.count == parts.count, wanted.count == 1 || allowsSeveral else { return .notFound }
    guard wanted.count <= 10 else { return .invalid("too many ids") }
    let left = unlisted["\(plural)"] ?? []
    let found = wanted.compactMap { shelf.shown($0) }
      .filter { isVisible($0) && !left.contains($0.id) }
    guard found.count == wanted.count, let first = found.first else {
      return .message(404, "\(singular) not found")
    }
    guard found.count > 1 else { return .single(singular) { write(first, &$0) } }
    return .listing(
      Listing(
        key: plural, count: found.count, write: { write(found[$0], &$1) }, isPaged: false,
        hasMeta: false))
  }

  /// `GET /resource` or `GET /resource/{id}`, whichever the rest of the path says.
  func collection<Record: Listed>(
    _ plural: StaticString, _ singular: StaticString, _ shelf: Shelf<Record>,
    _ rest: ArraySlice<String>, _ query: Query, allowsSeveral: Bool = false,
    follows: Bool = false, where matches: (Record) -> Bool = { _ in true },
    _ write: @escaping (Record, inout Writer) -> Void
  ) -> Answer {
    guard let ids = rest.first else {
      return .listing(list(plural, shelf, query, follows: follows, where: matches, write))
    }
    guard rest.count == 1 else { return .notFound }
    return show(plural, singular, shelf, ids, allowsSeveral: allowsSeveral, write)
  }
}
