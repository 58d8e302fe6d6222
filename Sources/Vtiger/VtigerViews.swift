package import Model

/// What people read in a replica beside its tables.
extension VtigerSource {
  /// The views of `schema/views/vtiger`, each behind those that it reads, and the reports above
  /// them.
  package static let allViews: [View] =
    Reports.clock
    + [
      PackageResources.owners_sql, PackageResources.tasks_sql, PackageResources.opportunities_sql,
      PackageResources.parties_sql, PackageResources.cases_sql, PackageResources.activity_sql,
    ].flatMap { View.all(in: $0, reading: modules, supported: Reports.supports) }
    + Reports.views

  /// The tables that those views read where the account has them.
  private static let modules: Set<String> = [
    "accounts", "calendar", "cases", "contacts", "currency", "emails", "events", "groups",
    "help_desk", "leads", "mod_comments", "modules", "pbx_manager", "picklist_values",
    "potentials", "users",
  ]

  /// What a demonstration shows.
  package static let sampleReports = [
    SampleReport(
      "The pipeline now", words: ["sales stage"], numbers: ["deals", "amount"],
      """
      SELECT coalesce(sales_stage, ''), count(*), CAST(round(sum(amount)) AS INTEGER)
        FROM potentials WHERE _deleted_at IS NULL GROUP BY 1 ORDER BY 3 DESC, 1 LIMIT 10
      """),
    SampleReport(
      "Who owns most", words: ["user"], numbers: ["accounts", "contacts", "deals"],
      """
      SELECT u.user_name,
          (SELECT count(*) FROM accounts AS a
            WHERE a.assigned_user_id = u.id AND a.assigned_user_id_module = 'Users'
              AND a._deleted_at IS NULL),
          (SELECT count(*) FROM contacts AS c
            WHERE c.assigned_user_id = u.id AND c.assigned_user_id_module = 'Users'
              AND c._deleted_at IS NULL),
          (SELECT count(*) FROM potentials AS p
            WHERE p.assigned_user_id = u.id AND p.assigned_user_id_module = 'Users'
              AND p._deleted_at IS NULL)
        FROM users AS u WHERE u._deleted_at IS NULL ORDER BY 4 DESC, 1 LIMIT 5
      """),
    .changes,
  ]
}
