import Simulation

/// `POST /{entity}/filters/results`: conditions on `id`, `addedOn` and `updatedOn`.
///
/// Source: developer.capsulecrm.com, v2, "Filters". All conditions must hold.
extension Account {
  func filter(_ entity: Entity, _ query: Query, _ body: [UInt8]) -> Answer {
    guard let filter = JSON(body)?["filter"] else {
      return .message(400, "Malformed request")
    }
    var conditions: [(Common) -> Bool] = []
    for item in filter["conditions"]?.items ?? [] {
      guard let condition = condition(item) else {
        return .invalid("invalid field name", resource: "filter", field: item["field"]?.string)
      }
      conditions.append(condition)
    }
    let embeds = query.embeds
    func list<Record: Shared>(
      _ key: StaticString, _ shelf: Shelf<Record>,
      _ write: @escaping (Record, inout Writer) -> Void
    ) -> Answer {
      let order = order(filter).map { key in { (record: Record) in key(record.common) } }
      // Conditions count from today, so that the day belongs to the name of the listing.
      let body = "\(now / daySeconds) \(String(decoding: body, as: UTF8.self))"
      return .listing(
        self.list(
          key, shelf, Query("\(query.path) \(body)?\(query.selection)"), by: order,
          where: { record in
            record.common.isVisible && conditions.allSatisfy { $0(record.common) }
          }, write))
    }
    switch entity {
    case .parties: return list("parties", parties) { self.write($0, embeds, to: &$1) }
    case .opportunities:
      return list("opportunities", opportunities) { self.write($0, embeds, to: &$1) }
    case .kases: return list("kases", kases) { self.write($0, embeds, to: &$1) }
    }
  }

  /// Nil for a field or an operator that the API would refuse.
  private func condition(_ item: JSON) -> ((Common) -> Bool)? {
    guard let field = item["field"]?.string, let verb = item["operator"]?.string else {
      return nil
    }
    if field == "id" {
      guard let value = item["value"]?.integer else { return nil }
      switch verb {
      case "is": return { $0.id == value }
      case "is not": return { $0.id != value }
      case "is greater than" where switches.filters != .comparisonRefused:
        return { $0.id > value }
      case "is less than" where switches.filters != .comparisonRefused: return { $0.id < value }
      default: return nil
      }
    }
    let paths = ["addedOn": \Common.createdAt, "updatedOn": \Common.updatedAt]
    guard let path = paths[field] else { return nil }
    let today = now / daySeconds
    if let count = item["value"]?.integer {
      switch verb {
      case "is within last": return { $0[keyPath: path] / daySeconds >= today - count }
      case "is older than": return { $0[keyPath: path] / daySeconds < today - count }
      default: return nil
      }
    }
    guard let text = item["value"]?.string, let start = parseInstant("\(text)T00:00:00Z") else {
      return nil
    }
    let day = start / daySeconds
    switch verb {
    case "is": return { $0[keyPath: path] / daySeconds == day }
    case "is after": return { $0[keyPath: path] / daySeconds > day }
    case "is before": return { $0[keyPath: path] / daySeconds < day }
    default: return nil
    }
  }

  /// The first of `orderBy`, unless orders are ignored or the field is unknown.
  private func order(_ filter: JSON) -> ((Common) -> RowKey)? {
    guard switches.filters != .orderIgnored, let first = filter["orderBy"]?.items.first else {
      return nil
    }
    let paths = ["id": \Common.id, "addedOn": \Common.createdAt, "updatedOn": \Common.updatedAt]
    guard let path = first["field"]?.string.flatMap({ paths[$0] }) else { return nil }
    let sign: Int64 = first["direction"]?.string == "descending" ? -1 : 1
    return { RowKey(number: sign * $0[keyPath: path], id: $0.id, prefersLarge: true) }
  }
}
