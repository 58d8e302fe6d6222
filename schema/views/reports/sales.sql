-- What came of the deals: won, lost, how soon, by whom, and what is expected.
-- Amounts of different currencies are never added: the currency is part of each key.
--
-- What is won and lost, its total value, rate and days are said in `v_opportunity`. `LIMIT -1` has SQLite
-- read the deals for themselves, where it leaves out what the sums do not need.

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
  month, pipeline_id, pipeline, owner_id, owner, currency, sum(is_won) AS won, sum(is_lost) AS lost,
  sum(NOT is_won AND NOT is_lost) AS lost_not_counted,
  round(sum(is_won) * 1.0 / nullif(sum(is_won) + sum(is_lost), 0), 4) AS win_rate,
  round(coalesce(sum(total_value) FILTER (WHERE is_won), 0), 4) AS won_value,
  round(coalesce(sum(total_value) FILTER (WHERE is_lost), 0), 4) AS lost_value,
  CASE WHEN count(total_value) FILTER (WHERE is_won) = count(total_value * fx_rate) FILTER (WHERE is_won)
    THEN round(sum(total_value * fx_rate) FILTER (WHERE is_won), 4)
  END AS won_base_value
FROM (
  SELECT
    substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, owner_id, owner,
    value_currency AS currency, state = 'won' AS is_won, state = 'lost' AND counts_for_conversion AS is_lost,
    total_value, fx_rate
  FROM v_opportunity
  WHERE state IN ('won', 'lost')
  LIMIT -1
)
GROUP BY month, pipeline_id, owner_id, currency;

CREATE VIEW v_lost_reasons AS
-- Grain: one row a reason, a last open milestone, a pipeline, a month of closing and a currency.
-- Why deals were lost. Deals lost without a day are in it, in rows without a month.
--
-- month DATE: First day of the month of `closed_on`. NULL for lost deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- lost_reason_id INTEGER: The reason, → `lost_reasons.id`. NULL for deals lost without one, and where the
--   account knows no reasons.
-- lost_reason TEXT: The reason in words. NULL for deals lost without one, and where the account knows no
--   reasons.
-- last_open_milestone_id INTEGER: The milestone at which the deals were last open, → `milestones.id`.
-- last_open_milestone TEXT: Name of that milestone: the stage at which they were lost.
-- counts_for_conversion BOOLEAN: Whether such deals count in a win rate.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Deals lost.
-- total_value REAL: Their total value.
-- base_value REAL: The same in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- Types: all
SELECT
  month, pipeline_id, pipeline, lost_reason_id, lost_reason, stage_id AS last_open_milestone_id,
  stage AS last_open_milestone, counts_for_conversion, currency, count(*) AS deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  CASE WHEN count(total_value) = count(total_value * fx_rate) THEN round(sum(total_value * fx_rate), 4) END
    AS base_value
FROM (
  SELECT
    substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, lost_reason_id, lost_reason,
    last_open_milestone_id AS stage_id, last_open_milestone AS stage, counts_for_conversion,
    value_currency AS currency, total_value, fx_rate
  FROM v_opportunity
  WHERE state = 'lost'
  LIMIT -1
)
GROUP BY month, pipeline_id, lost_reason_id, stage_id, currency;

CREATE VIEW v_sales_cycle AS
-- Grain: one row a pipeline, a month of closing and an outcome.
-- How long closed deals took from their making to their closing. Deals closed without a day are not in it.
--
-- month DATE: First day of the month of `closed_on`.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- state TEXT: `won` or `lost`.
-- deals INTEGER: Deals closed. Those without `created_at` are in no other column.
-- mean_days REAL: Mean days from the day of making to `closed_on`.
-- median_days REAL: The middle one, or the mean of the two in the middle.
-- shortest_days INTEGER: The fewest days.
-- longest_days INTEGER: The most days.
-- Types: all
WITH
  closed AS (
    SELECT substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, state, days_to_close AS days
    FROM v_opportunity
    WHERE state IN ('won', 'lost') AND closed_on IS NOT NULL
    LIMIT -1
  ),
  -- Few rows: so many deals took so many days.
  counts AS (
    SELECT month, pipeline_id, pipeline, state, days, count(*) AS deals
    FROM closed GROUP BY month, pipeline_id, state, days
  ),
  -- The places of those deals among all that have a number of days.
  placed AS (
    SELECT
      *, sum(deals) FILTER (WHERE days IS NOT NULL) OVER (PARTITION BY month, pipeline_id, state ORDER BY days)
        AS last,
      sum(deals) FILTER (WHERE days IS NOT NULL) OVER (PARTITION BY month, pipeline_id, state) AS timed
    FROM counts
  )
