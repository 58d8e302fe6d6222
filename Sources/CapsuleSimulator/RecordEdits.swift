/// What people and programs do to single records. Each answers whether there was such a record.
///
/// The edits that write a record's own values move `updatedAt` to the server's clock.
extension Account {
  /// Changes what all three entities share, without moving `updatedAt`.
  @discardableResult
  func update(_ entity: Entity, _ id: Int64, _ change: (inout Common) -> Void) -> Bool {
    switch entity {
    case .parties:
      parties.update(id) { change(&$0.common) }
      return parties.contains(id)
    case .opportunities:
      opportunities.update(id) { change(&$0.common) }
      return opportunities.contains(id)
    case .kases:
      kases.update(id) { change(&$0.common) }
      return kases.contains(id)
    }
  }

  /// Moves `updatedAt` of a record.
  func touch(_ entity: Entity, _ id: Int64) {
    update(entity, id) { $0.updatedAt = now }
  }

  /// Moves `updatedAt` for a change that most likely leaves it alone, if the switch says so.
  func touchSilently(_ entity: Entity, _ id: Int64) {
    if switches.silentChangesMove { touch(entity, id) }
  }

  /// Writes `about` of a party, `description` of an opportunity or a case; nil clears it.
  @discardableResult
  package func describe(_ entity: Entity, _ id: Int64, _ text: String?) -> Bool {
    switch entity {
    case .parties: parties.update(id) { $0.about = text }
    case .opportunities: opportunities.update(id) { $0.description = text }
    case .kases: kases.update(id) { $0.description = text }
    }
    return update(entity, id) { $0.updatedAt = now }
  }

  /// Renames a record: an organisation, a person's first name, an opportunity or a case.
  ///
  /// Records that refer to it show the new name without changing themselves.
  @discardableResult
  package func rename(_ entity: Entity, _ id: Int64, _ name: String) -> Bool {
    switch entity {
    case .parties:
      parties.update(id) { party in
        if party.isPerson { party.firstName = name } else { party.name = name }
      }
      for person in employees(of: id) { touchSilently(.parties, person) }
    case .opportunities: opportunities.update(id) { $0.name = name }
    case .kases: kases.update(id) { $0.name = name }
    }
    return update(entity, id) { $0.updatedAt = now }
  }

  func employees(of organisation: Int64) -> [Int64] {
    parties.rows.filter { $0.organisation == organisation }.map(\.id)
  }

  /// Gives an opportunity another milestone, and closes it when the milestone is complete.
  @discardableResult
  package func move(opportunity id: Int64, to milestone: Int64) -> Bool {
    guard let target = milestones[milestone] else { return false }
    let reason = target.probability == 0 ? lostReasons.rows.first?.id : nil
    opportunities.update(id) { opportunity in
      if !target.isComplete { opportunity.lastOpenMilestone = milestone }
      opportunity.milestone = milestone
      opportunity.probability = target.probability
      opportunity.closedOn = target.isComplete ? now / daySeconds : nil
      opportunity.lostReason = reason
      opportunity.lastStageChangedAt = now
    }
    return update(.opportunities, id) { $0.updatedAt = now }
  }

  /// Writes the amount of an opportunity, in hundredths.
  @discardableResult
  package func value(opportunity id: Int64, _ hundredths: Int64) -> Bool {
    opportunities.update(id) {
      $0.amount = hundredths
      $0.currency = $0.currency ?? "GBP"
    }
    return update(.opportunities, id) { $0.updatedAt = now }
  }

  /// Closes or reopens a case.
  @discardableResult
  package func close(kase id: Int64, _ isClosed: Bool = true) -> Bool {
    kases.update(id) {
      $0.isClosed = isClosed
      $0.closedOn = isClosed ? now / daySeconds : nil
    }
    return update(.kases, id) { $0.updatedAt = now }
  }

