-- What came of the deals: won, lost, how soon, by whom, and what is expected.
-- Amounts of different currencies are never added: the currency is part of each key.
--
-- What is won and lost, its total value, rate and days are said in `v_opportunity`. Views that add up many
-- deals say it again, of the tables themselves, and join the names to the sums: made from the view they
-- take three times as long.

CREATE VIEW v_win_rate AS
-- Grain: one row a pipeline, an owner, a month of closing and a currency.
-- Deals closed, and how many of those that count were won. To sum up over rows, divide the sums and do not
-- average the rates. Deals closed without a day are in it, in rows without a month.
--
-- month DATE: First day of the month of `closed_on`. NULL for closed deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- owner_id INTEGER: The user who owns the deals now, → `users.id`.
-- owner TEXT: Name of the user.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- won INTEGER: Deals won.
-- lost INTEGER: Deals lost that count for conversion, those without a reason among them.
-- lost_not_counted INTEGER: Deals lost for a reason that does not count (`included_for_conversion`).
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- won_value REAL: Total value of the deals won.
-- lost_value REAL: Total value of the deals lost that count.
-- won_base_value REAL: The deals won in the base currency. NULL when none was won or `fx_rates` lacks a rate.
-- Types: all
SELECT
  n.month, n.pipeline_id, l.name AS pipeline, n.owner_id, u.name AS owner, n.currency, n.won, n.lost,
  n.lost_not_counted, round(n.won * 1.0 / nullif(n.won + n.lost, 0), 4) AS win_rate,
  round(coalesce(n.won_value, 0), 4) AS won_value, round(coalesce(n.lost_value, 0), 4) AS lost_value,
  CASE WHEN n.won_valued = n.won_based THEN round(n.won_base_value, 4) END AS won_base_value
FROM (
  SELECT
    month, pipeline_id, owner_id, currency,
    sum(is_won) AS won, sum(is_lost) AS lost, sum(NOT is_won AND NOT is_lost) AS lost_not_counted,
    sum(total_value) FILTER (WHERE is_won) AS won_value,
    sum(total_value) FILTER (WHERE is_lost) AS lost_value,
    count(total_value) FILTER (WHERE is_won) AS won_valued,
    count(total_value * fx_rate) FILTER (WHERE is_won) AS won_based,
    sum(total_value * fx_rate) FILTER (WHERE is_won) AS won_base_value
  FROM (
    SELECT
      substr(o.closed_on, 1, 7) || '-01' AS month, m.pipeline_id, o.owner_id,
      o.value_currency AS currency, m.probability = 100 AS is_won,
      m.probability = 0 AND coalesce(r.included_for_conversion, 1) AS is_lost,
      CASE
        WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
        ELSE o.value_amount * coalesce(o.duration, 1)
      END AS total_value,
      (SELECT f.rate FROM fx_rates AS f
        WHERE f.currency = o.value_currency AND f.day <= coalesce(o.closed_on, date('now'))
        ORDER BY f.day DESC LIMIT 1) AS fx_rate
    FROM opportunities AS o
    CROSS JOIN milestones AS m
      ON m.id = o.milestone_id AND m.complete = 1 AND m.probability IN (0, 100)
    LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
    WHERE o._deleted_at IS NULL
  )
  GROUP BY month, pipeline_id, owner_id, currency
) AS n
LEFT JOIN pipelines AS l ON l.id = n.pipeline_id
LEFT JOIN users AS u ON u.id = n.owner_id;

CREATE VIEW v_lost_reasons AS
-- Grain: one row a reason, a pipeline, a month of closing and a currency.
-- Why deals were lost. Deals lost without a day are in it, in rows without a month.
--
-- month DATE: First day of the month of `closed_on`. NULL for lost deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- lost_reason_id INTEGER: The reason, → `lost_reasons.id`. NULL for deals lost without one.
-- lost_reason TEXT: The reason in words. NULL for deals lost without one.
-- counts_for_conversion BOOLEAN: Whether such deals count in a win rate.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Deals lost.
-- total_value REAL: Their total value.
-- base_value REAL: The same in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- Types: all
SELECT
  n.month, n.pipeline_id, l.name AS pipeline, n.lost_reason_id, r.name AS lost_reason,
  coalesce(r.included_for_conversion, 1) AS counts_for_conversion, n.currency, n.deals,
  round(coalesce(n.total_value, 0), 4) AS total_value,
  CASE WHEN n.valued = n.based THEN round(n.base_value, 4) END AS base_value
