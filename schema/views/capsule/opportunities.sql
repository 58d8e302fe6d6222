-- Deals, where they stand, and what counts as open, won, lost and stale.

CREATE VIEW v_pipeline AS
-- Grain: one row a pipeline.
-- Every pipeline, those too that are archived or gone.
--
-- id INTEGER: Capsule's id, → `pipelines.id`.
-- name TEXT: Name of the pipeline.
-- is_archived BOOLEAN: Whether it is archived. Deals may still stand in it.
SELECT l.id, l.name, l.deleted AS is_archived FROM pipelines AS l;

CREATE VIEW v_milestone AS
-- Grain: one row a milestone.
-- Where deals stand: every milestone of every pipeline, those too that are gone.
--
-- id INTEGER: Capsule's id, → `milestones.id`.
-- name TEXT: Name of the milestone.
-- pipeline_id INTEGER: Its pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the pipeline is archived.
-- probability INTEGER: Percent.
-- place INTEGER: How far along the pipeline it is: the probability, 0 without one.
-- state TEXT: What a deal there is: `open`, `won` (a complete milestone of 100 percent) or `lost` (a complete
--   one of 0 percent). NULL for any other.
-- is_closed BOOLEAN: Whether a deal there is closed.
-- days_until_stale INTEGER: After how many days there an open deal is stale. NULL for never.
-- is_listed BOOLEAN: Whether Capsule still lists it.
-- Types: place state is_listed
SELECT
  m.id, m.name, m.pipeline_id, l.name AS pipeline, l.deleted AS pipeline_archived, m.probability,
  coalesce(m.probability, 0) AS place,
  CASE
    WHEN m.complete = 0 THEN 'open'
    WHEN m.complete = 1 AND m.probability = 100 THEN 'won'
    WHEN m.complete = 1 AND m.probability = 0 THEN 'lost'
  END AS state,
  m.complete AS is_closed, m.days_until_stale, m._deleted_at IS NULL AS is_listed
FROM milestones AS m
LEFT JOIN pipelines AS l ON l.id = m.pipeline_id;

