-- The pipeline now and day by day, and how deals came through it.

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
FROM (
  SELECT
    pipeline_id, pipeline, pipeline_archived, milestone_id, milestone, value_currency, is_stale, is_overdue,
    total_value, weighted_value, base_value, days_in_stage
  FROM v_opportunity
  WHERE state = 'open'
  LIMIT -1
)
GROUP BY pipeline_id, milestone_id, value_currency;

CREATE VIEW v_stage_history AS
-- Grain: one row a stay of an opportunity at a milestone.
-- Where living deals have stood, as far as it is known. A stay is known from what the replica saw change,
-- from the milestone that the deal stands at, and, of a deal that was closed when the replica first saw it,
-- from its last open milestone. A milestone that was entered and left between two runs is not seen, and
-- `left_at` and `days` reach over it. A deal that left a milestone and came back to it between two runs has
-- two stays there: its `last_stage_changed_at` is a later one. A date that came without a move otherwise
-- counts for deals alone that were not seen to move. What `history.keep` has deleted is not known. As of the
-- end of the last round.
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
SELECT
  s.opportunity_id,
  (SELECT o.name FROM v_opportunity AS o WHERE o.id = s.opportunity_id) AS opportunity, s.stay, m.pipeline_id, m.pipeline, s.milestone_id,
  m.name AS milestone, m.state, s.entered_at, s.entered_after, s.entered_by,
  CASE
    WHEN s.entered_at IS NOT NULL THEN 'exact'
    WHEN s.entered_by IS NOT NULL THEN 'between runs'
    ELSE 'unknown'
  END AS precision,
  s.left_at, s.left_by,
  CASE
    WHEN NOT s.is_current THEN round(julianday(s.left_at) - julianday(s.entered_at), 2)
    WHEN m.state = 'open' THEN round(julianday('now') - julianday(s.entered_at), 2)
  END AS days,
  s.is_current
FROM _opportunity_stays AS s
LEFT JOIN v_milestone AS m ON m.id = s.milestone_id;

CREATE VIEW v_stage_funnel AS
-- Grain: one row an open milestone.
-- How many living deals came as far as a milestone, and what became of them. A deal has come as far as
-- every open milestone of a pipeline whose place is not above that of the furthest one at which it is
-- known to have stood there: now, before a change that the replica saw, or as its last open milestone. A deal
-- that was ever won came as far as all of them, also when it was reopened. A deal that moved on to another
-- pipeline, or stands at a complete milestone of another probability, is in `reached` alone. As of
-- the end of the last round.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether it is archived.
-- milestone_id INTEGER: The milestone, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- probability INTEGER: Percent of the milestone, NULL where it has none. The order of the funnel is its
--   place in `v_milestone`.
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
  -- How far each milestone is: 1e9 where deals are won, -1 where they are lost. No pipeline is '' here.
  places AS (
    SELECT
      id, coalesce(pipeline_id, '') AS line,
      CASE state WHEN 'open' THEN place WHEN 'won' THEN 1000000000 ELSE -1 END AS place
    FROM v_milestone LIMIT -1
  ),
  -- Where each deal is known to have stood. Most stay in one pipeline.
  stood AS (
    SELECT
      p.opportunity_id, min(coalesce(min(m.line), min(a.line)), coalesce(min(a.line), min(m.line))) AS first_line,
      max(coalesce(max(m.line), max(a.line)), coalesce(max(a.line), max(m.line))) AS last_line,
      max(coalesce(max(m.place), -1), coalesce(max(a.place), -1)) AS place
    FROM _opportunity_periods AS p
    LEFT JOIN places AS m ON m.id = p.milestone_id
    LEFT JOIN places AS a
      ON p.last_open_milestone_id IS NOT p.milestone_id AND a.id = p.last_open_milestone_id
    WHERE p.number > 0
    GROUP BY p.opportunity_id
  ),
  -- How far each deal came in each pipeline.
  furthest AS (
    SELECT opportunity_id, first_line AS line, place FROM stood WHERE first_line = last_line
    UNION ALL
    SELECT s.opportunity_id, m.line, max(m.place)
    FROM stood AS s
    CROSS JOIN _opportunity_periods AS p ON p.opportunity_id = s.opportunity_id AND p.number > 0
    CROSS JOIN places AS m ON m.id IN (p.milestone_id, p.last_open_milestone_id)
    WHERE s.first_line <> s.last_line
    GROUP BY s.opportunity_id, m.line
  ),
  -- Deals by how far they came and what became of them: few rows, whatever the number of deals.
  deals AS (
    SELECT pipeline_id, place, state, count(*) AS number
    FROM (
      SELECT
        nullif(f.line, '') AS pipeline_id, f.place,
        CASE WHEN coalesce(o.pipeline_id, '') <> f.line THEN 'moved'
          WHEN o.state = 'lost' AND NOT o.counts_for_conversion THEN 'left' ELSE o.state
        END AS state
      FROM furthest AS f
      CROSS JOIN v_opportunity AS o ON o.id = f.opportunity_id
      LIMIT -1
    )
    GROUP BY 1, 2, 3
  ),
  standing AS (
    SELECT milestone_id, count(*) AS number FROM (SELECT milestone_id FROM v_opportunity LIMIT -1)
    GROUP BY milestone_id
  )
