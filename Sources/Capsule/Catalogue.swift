package import Model

/// Capsule's tables and views.
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

  /// The views, each behind those that it reads: tables renamed, then those of
  /// `schema/views/capsule` and the reports above them.
  package static let allViews = made.filter { $0.docs.kept == nil }

  /// The views that the program makes for itself.
  package static let workingViews = made.filter { $0.docs.kept != nil }

  private static let made: [View] =
    [
      View(
        "employees", of: "parties",
        where: "\"type\" = 'person' AND \"organisation_id\" IS NOT NULL",
        reading: ["type", "organisation_id"],
        ViewDocs(
          grain: "one row a person with an organisation.",
          "The living rows of `parties` whose `type` is `person` and whose `organisation_id` is "
            + "set. All columns of `parties`.")),
      View(
        "projects", of: "cases",
        ViewDocs(
          grain: "one row a case.",
          "The living rows of `cases` under the product's present name. All columns of `cases`.")),
    ]
    + Reports.clock
    + [
      PackageResources.owners_sql, PackageResources.opportunities_sql, PackageResources.parties_sql,
      PackageResources.tasks_sql, PackageResources.cases_sql, PackageResources.activity_sql,
      PackageResources.goals_sql, Array(past.text.utf8),
    ].flatMap { View.all(in: $0, reading: mirrored, supported: Reports.supports) }
    + Reports.views + View.all(in: Array(versions.utf8), reading: mirrored)

  private static let past = PastScript(
    of: "opportunities",
    [
      "created_at": "created_at", "milestone_id": "milestone_id",
      "stage_at": "last_stage_changed_at", "last_open_milestone_id": "last_open_milestone_id",
      "amount": "value_amount", "currency": "value_currency", "basis": "duration_basis",
      "duration": "duration", "probability": "probability", "owner_id": "owner_id",
      "closed_on": "closed_on",
    ],
    select: """
      p.milestone_id, p.stage_at, p.last_open_milestone_id, p.currency,
        p.amount * iif(coalesce(p.basis, 'FIXED') = 'FIXED', 1, coalesce(p.duration, 1))
          AS total_value,
        p.probability, p.owner_id, p.closed_on
      """)

  /// The versions of the records.
  private static let versions = [
    VersionsScript("v_opportunity_versions", of: .opportunities, "an opportunity"),
    VersionsScript("v_party_versions", of: .parties, "a party"),
    VersionsScript("v_case_versions", of: .cases, "a case"),
    VersionsScript("v_task_versions", of: .tasks, "a task"),
  ].map(\.text).joined(separator: "\n")

  /// Every mirrored table and every list inside a record, by name.
  private static let mirrored = Set(
    catalogue.flatMap { [$0.name] + $0.children.map(\.table) })
}
