-- Deals, where they stand, and what counts as open, won and lost.
--
-- `LIMIT -1` has SQLite work `v_milestone` out once, and not for each deal that asks for one of its rows. A
-- key behind `+` is compared as it is: `row_key` has no type, and only so does its index serve.

CREATE VIEW v_pipeline AS
-- Grain: one row a pipeline.
-- The account's one pipeline, and those that deals name where the account has several.
--
-- id INTEGER: Its number in the reports: 0 for deals that name none.
-- name TEXT: Its name; of the one without a name, how the account calls its deals.
-- is_archived BOOLEAN: Whether the account's list of pipelines has it no more.
-- Of: potentials
-- Types: id name is_archived
SELECT
  0 AS id, coalesce((SELECT m.label FROM modules AS m WHERE m.name = 'Potentials'), 'Potentials') AS name,
  0 AS is_archived
UNION ALL
SELECT row_number() OVER (ORDER BY n.name), n.name, n.name NOT IN (
    SELECT v.value FROM picklist_values AS v
    WHERE v.module = 'Potentials' AND v.field = 'pipeline' AND v._deleted_at IS NULL)
FROM (
  SELECT v.value AS name FROM picklist_values AS v
  WHERE v.module = 'Potentials' AND v.field = 'pipeline'
  UNION
  SELECT o.pipeline FROM potentials AS o WHERE o.pipeline IS NOT NULL
) AS n;

CREATE VIEW v_milestone AS
-- Grain: one row a pipeline and a sales stage.
-- Where deals stand: every sales stage that the account lists or that a deal has, in each pipeline.
--
-- id INTEGER: Its number in the reports: a thousand times the pipeline's, and its place.
-- name TEXT: The sales stage.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the account's list of pipelines has it no more.
-- probability INTEGER: NULL: stages have none, deals do.
-- place INTEGER: How far along the pipeline it is: its place in the account's list.
-- state TEXT: What a deal there is: `won` at `Closed Won`, `lost` at `Closed Lost`, NULL at another one whose
--   deals Vtiger calls closed, else `open`.
-- is_closed BOOLEAN: Whether a deal there is closed.
-- days_until_stale INTEGER: NULL: Vtiger has no such rule.
-- is_listed BOOLEAN: Whether the account still lists the stage.
-- Of: potentials
-- Types: id pipeline_id pipeline pipeline_archived probability place state is_closed days_until_stale is_listed
SELECT
  l.id * 1000 + s.place AS id, s.name, l.id AS pipeline_id, l.name AS pipeline,
  l.is_archived AS pipeline_archived, NULL AS probability, s.place,
  CASE
    WHEN s.name = 'Closed Won' THEN 'won'
    WHEN s.name = 'Closed Lost' THEN 'lost'
    WHEN s.is_closed THEN NULL
    ELSE 'open'
  END AS state,
  s.name IN ('Closed Won', 'Closed Lost') OR s.is_closed AS is_closed, NULL AS days_until_stale,
  s.is_listed
FROM v_pipeline AS l
CROSS JOIN (
  SELECT
    name, max(is_listed) AS is_listed, max(is_closed) AS is_closed,
    row_number() OVER (ORDER BY min(position) NULLS LAST, name) AS place
  FROM (
    SELECT
      v.value AS name, v.position, v._deleted_at IS NULL AS is_listed, 0 AS is_closed
    FROM picklist_values AS v
    WHERE v.module = 'Potentials' AND v.field = 'sales_stage'
    UNION ALL
    SELECT o.sales_stage, NULL, 0, coalesce(max(o.isclosed), 0) FROM potentials AS o
    WHERE o.sales_stage IS NOT NULL
    GROUP BY o.sales_stage
  )
  GROUP BY name
) AS s;

