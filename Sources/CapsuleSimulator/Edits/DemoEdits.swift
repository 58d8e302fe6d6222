import Simulation

/// The changes of a day's work, for the demonstration to tell.
package struct DemoSummary: Sendable, Hashable {
  /// Parties created.
  package var newParties = 0
  /// Opportunities created.
  package var newOpportunities = 0
  /// Cases created.
  package var newCases = 0
  /// Tasks created, those of tracks not counted.
  package var newTasks = 0
  /// Notes and e-mails written.
  package var newEntries = 0
  /// Parties described, tagged or given an address.
  package var changedParties = 0
  /// Opportunities moved to their next milestone.
  package var movedOpportunities = 0
  /// Opportunities whose amount rose.
  package var revaluedOpportunities = 0
  /// Opportunities whose expected close moved to a later day.
  package var postponedOpportunities = 0
  /// Opportunities that reached a won milestone.
  package var wonOpportunities = 0
  /// Cases closed.
  package var closedCases = 0
  /// Tasks completed.
  package var completedTasks = 0
  /// Parties deleted.
  package var deletedParties = 0
  /// Opportunities deleted, those of deleted parties included.
  package var deletedOpportunities = 0
  /// Cases deleted, those of deleted parties included.
  package var deletedCases = 0
  /// Tasks that went, with their record or alone.
  package var deletedTasks = 0
  /// Entries that went, with their record or alone.
  package var deletedEntries = 0
  /// The party that became private.
  package var restrictedParty: Int64?
  /// The organisation that was renamed, its old and its new name.
  package var renamedOrganisation: Renaming?
  /// The milestone that was renamed.
  package var renamedMilestone: Renaming?

  /// A record that changed its name.
  package struct Renaming: Sendable, Hashable {
    /// The record.
    package let id: Int64
    /// Its name before.
    package let old: String
    /// Its name since.
    package let new: String
  }
}

extension Account {
  /// A plausible day: some hundred changes, a few deletions, one restricted record.
  ///
  /// The clock moves a few seconds with each change, less than an hour in all.
  package func demoEdits() -> DemoSummary {
    var summary = DemoSummary()
    createForDemo(&summary)
    changeForDemo(&summary)
    renameForDemo(&summary)
    deleteForDemo(&summary)
    return summary
  }

  private func tick() {
    now += Int64(generator.int(1...9))
  }

  private func createForDemo(_ summary: inout DemoSummary) {
    for _ in 0..<12 {
      tick()
      if generator.chance(30) { createOrganisation() } else { createPerson() }
      summary.newParties += 1
    }
    for _ in 0..<8 {
      tick()
      if createOpportunity() != nil { summary.newOpportunities += 1 }
    }
    for _ in 0..<4 {
      tick()
      if createCase() != nil { summary.newCases += 1 }
    }
    for _ in 0..<15 {
      tick()
      createTask()
      summary.newTasks += 1
    }
    for _ in 0..<25 {
      tick()
      if createEntry() != nil { summary.newEntries += 1 }
    }
  }

  private func changeForDemo(_ summary: inout DemoSummary) {
    var changed: Set<Int64> = []
    for number in 0..<60 {
      tick()
      guard let party = parties.any(&generator) else { continue }
      switch number % 3 {
      case 0: describe(.parties, party.id, generator.pick(Vocabulary.sentences))
      case 1: addEmail("new\(number)@mail.example", to: party.id)
      default:
        if let label = tags[.parties]?.any(&generator) {
          tag(.parties, party.id, with: label.id)
        }
      }
      changed.insert(party.id)
    }
    summary.changedParties = changed.count
    var moved: Set<Int64> = []
    var won: Set<Int64> = []
    for _ in 0..<30 {
      tick()
      guard
        let deal = opportunities.rows.filter({ $0.closedOn == nil }).randomElement(
          using: &generator), let current = milestones[deal.milestone],
        let step = milestones.rows.filter({ $0.pipeline == current.pipeline && $0.id > current.id })
          .first
      else { continue }
      move(opportunity: deal.id, to: step.id)
      moved.insert(deal.id)
      if step.probability == 100 { won.insert(deal.id) }
    }
    summary.movedOpportunities = moved.count
    summary.wonOpportunities = won.count
    var revalued: Set<Int64> = []
    for _ in 0..<20 {
      tick()
      guard let deal = opportunities.any(&generator) else { continue }
      value(opportunity: deal.id, (deal.amount ?? 100_000) * 11 / 10)
      revalued.insert(deal.id)
    }
    summary.revaluedOpportunities = revalued.count
    for deal in opportunities.rows.filter({ $0.closedOn == nil }).prefix(9) {
      tick()
      if postpone(opportunity: deal.id, days: 30) { summary.postponedOpportunities += 1 }
    }
    for kase in kases.rows.filter({ !$0.isClosed }).prefix(6) {
      tick()
      if close(kase: kase.id) { summary.closedCases += 1 }
    }
    for task in tasks.rows.filter({ $0.status == .open }).prefix(25) {
      tick()
      if complete(task: task.id) { summary.completedTasks += 1 }
    }
  }

  private func renameForDemo(_ summary: inout DemoSummary) {
    tick()
    let employers = parties.rows.compactMap(\.organisation)
    if let id = employers.first, let party = parties[id] {
      let name = "\(party.name) (formerly)"
      summary.renamedOrganisation = .init(id: id, old: party.name, new: name)
      rename(.parties, id, name)
    }
    if let milestone = milestones.rows.last(where: { !$0.isComplete }) {
      summary.renamedMilestone = .init(
        id: milestone.id, old: milestone.name, new: "Contract talks")
      rename(milestone: milestone.id, "Contract talks")
    }
  }

  private func deleteForDemo(_ summary: inout DemoSummary) {
    let parties = deletions[.parties]?.count ?? 0
    let opportunities = deletions[.opportunities]?.count ?? 0
    let cases = deletions[.kases]?.count ?? 0
    let before = (tasks: tasks.count, entries: entries.count)
    for entity in [Entity.parties, .parties, .parties, .opportunities, .opportunities, .kases] {
      tick()
      guard let id = visibleIDs(entity).randomElement(using: &generator) else { continue }
      delete(entity, id)
    }
    for _ in 0..<3 {
      tick()
      if let task = tasks.any(&generator) { delete(task: task.id) }
      if let entry = entries.any(&generator) { delete(entry: entry.id) }
    }
    tick()
    if let id = visibleIDs(.parties).randomElement(using: &generator), restrict(.parties, id) {
      summary.restrictedParty = id
    }
    summary.deletedParties = (deletions[.parties]?.count ?? 0) - parties
    summary.deletedOpportunities = (deletions[.opportunities]?.count ?? 0) - opportunities
    summary.deletedCases = (deletions[.kases]?.count ?? 0) - cases
    summary.deletedTasks = before.tasks - tasks.count
    summary.deletedEntries = before.entries - entries.count
  }
}