FROM (
  SELECT
    month, pipeline_id, lost_reason_id, currency, count(*) AS deals, sum(total_value) AS total_value,
    count(total_value) AS valued, count(total_value * fx_rate) AS based,
    sum(total_value * fx_rate) AS base_value
  FROM (
    SELECT
      substr(o.closed_on, 1, 7) || '-01' AS month, m.pipeline_id, o.lost_reason_id,
      o.value_currency AS currency,
      CASE
        WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
        ELSE o.value_amount * coalesce(o.duration, 1)
      END AS total_value,
      (SELECT f.rate FROM fx_rates AS f
        WHERE f.currency = o.value_currency AND f.day <= coalesce(o.closed_on, date('now'))
        ORDER BY f.day DESC LIMIT 1) AS fx_rate
    FROM opportunities AS o
    CROSS JOIN milestones AS m ON m.id = o.milestone_id AND m.complete = 1 AND m.probability = 0
    WHERE o._deleted_at IS NULL
  )
  GROUP BY month, pipeline_id, lost_reason_id, currency
) AS n
LEFT JOIN pipelines AS l ON l.id = n.pipeline_id
LEFT JOIN lost_reasons AS r ON r.id = n.lost_reason_id;

CREATE VIEW v_sales_cycle AS
-- Grain: one row a pipeline, a month of closing and an outcome.
-- How long closed deals took from their making to their closing. Deals closed without a day are not in it.
--
-- month DATE: First day of the month of `closed_on`.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- state TEXT: `won` or `lost`.
-- deals INTEGER: Deals closed. Those without `created_at` are in no other column.
-- mean_days REAL: Mean days from the day of making (UTC) to `closed_on`.
-- median_days REAL: The middle one, or the mean of the two in the middle.
-- shortest_days INTEGER: The fewest days.
-- longest_days INTEGER: The most days.
-- Types: all
SELECT
  n.month, n.pipeline_id, l.name AS pipeline, iif(n.probability = 100, 'won', 'lost') AS state, n.deals,
  round(n.mean_days, 2) AS mean_days, n.median_days, n.shortest_days, n.longest_days
FROM (
  SELECT
    month, pipeline_id, probability, count(*) AS deals, avg(days) AS mean_days,
    avg(days) FILTER (WHERE place IN ((timed + 1) / 2, (timed + 2) / 2)) AS median_days,
    min(days) AS shortest_days, max(days) AS longest_days
  FROM (
    SELECT
      month, pipeline_id, probability, days,
      row_number() OVER (PARTITION BY month, pipeline_id, probability ORDER BY days NULLS LAST)
        AS place,
      count(days) OVER (PARTITION BY month, pipeline_id, probability) AS timed
    FROM (
      SELECT
        substr(o.closed_on, 1, 7) || '-01' AS month, m.pipeline_id, m.probability,
        CAST(max(0, julianday(o.closed_on) - julianday(substr(o.created_at, 1, 10))) AS INTEGER) AS days
      FROM opportunities AS o
      CROSS JOIN milestones AS m
        ON m.id = o.milestone_id AND m.complete = 1 AND m.probability IN (0, 100)
      WHERE o._deleted_at IS NULL AND o.closed_on IS NOT NULL
    )
  )
  GROUP BY month, pipeline_id, probability
) AS n
LEFT JOIN pipelines AS l ON l.id = n.pipeline_id;

