import Simulation

/// Plausible records of every kind, drawn from the account's generator.
extension Account {
  func randomCommon(_ entity: Entity, at created: Int64) -> Common {
    let owner = generator.chance(85) ? users.any(&generator)?.id : users.rows.first?.id
    var common = Common(
      id: nextID(entity.rawValue), createdAt: created, updatedAt: later(than: created),
      owner: owner, team: generator.chance(30) ? teams.any(&generator)?.id : nil)
    if generator.chance(40) { common.lastContactedAt = later(than: created) }
    common.tags = (tags[entity]?.rows ?? []).map(\.id).filter { _ in generator.chance(20) }
    for definition in definitions[entity]?.rows ?? [] where generator.chance(30) {
      common.fields.append(randomValue(definition, entity))
    }
    return common
  }

  func randomValue(_ definition: Definition, _ entity: Entity) -> FieldValue {
    let content: FieldValue.Content
    switch definition.type {
    case "date": content = .text(CivilTime(pastInstant()).date)
    case "list": content = .text(generator.pick(Vocabulary.options))
    case "boolean": content = .yes
    case "number": content = .number(Int64(generator.int(0...5_000)))
    case "link": content = .text("https://files.example/{id}/\(generator.int(1...99))")
    case "multiselectlist":
      content = .choices(Vocabulary.options.filter { !$0.contains(";") && $0.count % 2 == 1 })
    default: content = .text("\(definition.name) \(generator.int(1...999)) – ok")
    }
    return FieldValue(id: nextID("values \(entity)"), definition: definition.id, content: content)
  }

  @discardableResult
  func addRandomOrganisation(at created: Int64) -> Int64 {
    let head = generator.pick(Vocabulary.companyHeads)
    let tail = generator.pick(Vocabulary.companyTails)
    let form = generator.pick(Vocabulary.companyForms)
    var party = Party(common: randomCommon(.parties, at: created), isPerson: false)
    // An organisation's name is unique; the number makes it so.
    party.name = "\(head) \(tail) \(form) \(party.id % 100_000)"
    addContacts(to: &party, host: "\(plain(head)).example", mailbox: "office")
    parties.add(party)
    organisationIDs.append(party.id)
    return party.id
  }

  @discardableResult
  func addRandomPerson(at created: Int64) -> Int64 {
    var party = Party(common: randomCommon(.parties, at: created), isPerson: true)
    party.firstName = generator.pick(Vocabulary.firstNames)
    party.lastName = generator.chance(95) ? generator.pick(Vocabulary.lastNames) : nil
    party.title = generator.chance(20) ? generator.pick(Vocabulary.titles) : nil
    party.jobTitle = generator.chance(60) ? generator.pick(Vocabulary.jobTitles) : nil
    if generator.chance(70) { party.organisation = anyOrganisation() }
    let mailbox = "\(plain(party.firstName ?? "info")).\(party.id)"
    addContacts(to: &party, host: "\(plain(party.lastName ?? "mail")).example", mailbox: mailbox)
    parties.add(party)
    return party.id
  }

  /// A living organisation; nil when none is found in a few draws.
  func anyOrganisation() -> Int64? {
    for _ in 0..<4 {
      guard let id = organisationIDs.randomElement(using: &generator) else { return nil }
      if parties.contains(id) { return id }
    }
    return nil
  }

  private func addContacts(to party: inout Party, host: String, mailbox: String) {
    if generator.chance(30) { party.about = generator.pick(Vocabulary.sentences) }
    for kind in ["Work", "Home"] where generator.chance(kind == "Work" ? 80 : 20) {
      party.emailAddresses.append(
        Contact(
          id: nextID("emails"), type: generator.chance(90) ? kind : nil,
          value: kind == "Work" ? "\(mailbox)@\(host)" : "\(mailbox)@home.example"))
    }
    for kind in ["Work", "Mobile", "Fax"] where generator.chance(35) {
      let number = "+44 161 496 \(generator.int(1_000...9_999))"
      party.phoneNumbers.append(Contact(id: nextID("phones"), type: kind, value: number))
    }
    for kind in ["Office", "Postal"] where generator.chance(30) {
      let place = generator.pick(Vocabulary.cities)
      party.addresses.append(
        Address(
          id: nextID("addresses"), type: kind, street: generator.pick(Vocabulary.streets),
          city: place.0, state: place.1.isEmpty ? nil : place.1, country: place.3, zip: place.2))
    }
    if generator.chance(40) {
      party.websites.append(
        Website(
          id: nextID("websites"), type: "Work", service: "URL", address: "www.\(host)",
          url: "https://www.\(host)"))
    }
    if generator.chance(15) {
      party.websites.append(
        Website(
          id: nextID("websites"), type: nil, service: "LINKED_IN", address: mailbox,
          url: "https://social.example/in/\(mailbox)"))
    }
  }

  /// Lower-case ASCII letters of a name, `x` when there are none.
  private func plain(_ name: String) -> String {
    let letters = name.lowercased().filter { $0.isASCII && $0.isLetter }
    return letters.isEmpty ? "x" : letters
  }

