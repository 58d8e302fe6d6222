package import Model

/// What people read in a replica beside its tables.
extension VtigerSource {
  /// The views of `schema/vtiger`.
  package static let allViews = View.all(in: PackageResources.freshness_sql, reading: [])

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
