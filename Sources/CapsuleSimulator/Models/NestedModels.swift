import Simulation

/// The short forms in which a record refers to another.
///
/// Source: developer.capsulecrm.com, v2, the `nested_...` models.
extension Account {
  func writeUser(_ key: StaticString, _ id: Int64?, to writer: inout Writer) {
    guard let id, let user = users[id] else { return writer.null(key) }
    writer.key(key)
    writer.beginObject()
    writer.member("id", id)
    writer.member("deleted", user.isDeleted)
    writer.member("username", user.username)
    writer.member("pictureURL", Account.picture("users", id))
    writer.member("name", user.name)
    writer.endObject()
  }

  /// Any `{id, name}`.
  func writeNamed(
    _ key: StaticString, _ id: Int64?, _ name: String?, to writer: inout Writer
  ) {
    guard let id, let name else { return writer.null(key) }
    writer.key(key)
    writer.beginObject()
    writer.member("id", id)
    writer.member("name", name)
    writer.endObject()
  }

  func writeTeam(_ key: StaticString, _ id: Int64?, to writer: inout Writer) {
    writeNamed(key, id, id.flatMap { teams[$0]?.name }, to: &writer)
  }

  func writeMilestone(
    _ key: StaticString, _ id: Int64?, full: Bool = false, to writer: inout Writer
  ) {
    if full, let id, let milestone = milestones[id] {
      writer.key(key)
      return write(milestone, to: &writer)
    }
    writeNamed(key, id, id.flatMap { milestones[$0]?.name }, to: &writer)
  }

  /// A reference to a party; the full model when asked for and the server gives it.
  func writeParty(
    _ key: StaticString, _ id: Int64?, full: Bool = false, to writer: inout Writer
  ) {
    guard let id, let party = parties[id] else { return writer.null(key) }
    writer.key(key)
    writePartyElement(party, full: full, to: &writer)
  }

  func writePartyElement(_ party: Party, full: Bool = false, to writer: inout Writer) {
    if isHidden(party.common) { return writeRestricted(party, to: &writer) }
    if full { return write(party, [], to: &writer) }
    writer.beginObject()
    writer.member("id", party.id)
    writer.member("type", party.isPerson ? "person" : "organisation")
    if party.isPerson {
      writer.member("firstName", party.firstName)
      writer.member("lastName", party.lastName)
    } else {
      writer.member("name", party.name)
    }
    writer.member("pictureURL", Account.picture("parties", party.id))
    writer.endObject()
  }

  func writeRestricted(_ party: Party, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", party.id)
    writer.member("type", party.isPerson ? "person" : "organisation")
    if party.isPerson {
      writer.null("firstName")
      writer.member("lastName", "Private")
    } else {
      writer.member("name", "Private")
    }
    writer.member("pictureURL", Account.picture("parties", 0))
    writer.member("isRestricted", true)
    writer.endObject()
  }

  func writeOpportunity(
    _ key: StaticString, _ id: Int64?, full: Bool = false, to writer: inout Writer
  ) {
    guard let id, let opportunity = opportunities[id] else { return writer.null(key) }
    writer.key(key)
    let hidden = isHidden(opportunity.common)
    if full, !hidden { return write(opportunity, [], to: &writer) }
    writeNamedOrPrivate(id, opportunity.name, hidden: hidden, to: &writer)
  }

  func writeKase(
    _ key: StaticString, _ id: Int64?, full: Bool = false, to writer: inout Writer
  ) {
    guard let id, let kase = kases[id] else { return writer.null(key) }
    writer.key(key)
    let hidden = isHidden(kase.common)
    if full, !hidden { return write(kase, [], to: &writer) }
    writeNamedOrPrivate(id, kase.name, hidden: hidden, to: &writer)
  }

  func writeNamedOrPrivate(
    _ id: Int64, _ name: String, hidden: Bool, to writer: inout Writer
  ) {
    writer.beginObject()
    writer.member("id", id)
    writer.member("name", hidden ? "Private" : name)
    if hidden { writer.member("isRestricted", true) }
    writer.endObject()
  }

  /// The three keys of which at most one is set.
  func writeParent(_ parent: Parent?, _ embeds: Embeds, to writer: inout Writer) {
    let full = switches.expandsEmbeds
    func id(_ entity: Entity) -> Int64? { parent?.entity == entity ? parent?.id : nil }
    writeParty("party", id(.parties), full: full && embeds.contains(.party), to: &writer)
    writeOpportunity(
      "opportunity", id(.opportunities), full: full && embeds.contains(.opportunity), to: &writer)
    writeKase("kase", id(.kases), full: full && embeds.contains(.kase), to: &writer)
  }

  func writeCategory(_ key: StaticString, _ id: Int64?, to writer: inout Writer) {
    guard let id, let category = categories[id] else { return writer.null(key) }
    writer.key(key)
    write(category, to: &writer)
  }

  /// Whether a nested reference shows `Private` instead of the name.
  private func isHidden(_ common: Common) -> Bool {
    switches.hidesRestrictedNames && !common.isVisible
  }

  static func picture(_ kind: String, _ id: Int64) -> String {
    "https://pictures.example/\(kind)/\(id).png"
  }
}
