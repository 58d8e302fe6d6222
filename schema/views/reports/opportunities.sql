-- What is wrong with the open deals.

CREATE VIEW v_stale_opportunities AS
-- Grain: one row an open opportunity that is stale.
-- Deals that have stood at their milestone for as long as its `days_until_stale` or longer. That is how
-- stale is read here: Capsule's reference does not define it, and may count from the last contact. Where
-- milestones have no such number, none is stale.
--
-- id INTEGER: Capsule's id, → `opportunities.id`.
-- name TEXT: Name of the deal.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- owner_id INTEGER: The user who owns the deal, → `users.id`.
-- owner TEXT: Name of the user.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: Where the deal stands, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- value_currency TEXT: Currency of the value, → `currencies.code`.
-- total_value REAL: Its total value, as in `v_opportunity`.
-- expected_close_on DATE: When the deal is expected to close.
-- last_contacted_at DATETIME: When there was last contact about the deal, UTC.
-- last_stage_changed_at DATETIME: When the milestone last changed, UTC.
-- days_in_stage INTEGER: Whole days at this milestone.
-- days_until_stale INTEGER: The milestone's `days_until_stale`.
-- days_over INTEGER: Days beyond that.
-- Types: days_over
SELECT
  id, name, party_id, party, owner_id, owner, pipeline_id, pipeline, milestone_id, milestone,
  value_currency, total_value, expected_close_on, last_contacted_at, last_stage_changed_at,
  days_in_stage, days_until_stale, days_in_stage - days_until_stale AS days_over
FROM v_opportunity
WHERE is_stale;

CREATE VIEW v_slippage AS
-- Grain: one row a change of an opportunity's expected close.
-- How the expected close of living deals has moved, as far as the replica has seen it: several changes
-- between two runs are one here, and a change seen when a deleted deal came back is among them. What
-- `history.keep` has removed is missing.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- owner_id INTEGER: The user who owns it now, → `users.id`.
-- owner TEXT: Name of the user.
-- pipeline_id INTEGER: The pipeline it is in now, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- state TEXT: Its state now: `open`, `won` or `lost`.
-- value_currency TEXT: Currency of the value, → `currencies.code`.
-- total_value REAL: Its total value now.
-- changed_after DATETIME: When the replica had stored the date before, UTC.
-- changed_by DATETIME: When the replica saw the change, UTC.
-- expected_before DATE: The expected close before. NULL when there was none.
-- expected_after DATE: The expected close after. NULL when it was taken away.
-- days_moved INTEGER: Days from the one to the other: positive for later, negative for earlier, NULL
--   when one of them is missing.
-- expected_close_on DATE: The expected close now.
-- Types: all
SELECT
  o.id AS opportunity_id, o.name AS opportunity, o.owner_id, o.owner, o.pipeline_id, o.pipeline,
  o.state, o.value_currency, o.total_value,
  h.synced_before AS changed_after, h.changed_at AS changed_by,
  v."before" AS expected_before, v."after" AS expected_after,
  CAST(julianday(v."after") - julianday(v."before") AS INTEGER) AS days_moved,
  o.expected_close_on
FROM _history_values AS v
JOIN _history AS h ON h.id = v.history_id AND h.table_name = 'opportunities'
JOIN v_opportunity AS o ON o.id = h.row_key
WHERE v.column_name = 'expected_close_on';
