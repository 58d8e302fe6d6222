-- The pipeline now, and how deals came through it.

CREATE VIEW v_pipeline_snapshot AS
-- Grain: one row a pipeline, a milestone and a currency.
-- The open deals as they stand now.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether it is archived. Deals may still stand in it.
-- milestone_id INTEGER: The milestone, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without a currency.
-- deals INTEGER: Open deals.
-- stale_deals INTEGER: Those of them that are stale.
-- overdue_deals INTEGER: Those of them whose expected close has passed.
-- total_value REAL: Their total value; 0 where none has an amount.
-- weighted_value REAL: The same weighted with the deals' probability.
-- base_value REAL: The total value in the base currency. NULL when none has an amount or `fx_rates` lacks a
--   rate.
-- mean_days_in_stage REAL: Mean of the whole days that they have been at the milestone, to 2 digits.
-- Types: all
SELECT
  pipeline_id, pipeline, pipeline_archived, milestone_id, milestone, value_currency AS currency,
  count(*) AS deals, sum(is_stale) AS stale_deals, sum(is_overdue) AS overdue_deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  round(coalesce(sum(weighted_value), 0), 4) AS weighted_value,
  CASE WHEN count(total_value) = count(base_value) THEN round(sum(base_value), 4) END AS base_value,
  round(avg(days_in_stage), 2) AS mean_days_in_stage
FROM v_opportunity
WHERE state = 'open'
GROUP BY pipeline_id, milestone_id, value_currency;

