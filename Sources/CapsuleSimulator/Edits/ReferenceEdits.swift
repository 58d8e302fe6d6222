import Simulation

/// Changes to reference data. Records that show a changed name do not change themselves.
extension Account {
  /// Renames a user, who keeps the login name.
  @discardableResult
  package func rename(user id: Int64, _ name: String) -> Bool {
    users.update(id) { $0.name = name }
    touchAll { $0.owner == id }
    return users.contains(id)
  }

  /// Removes a user: marked as deleted, still the owner of records.
  @discardableResult
  package func remove(user id: Int64) -> Bool {
    guard users.rows.first?.id != id else { return false }
    users.update(id) { $0.isDeleted = true }
    touchAll { $0.owner == id }
    return users.contains(id)
  }

  /// Puts a user into a team, or takes the user out.
  @discardableResult
  package func toggle(member user: Int64, of team: Int64) -> Bool {
    teams.update(team) { team in
      if let place = team.members.firstIndex(of: user) {
        team.members.remove(at: place)
      } else {
        team.members.append(user)
      }
      team.updatedAt = now
    }
    return teams.contains(team)
  }

  /// Renames a milestone.
  @discardableResult
  package func rename(milestone id: Int64, _ name: String) -> Bool {
    milestones.update(id) {
      $0.name = name
      $0.updatedAt = now
    }
    if switches.silentChangesMove {
      opportunities.updateAll(where: { $0.milestone == id }) { $0.common.updatedAt = now }
    }
    return milestones.contains(id)
  }

  /// Renames a stage.
  @discardableResult
  package func rename(stage id: Int64, _ name: String) -> Bool {
    stages.update(id) {
      $0.name = name
      $0.updatedAt = now
    }
    if switches.silentChangesMove {
      kases.updateAll(where: { $0.stage == id }) { $0.common.updatedAt = now }
    }
    return stages.contains(id)
  }

  /// Archives a pipeline or brings it back.
  @discardableResult
  package func archive(pipeline id: Int64, _ isArchived: Bool = true) -> Bool {
    pipelines.update(id) {
      $0.isArchived = isArchived
      $0.updatedAt = now
    }
    return pipelines.contains(id)
  }

  /// Archives a board or brings it back.
  @discardableResult
  package func archive(board id: Int64, _ isArchived: Bool = true) -> Bool {
    boards.update(id) {
      $0.isArchived = isArchived
      $0.updatedAt = now
    }
    return boards.contains(id)
  }

  /// A new pipeline with its milestones.
  @discardableResult
  package func createPipeline(_ name: String) -> Int64 {
    addPipeline(name, at: now)
  }

  /// A new board with its stages.
  @discardableResult
  package func createBoard(_ name: String) -> Int64 {
    addBoard(name, at: now)
  }

  /// Renames a tag of an entity.
  @discardableResult
  package func rename(tag id: Int64, of entity: Entity, _ name: String) -> Bool {
    tags[entity]?.update(id) { $0.name = name }
    touchAll(entity) { $0.tags.contains(id) }
    return tags[entity]?.contains(id) ?? false
  }

  /// Deletes a tag of an entity: it leaves all records, and its fields become plain ones.
  @discardableResult
  package func delete(tag id: Int64, of entity: Entity) -> Bool {
    guard tags[entity]?.contains(id) == true else { return false }
    touchAll(entity) { $0.tags.contains(id) }
    forEachRecord(of: entity, where: { $0.tags.contains(id) }) {
      $0.tags.removeAll { $0 == id }
    }
    definitions[entity]?.updateAll(where: { $0.tag == id }) { $0.tag = nil }
    tags[entity]?[id] = nil
    return true
  }

  /// A new tag of an entity.
  package func createTag(_ name: String, of entity: Entity) {
    addTag(name, isData: false, to: entity)
  }

  /// A new custom field of an entity.
  package func createField(_ name: String, type: String, of entity: Entity) {
    addDefinition(name, type: type, to: entity)
  }

