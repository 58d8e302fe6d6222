import Simulation

/// Everything below `/parties`, `/opportunities` and `/kases`.
extension Account {
  func read(_ entity: Entity, _ rest: ArraySlice<String>, _ query: Query) -> Answer {
    guard let first = rest.first else { return listEntity(entity, query) }
    let tail = Array(rest.dropFirst())
    switch first {
    case "deleted" where tail.isEmpty: return readDeleted(entity, query)
    case "tags": return readTags(entity, tail, query)
    case "fields" where tail.first == "definitions":
      let all = query["includeDataTagFields"] != "false"
      return collection(
        "definitions", "definition", definitions[entity] ?? Shelf(), tail.dropFirst(), query,
        where: { all || $0.tag == nil }
      ) { self.write($0, of: entity, to: &$1) }
    default: break
    }
    guard let part = tail.first else { return showEntity(entity, first, query.embeds) }
    guard tail.count == 1, let id = Int64(first), isVisible(entity, id) else {
      return .message(404, "\(entity.singular) not found")
    }
    return readPart(part, of: Parent(entity: entity, id: id), query)
  }

  private func listEntity(_ entity: Entity, _ query: Query) -> Answer {
    var since: Int64 = .min
    if let text = query["since"] {
      guard let instant = parseInstant(text), isInReach(instant) else {
        return badSince(entity.singular)
      }
      since = instant
    }
    let cutsFirst = switches.cutsBeforeHiding
    func matches(_ record: some Shared) -> Bool {
      if record.common.isVisible { return isRecent(record.updatedAt, since) }
      if cutsFirst { return isRecent(record.updatedAt, since) }
      guard switches.listsRestricted, let instant = record.common.restrictedAt else { return false }
      return isRecent(instant, since)
    }
    func hides(_ record: some Shared) -> Bool { !record.common.isVisible }
    let embeds = query.embeds
    switch entity {
    case .parties:
      return .listing(
        list("parties", parties, query, follows: true, where: matches, hides: hides) {
          if !$0.common.isVisible { return self.writeRestricted($0, to: &$1) }
          self.write($0, embeds, to: &$1)
        })
    case .opportunities:
      return .listing(
        list("opportunities", opportunities, query, follows: true, where: matches, hides: hides) {
          if !$0.common.isVisible {
            return self.writeNamedOrPrivate($0.id, $0.name, hidden: true, to: &$1)
          }
          self.write($0, embeds, to: &$1)
        })
    case .kases:
      return .listing(
        list("kases", kases, query, follows: true, where: matches, hides: hides) {
          if !$0.common.isVisible {
            return self.writeNamedOrPrivate($0.id, $0.name, hidden: true, to: &$1)
          }
          self.write($0, embeds, to: &$1)
        })
    }
  }

  private func isInReach(_ since: Int64) -> Bool {
    switches.sinceReach.map { now - since <= $0 } ?? true
  }

  private func showEntity(_ entity: Entity, _ ids: String, _ embeds: Embeds) -> Answer {
    func isVisible(_ record: some Shared) -> Bool { record.common.isVisible }
    switch entity {
    case .parties:
      return show("parties", "party", parties, ids, allowsSeveral: true, where: isVisible) {
        self.write($0, embeds, to: &$1)
      }
    case .opportunities:
      return show(
        "opportunities", "opportunity", opportunities, ids, allowsSeveral: true, where: isVisible
      ) { self.write($0, embeds, to: &$1) }
    case .kases:
      return show("kases", "kase", kases, ids, allowsSeveral: true, where: isVisible) {
        self.write($0, embeds, to: &$1)
      }
    }
  }

  private func readTags(_ entity: Entity, _ tail: [String], _ query: Query) -> Answer {
    if tail.count == 2, tail[1] == "definitions" {
      guard let id = Int64(tail[0]), tags[entity]?[id] != nil else { return .notFound }
      return collection(
        "definitions", "definition", definitions[entity] ?? Shelf(), [], query,
        where: { $0.tag == id }
      ) { self.write($0, of: entity, to: &$1) }
    }
    return collection("tags", "tag", tags[entity] ?? Shelf(), tail[...], query) {
      self.write($0, to: &$1)
    }
  }

  private func readPart(_ part: String, of parent: Parent, _ query: Query) -> Answer {
    let embeds = query.embeds
    switch (parent.entity, part) {
    case (_, "entries"):
      var listing = list(
        "entries", entries, query, by: Entry.newestFirst, follows: true, where: { $0.isOf(parent) }
      ) { self.write($0, embeds, to: &$1) }
      listing.largestPage = switches.entriesPerPage
      listing.hasMeta = false
      return .listing(listing)
    case (_, "tracks"):
      var listing = list("tracks", tracks, query, where: { $0.parent == parent }) {
        self.write($0, embeds, to: &$1)
      }
      listing.hasMeta = false
      return .listing(listing)
    case (_, "tasks"):
      return .listing(
        list("tasks", tasks, query, where: { $0.parent == parent && $0.status == .open }) {
          self.write($0, embeds, to: &$1)
        })
    case (.parties, "people"):
      return listParties(query) { $0.isPerson && $0.organisation == parent.id }
    case (.parties, "opportunities"):
      return .listing(
        list(
          "opportunities", opportunities, query,
          where: { $0.party == parent.id && $0.common.isVisible }
        ) { self.write($0, embeds, to: &$1) })
    case (.parties, "kases"): return listKases(query) { $0.party == parent.id }
    case (.opportunities, "kases"): return listKases(query) { $0.opportunity == parent.id }
    case (.opportunities, "parties"), (.kases, "parties"):
      let linked = Set(additionalParties(of: parent))
      return listParties(query) { linked.contains($0.id) }
    default: return .notFound
    }
  }

