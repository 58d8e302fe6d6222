import Simulation

/// The kinds of change a random mix is made of.
package enum Edit: String, CaseIterable, Sendable {
  case createPerson, createOrganisation, createOpportunity, createCase, createTask, createEntry
  case describe, rename, moveOpportunity, valueOpportunity, closeCase, employ
  case tag, untag, setField, clearField, addEmail, removeEmail
  case addParty, removeParty, restrict, unrestrict, delete, restore
  case describeTask, completeTask, deleteTask
  case backdateEntry, editEntry, moveEntry, deleteEntry
  case createTrack, deleteTrack
  case renameUser, removeUser, toggleMember, renameMilestone, renameStage
  case archivePipeline, archiveBoard, createPipeline, createBoard
  case renameTag, deleteTag, createTag, createField, deleteField, renameField
  case shakeSettings
  /// A record becomes invisible without a word, and returns as it was.
  case vanish, reappear
}

extension Account {
  /// The kinds a random mix is drawn from: all but the silent ones, unless the switch allows those.
  package var edits: [Edit] {
    let all = Edit.allCases
    return switches.vanishesSilently ? all : all.filter { $0 != .vanish && $0 != .reappear }
  }

  /// Makes so many random changes; answers how many of each kind took effect.
  ///
  /// The clock does not move: changes of one call share one second unless the caller moves it.
  @discardableResult
  package func edit(
    using random: inout some RandomNumberGenerator, count: Int
  ) -> [Edit: Int] {
    var done: [Edit: Int] = [:]
    let edits = edits
    for _ in 0..<count {
      let edit = random.pick(edits)
      if apply(edit, using: &random) { done[edit, default: 0] += 1 }
    }
    return done
  }

  /// Makes one random change of a kind. False when there is nothing to change.
  @discardableResult
  package func apply(_ edit: Edit, using random: inout some RandomNumberGenerator) -> Bool {
    // The account's own generator is moved by the caller's, so that both decide.
    generator = SplitMix64(seed: random.next())
    switch edit {
    case .createPerson: return createPerson() != 0
    case .createOrganisation: return createOrganisation() != 0
    case .createOpportunity: return createOpportunity() != nil
    case .createCase: return createCase() != nil
    case .createTask: return createTask() != 0
    case .createEntry: return createEntry() != nil
    case .describe, .rename, .tag, .untag, .setField, .clearField, .restrict, .unrestrict,
      .delete, .restore, .vanish, .reappear:
      return applyToRecord(edit)
    case .moveOpportunity, .valueOpportunity, .closeCase, .employ, .addEmail, .removeEmail,
      .addParty, .removeParty:
      return applyToParts(edit)
    case .describeTask, .completeTask, .deleteTask, .backdateEntry, .editEntry, .moveEntry,
      .deleteEntry, .createTrack, .deleteTrack:
      return applyToActivity(edit)
    default: return applyToReference(edit)
    }
  }

  private func anyRecord(_ entity: Entity) -> Common? {
    switch entity {
    case .parties: parties.any(&generator)?.common
    case .opportunities: opportunities.any(&generator)?.common
    case .kases: kases.any(&generator)?.common
    }
  }

  private func applyToRecord(_ edit: Edit) -> Bool {
    let entity = generator.pick(Entity.allCases)
    if edit == .restore {
      guard let buried = deletions[entity]?.randomElement(using: &generator) else { return false }
      return restore(entity, buried.id)
    }
    guard let record = anyRecord(entity) else { return false }
    let text = generator.pick(Vocabulary.sentences)
    switch edit {
    case .describe: return describe(entity, record.id, generator.chance(80) ? text : nil)
    case .rename: return rename(entity, record.id, "Renamed \(generator.int(1...9_999)) é")
    case .tag:
      guard let tag = tags[entity]?.any(&generator) else { return false }
      return self.tag(entity, record.id, with: tag.id)
    case .untag:
      guard let tag = record.tags.randomElement(using: &generator) else { return false }
      return self.tag(entity, record.id, with: tag, false)
    case .setField:
      guard let definition = definitions[entity]?.any(&generator) else { return false }
      return setField(entity, record.id, definition: definition.id)
    case .clearField:
      guard let field = record.fields.randomElement(using: &generator) else { return false }
      return setField(entity, record.id, definition: field.definition, false)
    case .restrict: return restrict(entity, record.id)
    case .vanish: return hide(entity, record.id)
    case .reappear: return record.isHidden && show(entity, record.id)
    case .unrestrict:
      return record.restrictedAt != nil && unrestrict(entity, record.id)
    default: return delete(entity, record.id)
    }
  }

