-- The past of the deals, from their creation and from what the replica saw change.
--
-- These views are not in the file. At the end of each round the program makes them for itself, with the deals in
-- `_due` that have changed since the round before, and puts what they show into `_opportunity_periods` and
-- `_opportunity_stays`, which the reports read: that is much less work than to go through the past each time.
-- `v_opportunity_past` of the floor below has each version of each of these deals.
--
-- Example: a deal is made at Lead on the 1st, worth 100; it goes to Bid on the 3rd, is worth 150 from the 5th,
-- and is won on the 8th. `_history` has three changes of it, each with what changed and nothing else:
--
--   seen  before                       after
--   4th   Lead, 10 %, since the 1st    Bid, 50 %, since the 3rd
--   5th   worth 100                    worth 150
--   9th   Bid, 50 %, since the 3rd     Won, 100 %, since the 8th
--
-- Undone from the present, newest first, they give its four versions: Lead, 100, from the 1st; Bid, 100, from
-- the 3rd; Bid, 150, from the 5th; Won, 150, from the 8th.

CREATE VIEW v_opportunity_periods AS
-- Grain: one row a version of an opportunity, and one for the time before the first that is known.
-- What each living deal was, and on which days. A version that changes the milestone counts, whole, with its
-- value and probability too, from its `stage_at`, any other from when the replica saw it, and none longer than
-- until the next one counts. Before the first version a deal has no known milestone, and is that version
-- otherwise: from its creation until that version's `stage_at`. Without one, until `closed_on` if that version
-- was closed, and else until the replica first stored it. A deal without `created_at` counts from there. No
-- deal counts before it was made. What `history.keep` has deleted is not known: the oldest version left is then
-- the first.
--
-- opportunity_id INTEGER: The deal, → `v_opportunity.id`.
-- number INTEGER: Counts its versions from 1. 0 before the first that is known.
-- begins_on DATE: The first day that ended with this version.
-- ends_on DATE: The first day that ended with a later one. NULL now.
-- milestone_of INTEGER: The milestone whose pipeline it is in, → `v_milestone.id`.
-- milestone_id INTEGER: The milestone, → `v_milestone.id`. NULL where it is not known.
-- currency TEXT: Currency of the value.
-- total_value REAL: Its total value.
-- probability REAL: Percent.
-- owner_id INTEGER: The owner, → `v_owner.id`.
-- stage_at DATETIME: Since when it is at the milestone, UTC, as the CRM says.
-- last_open_milestone_id INTEGER: The last open milestone, as the CRM says, → `v_milestone.id`.
-- begun_by INTEGER: The change that began it, → `_history.id`. NULL for the first.
-- seen_after DATETIME: When the replica had stored the version before, UTC.
-- seen_at DATETIME: When the replica saw this version, UTC.
-- Kept: _opportunity_periods
-- Types: all
WITH
  known AS (
    SELECT
      p.*, row_number() OVER deal AS number, lag(p.ended_by) OVER deal AS begun_by,
      lag(p.ended_after) OVER deal AS seen_after, lag(p.ended_at) OVER deal AS seen_at,
      lag(p.milestone_id) OVER deal AS former_milestone_id, lag(p.stage_at) OVER deal AS former_stage_at,
      CASE WHEN lag(p.ended_at) OVER deal IS NULL THEN coalesce(p.ended_after, p.ended_at, p.stored_at) END
        AS first_at
    FROM v_opportunity_past AS p
    WINDOW deal AS (PARTITION BY p.opportunity_id ORDER BY p.ended_by NULLS LAST)
  ),
  dated AS (
    SELECT
      k.*, local_day(k.created_at) AS created_on,
      CASE
        WHEN k.number = 1 THEN NULL
        WHEN k.milestone_id IS NOT k.former_milestone_id AND k.stage_at IS NOT k.former_stage_at
          AND k.stage_at IS NOT NULL
        THEN k.stage_at
        ELSE k.seen_at
      END AS counts_at
    FROM known AS k
  ),
  placed AS (
    SELECT
      d.*, min(d.counts_at) OVER (PARTITION BY d.opportunity_id ORDER BY d.number
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS begins_at,
      min(d.counts_at) OVER (PARTITION BY d.opportunity_id ORDER BY d.number
        ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS ends_at,
      m.is_closed
    FROM dated AS d
    LEFT JOIN v_milestone AS m ON m.id = d.milestone_id
  ),
  begun AS (
    SELECT
      p.*,
      CASE
        WHEN p.number > 1 THEN local_day(p.begins_at)
        ELSE min(
          coalesce(local_day(p.stage_at),
            CASE WHEN p.is_closed IS NOT 0 THEN min(p.closed_on, local_day(p.first_at)) END,
            local_day(p.first_at)),
          coalesce(local_day(p.ends_at), '9999'))
      END AS day
    FROM placed AS p
  )
SELECT
  b.opportunity_id, iif(k.is_known, b.number, 0) AS number,
  iif(k.is_known, max(b.day, coalesce(b.created_on, '')), b.created_on) AS begins_on,
  iif(k.is_known, max(local_day(b.ends_at), coalesce(b.created_on, '')), b.day) AS ends_on,
  b.milestone_id AS milestone_of, iif(k.is_known, b.milestone_id, NULL) AS milestone_id, b.currency,
  b.total_value, iif(k.is_known OR NOT b.is_closed, b.probability, NULL) AS probability, b.owner_id,
  iif(k.is_known, b.stage_at, NULL) AS stage_at,
  iif(k.is_known, b.last_open_milestone_id, NULL) AS last_open_milestone_id, b.begun_by, b.seen_after,
  b.seen_at
FROM begun AS b
CROSS JOIN (SELECT 1 AS is_known UNION ALL SELECT 0) AS k
WHERE k.is_known OR b.number = 1 AND b.day > b.created_on;

CREATE VIEW v_opportunity_stays AS
-- Grain: one row a stay of an opportunity at a milestone.
-- What `v_stage_history` says of each living deal, without names and days.
--
-- opportunity_id INTEGER: The deal, → `v_opportunity.id`.
-- stay INTEGER: Counts the known stays of the deal, from 1.
-- milestone_id INTEGER: The milestone, → `v_milestone.id`. NULL when the deal had none.
-- entered_at DATETIME: When it was entered, UTC. NULL where that is not exact.
-- entered_after DATETIME: When the replica had stored the milestone before, UTC, where that is all that is known.
-- entered_by DATETIME: When the replica saw this milestone, UTC, where that is all that is known.
-- left_at DATETIME: When the next known stay began, UTC, where that is exact.
-- left_by DATETIME: When it was over at the latest, UTC. NULL for the present one.
-- is_current BOOLEAN: Whether the deal stands there now.
-- next_milestone_id INTEGER: The milestone of the next known stay, → `v_milestone.id`.
-- month DATE: First day of the month of `entered_at`, or else of `entered_by`.
-- days REAL: Days from `entered_at` to `left_at`.
-- Kept: _opportunity_stays
-- Types: all
WITH
  versions AS (
    SELECT
      opportunity_id, number, milestone_id, stage_at, last_open_milestone_id, seen_after, seen_at,
      lag(milestone_id) OVER deal AS former_id, lag(stage_at) OVER deal AS former_at,
      last_value(stage_at) OVER whole AS last_at, last_value(last_open_milestone_id) OVER whole AS last_open_id
    FROM _due AS d
    CROSS JOIN _opportunity_periods AS p ON p.opportunity_id = d.id AND p.number > 0
    WINDOW
      deal AS (PARTITION BY opportunity_id ORDER BY number),
      whole AS (PARTITION BY opportunity_id ORDER BY number
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  ),
  -- The versions that begin a stay: the first, and those at another milestone, or, at the same one, with a
  -- later date. A date counts that came with them.
  starts AS (
    SELECT
      *, iif(stage_at IS NOT former_at, stage_at, NULL) AS to_at,
      iif(milestone_id IS NOT former_id AND stage_at IS NOT former_at, stage_at, NULL) AS ends_at
    FROM versions
    WHERE number = 1 OR milestone_id IS NOT former_id OR former_at < stage_at
  ),
  stays AS (
    SELECT
      s.*, row_number() OVER deal AS place, lead(s.milestone_id) OVER deal AS next_id,
      lead(s.ends_at) OVER deal AS left_at,
      lead(coalesce(s.ends_at, s.seen_at)) OVER deal AS left_by, lead(1) OVER deal IS NULL AS is_last,
      -- A deal that was not seen to move is where it is, since when it now says, from where it now says.
      CASE
        WHEN s.number > 1 THEN s.to_at WHEN lead(1) OVER deal IS NULL THEN s.last_at ELSE s.stage_at
      END AS entered_at,
      CASE
        WHEN s.number = 1 AND m.is_closed
        THEN iif(lead(1) OVER deal IS NULL, s.last_open_id, s.last_open_milestone_id)
      END AS open_id
    FROM starts AS s
    LEFT JOIN v_milestone AS m ON m.id = s.milestone_id
    WINDOW deal AS (PARTITION BY s.opportunity_id ORDER BY s.number)
  ),
  told AS (
    SELECT
      s.*, first_value(a.id) OVER (PARTITION BY s.opportunity_id ORDER BY s.place) IS NOT NULL AS has_open,
      a.id AS before_id
    FROM stays AS s
    LEFT JOIN v_milestone AS a ON a.id = s.open_id AND a.state = 'open'
  ),
  lines AS (
    SELECT
      opportunity_id, place + has_open AS stay, milestone_id, entered_at,
      iif(number > 1 AND to_at IS NULL, seen_after, NULL) AS entered_after,
      iif(number > 1 AND to_at IS NULL, seen_at, NULL) AS entered_by, left_at, left_by,
      is_last AS is_current, next_id
    FROM told
    UNION ALL
    SELECT opportunity_id, 1, before_id, NULL, NULL, NULL, entered_at, entered_at, 0, milestone_id
    FROM told
    WHERE before_id IS NOT NULL
  )
SELECT
  l.opportunity_id, l.stay, l.milestone_id, l.entered_at, l.entered_after, l.entered_by, l.left_at, l.left_by,
  l.is_current, l.next_id AS next_milestone_id,
  substr(coalesce(local_day(l.entered_at), local_day(l.entered_by)), 1, 7) || '-01' AS month,
  julianday(l.left_at) - julianday(l.entered_at) AS days
FROM lines AS l;
