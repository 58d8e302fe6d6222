import Simulation

/// Edits of single records, as people and programs make them.
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

  /// What `updatedAt` becomes by a change: the server's clock, or up to a day ahead of it.
  func stamp() -> Int64 {
    guard switches.futureUpdates, generator.chance(15) else { return now }
    return now + generator.seconds(1...daySeconds)
  }

  /// Moves `updatedAt` of a record.
  func touch(_ entity: Entity, _ id: Int64) {
    let moment = stamp()
    update(entity, id) { $0.updatedAt = moment }
  }

  /// Moves `updatedAt` for a change that most likely leaves it alone, if the switch says so.
  func touchSilently(_ entity: Entity, _ id: Int64) {
    if switches.silentChangesMove { touch(entity, id) }
  }

  /// Writes `about` of a party, `description` of an opportunity or a case; nil clears it.
  @discardableResult
  package func describe(_ entity: Entity, _ id: Int64, _ text: String?) -> Bool {
    switch entity {
    case .parties: parties.write(id, at: stamp()) { $0.about = text }
    case .opportunities: opportunities.write(id, at: stamp()) { $0.description = text }
    case .kases: kases.write(id, at: stamp()) { $0.description = text }
    }
  }

  /// Renames a record: an organisation, a person's first name, an opportunity or a case.
  ///
  /// Records that refer to it show the new name without changing themselves.
  @discardableResult
  package func rename(_ entity: Entity, _ id: Int64, _ name: String) -> Bool {
    switch entity {
    case .parties:
      if switches.silentChangesMove {
        for person in employees(of: id) { touch(.parties, person) }
      }
      return parties.write(id, at: stamp()) { party in
        if party.isPerson { party.firstName = name } else { party.name = name }
      }
    case .opportunities: return opportunities.write(id, at: stamp()) { $0.name = name }
    case .kases: return kases.write(id, at: stamp()) { $0.name = name }
    }
  }

  /// The people of an organisation.
  package func employees(of organisation: Int64) -> [Int64] {
    var people: [Int64] = []
    for party in parties.rows where party.organisation == organisation { people.append(party.id) }
    return people
  }

  /// Gives an opportunity another milestone, and closes it when the milestone is complete.
  @discardableResult
  package func move(opportunity id: Int64, to milestone: Int64) -> Bool {
    guard let target = milestones[milestone] else { return false }
    let reason = target.probability == 0 ? lostReasons.rows.first?.id : nil
    return opportunities.write(id, at: stamp()) { opportunity in
      if !target.isComplete { opportunity.lastOpenMilestone = milestone }
      opportunity.milestone = milestone
      opportunity.probability = target.probability
      opportunity.closedOn = target.isComplete ? now / daySeconds : nil
      opportunity.lostReason = reason
      opportunity.lastStageChangedAt = now
    }
  }

  /// Writes the amount of an opportunity, in hundredths.
  @discardableResult
  package func value(opportunity id: Int64, _ hundredths: Int64) -> Bool {
    opportunities.write(id, at: stamp()) {
      $0.amount = hundredths
      $0.currency = $0.currency ?? "GBP"
    }
  }

  /// Expects an opportunity to close some days later, or earlier.
  @discardableResult
  package func postpone(opportunity id: Int64, days: Int64) -> Bool {
    opportunities.write(id, at: stamp()) {
      $0.expectedCloseOn = ($0.expectedCloseOn ?? now / daySeconds) + days
    }
  }

  /// Closes or reopens a case.
  @discardableResult
  package func close(kase id: Int64, _ isClosed: Bool = true) -> Bool {
    kases.write(id, at: stamp()) {
      $0.isClosed = isClosed
      $0.closedOn = isClosed ? now / daySeconds : nil
    }
  }

  /// Gives a person another employer, or none.
  @discardableResult
  package func employ(_ person: Int64, at organisation: Int64?) -> Bool {
    guard parties[person]?.isPerson == true else { return false }
    return parties.write(person, at: stamp()) { $0.organisation = organisation }
  }

  /// Attaches a tag to a record, or takes it off.
  @discardableResult
  package func tag(_ entity: Entity, _ id: Int64, with tag: Int64, _ isOn: Bool = true) -> Bool {
    guard tags[entity]?[tag] != nil else { return false }
    let moment = stamp()
    return update(entity, id) { common in
      common.tags.removeAll { $0 == tag }
      if isOn { common.tags.append(tag) }
      if switches.tagsMove { common.updatedAt = moment }
    }
  }

  /// Writes a drawn value into a custom field, or removes its row.
  @discardableResult
  package func setField(
    _ entity: Entity, _ id: Int64, definition: Int64, _ isSet: Bool = true
  ) -> Bool {
    guard let definition = definitions[entity]?[definition] else { return false }
    let value = randomValue(definition, entity)
    let moment = stamp()
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
      common.updatedAt = moment
    }
  }

  /// Adds an e-mail address to a party.
  @discardableResult
  package func addEmail(_ address: String, to party: Int64) -> Bool {
    let id = nextID("emails")
    return parties.write(party, at: stamp()) {
      $0.emailAddresses.append(Contact(id: id, type: "Work", value: address))
    }
  }

  /// Takes the first e-mail address off a party.
  @discardableResult
  package func removeEmail(from party: Int64) -> Bool {
    guard parties[party]?.emailAddresses.isEmpty == false else { return false }
    // A version that is still shown to some may not have had it.
    return parties.write(party, at: stamp()) {
      $0.emailAddresses = Array($0.emailAddresses.dropFirst())
    }
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
    update(entity, id) {
      if switches.feedKeepsRestored { $0.restrictedBefore = $0.restrictedAt }
      $0.restrictedAt = nil
    }
  }

  /// Makes a record invisible without a word in any feed, as a change of roles may.
  @discardableResult
  package func hide(_ entity: Entity, _ id: Int64) -> Bool {
    isVisible(entity, id) && update(entity, id) { $0.isHidden = true }
  }

  /// Makes a hidden record visible again. It returns with its old `updatedAt`.
  @discardableResult
  package func show(_ entity: Entity, _ id: Int64) -> Bool {
    update(entity, id) { $0.isHidden = false }
  }
}

extension Shelf where Record: Shared {
  /// Changes a record's own values and `updatedAt` at once. Answers whether there is such a record.
  fileprivate mutating func write(
    _ id: Int64, at moment: Int64, _ change: (inout Record) -> Void
  ) -> Bool {
    update(id) {
      change(&$0)
      $0.common.updatedAt = moment
    }
    return contains(id)
  }
}