SELECT
  month, pipeline_id, pipeline, state, sum(deals) AS deals, round(sum(days * deals) * 1.0 / max(timed), 2) AS mean_days,
  (max(days) FILTER (WHERE days IS NOT NULL AND last - deals < (timed + 1) / 2 AND last >= (timed + 1) / 2)
    + max(days) FILTER (WHERE days IS NOT NULL AND last - deals < (timed + 2) / 2 AND last >= (timed + 2) / 2)) / 2.0
    AS median_days,
  min(days) AS shortest_days, max(days) AS longest_days
FROM placed
GROUP BY month, pipeline_id, state;

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
  pipeline_id, pipeline, currency, open_deals, won, lost,
  round(won * 1.0 / nullif(won + lost, 0), 4) AS win_rate, round(mean_won_value, 4) AS mean_won_value,
  round(max(1.0, mean_days), 2) AS mean_days_to_win,
  round(open_deals * (won * 1.0 / (won + lost)) * mean_won_value / max(1.0, mean_days), 4)
    AS value_per_day
FROM (
  SELECT
    pipeline_id, pipeline, currency, sum(state = 'open') AS open_deals, sum(state = 'won') AS won,
    sum(state = 'lost' AND counts_for_conversion) AS lost,
    avg(total_value) FILTER (WHERE state = 'won') AS mean_won_value,
    avg(days) FILTER (WHERE state = 'won') AS mean_days
  FROM (
    SELECT
      pipeline_id, pipeline, value_currency AS currency, state, counts_for_conversion, total_value,
      days_to_close AS days
    FROM v_opportunity
    WHERE value_currency IS NOT NULL AND (state = 'open'
      OR state IN ('won', 'lost') AND closed_on BETWEEN date(today(), '-365 days') AND today())
    LIMIT -1
  )
  GROUP BY pipeline_id, currency
);

CREATE VIEW v_owner_performance AS
-- Grain: one row an owner, a team, a month and a currency.
-- What became of an owner's deals, month by month: made in that month, and closed in that month. A deal
-- belongs to the owner that it has now, whoever made or closed it. Deals lost for a reason that does not
-- count (`included_for_conversion`) and deals closed without a day are only among those made: where there
-- is nothing else, there is no row.
--
-- month DATE: First day of the month; of `created_on` for deals made, of `closed_on` for deals closed.
-- owner_id INTEGER: The user who owns the deals now, → `users.id`. NULL for deals without an owner.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team that the deals are assigned to now, → `teams.id`.
-- team TEXT: Name of the team.
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
WITH
  deals AS (
    SELECT
      owner_id, owner, team_id, team, value_currency AS currency, created_on, closed_on, state IS 'won' AS is_won,
      counts_for_conversion AS counts, total_value, iif(state IS 'open', NULL, fx_rate) AS fx_rate,
      days_to_close AS days
    FROM v_opportunity
    LIMIT -1
  )
SELECT
  month, owner_id, owner, team_id, team, currency, sum(is_made) AS created,
  round(coalesce(sum(total_value) FILTER (WHERE is_made), 0), 4) AS created_value,
  sum(is_won) AS won, round(coalesce(sum(total_value) FILTER (WHERE is_won), 0), 4) AS won_value,
  CASE WHEN count(total_value) FILTER (WHERE is_won) = count(total_value * fx_rate) FILTER (WHERE is_won)
    THEN round(sum(total_value * fx_rate) FILTER (WHERE is_won), 4)
  END AS won_base_value,
  sum(is_lost) AS lost, round(coalesce(sum(total_value) FILTER (WHERE is_lost), 0), 4) AS lost_value,
  round(sum(is_won) * 1.0 / nullif(sum(is_won + is_lost), 0), 4) AS win_rate,
  round(avg(days) FILTER (WHERE is_won), 2) AS mean_days_to_win
FROM (
  SELECT
    substr(created_on, 1, 7) || '-01' AS month, owner_id, owner, team_id, team, currency, 1 AS is_made, 0 AS is_won,
    0 AS is_lost, total_value, NULL AS fx_rate, NULL AS days
  FROM deals
  UNION ALL
  SELECT
    substr(closed_on, 1, 7) || '-01', owner_id, owner, team_id, team, currency, 0, is_won, NOT is_won, total_value,
    fx_rate, days
  FROM deals
  WHERE counts AND closed_on IS NOT NULL
)
GROUP BY month, owner_id, team_id, currency;