CREATE VIEW v_sales_velocity AS
-- Grain: one row a pipeline and a currency.
-- What a pipeline earns in a day: open deals, times the rate at which they are won, times the mean value
-- of a deal won, divided by the mean days to win one. Rate, value and days are those of the deals that
-- were closed within the last 365 days, of which the first and today count. Deals without a currency, and
-- those closed without a day, are not in it.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values, → `currencies.code`.
-- open_deals INTEGER: Deals that are open now.
-- won INTEGER: Deals won within the last 365 days.
-- lost INTEGER: Deals lost within them that count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1.
-- mean_won_value REAL: Mean total value of the deals won.
-- mean_days_to_win REAL: Mean days from making to winning, not less than 1.
-- value_per_day REAL: The velocity, in the currency a day. NULL when no deal was won.
-- Types: all
SELECT
  n.pipeline_id, l.name AS pipeline, n.currency, n.open_deals, n.won, n.lost,
  round(n.won * 1.0 / nullif(n.won + n.lost, 0), 4) AS win_rate,
  round(n.mean_won_value, 4) AS mean_won_value, round(max(1.0, n.mean_days), 2) AS mean_days_to_win,
  round(n.open_deals * (n.won * 1.0 / (n.won + n.lost)) * n.mean_won_value / max(1.0, n.mean_days), 4)
    AS value_per_day
FROM (
  SELECT
    pipeline_id, currency, sum(is_open) AS open_deals, sum(is_won) AS won, sum(is_lost) AS lost,
    avg(total_value) FILTER (WHERE is_won) AS mean_won_value, avg(days) FILTER (WHERE is_won) AS mean_days
  FROM (
    SELECT
      m.pipeline_id, o.value_currency AS currency, m.complete = 0 AS is_open,
      m.complete = 1 AND m.probability = 100 AS is_won,
      m.complete = 1 AND m.probability = 0 AND coalesce(r.included_for_conversion, 1) AS is_lost,
      CASE
        WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
        ELSE o.value_amount * coalesce(o.duration, 1)
      END AS total_value,
      CAST(max(0, julianday(o.closed_on) - julianday(substr(o.created_at, 1, 10))) AS INTEGER) AS days
    FROM opportunities AS o
    CROSS JOIN milestones AS m ON m.id = o.milestone_id
    LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
    WHERE o._deleted_at IS NULL AND o.value_currency IS NOT NULL
      AND (m.complete = 0 OR m.complete = 1 AND m.probability IN (0, 100)
        AND o.closed_on BETWEEN date('now', '-365 days') AND date('now'))
  )
  GROUP BY pipeline_id, currency
) AS n
LEFT JOIN pipelines AS l ON l.id = n.pipeline_id;

CREATE VIEW v_owner_performance AS
-- Grain: one row an owner, a month and a currency.
-- What became of an owner's deals, month by month: made in that month, and closed in that month. A deal
-- belongs to the owner that it has now, whoever made or closed it. Deals lost for a reason that does not
-- count (`included_for_conversion`) and deals closed without a day are only among those made: where there
-- is nothing else, there is no row.
--
-- month DATE: First day of the month; of `created_at` (UTC) for deals made, of `closed_on` for deals closed.
-- owner_id INTEGER: The user who owns the deals now, → `users.id`. NULL for deals without an owner.
-- owner TEXT: Name of the user.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- created INTEGER: Deals made.
-- created_value REAL: Their total value.
-- won INTEGER: Deals won.
-- won_value REAL: Their total value.
-- won_base_value REAL: The same in the base currency. NULL when none was won or `fx_rates` lacks a rate.
-- lost INTEGER: Deals lost that count for conversion.
-- lost_value REAL: Their total value.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- mean_days_to_win REAL: Mean days from making to winning.
-- Types: all
SELECT
  n.month, n.owner_id, u.name AS owner, n.currency,
  sum(n.created) AS created, round(sum(n.created_value), 4) AS created_value,
  sum(n.won) AS won, round(sum(n.won_value), 4) AS won_value,
  CASE WHEN sum(n.won_valued) = sum(n.won_based) THEN round(sum(n.won_base_value), 4) END
    AS won_base_value,
  sum(n.lost) AS lost, round(sum(n.lost_value), 4) AS lost_value,
  round(sum(n.won) * 1.0 / nullif(sum(n.won + n.lost), 0), 4) AS win_rate,
  round(sum(n.won_days) * 1.0 / nullif(sum(n.won_timed), 0), 2) AS mean_days_to_win