  @discardableResult
  func addRandomKase(at created: Int64) -> Int64? {
    guard let party = parties.any(&generator) else { return nil }
    let common = randomCommon(.kases, at: created)
    let isClosed = generator.chance(35)
    kases.add(
      Kase(
        common: common, name: "\(generator.pick(Vocabulary.projects)) – \(common.id % 1_000)",
        description: generator.chance(50) ? generator.pick(Vocabulary.sentences) : nil,
        party: party.id, isClosed: isClosed,
        opportunity: generator.chance(40) ? opportunities.any(&generator)?.id : nil,
        stage: generator.chance(70) ? stages.any(&generator)?.id : nil,
        expectedCloseOn: generator.chance(50)
          ? created / daySeconds + Int64(generator.int(7...90)) : nil,
        startOn: generator.chance(40) ? created / daySeconds : nil,
        closedOn: isClosed ? common.updatedAt / daySeconds : nil))
    return common.id
  }

  /// Any party, opportunity or case, parties most often.
  func anyParent() -> Parent? {
    let draw = generator.int(0...9)
    if draw < 3, let id = opportunities.any(&generator)?.id {
      return Parent(entity: .opportunities, id: id)
    }
    if draw < 5, let id = kases.any(&generator)?.id { return Parent(entity: .kases, id: id) }
    return parties.any(&generator).map { Parent(entity: .parties, id: $0.id) }
  }

  @discardableResult
  func addRandomTask(at created: Int64) -> Int64 {
    let owner = users.any(&generator)
    let isDone = generator.chance(45)
    let updated = later(than: created)
    let repetition = Repetition(interval: 1, frequency: "MONTHLY", on: "-1")
    let task = TodoTask(
      id: nextID("tasks"), description: generator.pick(Vocabulary.chores),
      detail: generator.chance(30) ? generator.pick(Vocabulary.sentences) : nil,
      category: generator.chance(70) ? categories.any(&generator)?.id : nil,
      dueOn: created / daySeconds + Int64(generator.int(0...40)),
      dueTime: generator.chance(30) ? "09:30" : nil, status: isDone ? .completed : .open,
      parent: generator.chance(85) ? anyParent() : nil, owner: owner?.id,
      completedBy: isDone ? owner?.username : nil, completedAt: isDone ? updated : nil,
      createdAt: created, updatedAt: updated,
      repetition: generator.chance(8) ? repetition : nil)
    tasks.add(task)
    return task.id
  }

  @discardableResult
  func addRandomEntry(at instant: Int64) -> Int64? {
    guard let parent = anyParent() else { return nil }
    let isMail = generator.chance(30)
    let isTask = !isMail && parent.entity == .parties && generator.chance(10)
    var entry = Entry(
      id: nextID("entries"), kind: isMail ? .email : isTask ? .task : .note, createdAt: instant,
      updatedAt: later(than: instant), entryAt: instant,
      content: generator.pick(Vocabulary.sentences), creator: users.any(&generator)?.id,
      activityType: isMail
        ? generator.pick([-5, -6]) : isTask ? -4 : generator.pick([-1, -2, -3]),
      parent: parent)
    if isMail {
      entry.subject = "Re: \(generator.pick(Vocabulary.projects))"
      addParticipants(to: &entry, parent)
    }
    if generator.chance(20) {
      entry.attachments.append(
        Attachment(
          id: nextID("attachments"), filename: "offer \(generator.int(1...99)).pdf",
          contentType: "application/pdf", size: Int64(generator.int(1_000...9_000_000))))
    }
    entries.add(entry)
    return entry.id
  }

  private func addParticipants(to entry: inout Entry, _ parent: Parent) {
    for role in ["FROM", "TO", "CC"] where role != "CC" || generator.chance(30) {
      let party = parties.any(&generator)
      if let party, !entry.parties.contains(party.id) { entry.parties.append(party.id) }
      entry.participants.append(
        Participant(
          id: nextID("participants"), address: party?.emailAddresses.first?.value,
          name: party?.sortName, role: role))
    }
    if parent.entity == .parties {
      entry.parent = nil
      if !entry.parties.contains(parent.id) { entry.parties.append(parent.id) }
    }
  }

  @discardableResult
  func addRandomTrack(at created: Int64) -> Int64? {
    guard let parent = anyParent(), let definition = trackDefinitions.any(&generator) else {
      return nil
    }
    let id = nextID("tracks")
    let owner = users.any(&generator)?.id
    let steps = definition.tasks.map { ($0, nextID("tasks")) }
    for (place, step) in steps.enumerated() {
      tasks.add(
        TodoTask(
          id: step.1, description: step.0.description, category: step.0.category,
          dueOn: created / daySeconds + step.0.daysAfter,
          status: place == 0 ? .open : .pending, parent: parent, owner: owner,
          createdAt: created, updatedAt: created, track: id,
          nextTask: place + 1 < steps.count ? steps[place + 1].1 : nil,
          daysAfter: step.0.daysAfter, taskDelayRule: step.0.daysAfterRule))
    }
    tracks.add(
      Track(
        id: id, description: definition.description, trackDateOn: created / daySeconds,
        direction: definition.direction, definition: definition.id, tasks: steps.map(\.1),
        parent: parent))
    return id
  }
}
