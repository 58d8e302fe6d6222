/// The script of `v_opportunity_past`, one row a version of a deal, for `View.all`: the past as the
/// reports need it, of the deals in `_due`.
///
/// A version ends with a change in `_history`, which has what that change touched before it. Any
/// other column was then what the next change that touches it has before it, and without one it is
/// what it is now.
package struct PastScript {
  private let table: String
  private let columns: [(name: String, column: String)]
  private let select: String
  private let joining: String

  /// `columns` are those of the table that are read, under other names, `created_at` first;
  /// `select` makes of them, as columns of `p`, what the view shows behind that, with what
  /// `joining` brings.
  package init(
    of table: String, _ columns: KeyValuePairs<String, String>, select: String, joining: String = ""
  ) {
    self.joining = joining
    self.table = table
    self.columns = columns.map { ($0.key, $0.value) }
    self.select = select
  }

  package var text: String {
    """
    CREATE VIEW v_opportunity_past AS
    -- Grain: one row a version of an opportunity.
    -- What the replica has held of each living deal.
    --
    -- opportunity_id INTEGER: The deal.
    -- ended_by INTEGER: The change that ended the version. NULL now.
    -- ended_after DATETIME: When the replica had stored it, UTC.
    -- ended_at DATETIME: When the replica saw the next one, UTC.
    -- stored_at DATETIME: When the replica last changed the row, UTC.
    -- created_at DATETIME: When the record was made, UTC.
    -- milestone_id INTEGER: The milestone.
    -- stage_at DATETIME: Since when it is there, UTC, as the CRM says.
    -- last_open_milestone_id INTEGER: The last open milestone, as the CRM says.
    -- currency TEXT: Currency of the value.
    -- total_value REAL: Its total value.
    -- probability REAL: Percent.
    -- owner_id INTEGER: The owner.
    -- closed_on DATE: When it was closed.
    -- Of: \(table)
    -- Kept: nowhere
    SELECT
      p.opportunity_id, p.ended_by, p.ended_after, p.ended_at, p.stored_at, p.created_at,
      \(select)
    FROM (
      SELECT
        r.id AS opportunity_id, h.id AS ended_by, h.synced_before AS ended_after,
        h.changed_at AS ended_at, r._synced_at AS stored_at,
        \(columns.map { "\(former($0.column)) AS \($0.name)" }.joined(separator: ",\n    "))
      FROM _due AS d
      CROSS JOIN \(table) AS r ON r.id = d.id AND r._deleted_at IS NULL
      CROSS JOIN _history AS h
        ON h.table_name = '\(table)' AND h.row_key = +r.id AND h.change <> 'insert'
      UNION ALL
      SELECT
        r.id, NULL, NULL, NULL, r._synced_at,
        \(columns.map { "r.\($0.column)" }.joined(separator: ", "))
      FROM _due AS d
      CROSS JOIN \(table) AS r ON r.id = d.id AND r._deleted_at IS NULL
    ) AS p\(joining);
    """
  }

  /// What a column held in the version that a change ends.
  private func former(_ column: String) -> String {
    """
    (SELECT * FROM (SELECT w."before" FROM _history AS n
          CROSS JOIN _history_values AS w ON w.column_name = '\(column)' AND w.history_id = n.id
          WHERE n.table_name = '\(table)' AND n.row_key = h.row_key AND n.id >= h.id
          ORDER BY n.id LIMIT 1)
        UNION ALL SELECT r.\(column) LIMIT 1)
    """
  }
}