SELECT
  m.pipeline_id, m.pipeline, m.pipeline_archived, m.id AS milestone_id, m.name AS milestone, m.probability,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place), 0) AS reached,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'won'), 0) AS won,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state IN ('lost', 'left')), 0) AS lost,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'open'), 0) AS "open",
  coalesce(s.number, 0) AS standing,
  round(sum(d.number) FILTER (WHERE d.place >= m.place) * 1.0 / sum(d.number), 4) AS share,
  round(
    sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'won') * 1.0
    / sum(d.number) FILTER (WHERE d.place >= m.place AND d.state IN ('won', 'lost')), 4) AS win_rate
FROM v_milestone AS m
LEFT JOIN deals AS d ON d.pipeline_id IS m.pipeline_id
LEFT JOIN standing AS s ON s.milestone_id = m.id
WHERE m.is_listed AND m.state = 'open'
GROUP BY m.id;

CREATE VIEW v_pipeline_daily AS
-- Grain: one row a day, a pipeline, a milestone and a currency.
-- The open deals at the end of each of the last 366 days, today included, as of the end of the last round. A
-- version of a deal that changes the milestone counts, whole, with its value and probability too, from its
-- `last_stage_changed_at`, any other from when the replica saw it, and none longer than until the next one
-- counts. Before the first version that the replica saw, a deal is in the pipeline and has the value of that
-- version, and its milestone is not known: from its creation until the `last_stage_changed_at` of that version.
-- Without one, until `closed_on` if that version was closed, and else until the replica first stored it. A deal
-- without `created_at` counts from there. No deal counts before it was made; what is dated later than today
-- counts today. Deals that were deleted since are in no row. What `history.keep` has deleted is not known: the
-- oldest version left is then the first.
--
-- day DATE: The day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `milestones.id`. NULL where it is not known: between a deal's
--   creation and the first milestone that is known of it.
-- milestone TEXT: Name of the milestone.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without a currency.
-- deals INTEGER: Open deals.
-- total_value REAL: Their total value; 0 where none has an amount.
-- weighted_value REAL: The same weighted with the deals' probability. Of a deal whose milestone is not
--   known, with that of its first known version; nothing if that one was closed.
-- base_value REAL: The total value in the base currency, by the latest rate of `fx_rates` not after the
--   day. NULL without one.
-- Types: all
WITH RECURSIVE
  days(day) AS (
    SELECT date(today(), '-365 days')
    UNION ALL
    SELECT date(day, '+1 day') FROM days WHERE day < today()
  ),
  -- The versions of open deals that reach into the days.
  open_ones AS (
    SELECT
      min(max(p.begins_on, date(today(), '-366 days')), today()) AS day, min(p.ends_on, today()) AS until,
      p.milestone_of, p.milestone_id, p.currency, p.total_value,
      CASE
        WHEN m.state = 'open' THEN p.total_value * coalesce(p.probability, m.probability) / 100.0
      END AS weighted_value
    FROM _opportunity_periods AS p
    CROSS JOIN v_milestone AS m
      ON m.id = p.milestone_of AND (m.is_closed = 0 OR p.milestone_id IS NULL)
    WHERE (p.ends_on IS NULL OR p.ends_on >= date(today(), '-365 days') AND p.ends_on > p.begins_on)
  ),
  -- Net change of each group on each day; what is older counts on the day before the first.
  changes AS (
    SELECT
      day, milestone_of, milestone_id, currency, sum(deals) AS deals, sum(total_value) AS total_value,
      sum(weighted_value) AS weighted_value
    FROM (
      SELECT day, milestone_of, milestone_id, currency, 1 AS deals, total_value, weighted_value
      FROM open_ones
      UNION ALL
      SELECT until, milestone_of, milestone_id, currency, -1, -total_value, -weighted_value
      FROM open_ones WHERE until IS NOT NULL
    )
    GROUP BY day, milestone_of, milestone_id, currency
  ),
  lines AS (
    SELECT
      c.day, m.pipeline_id, c.milestone_id, c.currency, c.deals, c.total_value, c.weighted_value
    FROM changes AS c
    JOIN v_milestone AS m ON m.id = c.milestone_of
  ),
  filled AS (
    SELECT day, pipeline_id, milestone_id, currency, deals, total_value, weighted_value FROM lines
    UNION ALL
    SELECT d.day, g.pipeline_id, g.milestone_id, g.currency, 0, 0, 0
    FROM (SELECT DISTINCT pipeline_id, milestone_id, currency FROM lines) AS g CROSS JOIN days AS d
  ),
  totals AS (
    SELECT
      day, pipeline_id, milestone_id, currency, sum(sum(deals)) OVER line AS deals,
      sum(sum(total_value)) OVER line AS total_value,
      sum(sum(weighted_value)) OVER line AS weighted_value
    FROM filled
    GROUP BY pipeline_id, milestone_id, currency, day
    WINDOW line AS (PARTITION BY pipeline_id, milestone_id, currency ORDER BY day)
  )
