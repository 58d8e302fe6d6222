-- Cases, which the product calls projects, and where they stand.

CREATE VIEW v_stage AS
-- Grain: one row a stage of a board.
-- Where cases stand: every stage of every board, those too that are gone.
--
-- id INTEGER: Capsule's id, → `stages.id`.
-- name TEXT: Name of the stage.
-- board_id INTEGER: The board, → `boards.id`.
-- board TEXT: Name of the board.
-- board_archived BOOLEAN: Whether the board is archived. Cases may still stand on it.
-- display_order INTEGER: Its place on the board.
-- is_listed BOOLEAN: Whether Capsule still lists it and its board.
-- Types: is_listed
SELECT
  s.id, s.name, s.board_id, b.name AS board, b.deleted AS board_archived, s.display_order,
  s._deleted_at IS NULL AND b.id IS NOT NULL AND b._deleted_at IS NULL AS is_listed
FROM stages AS s
LEFT JOIN boards AS b ON b.id = s.board_id;

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
-- days_open INTEGER: Days from `created_on` to `closed_on`, or to today while it is open; not less than 0.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When there was last contact about the case, UTC.
-- open_tasks INTEGER: Tasks about it that are open.
-- board_archived BOOLEAN: Whether its board is archived.
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: cases
-- Types: party is_overdue days_open created_on open_tasks
SELECT
  c.id, c.name, c.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  c.owner_id, u.name AS owner, c.team_id, t.name AS team, c.status, s.board_id, b.name AS board,
  c.stage_id, s.name AS stage, c.opportunity_id, o.name AS opportunity, c.start_on,
  c.expected_close_on,
  c.status IS 'OPEN' AND c.expected_close_on IS NOT NULL AND c.expected_close_on < today()
    AS is_overdue,
  c.closed_on,
  CAST(max(0, julianday(iif(c.status IS 'OPEN', today(), c.closed_on))
    - julianday(local_day(c.created_at))) AS INTEGER) AS days_open,
  local_day(c.created_at) AS created_on, c.created_at, c.updated_at, c.last_contacted_at,
  (SELECT count(*) FROM tasks AS k
    WHERE k.case_id = c.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS open_tasks,
  b.deleted AS board_archived, c.missing_important_fields
FROM cases AS c
LEFT JOIN parties AS p ON p.id = c.party_id
LEFT JOIN users AS u ON u.id = c.owner_id
LEFT JOIN teams AS t ON t.id = c.team_id
LEFT JOIN stages AS s ON s.id = c.stage_id
LEFT JOIN boards AS b ON b.id = s.board_id
LEFT JOIN opportunities AS o ON o.id = c.opportunity_id
WHERE c._deleted_at IS NULL;
