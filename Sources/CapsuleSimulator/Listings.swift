/// Selecting, ordering and finding rows of any resource.
extension Account {
  /// A list of the rows that match, in the order asked for or else in that of the switch.
  func list<Record: Listed>(
    _ key: StaticString, _ shelf: Shelf<Record>, _ query: Query, isPaged: Bool = true,
    by areOrdered: ((Record, Record) -> Bool)? = nil,
    where matches: (Record) -> Bool = { _ in true },
    _ write: @escaping (Record, inout Writer) -> Void
  ) -> Listing {
    let rows = shelf.rows
    func compute() -> [Int] {
      let places = rows.indices.filter { matches(rows[$0]) }
      if let areOrdered {
        return places.sorted { left, right in
          areOrdered(rows[left], rows[right])
            || (!areOrdered(rows[right], rows[left]) && rows[left].id > rows[right].id)
        }
      }
      return ordered(places, of: rows)
    }
    let isCacheable = areOrdered != nil || switches.order != .shuffled
    let places =
      isCacheable
      ? listings.places("\(key) \(query.selection)", version: version, compute) : compute()
    return Listing(
      key: key, count: places.count, write: { write(rows[places[$0]], &$1) }, isPaged: isPaged)
  }

  private func ordered<Record: Listed>(_ places: [Int], of rows: [Record]) -> [Int] {
    switch switches.order {
    case .name:
      let names = rows.map(\.sortName)
      return places.sorted { (names[$0], rows[$0].id) < (names[$1], rows[$1].id) }
    case .idAscending: return places.sorted { rows[$0].id < rows[$1].id }
    case .idDescending: return places.sorted { rows[$0].id > rows[$1].id }
    case .updatedAscending:
      return places.sorted {
        (rows[$0].updatedAt, rows[$0].id) < (rows[$1].updatedAt, rows[$1].id)
      }
    case .updatedDescending:
      return places.sorted {
        (rows[$0].updatedAt, rows[$0].id) > (rows[$1].updatedAt, rows[$1].id)
      }
    case .shuffled:
      return places.sorted { rows[$0].id < rows[$1].id }.shuffled(using: &generator)
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
    let found = wanted.compactMap { shelf[$0] }.filter(isVisible)
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
    where matches: (Record) -> Bool = { _ in true },
    _ write: @escaping (Record, inout Writer) -> Void
  ) -> Answer {
    guard let ids = rest.first else {
      return .listing(list(plural, shelf, query, where: matches, write))
    }
    guard rest.count == 1 else { return .notFound }
    return show(plural, singular, shelf, ids, allowsSeveral: allowsSeveral, write)
  }
}