SELECT
  t.day, t.pipeline_id, l.name AS pipeline, t.milestone_id, m.name AS milestone, t.currency, t.deals,
  round(t.total_value, 4) AS total_value, round(t.weighted_value, 4) AS weighted_value,
  round(t.total_value * (SELECT f.rate FROM fx_rates AS f
    WHERE f.currency = t.currency AND f.day <= t.day ORDER BY f.day DESC LIMIT 1), 4) AS base_value
FROM totals AS t
LEFT JOIN v_pipeline AS l ON l.id = t.pipeline_id
LEFT JOIN v_milestone AS m ON m.id = t.milestone_id
WHERE t.deals <> 0 AND t.day >= date(today(), '-365 days');

CREATE VIEW v_pipeline_changes AS
-- Grain: one row a week, a pipeline and a currency.
-- How the value of the open deals has changed, week by week: the last 53 weeks, from Monday to Sunday, and what
-- has been of this one. Opening, and all between, add up to closing, which is what `v_pipeline_daily` has for the
-- last day of the week. What happened to a deal several times on one day counts once. As of the end of the last
-- round.
--
-- week DATE: Its Monday.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- opening_value REAL: Total value of the open deals at the end of the week before.
-- made_value REAL: Of deals that were made.
-- reopened_value REAL: Of deals that were closed before, or at a milestone that is not known.
-- raised_value REAL: By how much values of open deals rose.
-- lowered_value REAL: By how much they fell, below 0.
-- moved_in_value REAL: Of deals that came from another pipeline or currency.
-- moved_out_value REAL: Of deals that went to another one, below 0.
-- won_value REAL: Of deals that were won, as they were before, below 0.
-- lost_value REAL: Of deals that were lost, as they were before, below 0.
-- closed_value REAL: Of deals that were closed otherwise, or went to a milestone that is not known, below 0.
-- closing_value REAL: Total value of the open deals at the end of the week.
-- opening_deals INTEGER: Open deals at the end of the week before.
-- closing_deals INTEGER: Open deals at the end of the week.
-- Types: all
WITH RECURSIVE
  weeks(week) AS (
    SELECT date(today(), '-6 days', 'weekday 1', '-364 days')
    UNION ALL
    SELECT date(week, '+7 days') FROM weeks WHERE date(week, '+7 days') <= today()
  ),
  places AS (SELECT id, pipeline_id, state, is_closed IS 0 AS is_open FROM v_milestone LIMIT -1),
  -- What each deal was at the end of days of these weeks, and, of what began in them, what it was before.
  states AS (
    SELECT
      min(p.begins_on, today()) AS day, m.pipeline_id, p.currency, coalesce(p.total_value, 0) AS value,
      m.id IS NOT NULL AND (p.milestone_id IS NULL OR m.is_open) AS is_open, m.state,
      q.number IS NULL AS is_first, n.pipeline_id AS old_pipeline_id, q.currency AS old_currency,
      coalesce(q.total_value, 0) AS old_value,
      n.id IS NOT NULL AND (q.milestone_id IS NULL OR n.is_open) AS was_open
    FROM _opportunity_periods AS p
    LEFT JOIN places AS m ON m.id = p.milestone_of
    LEFT JOIN _opportunity_periods AS q
      ON p.begins_on >= (SELECT min(week) FROM weeks) AND q.opportunity_id = p.opportunity_id
        AND q.number = (SELECT x.number FROM _opportunity_periods AS x
          WHERE x.opportunity_id = p.opportunity_id AND x.number < p.number AND x.ends_on > x.begins_on
          ORDER BY x.number DESC LIMIT 1)
    LEFT JOIN places AS n ON n.id = q.milestone_of
    WHERE (p.ends_on IS NULL OR p.ends_on >= (SELECT min(week) FROM weeks) AND p.ends_on > p.begins_on)
      AND (p.begins_on >= (SELECT min(week) FROM weeks)
        OR m.id IS NOT NULL AND (p.milestone_id IS NULL OR m.is_open))
  ),
  events AS (
    SELECT
      day, pipeline_id, currency, 1 AS deals, value,
      CASE WHEN is_first THEN 'made' WHEN was_open THEN 'moved in' ELSE 'reopened' END AS kind
    FROM states
    WHERE is_open AND (NOT was_open OR old_pipeline_id IS NOT pipeline_id OR old_currency IS NOT currency)
    UNION ALL
    SELECT day, pipeline_id, currency, 0, value - old_value, iif(value > old_value, 'raised', 'lowered')
    FROM states
    WHERE is_open AND was_open AND old_pipeline_id IS pipeline_id AND old_currency IS currency
      AND value <> old_value
    UNION ALL
    SELECT
      day, old_pipeline_id, old_currency, -1, -old_value,
      CASE WHEN is_open THEN 'moved out' WHEN state IN ('won', 'lost') THEN state ELSE 'closed' END
    FROM states
    WHERE was_open AND (NOT is_open OR old_pipeline_id IS NOT pipeline_id OR old_currency IS NOT currency)
  ),
  -- By week; what is older is of the week before the first.
  sums AS (
    SELECT
      max(date(day, '-6 days', 'weekday 1'), (SELECT date(min(week), '-7 days') FROM weeks)) AS week,
      pipeline_id, currency, kind, sum(deals) AS deals, sum(value) AS value
    FROM (
      SELECT day, pipeline_id, currency, kind, sum(deals) AS deals, sum(value) AS value FROM events
      GROUP BY day, pipeline_id, currency, kind
    )
    GROUP BY 1, 2, 3, 4
  ),
  filled AS (
    SELECT week, pipeline_id, currency, kind, deals, value FROM sums
    UNION ALL
    SELECT w.week, g.pipeline_id, g.currency, NULL, 0, 0
    FROM (SELECT DISTINCT pipeline_id, currency FROM sums) AS g CROSS JOIN weeks AS w
  ),
  totals AS (
    SELECT
      week, pipeline_id, currency, sum(deals) AS net_deals, sum(value) AS net_value,
      sum(sum(deals)) OVER line AS deals, sum(sum(value)) OVER line AS value,
      sum(value) FILTER (WHERE kind = 'made') AS made,
      sum(value) FILTER (WHERE kind = 'reopened') AS reopened,
      sum(value) FILTER (WHERE kind = 'raised') AS raised,
      sum(value) FILTER (WHERE kind = 'lowered') AS lowered,
      sum(value) FILTER (WHERE kind = 'moved in') AS moved_in,
      sum(value) FILTER (WHERE kind = 'moved out') AS moved_out,
      sum(value) FILTER (WHERE kind = 'won') AS won, sum(value) FILTER (WHERE kind = 'lost') AS lost,
      sum(value) FILTER (WHERE kind = 'closed') AS closed
    FROM filled
    GROUP BY pipeline_id, currency, week
    WINDOW line AS (PARTITION BY pipeline_id, currency ORDER BY week)
  )
