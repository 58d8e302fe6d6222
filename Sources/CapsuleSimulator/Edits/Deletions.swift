/// Deleting and restoring records, with all that goes along.
///
/// Source of the cascades: a party takes its history, tasks, opportunities and cases with it; an
/// organisation's people only lose their employer; tracks stay behind as orphans.
extension Account {
  /// Deletes a party, an opportunity or a case. Answers whether there was one.
  @discardableResult
  package func delete(_ entity: Entity, _ id: Int64) -> Bool {
    guard bury(entity, id) else { return false }
    deletions[entity, default: []].append(Deletion(id: id, deletedAt: now))
    let record = Parent(entity: entity, id: id)
    for task in tasks.rows where task.parent == record { removeTask(task.id) }
    for entry in entries.rows where entry.parent == record { delete(entry: entry.id) }
    switch entity {
    case .parties: dissolve(party: id)
    case .opportunities:
      for kase in kases.rows where kase.opportunity == id {
        kases.update(kase.id) { $0.opportunity = nil }
        touchSilently(.kases, kase.id)
      }
    case .kases: break
    }
    return true
  }

  /// Takes a record off its shelf, keeping it for a return.
  private func bury(_ entity: Entity, _ id: Int64) -> Bool {
    switch entity {
    case .parties:
      guard let party = parties[id] else { return false }
      buried.parties[id] = party
      parties[id] = nil
    case .opportunities:
      guard let opportunity = opportunities[id] else { return false }
      buried.opportunities[id] = opportunity
      opportunities[id] = nil
    case .kases:
      guard let kase = kases[id] else { return false }
      buried.kases[id] = kase
      kases[id] = nil
    }
    return true
  }

  private func dissolve(party id: Int64) {
    for opportunity in opportunities.rows where opportunity.party == id {
      delete(.opportunities, opportunity.id)
    }
    for kase in kases.rows where kase.party == id { delete(.kases, kase.id) }
    for person in employees(of: id) {
      parties.update(person) { $0.organisation = nil }
      touchSilently(.parties, person)
    }
    for opportunity in opportunities.rows where opportunity.additionalParties.contains(id) {
      removeParty(id, from: .opportunities, opportunity.id)
    }
    for kase in kases.rows where kase.additionalParties.contains(id) {
      removeParty(id, from: .kases, kase.id)
    }
    entries.updateAll(where: { $0.parties.contains(id) }) { $0.parties.removeAll { $0 == id } }
    for entry in entries.rows where entry.parent == nil && entry.parties.isEmpty {
      delete(entry: entry.id)
    }
    users.updateAll(where: { $0.party == id }) { $0.party = nil }
  }

  /// Brings a deleted record back, alone: what went along stays deleted.
  ///
  /// Refused when the party of an opportunity or a case no longer exists.
  @discardableResult
  package func restore(_ entity: Entity, _ id: Int64) -> Bool {
    switch entity {
    case .parties:
      guard var party = buried.parties.removeValue(forKey: id) else { return false }
      party.organisation = party.organisation.flatMap { parties.contains($0) ? $0 : nil }
      parties.add(party)
    case .opportunities:
      guard var opportunity = buried.opportunities[id], parties.contains(opportunity.party)
      else { return false }
      buried.opportunities[id] = nil
      opportunity.additionalParties.removeAll { !parties.contains($0) }
      opportunities.add(opportunity)
    case .kases:
      guard var kase = buried.kases[id], parties.contains(kase.party) else { return false }
      buried.kases[id] = nil
      kase.opportunity = kase.opportunity.flatMap { opportunities.contains($0) ? $0 : nil }
      kase.additionalParties.removeAll { !parties.contains($0) }
      kases.add(kase)
    }
    if !switches.feedKeepsRestored { deletions[entity]?.removeAll { $0.id == id } }
    if switches.restoreMoves { touch(entity, id) }
    return true
  }

  /// Deletes a task. Nothing reports it.
  @discardableResult
  package func delete(task id: Int64) -> Bool {
    guard tasks.contains(id) else { return false }
    removeTask(id)
    return true
  }

  func removeTask(_ id: Int64) {
    tasks[id] = nil
    tasks.updateAll(where: { $0.nextTask == id }) { $0.nextTask = nil }
    tracks.updateAll(where: { $0.tasks.contains(id) }) { $0.tasks.removeAll { $0 == id } }
  }

  /// Deletes an entry. Nothing reports it.
  @discardableResult
  package func delete(entry id: Int64) -> Bool {
    guard entries.contains(id) else { return false }
    entries[id] = nil
    happened(to: id, isDeletion: true)
    return true
  }

  /// Deletes a track with its tasks.
  @discardableResult
  package func delete(track id: Int64) -> Bool {
    guard let track = tracks[id] else { return false }
    for task in track.tasks { removeTask(task) }
    tracks[id] = nil
    return true
  }
}
