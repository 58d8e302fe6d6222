-- Cases and tickets: what `cases` and `help_desk` hold.

CREATE VIEW v_stage AS
-- Grain: one row a status of cases, and one of tickets.
-- Where cases stand: every status that the account lists or that a case has.
--
-- id INTEGER: Its number in the reports: a thousand times the board's, and its place.
-- name TEXT: The status.
-- board_id INTEGER: 1 for cases, 2 for tickets.
-- board TEXT: How the account calls them.
-- board_archived BOOLEAN: 0.
-- display_order INTEGER: Its place in the account's list.
-- is_listed BOOLEAN: Whether the account still lists it.
-- Of: cases help_desk
-- Types: id name board_id board board_archived display_order is_listed
SELECT
  s.board_id * 1000 + s.place AS id, s.name, s.board_id,
  coalesce((SELECT m.label FROM modules AS m
    WHERE m.name = iif(s.board_id = 1, 'Cases', 'HelpDesk')), iif(s.board_id = 1, 'Cases', 'Tickets'))
    AS board,
  0 AS board_archived, s.place AS display_order, s.is_listed
FROM (
  SELECT
    board_id, name, max(is_listed) AS is_listed,
    row_number() OVER (PARTITION BY board_id ORDER BY min(position) NULLS LAST, name) AS place
  FROM (
    SELECT
      iif(v.field = 'casestatus', 1, 2) AS board_id, v.value AS name, v.position,
      v._deleted_at IS NULL AS is_listed
    FROM picklist_values AS v
    WHERE v.module = 'Cases' AND v.field = 'casestatus' OR v.module = 'HelpDesk' AND v.field = 'ticketstatus'
    UNION ALL
    SELECT 1, c.casestatus, NULL, 0 FROM cases AS c WHERE c.casestatus IS NOT NULL GROUP BY c.casestatus
    UNION ALL
    SELECT 2, t.ticketstatus, NULL, 0 FROM help_desk AS t
    WHERE t.ticketstatus IS NOT NULL GROUP BY t.ticketstatus
  )
  GROUP BY board_id, name
) AS s;

CREATE VIEW v_case AS
-- Grain: one row a case or a ticket.
-- Every living case and ticket with the names of what it refers to.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `cases.id` or `help_desk.id`, of which no two are the
--   same.
-- name TEXT: Its title.
-- party_id INTEGER: Its contact, or else its organisation, → `v_party.id`.
-- party TEXT: Name of that.
-- owner_id INTEGER: The user or group whom it is assigned to, → `v_owner.id`.
-- owner TEXT: Name of that.
-- team_id INTEGER: The same if it is a group, → `groups.id`.
-- team TEXT: Name of the group.
-- status TEXT: `CLOSED` if Vtiger says so, else `OPEN`.
-- board_id INTEGER: 1 for cases, 2 for tickets.
-- board TEXT: How the account calls them.
-- stage_id INTEGER: Its status, → `v_stage.id`.
-- stage TEXT: The status.
-- opportunity_id INTEGER: NULL: cases belong to no deal.
-- opportunity TEXT: NULL.
-- start_on DATE: NULL: not known.
-- expected_close_on DATE: NULL: not known.
-- is_overdue BOOLEAN: 0, therefore.
-- closed_on DATE: The day on which the replica saw that it was closed. NULL if it never was otherwise.
-- days_open INTEGER: Days from `created_on` to `closed_on`, or to today while it is open; not less than 0.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Vtiger, UTC.
-- last_contacted_at DATETIME: NULL: not known.
-- open_tasks INTEGER: Tasks about it that are open.
-- board_archived BOOLEAN: 0.
-- missing_important_fields BOOLEAN: NULL: Vtiger does not tell.
-- Of: cases help_desk
-- Types: id name party_id party owner_id owner team_id team status board_id board stage_id stage opportunity_id
--   opportunity start_on expected_close_on is_overdue closed_on days_open created_on created_at updated_at
--   last_contacted_at open_tasks board_archived missing_important_fields
SELECT
  d.id, d.name, d.party_id,
  coalesce(
    (SELECT nullif(trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')), '')
      FROM contacts AS c WHERE c.id = d.party_id),
    (SELECT a.accountname FROM accounts AS a WHERE a.id = d.party_id)) AS party,
  d.owner_id, (SELECT u.name FROM v_owner AS u WHERE u.id = d.owner_id) AS owner,
  iif(d.owner_module = 'Groups', d.owner_id, NULL) AS team_id,
  (SELECT t.groupname FROM groups AS t WHERE d.owner_module = 'Groups' AND t.id = d.owner_id) AS team,
  iif(d.is_closed, 'CLOSED', 'OPEN') AS status, d.board_id, s.board, s.id AS stage_id, d.stage,
  NULL AS opportunity_id, NULL AS opportunity, NULL AS start_on, NULL AS expected_close_on, 0 AS is_overdue,
  d.closed_on,
  CAST(max(0, julianday(iif(d.is_closed, d.closed_on, today())) - julianday(d.created_on)) AS INTEGER)
    AS days_open,
  d.created_on, d.created_at, d.updated_at, NULL AS last_contacted_at,
  coalesce(k.tasks, 0) AS open_tasks,
  0 AS board_archived, NULL AS missing_important_fields
FROM (
  SELECT
    c.id, c.title AS name, coalesce(c.contact_id, c.parent_id) AS party_id, c.assigned_user_id AS owner_id,
    c.assigned_user_id_module AS owner_module, 1 AS board_id, c.casestatus AS stage,
    c.isclosed IS 1 OR c.casestatus IS 'Closed' AS is_closed,
    CASE WHEN c.isclosed IS 1 OR c.casestatus IS 'Closed' THEN (
      SELECT local_day(h.changed_at)
      FROM _history AS h
      CROSS JOIN _history_values AS v ON v.column_name = 'casestatus' AND v.history_id = h.id
      WHERE h.table_name = 'cases' AND h.row_key = +c.id
      ORDER BY h.id DESC LIMIT 1)
    END AS closed_on,
    local_day(c.createdtime) AS created_on, c.createdtime AS created_at, c.modifiedtime AS updated_at
  FROM cases AS c
  WHERE c._deleted_at IS NULL
  UNION ALL
  SELECT
    t.id, t.ticket_title, coalesce(t.contact_id, t.parent_id), t.assigned_user_id,
    t.assigned_user_id_module, 2, t.ticketstatus, t.ticketstatus IS 'Closed',
    CASE WHEN t.ticketstatus IS 'Closed' THEN (
      SELECT local_day(h.changed_at)
      FROM _history AS h
      CROSS JOIN _history_values AS v ON v.column_name = 'ticketstatus' AND v.history_id = h.id
      WHERE h.table_name = 'help_desk' AND h.row_key = +t.id
      ORDER BY h.id DESC LIMIT 1)
    END,
    local_day(t.createdtime), t.createdtime, t.modifiedtime
  FROM help_desk AS t
  WHERE t._deleted_at IS NULL
) AS d
LEFT JOIN v_stage AS s ON s.board_id = d.board_id AND s.name = d.stage
LEFT JOIN (
  SELECT case_id, count(*) AS tasks FROM v_task WHERE status = 'OPEN' AND case_id IS NOT NULL
  GROUP BY case_id
) AS k ON k.case_id = d.id;
