import Simulation

/// Parties, opportunities and cases as the API writes them.
///
/// Source: developer.capsulecrm.com, v2, models `party`, `opportunity`, `project`, `field_value`.
extension Account {
  func write(_ party: Party, _ embeds: Embeds, to writer: inout Writer) {
    writer.beginObject()
    writer.member("id", party.id)
    writeUser("owner", party.common.owner, to: &writer)
    writeTeam("team", party.common.team, to: &writer)
    writer.member("type", party.isPerson ? "person" : "organisation")
    writer.member("about", party.about)
    if party.isPerson {
      writer.member("firstName", party.firstName)
      writer.member("lastName", party.lastName)
      writer.member("jobTitle", party.jobTitle)
      writer.member("title", party.title)
      let full = switches.expandsEmbeds && embeds.contains(.organisation)
      writeParty("organisation", party.organisation, full: full, to: &writer)
    } else {
      writer.member("name", party.name)
    }
    writeTimes(party.common, to: &writer)
    writer.member("pictureURL", Account.picture("parties", party.id))
    writer.null("enrichment")
    writeContacts(party, to: &writer)
    writeShared(party, .parties, embeds, to: &writer)
    writer.endObject()
  }

  private func writeContacts(_ party: Party, to writer: inout Writer) {
    writeArray("phoneNumbers", party.phoneNumbers, to: &writer) { phone, writer in
      writer.member("id", phone.id)
      writer.member("type", phone.type)
      writer.member("number", phone.value)
    }
    writeArray("addresses", party.addresses, to: &writer) { address, writer in
      writer.member("id", address.id)
      writer.member("type", address.type)
      writer.member("street", address.street)
      writer.member("city", address.city)
      writer.member("state", address.state)
      writer.member("country", address.country)
      writer.member("zip", address.zip)
    }
    writeArray("emailAddresses", party.emailAddresses, to: &writer) { email, writer in
      writer.member("id", email.id)
      writer.member("type", email.type)
      writer.member("address", email.value)
    }
    writeArray("websites", party.websites, to: &writer) { website, writer in
      writer.member("id", website.id)
      writer.member("type", website.type)
      writer.member("service", website.service)
      writer.member("address", website.address)
      writer.member("url", website.url)
    }
  }

  func write(_ opportunity: Opportunity, _ embeds: Embeds, to writer: inout Writer) {
    let full = switches.expandsEmbeds
    writer.beginObject()
    writer.member("id", opportunity.id)
    writeUser("owner", opportunity.common.owner, to: &writer)
    writeTeam("team", opportunity.common.team, to: &writer)
    writeParty("party", opportunity.party, full: full && embeds.contains(.party), to: &writer)
    let reason = opportunity.lostReason
    writeNamed("lostReason", reason, reason.flatMap { lostReasons[$0]?.name }, to: &writer)
    let fullMilestone = full && embeds.contains(.milestone)
    writeMilestone("milestone", opportunity.milestone, full: fullMilestone, to: &writer)
    writeMilestone("lastOpenMilestone", opportunity.lastOpenMilestone, to: &writer)
    writeValue(opportunity, to: &writer)
    writer.date("expectedCloseOn", opportunity.expectedCloseOn)
    writer.member("probability", opportunity.probability)
    writer.member("durationBasis", opportunity.durationBasis)
    writer.member("duration", opportunity.duration)
    writeClosed(opportunity.closedOn, to: &writer)
    writeTimes(opportunity.common, to: &writer)
    writer.instant("lastStageChangedAt", opportunity.lastStageChangedAt)
    writer.member("description", opportunity.description)
    writer.member("name", opportunity.name)
    writeShared(opportunity, .opportunities, embeds, to: &writer)
    writer.endObject()
  }

  private func writeValue(_ opportunity: Opportunity, to writer: inout Writer) {
    guard let currency = opportunity.currency else { return writer.null("value") }
    writer.key("value")
    writer.beginObject()
    if let amount = opportunity.amount {
      writer.amount("amount", amount)
    } else {
      writer.null("amount")
    }
    writer.member("currency", currency)
    writer.endObject()
  }