SELECT
  t.week, t.pipeline_id, l.name AS pipeline, t.currency, round(t.value - t.net_value, 4) AS opening_value,
  round(coalesce(t.made, 0), 4) AS made_value, round(coalesce(t.reopened, 0), 4) AS reopened_value,
  round(coalesce(t.raised, 0), 4) AS raised_value, round(coalesce(t.lowered, 0), 4) AS lowered_value,
  round(coalesce(t.moved_in, 0), 4) AS moved_in_value, round(coalesce(t.moved_out, 0), 4) AS moved_out_value,
  round(coalesce(t.won, 0), 4) AS won_value, round(coalesce(t.lost, 0), 4) AS lost_value,
  round(coalesce(t.closed, 0), 4) AS closed_value, round(t.value, 4) AS closing_value,
  t.deals - t.net_deals AS opening_deals, t.deals AS closing_deals
FROM totals AS t
LEFT JOIN v_pipeline AS l ON l.id = t.pipeline_id
WHERE t.week >= (SELECT min(week) FROM weeks)
  AND (t.deals <> 0 OR t.net_deals <> 0 OR t.made IS NOT NULL OR t.reopened IS NOT NULL
    OR t.moved_in IS NOT NULL);

CREATE VIEW v_stage_conversion AS
-- Grain: one row an open milestone and a month in which deals entered it.
-- What became of the deals that entered a milestone: each known stay of a living deal counts. As of the end of
-- the last round.
--
-- month DATE: First day of the month of `entered_at`, or else of `entered_by`. NULL where neither is known.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `v_milestone.id`.
-- milestone TEXT: Name of the milestone.
-- entered INTEGER: Stays that began.
-- went_on INTEGER: Those after which the deal stood further on in the same pipeline, or was won.
-- went_back INTEGER: Those after which it stood further back in it.
-- lost INTEGER: Those after which it was lost.
-- left_otherwise INTEGER: Those that ended otherwise: in another pipeline, at the same milestone again.
-- still_here INTEGER: Those that last.
-- median_days REAL: The middle one of the days that those that are over lasted, where they are exact.
-- p90_days REAL: How long nine in ten of those lasted at most.
-- Types: all
WITH
  places AS (SELECT id, name, pipeline_id, pipeline, place, state FROM v_milestone LIMIT -1),
  sums AS (
    SELECT
      milestone_id, month, next_milestone_id AS next_id, is_current, count(*) AS stays, count(days) AS timed
    FROM _opportunity_stays
    GROUP BY milestone_id, month, next_milestone_id, is_current
  ),
  became AS (
    SELECT
      s.month, s.milestone_id, s.stays, s.timed, m.pipeline_id, m.pipeline, m.name,
      CASE
        WHEN s.is_current THEN 'here'
        WHEN n.state = 'lost' THEN 'lost'
        WHEN n.pipeline_id IS NOT m.pipeline_id THEN 'other'
        WHEN n.state = 'won' OR n.place > m.place THEN 'on'
        WHEN n.state = 'open' AND n.place < m.place THEN 'back'
        ELSE 'other'
      END AS kind
    FROM sums AS s
    CROSS JOIN places AS m ON m.id = s.milestone_id AND m.state = 'open'
    LEFT JOIN places AS n ON n.id = s.next_id
  ),
  months AS (
    SELECT
      month, pipeline_id, pipeline, milestone_id, name, sum(stays) AS entered,
      coalesce(sum(stays) FILTER (WHERE kind = 'on'), 0) AS went_on,
      coalesce(sum(stays) FILTER (WHERE kind = 'back'), 0) AS went_back,
      coalesce(sum(stays) FILTER (WHERE kind = 'lost'), 0) AS lost,
      coalesce(sum(stays) FILTER (WHERE kind = 'other'), 0) AS left_otherwise,
      coalesce(sum(stays) FILTER (WHERE kind = 'here'), 0) AS still_here, sum(timed) AS timed
    FROM became
    GROUP BY month, milestone_id
  ),
  -- The index has the days in their order.
  ranked AS (
    SELECT milestone_id, month, days, row_number() OVER (PARTITION BY milestone_id, month ORDER BY days) AS rank
    FROM _opportunity_stays
    WHERE days IS NOT NULL
  ),
  middles AS (
    SELECT
      m.month, m.milestone_id,
      avg(r.days) FILTER (WHERE r.rank IN ((m.timed + 1) / 2, (m.timed + 2) / 2)) AS median,
      max(r.days) FILTER (WHERE r.rank = (m.timed * 9 + 9) / 10) AS ninth
    FROM ranked AS r
    CROSS JOIN months AS m ON m.milestone_id = r.milestone_id AND m.month IS r.month
    WHERE r.rank IN ((m.timed + 1) / 2, (m.timed + 2) / 2, (m.timed * 9 + 9) / 10)
    GROUP BY m.month, m.milestone_id
  )
SELECT
  m.month, m.pipeline_id, m.pipeline, m.milestone_id, m.name AS milestone, m.entered, m.went_on, m.went_back,
  m.lost, m.left_otherwise, m.still_here, round(d.median, 2) AS median_days, round(d.ninth, 2) AS p90_days
FROM months AS m
LEFT JOIN middles AS d ON d.milestone_id = m.milestone_id AND d.month IS m.month;
