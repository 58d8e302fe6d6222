import Simulation

/// Reference data for a new account, and single rows of it for an older one.
extension Account {
  func addSettings(_ size: AccountSize) {
    for (name, colour) in Vocabulary.categories {
      categories.add(Category(id: nextID("categories"), name: name, colour: colour))
    }
    let builtIn: [(Int64, String, String)] = [
      (-1, "Note", "NOTE"), (-2, "Meeting", "MEETING"), (-3, "Call", "PHONE"),
      (-4, "Task completed", "TASK"), (-5, "Email sent", "EMAIL"), (-6, "Email received", "EMAIL"),
    ]
    for (id, name, icon) in builtIn {
      activityTypes.add(
        ActivityType(id: id, name: name, icon: icon, updateLastContacted: id != -4))
    }
    activityTypes.add(
      ActivityType(
        id: nextID("activityTypes"), name: "Site visit", icon: nil, updateLastContacted: true))
    for number in 0..<size.lostReasons { addLostReason(named(Vocabulary.lostReasons, number)) }
    for number in 0..<size.titles {
      titles.add(Title(id: nextID("titles"), title: named(Vocabulary.extraTitles, number)))
    }
    for number in 0..<size.goals { addGoal("Goal \(number + 1)") }
    for number in 0..<size.restHooks { addRestHook(named(Vocabulary.hookEvents, number)) }
  }

  func addLostReason(_ name: String) {
    let created = pastInstant()
    lostReasons.add(
      LostReason(
        id: nextID("lostReasons"), name: name, includedForConversion: generator.chance(70),
        createdAt: created, updatedAt: created))
  }

  func addGoal(_ name: String) {
    let created = pastInstant()
    let start = created / daySeconds
    let type = generator.pick(Vocabulary.goalTypes)
    let counts = type.hasPrefix("1") || type.hasPrefix("2")
    let pipeline = pipelines.any(&generator)?.id
    goals.add(
      Goal(
        id: nextID("goals"), name: name, frequency: generator.pick(["MONTHLY", "YEARLY", "FIXED"]),
        startOn: start, endOn: start + 90, type: type,
        value: Int64(generator.int(1...500)) * (counts ? 100 : 12_345),
        currency: counts ? nil : "GBP", user: users.any(&generator)?.id,
        status: generator.pick(["UPCOMING", "ACTIVE", "COMPLETED", "MISSED"]), pipeline: pipeline,
        milestone: type.hasPrefix("16") ? milestones.any(&generator)?.id : nil,
        createdAt: created, updatedAt: created))
  }

  func addRestHook(_ event: String) {
    let created = pastInstant()
    let id = nextID("restHooks")
    restHooks.add(
      RestHook(
        id: id, event: event, targetURL: "https://hooks.example/\(id)",
        description: generator.chance(50) ? "Hook for \(event)" : nil,
        embed: generator.chance(50) ? "fields,tags" : nil, user: users.rows.first?.id,
        createdAt: created, updatedAt: created))
  }

  /// Ids start anew for each entity, so the same id means three definitions.
  func addDefinitions(_ size: AccountSize, _ entity: Entity) {
    tags[entity] = Shelf()
    definitions[entity] = Shelf()
    for number in 0..<size.tags {
      addTag(named(Vocabulary.tags, number), isData: number % 4 == 3, to: entity)
    }
    for number in 0..<size.fields {
      let kind = Vocabulary.fields[number % Vocabulary.fields.count]
      let isFirst = number < Vocabulary.fields.count
      addDefinition(isFirst ? kind.name : "\(kind.name) \(number)", type: kind.type, to: entity)
    }
  }

  func addTag(_ name: String, isData: Bool, to entity: Entity) {
    let id = nextID("tags \(entity)")
    let text = generator.chance(30) ? "About \(name)" : nil
    tags[entity]?.add(Tag(id: id, name: name, description: text, isData: isData))
  }

  func addDefinition(_ name: String, type: String, to entity: Entity) {
    let id = nextID("definitions \(entity)")
    let dataTags = tags[entity]?.rows.filter(\.isData).map(\.id) ?? []
    let isList = type == "list" || type == "multiselectlist"
    let rules = ["person", "organisation"]
    definitions[entity]?.add(
      Definition(
        id: id, name: name, description: generator.chance(20) ? "What \(name) means" : nil,
        type: type, displayOrder: id - 1_000, isImportant: generator.chance(30),
        tag: !dataTags.isEmpty && generator.chance(25) ? generator.pick(dataTags) : nil,
        captureRule: entity == .parties && generator.chance(25) ? generator.pick(rules) : nil,
        options: isList ? Vocabulary.options : []))
  }

  func addTrackDefinitions(_ count: Int) {
    for number in 0..<count { addTrackDefinition("Track \(number + 1)") }
  }

  func addTrackDefinition(_ description: String) {
    let created = pastInstant()
    let steps = (0..<generator.int(1...4)).map { order in
      TaskDefinition(
        id: nextID("taskDefinitions"), description: generator.pick(Vocabulary.chores),
        daysAfterRule: generator.pick(["TRACK_START", "LAST_TASK"]),
        daysAfter: Int64(generator.int(0...30)),
        dayDelayRule: generator.pick(["TRACK_DAYS", "TRACK_WORKDAYS", "TRACK_WEEKS"]),
        displayOrder: Int64(order), category: categories.any(&generator)?.id,
        assignee: generator.chance(30) ? users.any(&generator)?.id : nil, createdAt: created,
        updatedAt: created)
    }
    trackDefinitions.add(
      TrackDefinition(
        id: nextID("trackDefinitions"), description: description,
        tag: generator.chance(40) ? "VIP,Newsletter" : nil,
        captureRule: generator.pick(["OPPORTUNITY", "CASEFILE"]),
        direction: generator.pick(["START_DATE", "END_DATE"]), createdAt: created,
        updatedAt: created, tasks: steps))
  }
}
