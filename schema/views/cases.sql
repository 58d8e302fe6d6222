-- Cases, which the product calls projects.

CREATE VIEW v_case AS
-- Grain: one row a case.
-- Every living case with the names of what it refers to.
--
-- id INTEGER: Capsule's id, → `cases.id`.
-- name TEXT: Name of the case.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- owner_id INTEGER: The user who owns the case, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- status TEXT: `OPEN` or `CLOSED`.
-- board_id INTEGER: The board of its stage, → `boards.id`.
-- board TEXT: Name of the board.
-- stage_id INTEGER: Where it stands on the board, → `stages.id`. NULL when it is on no board.
-- stage TEXT: Name of the stage.
-- opportunity_id INTEGER: The deal it belongs to, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- start_on DATE: When it starts.
-- expected_close_on DATE: When it is expected to close.
-- is_overdue BOOLEAN: Whether it is open and that day has passed.
-- closed_on DATE: When it was closed.
-- days_open INTEGER: Days from the day of its making (UTC) to `closed_on`, or to today while it is open;
--   not less than 0.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When there was last contact about the case, UTC.
SELECT
  c.id, c.name, c.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  c.owner_id, u.name AS owner, c.team_id, t.name AS team, c.status, s.board_id, b.name AS board,
  c.stage_id, s.name AS stage, c.opportunity_id, o.name AS opportunity, c.start_on,
  c.expected_close_on,
  c.status IS 'OPEN' AND c.expected_close_on IS NOT NULL AND c.expected_close_on < date('now')
    AS is_overdue,
  c.closed_on,
  CAST(max(0, julianday(iif(c.status IS 'OPEN', date('now'), c.closed_on))
    - julianday(substr(c.created_at, 1, 10))) AS INTEGER) AS days_open,
  c.created_at, c.updated_at, c.last_contacted_at
FROM cases AS c
LEFT JOIN parties AS p ON p.id = c.party_id
LEFT JOIN users AS u ON u.id = c.owner_id
LEFT JOIN teams AS t ON t.id = c.team_id
LEFT JOIN stages AS s ON s.id = c.stage_id
LEFT JOIN boards AS b ON b.id = s.board_id
LEFT JOIN opportunities AS o ON o.id = c.opportunity_id
WHERE c._deleted_at IS NULL;

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
-- mean_days_open REAL: Mean days from the day of their making (UTC) to today.
-- oldest_created_at DATETIME: When the oldest of them was made, UTC.
-- Types: all
SELECT
  s.board_id, b.name AS board, b.deleted AS board_archived, s.id AS stage_id, s.name AS stage,
  s.display_order, coalesce(n.cases, 0) AS open_cases, coalesce(n.overdue, 0) AS overdue_cases,
  coalesce(n.unowned, 0) AS without_owner, n.mean_days AS mean_days_open,
  n.oldest AS oldest_created_at
FROM (
  SELECT id, name, board_id, display_order, _deleted_at FROM stages
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, NULL
) AS s
LEFT JOIN boards AS b ON b.id = s.board_id
LEFT JOIN (
  SELECT
    x.id AS stage_id, count(*) AS cases,
    sum(coalesce(c.expected_close_on < date('now'), 0)) AS overdue, sum(c.owner_id IS NULL) AS unowned,
    round(avg(max(0, julianday(date('now')) - julianday(substr(c.created_at, 1, 10)))), 2) AS mean_days,
    min(c.created_at) AS oldest
  FROM cases AS c
  LEFT JOIN stages AS x ON x.id = c.stage_id
  WHERE c._deleted_at IS NULL AND c.status = 'OPEN'
  GROUP BY x.id
) AS n ON n.stage_id IS s.id
WHERE n.cases > 0 OR s._deleted_at IS NULL AND b.deleted IS NOT 1 AND b.id IS NOT NULL
  AND b._deleted_at IS NULL;