CREATE VIEW v_forecast AS
-- Grain: one row a month of expected close, a pipeline, an owner, a team and a currency.
-- Open deals by when they are expected to close. A month that has passed holds deals whose date was missed.
--
-- month DATE: First day of the month of `expected_close_on`. NULL for deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- owner_id INTEGER: The user who owns the deals, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team that they are assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Open deals.
-- overdue_deals INTEGER: Those of them whose expected day has passed.
-- total_value REAL: Their total value.
-- weighted_value REAL: The same weighted with the deals' probability.
-- base_value REAL: The total value in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- weighted_base_value REAL: The weighted value in the base currency.
-- Types: all
SELECT
  date(expected_close_on, 'start of month') AS month, pipeline_id, pipeline, owner_id, owner, team_id, team,
  value_currency AS currency, count(*) AS deals, sum(is_overdue) AS overdue_deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  round(coalesce(sum(weighted_value), 0), 4) AS weighted_value,
  CASE WHEN count(total_value) = count(base_value) THEN round(sum(base_value), 4) END AS base_value,
  CASE
    WHEN count(total_value) = count(base_value) THEN round(sum(weighted_value * fx_rate), 4)
  END AS weighted_base_value
FROM (
  SELECT
    expected_close_on, pipeline_id, pipeline, owner_id, owner, team_id, team, value_currency, is_overdue,
    total_value, weighted_value, base_value, fx_rate
  FROM v_opportunity
  WHERE state = 'open'
  LIMIT -1
)
GROUP BY 1, pipeline_id, owner_id, team_id, value_currency;

CREATE VIEW v_win_rate_cohort AS
-- Grain: one row a month of creation, a pipeline and a currency.
-- What became of the deals that were made in a month.
--
-- month DATE: First day of the month of `created_on`. NULL for deals without that day.
-- pipeline_id INTEGER: The pipeline that they are in now, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- created INTEGER: Deals made.
-- open INTEGER: Those of them that are open.
-- won INTEGER: Those of them that are won.
-- lost INTEGER: Those of them that are lost and count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- created_value REAL: Total value of the deals made.
-- won_value REAL: Total value of the deals won.
-- mean_days_to_win REAL: Mean days from making to winning.
-- Types: all
SELECT
  month, pipeline_id, pipeline, currency, count(*) AS created, coalesce(sum(state = 'open'), 0) AS "open",
  coalesce(sum(state = 'won'), 0) AS won, coalesce(sum(state = 'lost' AND counts), 0) AS lost,
  round(sum(state = 'won') * 1.0 / nullif(sum(counts), 0), 4) AS win_rate,
  round(coalesce(sum(total_value), 0), 4) AS created_value,
  round(coalesce(sum(total_value) FILTER (WHERE state = 'won'), 0), 4) AS won_value,
  round(avg(days) FILTER (WHERE state = 'won'), 2) AS mean_days_to_win
