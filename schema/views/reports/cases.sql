-- Cases by where they stand, and how soon they are closed.

CREATE VIEW v_case_board AS
-- Grain: one row a stage of a board.
-- The open cases by where they stand. Stages without open cases have a row of zeros, unless they or their
-- boards are gone or their boards are archived; open cases on no board are one row without a stage.
--
-- board_id INTEGER: The board, → `boards.id`.
-- board TEXT: Name of the board.
-- board_archived BOOLEAN: Whether it is archived. Cases may still stand on it.
-- stage_id INTEGER: The stage, → `stages.id`.
-- stage TEXT: Name of the stage.
-- display_order INTEGER: Its place on the board.
-- open_cases INTEGER: Open cases at the stage.
-- overdue_cases INTEGER: Those of them whose expected close has passed.
-- without_owner INTEGER: Those of them that belong to a team alone.
-- mean_days_open REAL: Mean days from the day of their making to today.
-- oldest_created_at DATETIME: When the oldest of them was made, UTC.
-- Types: all
SELECT
  s.board_id, s.board, s.board_archived, s.id AS stage_id, s.name AS stage, s.display_order,
  coalesce(n.cases, 0) AS open_cases, coalesce(n.overdue, 0) AS overdue_cases,
  coalesce(n.unowned, 0) AS without_owner, n.mean_days AS mean_days_open,
  n.oldest AS oldest_created_at
FROM (
  SELECT id, name, board_id, board, board_archived, display_order, is_listed FROM v_stage
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, NULL, NULL, 0
) AS s
LEFT JOIN (
  SELECT
    stage_id, count(*) AS cases, sum(is_overdue) AS overdue, sum(owner_id IS NULL) AS unowned,
    round(avg(days_open), 2) AS mean_days, min(created_at) AS oldest
  FROM v_case
  WHERE status = 'OPEN'
  GROUP BY stage_id
) AS n ON n.stage_id IS s.id
WHERE n.cases > 0 OR s.is_listed AND s.board_archived IS NOT 1;

CREATE VIEW v_case_cycle AS
-- Grain: one row a board and a month of closing.
-- How long closed cases took. Cases closed on a day that is not known are in rows without a month.
--
-- month DATE: First day of the month of `closed_on`.
-- board_id INTEGER: The board, → `v_stage.board_id`. NULL for cases on none.
-- board TEXT: Name of the board.
-- closed INTEGER: Cases closed.
-- mean_days REAL: Mean days from the day of making to `closed_on`.
-- median_days REAL: The middle one, or the mean of the two in the middle.
-- longest_days INTEGER: The most days.
-- Types: all
SELECT
  month, board_id, board, count(*) AS closed, round(avg(days), 2) AS mean_days,
  avg(days) FILTER (WHERE rank IN ((timed + 1) / 2, (timed + 2) / 2)) AS median_days,
  max(days) AS longest_days
FROM (
  SELECT
    month, board_id, board, days,
    row_number() OVER (PARTITION BY month, board_id ORDER BY days NULLS LAST) AS rank,
    count(days) OVER (PARTITION BY month, board_id) AS timed
  FROM (
    SELECT substr(closed_on, 1, 7) || '-01' AS month, board_id, board, days_open AS days FROM v_case
    WHERE status = 'CLOSED'
    LIMIT -1
  )
)
GROUP BY month, board_id;