CREATE VIEW v_opportunity AS
-- Grain: one row an opportunity.
-- Every living deal with the names of what it refers to, its state, and how long it has been where it is.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `potentials.id`.
-- name TEXT: Name of the deal.
-- party_id INTEGER: Its contact, or else its organisation, → `v_party.id`.
-- party TEXT: Name of that.
-- organisation_id INTEGER: Its organisation, → `accounts.id`.
-- organisation TEXT: Name of that.
-- owner_id INTEGER: The user or group whom the deal is assigned to now, → `v_owner.id`.
-- owner TEXT: Name of that.
-- team_id INTEGER: The same if it is a group, → `groups.id`.
-- team TEXT: Name of the group.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the account's list of pipelines has it no more.
-- milestone_id INTEGER: The sales stage at which the deal stands, → `v_milestone.id`.
-- milestone TEXT: The sales stage.
-- state TEXT: `won` at `Closed Won`, `lost` at `Closed Lost`, NULL where Vtiger calls the deal closed without
--   either or it has no stage, else `open`.
-- is_closed BOOLEAN: Whether it is won or lost or Vtiger calls it closed.
-- last_open_milestone_id INTEGER: The last sales stage at which the replica saw it open before it was closed,
--   → `v_milestone.id`.
-- last_open_milestone TEXT: That sales stage.
-- lost_reason_id INTEGER: NULL: Vtiger has no such list.
-- lost_reason TEXT: NULL.
-- counts_for_conversion BOOLEAN: Whether the deal belongs in a win rate: won and lost ones do. NULL while it is
--   neither.
-- value_amount REAL: The amount.
-- value_currency TEXT: The account's base currency, in which Vtiger has all amounts of deals.
-- duration_basis TEXT: NULL: amounts of deals do not repeat.
-- duration INTEGER: NULL.
-- total_value REAL: The amount.
-- probability INTEGER: Percent, as the deal has it.
-- weighted_value REAL: The amount times the probability.
-- fx_rate REAL: From `fx_rates`: the latest rate of the currency not after `closed_on`, or not after today
--   while the deal is open. NULL without one.
-- base_value REAL: The amount by that rate.
-- expected_close_on DATE: When the deal is expected to close.
-- is_overdue BOOLEAN: Whether it is open and that day has passed.
-- closed_on DATE: The same day once it is won or lost or closed: Vtiger has no other.
-- days_to_close INTEGER: Days from `created_on` to `closed_on`, not less than 0. NULL while it is open.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Vtiger, UTC.
-- last_contacted_at DATETIME: NULL: not known.
-- last_stage_changed_at DATETIME: When the replica saw the stage change last, UTC. NULL if it never did.
-- days_in_stage INTEGER: Whole days since then, or since the record was made; not less than 0. NULL unless it is
--   open.
-- days_until_stale INTEGER: NULL: Vtiger has no such rule.
-- is_stale BOOLEAN: 0, therefore.
-- open_tasks INTEGER: Tasks about it that are open.
-- next_task_due_on DATE: The earliest due date of those.
-- missing_important_fields BOOLEAN: NULL: Vtiger does not tell.
-- Of: potentials
-- Types: party_id party organisation owner team_id team pipeline_id pipeline pipeline_archived milestone_id
--   state is_closed last_open_milestone_id last_open_milestone lost_reason_id lost_reason
--   counts_for_conversion value_currency duration_basis duration total_value probability weighted_value fx_rate
--   base_value is_overdue closed_on days_to_close created_on last_contacted_at last_stage_changed_at
--   days_in_stage days_until_stale is_stale open_tasks next_task_due_on missing_important_fields
SELECT
  d.id, d.name, d.party_id, d.party, d.organisation_id, d.organisation, d.owner_id, d.owner, d.team_id,
  d.team, d.pipeline_id, d.pipeline, d.pipeline_archived, d.milestone_id, d.milestone, d.state, d.is_closed,
  d.last_open_id AS last_open_milestone_id,
  (SELECT a.name FROM (SELECT id, name FROM v_milestone LIMIT -1) AS a WHERE a.id = d.last_open_id)
    AS last_open_milestone,
  NULL AS lost_reason_id, NULL AS lost_reason,
  iif(d.state IN ('won', 'lost'), 1, NULL) AS counts_for_conversion,
  d.amount AS value_amount, d.value_currency, NULL AS duration_basis, NULL AS duration,
  d.amount AS total_value, CAST(round(d.probability) AS INTEGER) AS probability,
  round(d.amount * d.probability / 100.0, 4) AS weighted_value, d.fx_rate,
  round(d.amount * d.fx_rate, 4) AS base_value, d.closingdate AS expected_close_on,
  d.state IS 'open' AND d.closingdate IS NOT NULL AND d.closingdate < today() AS is_overdue,
  iif(d.is_closed, d.closingdate, NULL) AS closed_on,
  CASE WHEN d.state IN ('won', 'lost') THEN
    CAST(max(0, julianday(d.closingdate) - julianday(d.created_on)) AS INTEGER)
  END AS days_to_close,
  d.created_on, d.created_at, d.updated_at, NULL AS last_contacted_at, d.last_stage_changed_at,
  CASE WHEN d.state = 'open' THEN
    CAST(max(0, julianday('now') - julianday(coalesce(d.last_stage_changed_at, d.created_at))) AS INTEGER)
  END AS days_in_stage,
  NULL AS days_until_stale, 0 AS is_stale,
  coalesce(k.tasks, 0) AS open_tasks, k.due_on AS next_task_due_on,
  NULL AS missing_important_fields