CREATE VIEW v_opportunity AS
-- Grain: one row an opportunity.
-- Every living deal with the names of what it refers to, its state, its total value, and how long it has
-- been where it is.
--
-- id INTEGER: Capsule's id, → `opportunities.id`.
-- name TEXT: Name of the deal.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- organisation_id INTEGER: The primary contact if it is an organisation, else the organisation that the
--   person works for, → `parties.id`.
-- organisation TEXT: Its name.
-- owner_id INTEGER: The user who owns the deal now, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- pipeline_id INTEGER: The pipeline of its milestone, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the pipeline is archived.
-- milestone_id INTEGER: Where the deal stands, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- state TEXT: `open`, `won` (a complete milestone of 100 percent) or `lost` (a complete one of 0 percent).
--   NULL for any other complete milestone, and for one that is not known.
-- is_closed BOOLEAN: Whether its milestone is a complete one.
-- last_open_milestone_id INTEGER: The last milestone at which the deal was open, → `milestones.id`.
-- last_open_milestone TEXT: Name of that milestone.
-- lost_reason_id INTEGER: Why it was lost, → `lost_reasons.id`.
-- lost_reason TEXT: The reason.
-- counts_for_conversion BOOLEAN: Whether the deal belongs in a win rate: won ones, and lost ones unless
--   their reason says otherwise (`included_for_conversion`). NULL while it is neither.
-- value_amount REAL: The amount, of one period where there is a duration.
-- value_currency TEXT: Its currency, → `currencies.code`.
-- duration_basis TEXT: `FIXED`, or the period that the amount repeats in.
-- duration INTEGER: How many periods.
-- total_value REAL: In `value_currency`: the amount times the duration where the basis is a period, of
--   which there is one if no duration is given. The amount alone where the basis is `FIXED` or missing.
-- probability INTEGER: Percent, as the deal has it.
-- weighted_value REAL: The total value times the deal's probability, or the milestone's where it has none.
-- fx_rate REAL: From `fx_rates`: the latest rate of the currency not after `closed_on`, or not after
--   today while the deal is open or if it has no such day. NULL without one.
-- base_value REAL: The total value in the base currency, by that rate.
-- expected_close_on DATE: When the deal is expected to close.
-- is_overdue BOOLEAN: Whether it is open and that day has passed.
-- closed_on DATE: When it was won or lost.
-- days_to_close INTEGER: Days from `created_on` to `closed_on`, not less than 0. NULL while it is open.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When there was last contact about the deal, UTC.
-- last_stage_changed_at DATETIME: When the milestone last changed, UTC.
-- days_in_stage INTEGER: Whole days at this milestone, since the record was made if Capsule does not say;
--   not less than 0. NULL unless it is open.
-- days_until_stale INTEGER: The milestone's `days_until_stale`.
-- is_stale BOOLEAN: Whether it is open and has been at this milestone for that many days or more. As read
--   here: Capsule's reference does not define it.
-- open_tasks INTEGER: Tasks about it that are open.
-- next_task_due_on DATE: The earliest due date of those.
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: opportunities
-- Types: party organisation_id organisation state counts_for_conversion total_value weighted_value fx_rate
--   base_value is_overdue days_to_close created_on days_in_stage is_stale open_tasks next_task_due_on
SELECT
  d.id, d.name, d.party_id, d.party, d.organisation_id, d.organisation, d.owner_id, d.owner,
  d.team_id, d.team, d.pipeline_id, d.pipeline, d.pipeline_archived, d.milestone_id, d.milestone,
  d.state, d.is_closed, d.last_open_milestone_id, d.last_open_milestone, d.lost_reason_id, d.lost_reason,
  CASE d.state WHEN 'won' THEN 1 WHEN 'lost' THEN coalesce(d.included_for_conversion, 1) END
    AS counts_for_conversion,
  d.value_amount, d.value_currency, d.duration_basis, d.duration, d.total_value, d.probability,
  round(d.total_value * coalesce(d.probability, d.milestone_probability) / 100.0, 4)
    AS weighted_value,
  d.fx_rate,
  round(d.total_value * d.fx_rate, 4) AS base_value,
  d.expected_close_on,
  d.state IS 'open' AND d.expected_close_on IS NOT NULL AND d.expected_close_on < today()
    AS is_overdue,
  d.closed_on,
  CASE WHEN d.state IN ('won', 'lost') THEN
    CAST(max(0, julianday(d.closed_on) - julianday(d.created_on)) AS INTEGER)
  END AS days_to_close,
  d.created_on, d.created_at, d.updated_at, d.last_contacted_at, d.last_stage_changed_at, d.days_in_stage,
  d.days_until_stale,
  d.days_until_stale IS NOT NULL AND d.days_in_stage IS NOT NULL
    AND d.days_in_stage >= d.days_until_stale AS is_stale,
  (SELECT count(*) FROM tasks AS k
    WHERE k.opportunity_id = d.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS open_tasks,
  (SELECT min(k.due_on) FROM tasks AS k
    WHERE k.opportunity_id = d.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS next_task_due_on,
  d.missing_important_fields
FROM (
  SELECT
    o.id, o.name, o.party_id,
    coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
      AS party,
    CASE p.type WHEN 'organisation' THEN p.id ELSE p.organisation_id END AS organisation_id,
    CASE p.type WHEN 'organisation' THEN p.name ELSE (
      SELECT g.name FROM parties AS g WHERE g.id = p.organisation_id)
    END AS organisation,
    o.owner_id, u.name AS owner, o.team_id, t.name AS team,
    m.pipeline_id, l.name AS pipeline, l.deleted AS pipeline_archived,
    o.milestone_id, m.name AS milestone, m.probability AS milestone_probability,
    CASE
      WHEN m.complete = 0 THEN 'open'
      WHEN m.complete = 1 AND m.probability = 100 THEN 'won'
      WHEN m.complete = 1 AND m.probability = 0 THEN 'lost'
    END AS state,
    m.complete AS is_closed, o.last_open_milestone_id, a.name AS last_open_milestone,
    o.lost_reason_id, r.name AS lost_reason, r.included_for_conversion,
    o.value_amount, o.value_currency, o.duration_basis, o.duration,
    CASE
      WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
      ELSE round(o.value_amount * coalesce(o.duration, 1), 4)
    END AS total_value,
    o.probability,
    (SELECT f.rate FROM fx_rates AS f
      WHERE f.currency = o.value_currency
        AND f.day <= coalesce(iif(m.complete = 0, NULL, o.closed_on), today())
      ORDER BY f.day DESC LIMIT 1) AS fx_rate,
    o.expected_close_on, o.closed_on, local_day(o.created_at) AS created_on, o.created_at, o.updated_at, o.last_contacted_at,
    o.last_stage_changed_at,
    CASE WHEN m.complete = 0 THEN
      CAST(max(0, julianday('now') - julianday(coalesce(o.last_stage_changed_at, o.created_at)))
        AS INTEGER)
    END AS days_in_stage,
    m.days_until_stale, o.missing_important_fields
  FROM opportunities AS o
  LEFT JOIN milestones AS m ON m.id = o.milestone_id
  LEFT JOIN pipelines AS l ON l.id = m.pipeline_id
  LEFT JOIN milestones AS a ON a.id = o.last_open_milestone_id
  LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
  LEFT JOIN users AS u ON u.id = o.owner_id
  LEFT JOIN teams AS t ON t.id = o.team_id
  LEFT JOIN parties AS p ON p.id = o.party_id
  WHERE o._deleted_at IS NULL
) AS d;

CREATE VIEW v_opportunity_tag AS
-- Grain: one row an opportunity and a tag of it.
-- The tags of the living deals.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- tag_id INTEGER: The tag, → `tag_definitions.id`.
-- tag TEXT: Name of the tag.
SELECT t.opportunity_id, t.tag_id, g.name AS tag
FROM opportunity_tags AS t
JOIN opportunities AS o ON o.id = t.opportunity_id AND o._deleted_at IS NULL
LEFT JOIN tag_definitions AS g ON g.entity = 'opportunity' AND g.id = t.tag_id;