  /// Gives a person another employer, or none.
  @discardableResult
  package func employ(_ person: Int64, at organisation: Int64?) -> Bool {
    guard parties[person]?.isPerson == true else { return false }
    parties.update(person) { $0.organisation = organisation }
    return update(.parties, person) { $0.updatedAt = now }
  }

  /// Attaches a tag to a record, or takes it off.
  @discardableResult
  package func tag(_ entity: Entity, _ id: Int64, with tag: Int64, _ isOn: Bool = true) -> Bool {
    guard tags[entity]?[tag] != nil else { return false }
    return update(entity, id) { common in
      common.tags.removeAll { $0 == tag }
      if isOn { common.tags.append(tag) }
      if switches.tagsMove { common.updatedAt = now }
    }
  }

  /// Writes a drawn value into a custom field, or removes its row.
  @discardableResult
  package func setField(
    _ entity: Entity, _ id: Int64, definition: Int64, _ isSet: Bool = true
  ) -> Bool {
    guard let definition = definitions[entity]?[definition] else { return false }
    let value = randomValue(definition, entity)
    return update(entity, id) { common in
      let place = common.fields.firstIndex { $0.definition == definition.id }
      if let place, isSet {
        let row = common.fields[place].id
        common.fields[place] = FieldValue(
          id: row, definition: definition.id, content: value.content)
      } else if let place {
        common.fields.remove(at: place)
      } else if isSet {
        common.fields.append(value)
      }
      common.updatedAt = now
    }
  }

  /// Adds an e-mail address to a party.
  @discardableResult
  package func addEmail(_ address: String, to party: Int64) -> Bool {
    let id = nextID("emails")
    parties.update(party) {
      $0.emailAddresses.append(Contact(id: id, type: "Work", value: address))
    }
    return update(.parties, party) { $0.updatedAt = now }
  }

  /// Takes the first e-mail address off a party.
  @discardableResult
  package func removeEmail(from party: Int64) -> Bool {
    guard parties[party]?.emailAddresses.isEmpty == false else { return false }
    parties.update(party) { $0.emailAddresses.removeFirst() }
    return update(.parties, party) { $0.updatedAt = now }
  }

  /// Links an additional party to an opportunity or a case; its own party is refused.
  @discardableResult
  package func addParty(_ party: Int64, to entity: Entity, _ id: Int64) -> Bool {
    let parent = Parent(entity: entity, id: id)
    guard link(party, to: parent) else { return false }
    touchSilently(entity, id)
    return true
  }

  /// Unlinks an additional party.
  @discardableResult
  package func removeParty(_ party: Int64, from entity: Entity, _ id: Int64) -> Bool {
    let parent = Parent(entity: entity, id: id)
    guard additionalParties(of: parent).contains(party) else { return false }
    setLinks(of: parent) { $0.removeAll { $0 == party } }
    touchSilently(entity, id)
    return true
  }

  @discardableResult
  func link(_ party: Int64, to parent: Parent) -> Bool {
    let own = parent.entity == .kases ? kases[parent.id]?.party : opportunities[parent.id]?.party
    guard let own, own != party, parties.contains(party),
      !additionalParties(of: parent).contains(party)
    else { return false }
    setLinks(of: parent) { $0.append(party) }
    return true
  }

  private func setLinks(of parent: Parent, _ change: (inout [Int64]) -> Void) {
    if parent.entity == .kases {
      kases.update(parent.id) { change(&$0.additionalParties) }
    } else {
      opportunities.update(parent.id) { change(&$0.additionalParties) }
    }
  }

  /// Withdraws access to a record: it leaves the lists and appears in the restricted feed.
  @discardableResult
  package func restrict(_ entity: Entity, _ id: Int64) -> Bool {
    isVisible(entity, id) && update(entity, id) { $0.restrictedAt = now }
  }

  /// Gives access back. The record returns with its old `updatedAt`.
  @discardableResult
  package func unrestrict(_ entity: Entity, _ id: Int64) -> Bool {
    update(entity, id) { $0.restrictedAt = nil }
  }
}
