-- The pipeline day by day, from the creation of the deals and from what the replica saw change.

CREATE VIEW v_pipeline_daily AS
-- Grain: one row a day, a pipeline, a milestone and a currency.
-- The open deals at the end of each of the last 366 days (UTC), today included. Each living deal is taken
-- back from its present state through `_history`. A version that changes the milestone counts, whole, with
-- its value and probability too, from its `last_stage_changed_at`, any other from when the replica saw it,
-- and none longer than until the next one counts. Before the first version that the replica saw, a deal is
-- in the pipeline and has the value of that version, and its milestone is not known: from its creation until
-- the `last_stage_changed_at` of that version. Without one, until `closed_on` if that version was closed,
-- and else until the replica first stored it. A deal without `created_at` counts from there. No deal counts
-- before it was made; what is dated later than today counts today. Deals that were deleted since are in no
-- row. What `history.keep` has deleted is not known: the oldest version left is then the first.
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
  -- The deals whose past has to be worked out backwards from the present, change by change (`walk`). That of
  -- all others is read off each change by itself (`stays`), which is far less work.
  --
  -- Example: a deal is made at Lead on the 1st, worth 100; it goes to Bid on the 3rd, is worth 150 from the
  -- 5th, and is won on the 8th. `_history` has three changes of it, each with what changed and nothing else:
  --
  --   seen  before                       after
  --   4th   Lead, 10 %, since the 1st    Bid, 50 %, since the 3rd
  --   5th   worth 100                    worth 150
  --   9th   Bid, 50 %, since the 3rd     Won, 100 %, since the 8th
  --
  -- The first and the third are plain: each says which stay ended, when it began and when it ended. Were
  -- they the only ones, the deal would have been at Lead from the 1st and at Bid from the 3rd, worth all
  -- the time what it is worth now. The second makes it mixed: no change of the milestone says that the deal
  -- was worth 100 at Lead. All of them do, undone newest first: Won, 150; Bid, 150; Bid, 100; Lead, 100.
  --
  -- So a deal is mixed if one of its changes in these days touches milestone, `last_stage_changed_at`,
  -- probability, value or duration and is not plain; or if nothing says since when it is where it is. A
  -- plain change has milestone and probability, and `last_stage_changed_at` from a known instant to a later
  -- one, and neither value nor duration. (One day more: clocks differ.)
  mixed AS MATERIALIZED (
    SELECT h.row_key AS id
    FROM (
      SELECT history_id
      FROM _history_values
      WHERE column_name IN ('milestone_id', 'last_stage_changed_at', 'probability', 'value_amount',
          'value_currency', 'duration_basis', 'duration')
        AND history_id >= (
          SELECT id FROM _history WHERE changed_at >= date('now', '-367 days') ORDER BY id LIMIT 1)
      GROUP BY history_id
      HAVING sum(CASE
        WHEN column_name IN ('milestone_id', 'probability') THEN 1
        WHEN column_name = 'last_stage_changed_at' THEN coalesce("before" < "after", 0)
        ELSE 9
      END) <> 3
    ) AS v
    CROSS JOIN _history AS h ON h.id = v.history_id AND h.table_name = 'opportunities'
    UNION
    SELECT id FROM opportunities WHERE last_stage_changed_at IS NULL AND _deleted_at IS NULL
  ),
  -- The known stays of those other deals that reach into the days, from their first day to their last: the
  -- open ones, and those before which the deal was made and its milestone is not known.
  stays AS MATERIALIZED (
    SELECT
      substr(o.created_at, 1, 10) AS created_on, substr(d."before", 1, 10) AS day,
      substr(d."after", 1, 10) AS until, m.id AS milestone_id, m.complete = 0 AS is_open,
      o.value_currency AS currency, o.value_amount AS amount, o.duration_basis AS basis, o.duration,
      p."before" AS probability,
      CASE
        WHEN d."before" >= date('now', '-365 days')
          AND substr(d."before", 1, 10) > substr(o.created_at, 1, 10)
        THEN NOT EXISTS (
          SELECT 1 FROM _history AS n
          CROSS JOIN _history_values AS w
            ON w.column_name = 'last_stage_changed_at' AND w.history_id = n.id AND w."after" IS NOT NULL
          WHERE n.table_name = 'opportunities' AND n.row_key = h.row_key AND n.id < h.id)
      END AS is_first
    FROM _history_values AS d
    CROSS JOIN _history AS h ON h.id = d.history_id AND h.table_name = 'opportunities'
    CROSS JOIN _history_values AS v ON v.column_name = 'milestone_id' AND v.history_id = h.id
    CROSS JOIN milestones AS m ON m.id = v."before"
    CROSS JOIN opportunities AS o ON o.id = h.row_key AND o._deleted_at IS NULL
    LEFT JOIN _history_values AS p ON p.column_name = 'probability' AND p.history_id = h.id
    WHERE d.column_name = 'last_stage_changed_at' AND d."after" >= date('now', '-365 days')
      AND h.row_key NOT IN (SELECT id FROM mixed)
      AND (m.complete = 0 OR d."before" >= date('now', '-365 days'))
    UNION ALL
    SELECT
      substr(o.created_at, 1, 10), substr(o.last_stage_changed_at, 1, 10), NULL, o.milestone_id,
      m.complete = 0, o.value_currency, o.value_amount, o.duration_basis, o.duration, o.probability,
      CASE
        WHEN o.last_stage_changed_at >= date('now', '-365 days')
          AND substr(o.last_stage_changed_at, 1, 10) > substr(o.created_at, 1, 10)
        THEN NOT EXISTS (
          SELECT 1 FROM _history AS n
          CROSS JOIN _history_values AS w
            ON w.column_name = 'last_stage_changed_at' AND w.history_id = n.id AND w."after" IS NOT NULL
          WHERE n.table_name = 'opportunities' AND n.row_key = +o.id)
      END
    FROM opportunities AS o
    CROSS JOIN milestones AS m ON m.id = o.milestone_id
    WHERE o._deleted_at IS NULL AND o.id NOT IN (SELECT id FROM mixed)
      AND (m.complete = 0 OR o.last_stage_changed_at >= date('now', '-365 days'))
  ),
  -- Each version of each mixed deal, newest first, as far as one reaches into the days: the change that ends
  -- it, what the deal was before that change, and what it was after.
  walk(
    created_at, older, row_key, at, seen_at, closed_on, milestone_id, amount, currency, basis, duration,
    probability, stage_at, later_milestone_id, later_amount, later_currency, later_basis, later_duration,
    later_probability
  ) AS (
    SELECT
      o.created_at, h.id, o.id, NULL, o._synced_at, o.closed_on, o.milestone_id, o.value_amount,
      o.value_currency, o.duration_basis, o.duration, o.probability, o.last_stage_changed_at, NULL, NULL,
      NULL, NULL, NULL, NULL
    FROM (
      SELECT
        (SELECT max(x.id) FROM _history AS x
          WHERE x.table_name = 'opportunities' AND x.row_key = +m.id AND x.change <> 'insert') AS id,
        m.id AS deal
      FROM mixed AS m
    ) AS h
    CROSS JOIN opportunities AS o ON o.id = h.deal AND o._deleted_at IS NULL
    UNION ALL
    SELECT
      v.created_at,
      (SELECT max(x.id) FROM _history AS x
        WHERE x.table_name = 'opportunities' AND x.row_key = +v.row_key AND x.id < v.older
          AND x.change <> 'insert'),
      v.row_key,
      min(coalesce(v.at, '9999'), coalesce((
        SELECT d."after" FROM _history_values AS d
        JOIN _history_values AS m ON m.column_name = 'milestone_id' AND m.history_id = d.history_id
        WHERE d.column_name = 'last_stage_changed_at' AND d.history_id = h.id), h.changed_at)),
      coalesce(h.synced_before, h.changed_at),
      (SELECT "before" FROM _history_values WHERE column_name = 'closed_on' AND history_id = h.id
        UNION ALL SELECT v.closed_on LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'milestone_id' AND history_id = h.id
        UNION ALL SELECT v.milestone_id LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'value_amount' AND history_id = h.id
        UNION ALL SELECT v.amount LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'value_currency' AND history_id = h.id
        UNION ALL SELECT v.currency LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'duration_basis' AND history_id = h.id
        UNION ALL SELECT v.basis LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'duration' AND history_id = h.id
        UNION ALL SELECT v.duration LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'probability' AND history_id = h.id
        UNION ALL SELECT v.probability LIMIT 1),
      (SELECT "before" FROM _history_values WHERE column_name = 'last_stage_changed_at' AND history_id = h.id
        UNION ALL SELECT v.stage_at LIMIT 1),
      v.milestone_id, v.amount, v.currency, v.basis, v.duration, v.probability
    FROM walk AS v
    CROSS JOIN _history AS h ON h.id = v.older
    WHERE v.at IS NULL OR v.at >= date('now', '-365 days')
  ),
  versions AS MATERIALIZED (SELECT * FROM walk),
  -- The first version of each deal that the replica saw, and since when its milestone is known.
  firsts AS MATERIALIZED (
    SELECT
      coalesce(d.created_on, d.known_on) AS created_on, max(d.known_on, coalesce(d.created_on, '')) AS day,
      d.milestone_id, d.amount, d.currency, d.basis, d.duration, d.probability
    FROM (
      SELECT
        substr(v.created_at, 1, 10) AS created_on,
        min(
          substr(coalesce(
            v.stage_at, CASE WHEN m.complete IS NOT 0 THEN min(v.closed_on, v.seen_at) END, v.seen_at),
            1, 10),
          coalesce(substr(v.at, 1, 10), '9999')) AS known_on,
        v.milestone_id, v.amount, v.currency, v.basis, v.duration, v.probability
      FROM versions AS v
      LEFT JOIN milestones AS m ON m.id = v.milestone_id
      WHERE v.older IS NULL AND (v.at IS NULL OR v.at >= date('now', '-365 days'))
    ) AS d
  ),
  -- What comes and goes, and when: a deal before and after each change, and before the first version that
  -- is known, at a milestone that is not.
  moves(day, pipeline_of, milestone_id, currency, amount, basis, duration, probability, sign) AS (
    SELECT
      max(substr(at, 1, 10), coalesce(substr(created_at, 1, 10), '')), later_milestone_id,
      later_milestone_id, later_currency, later_amount, later_basis, later_duration, later_probability, 1
    FROM versions WHERE at IS NOT NULL
    UNION ALL
    SELECT
      max(substr(at, 1, 10), coalesce(substr(created_at, 1, 10), '')), milestone_id, milestone_id,
      currency, amount, basis, duration, probability, -1
    FROM versions WHERE at >= date('now', '-365 days')
    UNION ALL
    SELECT
      day, milestone_id, milestone_id, currency, amount, basis, duration, probability, 1
    FROM firsts
    UNION ALL
    SELECT
      created_on, milestone_id, NULL, currency, amount, basis, duration, probability, 1
    FROM firsts WHERE day > created_on AND day >= date('now', '-365 days')
    UNION ALL
    SELECT day, milestone_id, NULL, currency, amount, basis, duration, probability, -1
    FROM firsts WHERE day > created_on AND day >= date('now', '-365 days')
    UNION ALL
    SELECT
      max(day, coalesce(created_on, '')), milestone_id, milestone_id, currency, amount, basis, duration,
      probability, 1
    FROM stays WHERE is_open
    UNION ALL
    SELECT
      max(until, coalesce(created_on, '')), milestone_id, milestone_id, currency, amount, basis, duration,
      probability, -1
    FROM stays WHERE is_open AND until IS NOT NULL
    UNION ALL
    SELECT created_on, milestone_id, NULL, currency, amount, basis, duration, probability, 1
    FROM stays WHERE is_first
    UNION ALL
    SELECT day, milestone_id, NULL, currency, amount, basis, duration, probability, -1
    FROM stays WHERE is_first
  ),
  -- Net change of each group on each day; what is older counts on the day before the first.
  changes(day, pipeline_id, milestone_id, currency, deals, total_value, weighted_value) AS (
    SELECT
      min(max(v.day, date('now', '-366 days')), date('now')) AS day,
      m.pipeline_id, v.milestone_id, v.currency, sum(v.sign),
      sum(v.sign * v.amount * iif(coalesce(v.basis, 'FIXED') = 'FIXED', 1, coalesce(v.duration, 1))),
      sum(v.sign * v.amount * iif(coalesce(v.basis, 'FIXED') = 'FIXED', 1, coalesce(v.duration, 1))
        * iif(m.complete = 0, coalesce(v.probability, m.probability), NULL) / 100.0)
    FROM moves AS v
    JOIN milestones AS m ON m.id = v.pipeline_of
    WHERE m.complete = 0 OR v.milestone_id IS NULL
    GROUP BY 1, 2, 3, 4
  ),
  days(day) AS (
    SELECT date('now', '-365 days')
    UNION ALL
    SELECT date(day, '+1 day') FROM days WHERE day < date('now')
  ),
  filled AS (
    SELECT day, pipeline_id, milestone_id, currency, deals, total_value, weighted_value FROM changes
    UNION ALL
    SELECT d.day, g.pipeline_id, g.milestone_id, g.currency, 0, 0, 0
    FROM (SELECT DISTINCT pipeline_id, milestone_id, currency FROM changes) AS g CROSS JOIN days AS d
  ),
  totals AS (
    SELECT
      day, pipeline_id, milestone_id, currency,
      sum(sum(deals)) OVER line AS deals,
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
LEFT JOIN pipelines AS l ON l.id = t.pipeline_id
LEFT JOIN milestones AS m ON m.id = t.milestone_id
WHERE t.deals <> 0 AND t.day >= date('now', '-365 days');