  /// Deletes a custom field of an entity: its values leave all records.
  @discardableResult
  package func delete(field id: Int64, of entity: Entity) -> Bool {
    guard definitions[entity]?.contains(id) == true else { return false }
    let hasValue = { (common: Common) in common.fields.contains { $0.definition == id } }
    touchAll(entity, where: hasValue)
    forEachRecord(of: entity, where: hasValue) { $0.fields.removeAll { $0.definition == id } }
    definitions[entity]?[id] = nil
    return true
  }

  /// Renames a custom field of an entity.
  @discardableResult
  package func rename(field id: Int64, of entity: Entity, _ name: String) -> Bool {
    definitions[entity]?.update(id) { $0.name = name }
    touchAll(entity) { common in common.fields.contains { $0.definition == id } }
    return definitions[entity]?.contains(id) ?? false
  }

  /// Takes a row out of its list, such as `lostReasons`: records go on to name it. Or puts it back.
  package func unlist(_ id: Int64, of list: String, _ isUnlisted: Bool = true) {
    if isUnlisted {
      unlisted[list, default: []].insert(id)
    } else {
      unlisted[list]?.remove(id)
    }
  }

  /// Gives a custom field of an entity another type. Its values stay as they are.
  @discardableResult
  package func retype(field id: Int64, of entity: Entity, _ type: String) -> Bool {
    definitions[entity]?.update(id) { $0.type = type }
    return definitions[entity]?.contains(id) ?? false
  }

  /// Adds, changes or removes one row of a small list, drawn by `choice`: lost reasons,
  /// categories, titles, goals, hooks, teams, activity types, track definitions.
  package func shakeSettings(_ choice: Int) {
    let name = "Setting \(generator.int(1...9_999))"
    switch choice % 12 {
    case 0: addLostReason(name)
    case 1: lostReasons.any(&generator).map { renameLostReason($0.id, name) }
    case 2: removeAny(\.lostReasons)
    case 3: categories.add(Category(id: nextID("categories"), name: name, colour: "#abcdef"))
    case 4: categories.any(&generator).map { old in categories.update(old.id) { $0.name = name } }
    case 5: titles.add(Title(id: nextID("titles"), title: name))
    case 6: removeAny(\.titles)
    case 7: addGoal(name)
    case 8: removeAny(\.goals)
    case 9: addTeam(name)
    case 10: addTrackDefinition(name)
    default:
      activityTypes.add(
        ActivityType(
          id: nextID("activityTypes"), name: name, icon: "VISIT", updateLastContacted: false))
    }
  }

  private func renameLostReason(_ id: Int64, _ name: String) {
    lostReasons.update(id) {
      $0.name = name
      $0.updatedAt = now
    }
  }

  /// Removes a row nothing depends on; references to it read as null from then on.
  private func removeAny<Record: Listed>(
    _ path: ReferenceWritableKeyPath<Account, Shelf<Record>>
  ) {
    guard let id = self[keyPath: path].any(&generator)?.id else { return }
    self[keyPath: path][id] = nil
  }

  /// Moves `updatedAt` of all records that show a changed name, if the switch says so.
  private func touchAll(_ only: Entity? = nil, where matches: (Common) -> Bool) {
    guard switches.silentChangesMove else { return }
    for entity in Entity.allCases where only == nil || only == entity {
      forEachRecord(of: entity, where: matches) { $0.updatedAt = now }
    }
  }

  private func forEachRecord(
    of entity: Entity, where matches: (Common) -> Bool, _ change: (inout Common) -> Void
  ) {
    switch entity {
    case .parties: parties.updateAll(where: { matches($0.common) }) { change(&$0.common) }
    case .opportunities:
      opportunities.updateAll(where: { matches($0.common) }) { change(&$0.common) }
    case .kases: kases.updateAll(where: { matches($0.common) }) { change(&$0.common) }
    }
  }
}
