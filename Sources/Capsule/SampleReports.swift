package import Model

extension CapsuleSource {
  /// What a salesperson asks first, over the views and tables of a Capsule account.
  package static let sampleReports = [
    SampleReport.changes,
    SampleReport(
      "Open deals in GBP by milestone", words: ["pipeline", "milestone"],
      numbers: ["deals", "value"],
      """
      SELECT pipeline, milestone, deals, printf('%,d', total_value)
        FROM v_pipeline_snapshot WHERE currency = 'GBP' AND NOT pipeline_archived
        ORDER BY pipeline, milestone_id
      """),
    SampleReport(
      "Won by month and currency", words: ["month", "currency"], numbers: ["deals", "value"],
      """
      SELECT substr(month, 1, 7), currency, sum(won), printf('%,d', sum(won_value))
        FROM v_win_rate WHERE won > 0 AND currency IS NOT NULL
        GROUP BY month, currency ORDER BY month DESC, currency LIMIT 6
      """),
    SampleReport(
      "Gone, and why", words: ["table", "reason"], numbers: ["rows"],
      """
      SELECT 'parties', _deleted_reason, count(*) FROM parties
        WHERE _deleted_at IS NOT NULL GROUP BY 2
      UNION ALL
      SELECT 'opportunities', _deleted_reason, count(*) FROM opportunities
        WHERE _deleted_at IS NOT NULL GROUP BY 2
      UNION ALL
      SELECT 'cases', _deleted_reason, count(*) FROM cases WHERE _deleted_at IS NOT NULL GROUP BY 2
      UNION ALL
      SELECT 'tasks', _deleted_reason, count(*) FROM tasks WHERE _deleted_at IS NOT NULL GROUP BY 2
      """),
  ]
}