CREATE VIEW v_stage_history AS
-- Grain: one row a stay of an opportunity at a milestone.
-- Where living deals have stood, as far as it is known. A stay is known from what the replica saw change,
-- from the milestone that the deal stands at, and, of a deal that was closed when the replica first saw it,
-- from its last open milestone. A milestone that was entered and left between two runs is not seen, and
-- `left_at` and `days` reach over it. A deal that left a milestone and came back to it between two runs has
-- two stays there: its `last_stage_changed_at` is a later one. A date that came without a move otherwise
-- counts for deals alone that were not seen to move. What `history.keep` has deleted is not known.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- stay INTEGER: Counts the known stays of the deal, from 1.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `milestones.id`. NULL when the deal had none.
-- milestone TEXT: Name of the milestone.
-- state TEXT: `open`, `won` or `lost` at that milestone.
-- entered_at DATETIME: When it was entered, UTC, to the second, from `last_stage_changed_at`. NULL unless
--   `precision` is `exact`.
-- entered_after DATETIME: Where `precision` is `between runs`: when the replica had stored the milestone
--   before, UTC.
-- entered_by DATETIME: Where `precision` is `between runs`: when the replica saw this milestone, UTC.
-- precision TEXT: `exact`, `between runs`, or `unknown`: before the replica saw the deal.
-- left_at DATETIME: When the next known stay began, UTC, where that is exact. NULL where the next one is at
--   the same milestone: the deal was elsewhere in between.
-- left_by DATETIME: When it was over at the latest, UTC: `left_at`, or when the replica saw that it was.
--   NULL for the present one.
-- days REAL: Days from `entered_at` to `left_at`, or until now at an open milestone, to 2 digits. NULL where
--   it is not exact, and at a closed milestone that was not left.
-- is_current BOOLEAN: Whether the deal stands there now.
-- Types: all
WITH
  -- The changes that begin a stay: of the milestone, or, at the same one, to a later date. What a change
  -- does not tell of the time before it, the next one tells that does, or else the deal itself.
  starts AS NOT MATERIALIZED (
    SELECT
      o.id AS opportunity_id, o.name, h.id AS place, h.synced_before, h.changed_at, d."after" AS to_at,
      iif(m.history_id, d."after", NULL) AS ends_at,
      CASE WHEN m.history_id THEN m."before" ELSE (
        SELECT * FROM (
          SELECT v."before" FROM _history AS n
          CROSS JOIN _history_values AS v ON v.column_name = 'milestone_id' AND v.history_id = n.id
          WHERE n.table_name = 'opportunities' AND n.row_key = h.row_key AND n.id > h.id
          ORDER BY n.id LIMIT 1)
        UNION ALL SELECT o.milestone_id LIMIT 1)
      END AS from_id,
      m.history_id AS move, m."after" AS to_id, d.history_id AS dated, d."before" AS from_at,
      o.last_stage_changed_at, o.last_open_milestone_id
    FROM opportunities AS o
    CROSS JOIN _history AS h ON h.table_name = 'opportunities' AND h.row_key = +o.id
    LEFT JOIN _history_values AS m ON m.column_name = 'milestone_id' AND m.history_id = h.id
    LEFT JOIN _history_values AS d
      ON d.column_name = 'last_stage_changed_at' AND d.history_id = h.id
    WHERE o._deleted_at IS NULL AND (m.history_id IS NOT NULL OR d."before" < d."after")
  ),
  known AS (
    SELECT
      s.*, coalesce(s.ends_at, s.changed_at) AS ends_by, row_number() OVER deal AS number,
      lead(s.ends_at) OVER deal AS left_at,
      lead(coalesce(s.ends_at, s.changed_at)) OVER deal AS left_by,
      -- The open milestone before the first one that the replica saw, if that one was closed.
      first_value(CASE WHEN m.complete = 1 THEN (
        SELECT a.id FROM milestones AS a
        WHERE a.complete = 0 AND a.id = (
          SELECT * FROM (
            SELECT v."before" FROM _history AS n
            CROSS JOIN _history_values AS v
              ON v.column_name = 'last_open_milestone_id' AND v.history_id = n.id
            WHERE n.table_name = 'opportunities' AND n.row_key = +s.opportunity_id
            ORDER BY n.id LIMIT 1)
          UNION ALL SELECT s.last_open_milestone_id LIMIT 1))
      END) OVER deal AS open_id
    FROM starts AS s
    LEFT JOIN milestones AS m ON m.id = s.from_id
    WINDOW deal AS (
      PARTITION BY s.opportunity_id ORDER BY s.place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
  ),
  stays AS (
    -- Of each change, the milestone after it. Of the first also the one before it, and the open one before
    -- that.
    SELECT
      v.opportunity_id, v.name,
      CASE k.kind WHEN 0 THEN v.number + 1 ELSE 1 END + (k.kind < 2 AND v.open_id IS NOT NULL) AS stay,
      CASE k.kind WHEN 0 THEN iif(v.move, v.to_id, v.from_id) WHEN 1 THEN v.from_id ELSE v.open_id END
        AS milestone_id,
      CASE k.kind WHEN 0 THEN v.to_at WHEN 1 THEN v.first_at END AS entered_at,
      CASE WHEN k.kind = 0 AND v.to_at IS NULL THEN v.synced_before END AS entered_after,
      CASE WHEN k.kind = 0 AND v.to_at IS NULL THEN v.changed_at END AS entered_by,
      CASE k.kind WHEN 0 THEN v.left_at WHEN 1 THEN v.ends_at ELSE v.first_at END AS left_at,
      CASE k.kind WHEN 0 THEN v.left_by WHEN 1 THEN v.ends_by ELSE v.first_at END AS left_by,
      k.kind = 0 AND v.left_by IS NULL AS is_current
    FROM (
      SELECT
        k.*,
        CASE WHEN k.number > 1 THEN NULL WHEN k.dated THEN k.from_at ELSE (
          SELECT * FROM (
            SELECT v."before" FROM _history AS n
            CROSS JOIN _history_values AS v
              ON v.column_name = 'last_stage_changed_at' AND v.history_id = n.id
            WHERE n.table_name = 'opportunities' AND n.row_key = +k.opportunity_id AND n.id > k.place
            ORDER BY n.id LIMIT 1)
          UNION ALL SELECT k.last_stage_changed_at LIMIT 1)
        END AS first_at
      FROM known AS k
    ) AS v
    CROSS JOIN (SELECT 0 AS kind UNION ALL SELECT 1 UNION ALL SELECT 2) AS k
      ON k.kind = 0 OR v.number = 1 AND (k.kind = 1 OR v.open_id IS NOT NULL)
    UNION ALL
    -- Deals that were not seen to move stand where they stand, and those that are closed had a last open
    -- milestone before.
    SELECT
      o.id, o.name, 1 + coalesce(k.kind = 1 AND m.complete AND a.complete = 0, 0),
      CASE k.kind WHEN 1 THEN o.milestone_id ELSE o.last_open_milestone_id END,
      CASE k.kind WHEN 1 THEN o.last_stage_changed_at END, NULL, NULL,
      CASE k.kind WHEN 0 THEN o.last_stage_changed_at END,
      CASE k.kind WHEN 0 THEN o.last_stage_changed_at END, k.kind
    FROM opportunities AS o
    LEFT JOIN milestones AS m ON m.id = o.milestone_id
    LEFT JOIN milestones AS a ON a.id = o.last_open_milestone_id
    CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 0) AS k
      ON k.kind = 1 OR m.complete = 1 AND a.complete = 0
    WHERE o._deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM starts AS s WHERE s.opportunity_id = o.id)
  )
SELECT
  s.opportunity_id, s.name AS opportunity, s.stay, m.pipeline_id, l.name AS pipeline, s.milestone_id,
  m.name AS milestone,
  CASE
    WHEN m.complete = 0 THEN 'open'
    WHEN m.complete = 1 AND m.probability = 100 THEN 'won'
    WHEN m.complete = 1 AND m.probability = 0 THEN 'lost'
  END AS state,
  s.entered_at, s.entered_after, s.entered_by,
  CASE
    WHEN s.entered_at IS NOT NULL THEN 'exact'
    WHEN s.entered_by IS NOT NULL THEN 'between runs'
    ELSE 'unknown'
  END AS precision,
  s.left_at, s.left_by,
  CASE
    WHEN NOT s.is_current THEN round(julianday(s.left_at) - julianday(s.entered_at), 2)
    WHEN m.complete = 0 THEN round(julianday('now') - julianday(s.entered_at), 2)
  END AS days,
  s.is_current