  func write(_ kase: Kase, _ embeds: Embeds, to writer: inout Writer) {
    let full = switches.expandsEmbeds
    writer.beginObject()
    writer.member("id", kase.id)
    writeUser("owner", kase.common.owner, to: &writer)
    writeTeam("team", kase.common.team, to: &writer)
    writeParty("party", kase.party, full: full && embeds.contains(.party), to: &writer)
    writer.member("status", kase.isClosed ? "CLOSED" : "OPEN")
    let fullOpportunity = full && embeds.contains(.opportunity)
    writeOpportunity("opportunity", kase.opportunity, full: fullOpportunity, to: &writer)
    writeNamed("stage", kase.stage, kase.stage.flatMap { stages[$0]?.name }, to: &writer)
    writeTimes(kase.common, to: &writer)
    writer.member("description", kase.description)
    writer.member("name", kase.name)
    writeClosed(kase.closedOn, to: &writer)
    writer.date("expectedCloseOn", kase.expectedCloseOn)
    writer.date("startOn", kase.startOn)
    writeShared(kase, .kases, embeds, to: &writer)
    writer.endObject()
  }

  private func writeTimes(_ common: Common, to writer: inout Writer) {
    writer.instant("createdAt", common.createdAt)
    writer.instant("updatedAt", common.updatedAt)
    writer.instant("lastContactedAt", common.lastContactedAt)
  }

  private func writeClosed(_ day: Int64?, to writer: inout Writer) {
    if switches.closedOnIsInstant {
      writer.instant("closedOn", day.map { $0 * daySeconds })
    } else {
      writer.date("closedOn", day)
    }
  }

  /// The keys that appear only when they are asked for.
  private func writeShared(
    _ record: some Shared, _ entity: Entity, _ embeds: Embeds, to writer: inout Writer
  ) {
    if embeds.contains(.tags) {
      let all = tags[entity]
      let own = record.common.tags.compactMap { all?[$0] }
      writeArray("tags", own, to: &writer) { tag, writer in
        writer.member("id", tag.id)
        writer.member("name", tag.name)
        writer.member("dataTag", tag.isData)
      }
    }
    if embeds.contains(.fields) { writeFields(record.common.fields, entity, to: &writer) }
    if embeds.contains(.missingImportantFields) {
      writer.member("missingImportantFields", lacksImportantFields(record, entity))
    }
  }

  private func writeFields(
    _ fields: [FieldValue], _ entity: Entity, to writer: inout Writer
  ) {
    let all = definitions[entity]
    writeArray("fields", fields, to: &writer) { field, writer in
      let definition = all?[field.definition]
      writer.member("id", field.id)
      writeNamed("definition", field.definition, definition?.name ?? "", to: &writer)
      switch field.content {
      case .text(let text): writer.member("value", text)
      case .number(let number) where switches.numbersAsStrings:
        writer.member("value", String(number))
      case .number(let number): writer.member("value", number)
      case .yes: writer.member("value", true)
      case .choices(let choices) where switches.choicesAsArray:
        writer.key("value")
        JSON.array(choices.map(JSON.string)).write(to: &writer)
      case .choices(let choices): writer.member("value", choices.joined(separator: ";"))
      }
      writer.member("tagId", definition?.tag)
    }
  }

  /// Follows the definitions, so it changes without the record changing.
  private func lacksImportantFields(_ record: some Shared, _ entity: Entity) -> Bool {
    let kind = (record as? Party).map { $0.isPerson ? "person" : "organisation" }
    return (definitions[entity]?.rows ?? []).contains { definition in
      definition.isImportant && definition.tag == nil
        && (definition.captureRule == nil || definition.captureRule == kind)
        && !record.common.fields.contains { $0.definition == definition.id }
    }
  }

  /// An array of objects.
  func writeArray<Element>(
    _ key: StaticString, _ elements: [Element], to writer: inout Writer,
    _ members: (Element, inout Writer) -> Void
  ) {
    writer.key(key)
    writer.beginArray()
    for element in elements {
      writer.element()
      writer.beginObject()
      members(element, &writer)
      writer.endObject()
    }
    writer.endArray()
  }
}
