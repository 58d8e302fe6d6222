-- How far the goals of the account are reached.

CREATE VIEW v_goal_progress AS
-- Grain: one row a goal and a period of it.
-- What was to be reached in each period that has begun, and what was: from the first day of the goal on, each
-- day, week, month or year of it, or all of it at once. Deals count for their present owner, pipeline and
-- currency; a milestone is reached by each stay there, as `_opportunity_stays` has them at the end of the last
-- round. A goal has its last 400 periods.
--
-- goal_id INTEGER: Capsule's id, → `goals.id`.
-- goal TEXT: Name of the goal.
-- type TEXT: `created value`, `created`, `won value`, `won` or `reached`. NULL for any other.
-- user_id INTEGER: Whose goal it is, → `users.id`. NULL for everybody's.
-- user TEXT: Name of that user.
-- pipeline_id INTEGER: The pipeline whose deals count, → `pipelines.id`. NULL for all.
-- milestone_id INTEGER: The milestone that is to be reached, → `milestones.id`.
-- frequency TEXT: `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY` or `FIXED`.
-- begins_on DATE: First day of the period.
-- ends_on DATE: Last day of the period.
-- is_current BOOLEAN: Whether today is in it.
-- currency TEXT: Currency of target and reached; NULL for numbers of deals.
-- target REAL: What is to be reached.
-- reached REAL: What was.
-- share REAL: Reached, of the target; 1 is all of it. NULL without a target.
-- days_left INTEGER: Days of the period behind today. NULL when it is over.
-- Types: all
WITH RECURSIVE
  wanted AS (
    SELECT
      g.id, g.name, g.user_id, g.pipeline_id, g.milestone_id, g.frequency, g.start_on, g.end_on, g.currency,
      g.value,
      CASE g.type
        WHEN '7b05186c-c342-343f-8236-121dfbb2ae45' THEN 'created value'
        WHEN '18305eb9-2c50-35ba-88e5-876be543e055' THEN 'created'
        WHEN 'bbc7a4b4-78eb-3bbd-85bb-9f20ec2e3f5d' THEN 'won value'
        WHEN '264be3b0-490b-3d73-ae0d-d02b488ba1eb' THEN 'won'
        WHEN '1659cb58-2401-30eb-aa82-c42771aea74e' THEN 'reached'
      END AS type,
      CASE g.frequency
        WHEN 'DAILY' THEN ' days' WHEN 'WEEKLY' THEN ' days' WHEN 'MONTHLY' THEN ' months'
        WHEN 'YEARLY' THEN ' years'
      END AS unit,
      iif(g.frequency = 'WEEKLY', 7, 1) AS length,
      min(today(), coalesce(g.end_on, '9999-12-31')) AS last_on
    FROM goals AS g
    WHERE g._deleted_at IS NULL AND g.start_on IS NOT NULL
  ),
  -- How many periods are not looked at, for they are older than the last 400.
  placed AS (
    SELECT
      w.*, CAST(max(0, coalesce(CASE w.frequency
        WHEN 'DAILY' THEN julianday(w.last_on) - julianday(w.start_on)
        WHEN 'WEEKLY' THEN (julianday(w.last_on) - julianday(w.start_on)) / 7
        WHEN 'MONTHLY' THEN (substr(w.last_on, 1, 4) - substr(w.start_on, 1, 4)) * 12
          + substr(w.last_on, 6, 2) - substr(w.start_on, 6, 2)
        WHEN 'YEARLY' THEN substr(w.last_on, 1, 4) - substr(w.start_on, 1, 4)
      END, 0) - 399) AS INTEGER) AS skipped
    FROM wanted AS w
  ),
  numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 399),
  periods AS (
    SELECT
      w.*, coalesce(date(w.start_on, ((w.skipped + n.n) * w.length) || w.unit), w.start_on) AS begins_on,
      min(coalesce(date(w.start_on, ((w.skipped + n.n + 1) * w.length) || w.unit, '-1 day'), w.end_on, '9999-12-31'),
        coalesce(w.end_on, '9999-12-31')) AS ends_on
    FROM placed AS w
    CROSS JOIN numbers AS n ON n.n = 0 OR w.unit IS NOT NULL
    WHERE coalesce(date(w.start_on, ((w.skipped + n.n) * w.length) || w.unit), w.start_on) <= w.last_on
  ),
  deals AS (
    SELECT id, owner_id, pipeline_id, value_currency AS currency, state, total_value, created_on, closed_on
    FROM v_opportunity
    LIMIT -1
  ),
  -- By day, so that each period adds up few rows.
  days AS (
    SELECT 'created' AS kind, created_on AS day, owner_id, pipeline_id, NULL AS milestone_id, currency,
      count(*) AS deals, sum(total_value) AS value
    FROM deals GROUP BY created_on, owner_id, pipeline_id, currency
    UNION ALL
    SELECT 'won', closed_on, owner_id, pipeline_id, NULL, currency, count(*), sum(total_value)
    FROM deals WHERE state = 'won' GROUP BY closed_on, owner_id, pipeline_id, currency
    UNION ALL
    SELECT 'reached', day, owner_id, pipeline_id, milestone_id, NULL, count(*), NULL
    FROM (
      SELECT coalesce(local_day(s.entered_at), local_day(s.entered_by)) AS day, d.owner_id, d.pipeline_id,
        s.milestone_id
      FROM _opportunity_stays AS s
      CROSS JOIN deals AS d ON d.id = s.opportunity_id
      WHERE s.milestone_id IN (SELECT milestone_id FROM wanted WHERE type = 'reached')
    )
    GROUP BY day, owner_id, pipeline_id, milestone_id
  )
SELECT
  p.id AS goal_id, p.name AS goal, p.type, p.user_id,
  (SELECT u.name FROM v_owner AS u WHERE u.id = p.user_id) AS user, p.pipeline_id, p.milestone_id, p.frequency,
  p.begins_on, p.ends_on, today() BETWEEN p.begins_on AND p.ends_on AS is_current, p.currency,
  p.value AS target, coalesce(r.reached, 0) AS reached, round(coalesce(r.reached, 0) / nullif(p.value, 0), 4)
    AS share,
  CASE WHEN p.ends_on >= today() AND p.ends_on < '9999' THEN
    CAST(julianday(p.ends_on) - julianday(today()) AS INTEGER)
  END AS days_left
FROM periods AS p
LEFT JOIN (
  SELECT p.id, p.begins_on,
    round(sum(iif(p.type IN ('created value', 'won value'), d.value, d.deals)), 4) AS reached
  FROM periods AS p
  CROSS JOIN days AS d ON d.day BETWEEN p.begins_on AND p.ends_on
    AND d.kind = CASE p.type
      WHEN 'created value' THEN 'created' WHEN 'won value' THEN 'won' ELSE p.type
    END
    AND (p.user_id IS NULL OR d.owner_id = p.user_id)
    AND (p.pipeline_id IS NULL OR d.pipeline_id = p.pipeline_id)
    AND (p.type <> 'reached' OR d.milestone_id = p.milestone_id)
    AND (p.type NOT IN ('created value', 'won value') OR d.currency IS p.currency)
  GROUP BY p.id, p.begins_on
) AS r ON r.id = p.id AND r.begins_on = p.begins_on;
