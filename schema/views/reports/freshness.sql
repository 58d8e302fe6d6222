-- How far the replica is behind the account.

CREATE VIEW v_sync_freshness AS
-- Grain: one row a table.
-- How fresh each table is, and how its last run went.
--
-- table_name TEXT: The table.
-- last_run_date DATETIME: By Capsule's clock, UTC: all changes before it are in the replica. NULL before
--   the first complete reading.
-- hours_behind REAL: Hours from then until now, by this host's clock.
-- full_run_date DATETIME: By Capsule's clock, UTC: when everything was last read.
-- completed_at DATETIME: By Capsule's clock, UTC: when the last complete reading ended.
-- is_under_way BOOLEAN: Whether a reading has begun and has not ended.
-- living_rows INTEGER: Rows that live: those of its records that are not tombstones.
-- held_rows INTEGER: Rows that the last list lacked and that are kept, because they were many.
-- unstored_rows INTEGER: Records that could not be stored, see `_quarantine`.
-- newest_change_at DATETIME: When the replica last saw one of its rows change, UTC. NULL before.
-- last_verified_at DATETIME: When it was last compared with the account to the end, UTC. NULL if it never was.
-- last_run_id INTEGER: The last run that dealt with the table, → `_runs.id`.
-- last_outcome TEXT: How that went: `good`, `failed`, `held` or `unfinished`.
-- last_error TEXT: What went wrong, as a sentence.
-- Types: hours_behind is_under_way living_rows last_verified_at
SELECT
  c.table_name, c.last_run_date,
  round((julianday('now') - julianday(c.last_run_date)) * 24, 2) AS hours_behind,
  c.full_run_date, c.completed_at, c.pass_kind IS NOT NULL AS is_under_way,
  living_rows(c.table_name) AS living_rows, c.held_rows,
  c.unstored_rows, h.changed_at AS newest_change_at,
  (SELECT max(v.finished_at) FROM _verified_tables AS t
    JOIN _verifications AS v ON v.id = t.verification_id
    WHERE t.table_name = c.table_name AND t.error IS NULL) AS last_verified_at,
  r.run_id AS last_run_id, r.outcome AS last_outcome, r.error AS last_error
FROM _cursors AS c
LEFT JOIN (SELECT table_name, max(id) AS id FROM _history GROUP BY table_name) AS n
  ON n.table_name = c.table_name
LEFT JOIN _history AS h ON h.id = n.id
LEFT JOIN _run_tables AS r ON r.table_name = c.table_name
  AND r.run_id = (SELECT x.run_id FROM _run_tables AS x
    WHERE x.table_name = c.table_name ORDER BY x.run_id DESC LIMIT 1);