FROM (
  SELECT
    o.id, o.potentialname AS name, coalesce(o.contact_id, o.related_to) AS party_id,
    CASE WHEN o.contact_id IS NULL THEN g.accountname ELSE (
      SELECT nullif(trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')), '')
      FROM contacts AS c WHERE c.id = o.contact_id)
    END AS party,
    o.related_to AS organisation_id, g.accountname AS organisation, o.assigned_user_id AS owner_id,
    (SELECT u.name FROM v_owner AS u WHERE u.id = o.assigned_user_id) AS owner,
    iif(o.assigned_user_id_module = 'Groups', o.assigned_user_id, NULL) AS team_id,
    (SELECT t.groupname FROM groups AS t
      WHERE o.assigned_user_id_module = 'Groups' AND t.id = o.assigned_user_id) AS team,
    l.id AS pipeline_id, l.name AS pipeline, l.is_archived AS pipeline_archived, m.id AS milestone_id,
    o.sales_stage AS milestone,
    CASE
      WHEN o.sales_stage = 'Closed Won' THEN 'won'
      WHEN o.sales_stage = 'Closed Lost' THEN 'lost'
      WHEN o.isclosed = 1 OR o.sales_stage IS NULL THEN NULL
      ELSE 'open'
    END AS state,
    o.sales_stage IN ('Closed Won', 'Closed Lost') OR o.isclosed IS 1 AS is_closed,
    CASE WHEN o.sales_stage IN ('Closed Won', 'Closed Lost') OR o.isclosed IS 1 THEN (
      SELECT a.id
      FROM _history AS h
      CROSS JOIN _history_values AS v ON v.column_name = 'sales_stage' AND v.history_id = h.id
      CROSS JOIN (SELECT id, name, pipeline_id, state FROM v_milestone LIMIT -1) AS a
        ON a.name = v."before" AND a.pipeline_id = l.id AND a.state = 'open'
      WHERE h.table_name = 'potentials' AND h.row_key = +o.id
      ORDER BY h.id DESC LIMIT 1)
    END AS last_open_id,
    o.amount,
    (SELECT x.currency_code FROM currency AS x WHERE x.defaultid = '-11' ORDER BY x.id LIMIT 1)
      AS value_currency,
    o.probability,
    (SELECT f.rate FROM fx_rates AS f
      WHERE f.currency = (
          SELECT x.currency_code FROM currency AS x WHERE x.defaultid = '-11' ORDER BY x.id LIMIT 1)
        AND f.day <= coalesce(iif(o.sales_stage IN ('Closed Won', 'Closed Lost'), o.closingdate, NULL),
          today())
      ORDER BY f.day DESC LIMIT 1) AS fx_rate,
    o.closingdate, local_day(o.createdtime) AS created_on, o.createdtime AS created_at,
    o.modifiedtime AS updated_at,
    (SELECT h.changed_at
      FROM _history AS h
      CROSS JOIN _history_values AS v ON v.column_name = 'sales_stage' AND v.history_id = h.id
      WHERE h.table_name = 'potentials' AND h.row_key = +o.id
      ORDER BY h.id DESC LIMIT 1) AS last_stage_changed_at
  FROM potentials AS o
  LEFT JOIN v_pipeline AS l ON l.id > 0 AND l.name = o.pipeline OR l.id = 0 AND o.pipeline IS NULL
  LEFT JOIN v_milestone AS m ON m.name = o.sales_stage AND m.pipeline_id = l.id
  LEFT JOIN accounts AS g ON g.id = o.related_to
  WHERE o._deleted_at IS NULL
) AS d
LEFT JOIN (
  SELECT opportunity_id, count(*) AS tasks, min(due_on) AS due_on FROM v_task
  WHERE status = 'OPEN' AND opportunity_id IS NOT NULL
  GROUP BY opportunity_id
) AS k ON k.opportunity_id = d.id;