FROM (
  SELECT
    substr(o.created_at, 1, 7) || '-01' AS month, o.owner_id, o.value_currency AS currency,
    count(*) AS created,
    coalesce(sum(CASE
      WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
      ELSE o.value_amount * coalesce(o.duration, 1)
    END), 0) AS created_value,
    0 AS won, 0 AS won_value, 0 AS won_valued, 0 AS won_based, NULL AS won_base_value, 0 AS lost,
    0 AS lost_value, 0 AS won_days, 0 AS won_timed
  FROM opportunities AS o
  WHERE o._deleted_at IS NULL
  GROUP BY 1, 2, 3
  UNION ALL
  SELECT
    month, owner_id, currency, 0, 0, sum(is_won), coalesce(sum(total_value) FILTER (WHERE is_won), 0),
    count(total_value) FILTER (WHERE is_won), count(total_value * fx_rate) FILTER (WHERE is_won),
    sum(total_value * fx_rate) FILTER (WHERE is_won), sum(NOT is_won),
    coalesce(sum(total_value) FILTER (WHERE NOT is_won), 0), sum(days) FILTER (WHERE is_won),
    count(days) FILTER (WHERE is_won)
  FROM (
    SELECT
      substr(o.closed_on, 1, 7) || '-01' AS month, o.owner_id, o.value_currency AS currency,
      m.probability = 100 AS is_won,
      CASE
        WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
        ELSE o.value_amount * coalesce(o.duration, 1)
      END AS total_value,
      (SELECT f.rate FROM fx_rates AS f
        WHERE f.currency = o.value_currency AND f.day <= o.closed_on
        ORDER BY f.day DESC LIMIT 1) AS fx_rate,
      CAST(max(0, julianday(o.closed_on) - julianday(substr(o.created_at, 1, 10))) AS INTEGER) AS days
    FROM opportunities AS o
    CROSS JOIN milestones AS m
      ON m.id = o.milestone_id AND m.complete = 1 AND m.probability IN (0, 100)
    LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
    WHERE o._deleted_at IS NULL AND o.closed_on IS NOT NULL
      AND (m.probability = 100 OR coalesce(r.included_for_conversion, 1))
  )
  GROUP BY 1, 2, 3
) AS n
LEFT JOIN users AS u ON u.id = n.owner_id
GROUP BY n.month, n.owner_id, n.currency;

CREATE VIEW v_forecast AS
-- Grain: one row a month of expected close, a pipeline, an owner and a currency.
-- Open deals by when they are expected to close. A month that has passed holds deals whose date was missed.
--
-- month DATE: First day of the month of `expected_close_on`. NULL for deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- owner_id INTEGER: The user who owns the deals, → `users.id`.
-- owner TEXT: Name of the user.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Open deals.
-- overdue_deals INTEGER: Those of them whose expected day has passed.
-- total_value REAL: Their total value.
-- weighted_value REAL: The same weighted with the deals' probability.
-- base_value REAL: The total value in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- weighted_base_value REAL: The weighted value in the base currency.
-- Types: all
SELECT
  date(expected_close_on, 'start of month') AS month, pipeline_id, pipeline, owner_id, owner,
  value_currency AS currency, count(*) AS deals, sum(is_overdue) AS overdue_deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  round(coalesce(sum(weighted_value), 0), 4) AS weighted_value,
  CASE WHEN count(total_value) = count(base_value) THEN round(sum(base_value), 4) END AS base_value,
  CASE
    WHEN count(total_value) = count(base_value) THEN round(sum(weighted_value * fx_rate), 4)
  END AS weighted_base_value
FROM v_opportunity
WHERE state = 'open'
GROUP BY 1, 2, 4, 6;