  private func listParties(_ query: Query, where matches: (Party) -> Bool) -> Answer {
    let embeds = query.embeds
    return .listing(
      list("parties", parties, query, where: { $0.common.isVisible && matches($0) }) {
        self.write($0, embeds, to: &$1)
      })
  }

  private func listKases(_ query: Query, where matches: (Kase) -> Bool) -> Answer {
    let embeds = query.embeds
    return .listing(
      list("kases", kases, query, where: { $0.common.isVisible && matches($0) }) {
        self.write($0, embeds, to: &$1)
      })
  }

  private func readDeleted(_ entity: Entity, _ query: Query) -> Answer {
    guard let text = query["since"] else {
      return .invalid("since is required", resource: entity.singular, field: "since")
    }
    guard let since = parseInstant(text), isInReach(since) else {
      return badSince(entity.singular)
    }
    let recent = statements(entity).filter { isRecent($0.deletedAt, since) }
    func feed(_ key: StaticString) -> Listing {
      Listing(
        key: key, count: recent.count, write: { self.write(recent[$0], to: &$1) },
        isPaged: switches.pagesDeletedFeed, hasMeta: false)
    }
    func isNew(_ record: some Shared) -> Bool {
      (record.common.restrictedAt ?? record.common.restrictedBefore).map {
        isRecent($0, since) && isRetained($0)
      } ?? false
    }
    var listing: Listing
    switch entity {
    case .parties:
      listing = feed("parties")
      let hidden = parties.rows.filter(isNew).sorted { $0.id < $1.id }
      listing.restricted = restricted("restrictedParties", hidden) { party, writer in
        self.writeRestricted(party, to: &writer)
      }
    case .opportunities:
      listing = feed("opportunities")
      let hidden = opportunities.rows.filter(isNew).sorted { $0.id < $1.id }
      listing.restricted = restricted("restrictedOpportunities", hidden) { record, writer in
        self.writeNamedOrPrivate(record.id, record.name, hidden: true, to: &writer)
      }
    case .kases:
      listing = feed("kases")
      let hidden = kases.rows.filter(isNew).sorted { $0.id < $1.id }
      listing.restricted = restricted("restrictedKases", hidden) { record, writer in
        self.writeNamedOrPrivate(record.id, record.name, hidden: true, to: &writer)
      }
    }
    return .listing(listing)
  }

  private func restricted<Record>(
    _ key: StaticString, _ records: [Record], _ write: @escaping (Record, inout Writer) -> Void
  ) -> (key: StaticString, write: (inout Writer) -> Void)? {
    records.isEmpty
      ? nil
      : (
        key,
        { writer in
          for record in records {
            writer.element()
            write(record, &writer)
          }
        }
      )
  }

  /// Whether the token's user can see a record.
  func isVisible(_ entity: Entity, _ id: Int64) -> Bool {
    switch entity {
    case .parties: parties.shown(id)?.common.isVisible ?? false
    case .opportunities: opportunities.shown(id)?.common.isVisible ?? false
    case .kases: kases.shown(id)?.common.isVisible ?? false
    }
  }

  /// The deletions an entity's feed still names, in its order.
  func statements(_ entity: Entity) -> [Deletion] {
    let kept = (deletions[entity] ?? []).filter { isRetained($0.deletedAt) }
      .sorted { ($0.deletedAt, $0.id) < ($1.deletedAt, $1.id) }
    return switches.feedOrder == .ascending ? kept : kept.reversed()
  }

  /// Whether the feed still tells of what happened then.
  func isRetained(_ instant: Int64) -> Bool {
    switches.feedRetention.map { instant >= now - $0 } ?? true
  }

  func additionalParties(of parent: Parent) -> [Int64] {
    switch parent.entity {
    case .parties: []
    case .opportunities: opportunities[parent.id]?.additionalParties ?? []
    case .kases: kases[parent.id]?.additionalParties ?? []
    }
  }
}

extension Entry {
  /// The documented order of entries.
  static func newestFirst(_ entry: Entry) -> RowKey {
    RowKey(number: -entry.entryAt, id: entry.id, prefersLarge: true)
  }

  /// Whether the entry stands in a record's history; an e-mail stands in those of its parties.
  func isOf(_ record: Parent) -> Bool {
    parent == record || (record.entity == .parties && parties.contains(record.id))
  }
}