  private func applyToParts(_ edit: Edit) -> Bool {
    guard let party = parties.any(&generator) else { return false }
    switch edit {
    case .moveOpportunity:
      guard let id = opportunities.any(&generator)?.id, let step = milestones.any(&generator)
      else { return false }
      return move(opportunity: id, to: step.id)
    case .valueOpportunity:
      guard let id = opportunities.any(&generator)?.id else { return false }
      return value(opportunity: id, Int64(generator.int(0...99_999_999)))
    case .closeCase:
      guard let kase = kases.any(&generator) else { return false }
      return close(kase: kase.id, !kase.isClosed)
    case .employ: return employ(party.id, at: generator.chance(70) ? anyOrganisation() : nil)
    case .addEmail: return addEmail("new\(generator.int(1...999))@mail.example", to: party.id)
    case .removeEmail: return removeEmail(from: party.id)
    default:
      let isDeal = generator.chance(60)
      let entity = isDeal ? Entity.opportunities : .kases
      guard let id = anyRecord(entity)?.id else { return false }
      if edit == .addParty { return addParty(party.id, to: entity, id) }
      let links = additionalParties(of: Parent(entity: entity, id: id))
      guard let linked = links.randomElement(using: &generator) else { return false }
      return removeParty(linked, from: entity, id)
    }
  }

  private func applyToActivity(_ edit: Edit) -> Bool {
    let task = tasks.any(&generator)?.id ?? 0
    let entry = entries.any(&generator)?.id ?? 0
    let text = generator.pick(Vocabulary.sentences)
    let past = now - generator.seconds(1...Account.history)
    switch edit {
    case .describeTask: return describe(task: task, text)
    case .completeTask: return complete(task: task)
    case .deleteTask: return delete(task: task)
    case .backdateEntry: return createEntry(at: past) != nil
    case .editEntry: return self.edit(entry: entry, text)
    case .moveEntry: return move(entry: entry, to: past)
    case .deleteEntry: return delete(entry: entry)
    case .createTrack: return createTrack() != nil
    default: return delete(track: tracks.any(&generator)?.id ?? 0)
    }
  }

  private func applyToReference(_ edit: Edit) -> Bool {
    let name = "Name \(generator.int(1...9_999)) ü"
    let entity = generator.pick(Entity.allCases)
    let user = users.any(&generator)?.id ?? 0
    let tag = tags[entity]?.any(&generator)?.id ?? 0
    let field = definitions[entity]?.any(&generator)?.id ?? 0
    let pipeline = pipelines.any(&generator)
    let board = boards.any(&generator)
    switch edit {
    case .renameUser: return rename(user: user, name)
    case .removeUser: return remove(user: user)
    case .toggleMember: return toggle(member: user, of: teams.any(&generator)?.id ?? 0)
    case .renameMilestone: return rename(milestone: milestones.any(&generator)?.id ?? 0, name)
    case .renameStage: return rename(stage: stages.any(&generator)?.id ?? 0, name)
    case .archivePipeline:
      return archive(pipeline: pipeline?.id ?? 0, pipeline?.isArchived == false)
    case .archiveBoard: return archive(board: board?.id ?? 0, board?.isArchived == false)
    case .createPipeline: return createPipeline(name) != 0
    case .createBoard: return createBoard(name) != 0
    case .renameTag: return rename(tag: tag, of: entity, name)
    case .deleteTag: return delete(tag: tag, of: entity)
    case .createTag: createTag(name, of: entity)
    case .createField:
      createField(name, type: generator.pick(Vocabulary.fields).type, of: entity)
    case .deleteField: return delete(field: field, of: entity)
    case .renameField: return rename(field: field, of: entity, name)
    default: shakeSettings(generator.int(0...11))
    }
    return true
  }
}
