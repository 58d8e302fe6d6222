import Simulation

/// Fills a new account. Everything is drawn from the account's generator, in a fixed order.
extension Account {
  /// How far back an account reaches: two years.
  static let history: Int64 = 730 * daySeconds

  func populate(_ size: AccountSize) {
    addUsers(size.users)
    addTeams(size.teams)
    addPipelines(size.pipelines)
    addBoards(size.boards)
    addSettings(size)
    for entity in Entity.allCases { addDefinitions(size, entity) }
    addParties(size.parties)
    opportunities.reserve(size.opportunities)
    for _ in 0..<size.opportunities where !parties.isEmpty {
      addRandomOpportunity(at: pastInstant())
    }
    kases.reserve(size.cases)
    for _ in 0..<size.cases where !parties.isEmpty { addRandomKase(at: pastInstant()) }
    tasks.reserve(size.tasks)
    for _ in 0..<size.tasks { addRandomTask(at: pastInstant()) }
    addTrackDefinitions(size.trackDefinitions)
    for _ in 0..<size.tracks { addRandomTrack(at: pastInstant()) }
    addLinks(size.additionalParties)
    entries.reserve(size.entries)
    for _ in 0..<size.entries { addRandomEntry(at: pastInstant()) }
  }

  /// An instant of the past two years, at least a minute ago. Some fall into the same second.
  func pastInstant() -> Int64 {
    let instant = now - generator.seconds(60...Account.history)
    return generator.chance(10) ? instant / 3_600 * 3_600 - 3_600 : instant
  }

  /// An instant between another and a minute ago.
  func later(than instant: Int64) -> Int64 {
    let latest = max(instant, now - 60)
    return generator.chance(40) ? instant : generator.seconds(instant...latest)
  }

  private func addUsers(_ count: Int) {
    for number in 0..<count {
      let first = Vocabulary.firstNames[number % Vocabulary.firstNames.count]
      let last = generator.pick(Vocabulary.lastNames)
      users.add(
        User(
          id: nextID("users"), username: "user\(number + 1)", name: "\(first) \(last)",
          isDeleted: count > 2 && number == count - 1, locale: generator.pick(["en_GB", "es_ES"]),
          currency: generator.pick(["GBP", "EUR"]), timezone: generator.pick(timezones),
          lastLoginAt: generator.chance(80) ? pastInstant() : nil,
          clickToCall: generator.chance(50) ? "TEL" : nil))
    }
  }

  private func addTeams(_ count: Int) {
    for number in 0..<count { addTeam(named(Vocabulary.teams, number)) }
  }

  func addTeam(_ name: String) {
    let created = pastInstant()
    let members = users.rows.map(\.id).filter { _ in generator.chance(50) }
    teams.add(
      Team(
        id: nextID("teams"), name: name, description: generator.chance(50) ? "Team \(name)" : nil,
        createdAt: created, updatedAt: later(than: created), members: members))
  }

  private func addPipelines(_ count: Int) {
    for number in 0..<count {
      addPipeline(
        named(Vocabulary.pipelines, number), isArchived: count > 2 && number == 0,
        at: now - Account.history - Int64(count - number) * daySeconds)
    }
  }

  @discardableResult
  func addPipeline(_ name: String, isArchived: Bool = false, at created: Int64) -> Int64 {
    let id = nextID("pipelines")
    pipelines.add(
      Lane(
        id: id, name: name, description: generator.chance(50) ? "The \(name) pipeline" : nil,
        isArchived: isArchived, createdAt: created, updatedAt: created))
    for step in Vocabulary.milestones {
      milestones.add(
        Milestone(
          id: nextID("milestones"), name: step.name, isComplete: step.isComplete,
          probability: step.probability, pipeline: id,
          daysUntilStale: step.isComplete ? nil : Int64(generator.int(7...60)),
          createdAt: created, updatedAt: created))
    }
    return id
  }

  private func addBoards(_ count: Int) {
    for number in 0..<count {
      addBoard(
        named(Vocabulary.boards, number), isArchived: count > 1 && number == 0,
        at: now - Account.history)
    }
  }

  @discardableResult
  func addBoard(_ name: String, isArchived: Bool = false, at created: Int64) -> Int64 {
    let id = nextID("boards")
    boards.add(
      Lane(id: id, name: name, isArchived: isArchived, createdAt: created, updatedAt: created))
    for (place, stage) in Vocabulary.stages.enumerated() {
      stages.add(
        Stage(
          id: nextID("stages"), name: stage, board: id, displayOrder: Int64(place),
          createdAt: created, updatedAt: created))
    }
    return id
  }

  private func addParties(_ count: Int) {
    parties.reserve(count)
    for number in 0..<count {
      if number % 4 == 0 {
        addRandomOrganisation(at: pastInstant())
      } else {
        addRandomPerson(at: pastInstant())
      }
    }
    for user in users.rows.prefix(3) {
      users.update(user.id) { $0.party = parties.any(&generator)?.id }
    }
  }

  private func addLinks(_ count: Int) {
    for _ in 0..<count {
      let isDeal = generator.chance(60)
      guard let party = parties.any(&generator)?.id,
        let id = isDeal ? opportunities.any(&generator)?.id : kases.any(&generator)?.id
      else { return }
      let parent = Parent(entity: isDeal ? .opportunities : .kases, id: id)
      link(party, to: parent)
    }
  }

  /// The name of a place, numbered when the list is exhausted.
  func named(_ names: [String], _ number: Int) -> String {
    number < names.count ? names[number] : "\(names[number % names.count]) \(number)"
  }
}

private let timezones = ["Europe/London", "Europe/Madrid", "America/New_York", "Asia/Tokyo"]