FROM (
  SELECT
    substr(created_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, value_currency AS currency, state,
    counts_for_conversion AS counts, total_value, days_to_close AS days
  FROM v_opportunity
  LIMIT -1
)
GROUP BY month, pipeline_id, currency;

CREATE VIEW v_win_rate_by_tag AS
-- Grain: one row a tag, a pipeline and a currency.
-- Deals with a tag that were closed, and how many of those that count were won. A deal counts for each of its
-- tags, so rows of several tags are not to be added up.
--
-- tag_id INTEGER: The tag, → `v_opportunity_tag.tag_id`.
-- tag TEXT: Name of the tag.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- open INTEGER: Open deals.
-- won INTEGER: Deals won.
-- lost INTEGER: Deals lost that count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- won_value REAL: Total value of the deals won.
-- Types: all
SELECT
  t.tag_id, t.tag, o.pipeline_id, o.pipeline, o.currency, coalesce(sum(o.state = 'open'), 0) AS "open",
  coalesce(sum(o.state = 'won'), 0) AS won, coalesce(sum(o.state = 'lost' AND o.counts), 0) AS lost,
  round(sum(o.state = 'won') * 1.0 / nullif(sum(o.counts), 0), 4) AS win_rate,
  round(coalesce(sum(o.total_value) FILTER (WHERE o.state = 'won'), 0), 4) AS won_value
FROM v_opportunity_tag AS t
JOIN (
  SELECT
    id, pipeline_id, pipeline, value_currency AS currency, state, counts_for_conversion AS counts, total_value
  FROM v_opportunity
  LIMIT -1
) AS o ON o.id = t.opportunity_id
GROUP BY t.tag_id, o.pipeline_id, o.currency;

CREATE VIEW v_forecast_spread AS
-- Grain: one row a month, a pipeline and a currency.
-- When the income of open deals is expected. A deal with a fixed price is income of the month of its expected
-- close. Of a deal whose amount repeats, each period is income of the month in which that period begins, the
-- first on the day of the expected close; of one without a duration there is one period. No more than 1,200
-- periods are looked at. Deals without an expected close are in rows without a month, with their total value.
--
-- month DATE: First day of the month. NULL for deals without an expected close.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- deals INTEGER: Deals with income in that month.
-- value REAL: Their income in that month.
-- weighted_value REAL: The same weighted with the deals' probability.
-- recurring_value REAL: That part of `value` that comes from deals whose amount repeats.
-- Types: all
WITH RECURSIVE
  deals AS (
    SELECT
      id, pipeline_id, pipeline, value_currency AS currency, expected_close_on AS day, total_value,
      value_amount AS amount, weighted_value / nullif(total_value, 0) AS weight,
      iif(coalesce(duration_basis, 'FIXED') = 'FIXED', NULL, duration_basis) AS basis,
      min(max(coalesce(duration, 1), 1), 1200) AS periods
    FROM v_opportunity
    WHERE state = 'open'
    LIMIT -1
  ),
  numbers(n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM numbers
    WHERE n < (SELECT coalesce(max(periods), 1) - 1 FROM deals WHERE basis IS NOT NULL)
  ),
  income AS (
    SELECT id, pipeline_id, pipeline, currency, day, total_value AS value, weight, 0 AS recurs
    FROM deals WHERE basis IS NULL OR day IS NULL
    UNION ALL
    SELECT
      d.id, d.pipeline_id, d.pipeline, d.currency,
      -- The 31st of a shorter month would be a day of the next one.
      date(iif(d.basis IN ('HOUR', 'DAY', 'WEEK'), d.day, substr(d.day, 1, 7) || '-01'), CASE d.basis
        WHEN 'HOUR' THEN n.n || ' hours' WHEN 'DAY' THEN n.n || ' days' WHEN 'WEEK' THEN (n.n * 7) || ' days'
        WHEN 'MONTH' THEN n.n || ' months' WHEN 'QUARTER' THEN (n.n * 3) || ' months'
        ELSE n.n || ' years'
      END),
      d.amount, d.weight, 1
    FROM deals AS d
    CROSS JOIN numbers AS n ON n.n < d.periods
    WHERE d.basis IS NOT NULL AND d.day IS NOT NULL
  )
SELECT
  substr(day, 1, 7) || '-01' AS month, pipeline_id, pipeline, currency, count(DISTINCT id) AS deals,
  round(coalesce(sum(value), 0), 4) AS value, round(coalesce(sum(value * weight), 0), 4) AS weighted_value,
  round(coalesce(sum(value) FILTER (WHERE recurs), 0), 4) AS recurring_value
FROM income
GROUP BY 1, pipeline_id, currency;

CREATE VIEW v_owner_at_close AS
-- Grain: one row a closed opportunity.
-- Who owned a deal when it was closed, beside who owns it now. As of the end of the last round.
--
-- opportunity_id INTEGER: The deal, → `v_opportunity.id`.
-- opportunity TEXT: Name of the deal.
-- state TEXT: `won` or `lost`. NULL for another closed milestone.
-- closed_on DATE: When it was closed.
-- value_currency TEXT: Currency of the value.
-- total_value REAL: Its total value.
-- owner_id INTEGER: The owner now, → `v_owner.id`.
-- owner TEXT: Name of that.
-- owner_at_close_id INTEGER: The owner of the first version of the deal that was closed for good, → `v_owner.id`.
-- owner_at_close TEXT: Name of that.
-- precision TEXT: `seen` where the replica saw the deal become closed, `first seen` where it was closed when the
--   replica first saw it, or `unknown` before a round has ended.
-- Types: all
SELECT
  o.id AS opportunity_id, o.name AS opportunity, o.state, o.closed_on, o.value_currency, o.total_value,
  o.owner_id, o.owner, p.owner_id AS owner_at_close_id,
  (SELECT u.name FROM v_owner AS u WHERE u.id = p.owner_id) AS owner_at_close,
  CASE WHEN p.number > 1 THEN 'seen' WHEN p.number = 1 THEN 'first seen' ELSE 'unknown' END AS precision
FROM (
  SELECT id, name, state, closed_on, value_currency, total_value, owner_id, owner FROM v_opportunity
  WHERE is_closed
  LIMIT -1
) AS o
LEFT JOIN _opportunity_periods AS p ON p.opportunity_id = o.id AND p.number = (
  SELECT coalesce(max(q.number), 0) + 1 FROM _opportunity_periods AS q
  WHERE q.opportunity_id = o.id AND (q.number = 0 OR q.milestone_id IS NULL
    OR q.milestone_id IN (SELECT m.id FROM v_milestone AS m WHERE m.is_closed = 0)));
