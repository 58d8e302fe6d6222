package import Model

/// What people read in a replica beside its tables.
extension VtigerSource {
  /// The views of `schema/views/vtiger`, each behind those that it reads, and the reports above
  /// them.
  package static let allViews = made.filter { $0.docs.kept == nil }

  /// The versions of deals, tasks and cases, with the columns that this account has.
  var versions: [View] {
    let records: [(view: String, tables: [String], record: String)] = [
      ("v_opportunity_versions", ["potentials"], "a deal"),
      ("v_task_versions", ["calendar"], "a task"),
      ("v_case_versions", ["cases", "help_desk"], "a case"),
    ]
    return records.flatMap { view, names, record -> [View] in
      // Where an account has both, cases took the place of the help desk.
      let table = names.lazy.compactMap { name in tables.first { $0.name == name } }.first
      guard let table else { return [] }
      return View.all(
        in: Array(VersionsScript(view, of: table, record).text.utf8), reading: [table.name])
    }
  }

  /// The views that the program makes for itself.
  package static let workingViews = made.filter { $0.docs.kept != nil }

  private static let made: [View] =
    Reports.clock
    + [
      PackageResources.owners_sql, PackageResources.tasks_sql, PackageResources.opportunities_sql,
      PackageResources.parties_sql, PackageResources.cases_sql, PackageResources.activity_sql,
      Array(past.text.utf8),
    ].flatMap { View.all(in: $0, reading: modules, supported: Reports.supports) }
    + Reports.views

  private static let past = PastScript(
    of: "potentials",
    [
      "created_at": "createdtime", "stage": "sales_stage", "pipeline": "pipeline",
      "amount": "amount", "probability": "probability", "owner_id": "assigned_user_id",
      "closes_on": "closingdate",
    ],
    select: """
      m.id AS milestone_id, NULL AS stage_at, NULL AS last_open_milestone_id,
        (SELECT x.currency_code FROM currency AS x WHERE x.defaultid = '-11' ORDER BY x.id LIMIT 1)
          AS currency,
        p.amount AS total_value, p.probability, p.owner_id,
        iif(m.is_closed, p.closes_on, NULL) AS closed_on
      """,
    joining: """

      LEFT JOIN v_pipeline AS l 
        ON l.id > 0 AND l.name = p.pipeline OR l.id = 0 AND p.pipeline IS NULL
      LEFT JOIN v_milestone AS m ON m.name = p.stage AND m.pipeline_id = l.id
      """)

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
