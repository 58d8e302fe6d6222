package import Replication

extension CapsuleSource {
  /// Every table in the order in which it is read: small lists that others refer to first, then the
  /// records, then their deletions, then what costs one request for each parent.
  package static let catalogue: [Table] = [
    .users, .teams, .pipelines, .milestones, .lostReasons, .boards, .stages, .taskCategories,
    .activityTypes, .activityTypeIcons, .trackDefinitions, .personTitles, .goals, .restHooks,
    .customFields, .tagDefinitions, .countries, .currencies, .site,
    .parties, .deletedParties, .opportunities, .deletedOpportunities, .cases, .deletedCases,
    .tasks, .entries,
    .opportunityParties, .caseParties, .tracks,
  ]

  package static let allViews: [View] = [
    View(
      "employees", of: "parties", where: "\"type\" = 'person' AND \"organisation_id\" IS NOT NULL",
      reading: ["type", "organisation_id"]),
    View("projects", of: "cases"),
  ]
}
