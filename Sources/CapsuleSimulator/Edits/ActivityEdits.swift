/// New records, tasks and history.
extension Account {
  /// A new party with drawn contents, or a person under a given name.
  @discardableResult
  package func createPerson(_ firstName: String? = nil, _ lastName: String? = nil) -> Int64 {
    let id = addRandomPerson(at: now)
    let moment = stamp()
    parties.update(id) { party in
      party.common.updatedAt = moment
      if let firstName {
        party.firstName = firstName
        party.lastName = lastName
      }
    }
    return id
  }

  /// A new organisation, with a drawn name unless one is given.
  @discardableResult
  package func createOrganisation(_ name: String? = nil) -> Int64 {
    let id = addRandomOrganisation(at: now)
    let moment = stamp()
    parties.update(id) { party in
      party.common.updatedAt = moment
      if let name { party.name = name }
    }
    return id
  }

  /// A new opportunity; nil when there is no party or no milestone for it.
  @discardableResult
  package func createOpportunity(_ name: String? = nil, party: Int64? = nil) -> Int64? {
    guard let id = addRandomOpportunity(at: now) else { return nil }
    let moment = stamp()
    opportunities.update(id) { opportunity in
      opportunity.common.updatedAt = moment
      if let name { opportunity.name = name }
      if let party { opportunity.party = party }
    }
    return id
  }

  /// A new case; nil when there is no party for it.
  @discardableResult
  package func createCase(_ name: String? = nil, party: Int64? = nil) -> Int64? {
    guard let id = addRandomKase(at: now) else { return nil }
    let moment = stamp()
    kases.update(id) { kase in
      kase.common.updatedAt = moment
      if let name { kase.name = name }
      if let party { kase.party = party }
    }
    return id
  }

  /// A new task on any record.
  @discardableResult
  package func createTask() -> Int64 {
    let id = addRandomTask(at: now)
    let moment = stamp()
    tasks.update(id) { $0.updatedAt = moment }
    return id
  }

  /// Writes the text of a task.
  @discardableResult
  package func describe(task id: Int64, _ text: String) -> Bool {
    let moment = stamp()
    tasks.update(id) {
      $0.description = text
      $0.updatedAt = moment
    }
    return tasks.contains(id)
  }

  /// Completes a task. One of a party becomes an entry as well, and one of a track wakes the next.
  @discardableResult
  package func complete(task id: Int64) -> Bool {
    guard let task = tasks[id], task.status != .completed else { return false }
    let moment = stamp()
    let username = task.owner.flatMap { users[$0]?.username } ?? users.rows.first?.username
    tasks.update(id) {
      $0.status = .completed
      $0.completedBy = username
      $0.completedAt = now
      $0.updatedAt = moment
    }
    if let next = task.nextTask {
      tasks.update(next) {
        if $0.status == .pending { $0.status = .open }
        $0.updatedAt = moment
      }
    }
    if let parent = task.parent, parent.entity == .parties {
      let entry = nextID("entries")
      entries.add(
        Entry(
          id: entry, kind: .task, createdAt: now, updatedAt: now, entryAt: now,
          content: task.description, creator: task.owner, activityType: -4, parent: parent))
      happened(to: entry)
      contact(parent)
    }
    return true
  }

  /// A new note or e-mail; at another instant than now when one is given. Nil without records.
  @discardableResult
  package func createEntry(at instant: Int64? = nil) -> Int64? {
    guard let id = addRandomEntry(at: now) else { return nil }
    let moment = stamp()
    entries.update(id) {
      $0.updatedAt = moment
      $0.entryAt = instant ?? now
    }
    happened(to: id)
    if let parent = entries[id]?.parent { contact(parent) }
    return id
  }

  /// Writes the text of an entry. Its place in the timeline stays.
  @discardableResult
  package func edit(entry id: Int64, _ text: String) -> Bool {
    let moment = stamp()
    entries.update(id) {
      $0.content = text
      $0.updatedAt = moment
    }
    happened(to: id, isEdit: true)
    return entries.contains(id)
  }

  /// Moves an entry to another place in the timeline.
  @discardableResult
  package func move(entry id: Int64, to instant: Int64) -> Bool {
    let moment = stamp()
    entries.update(id) {
      $0.entryAt = instant
      $0.updatedAt = moment
    }
    happened(to: id, isEdit: true)
    return entries.contains(id)
  }

  /// Notes what the feed of activities tells of an entry.
  func happened(to entry: Int64, isEdit: Bool = false, isDeletion: Bool = false) {
    let id = Int64(activities.count + 1)
    activities.append(
      Activity(id: id, createdAt: now, entry: entry, isEdit: isEdit, isDeletion: isDeletion))
  }

  /// Applies a track to a record, with its tasks. Nil without definitions or records.
  @discardableResult
  package func createTrack() -> Int64? {
    addRandomTrack(at: now)
  }

  /// Notes a contact with a record, and with a person's employer, silently.
  private func contact(_ parent: Parent) {
    update(parent.entity, parent.id) { $0.lastContactedAt = now }
    touchSilently(parent.entity, parent.id)
    guard parent.entity == .parties, let employer = parties[parent.id]?.organisation else { return }
    update(.parties, employer) { $0.lastContactedAt = now }
    touchSilently(.parties, employer)
  }
}