FROM stays AS s
LEFT JOIN milestones AS m ON m.id = s.milestone_id
LEFT JOIN pipelines AS l ON l.id = m.pipeline_id;

CREATE VIEW v_stage_funnel AS
-- Grain: one row an open milestone.
-- How many living deals came as far as a milestone, and what became of them. A deal has come as far as
-- every open milestone of a pipeline whose probability is not above that of the furthest one at which it is
-- known to have stood there: now, before a change that the replica saw, or as its last open milestone. A deal
-- that was ever won came as far as all of them, also when it was reopened. A deal that moved on to another
-- pipeline, or stands at a complete milestone of another probability, is in `reached` alone.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether it is archived.
-- milestone_id INTEGER: The milestone, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- probability INTEGER: Percent of the milestone: the order of the funnel.
-- reached INTEGER: Deals that came as far.
-- won INTEGER: Those of them that are won, in this pipeline.
-- lost INTEGER: Those of them that are lost, in this pipeline, for whatever reason.
-- open INTEGER: Those of them that are open, in this pipeline.
-- standing INTEGER: Deals that stand at this very milestone now.
-- share REAL: Reached, of all deals that are known to have been in the pipeline; 0 to 1, to 4 digits.
-- win_rate REAL: Won, of won and lost; 0 to 1, to 4 digits. Lost ones do not count where their reason says so
--   (`included_for_conversion`). NULL when there is none.
-- Types: all
WITH
  -- Every milestone at which a deal is known to have stood, as often as it is known.
  known AS (
    SELECT id AS opportunity_id, milestone_id FROM opportunities WHERE _deleted_at IS NULL
    UNION ALL
    SELECT id, last_open_milestone_id FROM opportunities
    WHERE _deleted_at IS NULL AND last_open_milestone_id IS NOT milestone_id
    UNION ALL
    SELECT h.row_key, v."before"
    FROM _history_values AS v
    JOIN _history AS h ON h.id = v.history_id AND h.table_name = 'opportunities'
    WHERE v.column_name IN ('milestone_id', 'last_open_milestone_id')
  ),
  furthest AS (
    SELECT
      k.opportunity_id, m.pipeline_id,
      max(CASE
        WHEN m.complete = 0 THEN coalesce(m.probability, 0)
        WHEN m.complete = 1 AND m.probability = 100 THEN 100
        ELSE -1
      END) AS probability
    FROM known AS k
    JOIN milestones AS m ON m.id = k.milestone_id
    GROUP BY k.opportunity_id, m.pipeline_id
  ),
  -- Deals by how far they came and what became of them: few rows, whatever the number of deals.
  deals AS (
    SELECT
      f.pipeline_id, f.probability,
      CASE WHEN n.pipeline_id IS NOT f.pipeline_id THEN 'moved'
        WHEN n.complete = 0 THEN 'open'
        WHEN n.complete = 1 AND n.probability = 100 THEN 'won'
        WHEN n.complete = 1 AND n.probability = 0 THEN iif(r.included_for_conversion = 0, 'left', 'lost')
      END AS state,
      count(*) AS number
    FROM furthest AS f
    JOIN opportunities AS o ON o.id = f.opportunity_id AND o._deleted_at IS NULL
    LEFT JOIN milestones AS n ON n.id = o.milestone_id
    LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
    GROUP BY 1, 2, 3
  ),
  standing AS (
    SELECT milestone_id, count(*) AS number FROM opportunities
    WHERE _deleted_at IS NULL GROUP BY milestone_id
  )
SELECT
  m.pipeline_id, l.name AS pipeline, l.deleted AS pipeline_archived, m.id AS milestone_id,
  m.name AS milestone, m.probability,
  coalesce(sum(d.number) FILTER (WHERE d.probability >= m.height), 0) AS reached,
  coalesce(sum(d.number) FILTER (WHERE d.probability >= m.height AND d.state = 'won'), 0) AS won,
  coalesce(sum(d.number) FILTER (WHERE d.probability >= m.height AND d.state IN ('lost', 'left')), 0)
    AS lost,
  coalesce(sum(d.number) FILTER (WHERE d.probability >= m.height AND d.state = 'open'), 0)
    AS "open",
  coalesce(s.number, 0) AS standing,
  round(sum(d.number) FILTER (WHERE d.probability >= m.height) * 1.0 / sum(d.number), 4) AS share,
  round(
    sum(d.number) FILTER (WHERE d.probability >= m.height AND d.state = 'won') * 1.0
    / sum(d.number) FILTER (WHERE d.probability >= m.height AND d.state IN ('won', 'lost')), 4)
    AS win_rate
FROM (SELECT e.*, coalesce(e.probability, 0) AS height FROM milestones AS e) AS m
LEFT JOIN pipelines AS l ON l.id = m.pipeline_id
LEFT JOIN deals AS d ON d.pipeline_id IS m.pipeline_id
LEFT JOIN standing AS s ON s.milestone_id = m.id
WHERE m._deleted_at IS NULL AND m.complete = 0
GROUP BY m.id;
