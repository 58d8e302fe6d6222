import Simulation

/// Deals as a sales team has them: old ones mostly decided, recent ones mostly open.
extension Account {
  /// A deal created at an instant; nil when there is no party or no milestone for it.
  @discardableResult
  func addRandomOpportunity(at created: Int64) -> Int64? {
    guard let party = parties.any(&generator), let milestone = randomMilestone(at: created) else {
      return nil
    }
    let common = randomCommon(.opportunities, at: created)
    let isOnce = generator.chance(70)
    var opportunity = Opportunity(
      common: common, name: "\(generator.pick(Vocabulary.projects)) #\(common.id % 1_000)",
      description: generator.chance(40) ? generator.pick(Vocabulary.sentences) : nil,
      party: party.id, milestone: milestone.id, lastOpenMilestone: milestone.id,
      probability: milestone.probability,
      durationBasis: isOnce ? "FIXED" : generator.pick(["HOUR", "MONTH", "YEAR"]),
      duration: isOnce ? nil : Int64(generator.int(1...24)), lastStageChangedAt: created)
    if generator.chance(90) {
      let large = generator.chance(15)
      let amount = generator.int(large ? 1_000_000...9_999_999 : 5_000...999_999)
      opportunity.amount = generator.chance(95) ? Int64(amount) : nil
      opportunity.currency = generator.pick(["GBP", "GBP", "GBP", "EUR", "USD"])
    }
    opportunity.expectedCloseOn = created / daySeconds + Int64(generator.int(14...180))
    if milestone.isComplete { decide(&opportunity, milestone) }
    opportunities.add(opportunity)
    return common.id
  }

  private func randomMilestone(at created: Int64) -> Milestone? {
    let isOld = created < now - 150 * daySeconds
    let isDecided = generator.chance(isOld ? 88 : 20)
    let lanes = Set(pipelines.rows.filter { isOld || !$0.isArchived }.map(\.id))
    let isWon = generator.chance(55)
    let fitting = milestones.rows.filter { milestone in
      lanes.contains(milestone.pipeline) && milestone.isComplete == isDecided
        && (!isDecided || (milestone.probability > 0) == isWon)
    }
    return fitting.randomElement(using: &generator) ?? milestones.any(&generator)
  }

  /// Closes a deal a few weeks after it was created, at the latest now.
  private func decide(_ opportunity: inout Opportunity, _ milestone: Milestone) {
    let weeks = generator.seconds(5 * daySeconds...140 * daySeconds)
    let created = opportunity.common.createdAt
    let closed = max(created, min(created + weeks, now - 60))
    opportunity.closedOn = closed / daySeconds
    opportunity.lastStageChangedAt = closed
    opportunity.common.updatedAt = max(opportunity.common.updatedAt, closed)
    opportunity.lastOpenMilestone =
      milestones.rows.last { $0.pipeline == milestone.pipeline && !$0.isComplete }?.id
    if milestone.probability == 0 {
      opportunity.lostReason = lostReasons.any(&generator)?.id
    }
  }
}
