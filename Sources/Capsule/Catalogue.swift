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
  package static let allViews: [View] =
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
      PackageResources.pipeline_sql, PackageResources.daily_sql,
    ].flatMap { View.all(in: $0, reading: mirrored, supported: Reports.supports) }
    + Reports.views + View.all(in: Array(versions.utf8), reading: mirrored)

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
