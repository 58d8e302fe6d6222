-- What is to be done, and by whom: the tasks of `calendar`.

CREATE VIEW v_task AS
-- Grain: one row a task.
-- Every living task, whatever its status, and what it is about.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `calendar.id`.
-- description TEXT: What is to be done.
-- category_id INTEGER: NULL: tasks have no category.
-- category TEXT: NULL.
-- status TEXT: `COMPLETED` if Vtiger says so, `PENDING` for deferred ones, else `OPEN`.
-- due_on DATE: When it is due.
-- due_time TEXT: NULL: not known.
-- is_overdue BOOLEAN: Whether it is open and was due before today.
-- days_overdue INTEGER: Days since it was due. NULL unless it is overdue.
-- owner_id INTEGER: The user or group who is to do it, → `v_owner.id`.
-- owner TEXT: Name of that.
-- party_id INTEGER: The contact, or else the organisation or lead that it is about, → `v_party.id`.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The deal it is about, → `potentials.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The ticket or case it is about, → `v_case.id`.
-- case TEXT: Its title. The name is a word of SQL: write `"case"`.
-- completed_by TEXT: NULL: not known.
-- completed_at DATETIME: When the replica saw that it was completed, UTC. NULL if it never was otherwise.
-- completed_on DATE: The day of that.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Vtiger, UTC.
-- Of: calendar
-- Types: category_id category status due_time is_overdue days_overdue owner party_id party opportunity_id
--   opportunity case_id case completed_by completed_at completed_on created_on
SELECT
  d.id, d.description, NULL AS category_id, NULL AS category, d.status, d.due_on, NULL AS due_time,
  d.status = 'OPEN' AND d.due_on IS NOT NULL AND d.due_on < today() AS is_overdue,
  CASE WHEN d.status = 'OPEN' AND d.due_on < today() THEN
    CAST(julianday(today()) - julianday(d.due_on) AS INTEGER)
  END AS days_overdue,
  d.owner_id, (SELECT u.name FROM v_owner AS u WHERE u.id = d.owner_id) AS owner, d.party_id,
  coalesce(
    (SELECT nullif(trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')), '')
      FROM contacts AS c WHERE c.id = d.party_id),
    (SELECT a.accountname FROM accounts AS a WHERE a.id = d.party_id),
    (SELECT nullif(trim(coalesce(l.firstname, '') || ' ' || coalesce(l.lastname, '')), '')
      FROM leads AS l WHERE l.id = d.party_id)) AS party,
  d.opportunity_id,
  (SELECT o.potentialname FROM potentials AS o WHERE o.id = d.opportunity_id) AS opportunity,
  d.case_id,
  coalesce((SELECT s.title FROM cases AS s WHERE s.id = d.case_id),
    (SELECT h.ticket_title FROM help_desk AS h WHERE h.id = d.case_id)) AS "case",
  NULL AS completed_by, d.completed_at, local_day(d.completed_at) AS completed_on,
  local_day(d.created_at) AS created_on, d.created_at, d.updated_at
FROM (
  SELECT
    k.id, k.subject AS description,
    CASE k.taskstatus WHEN 'Completed' THEN 'COMPLETED' WHEN 'Deferred' THEN 'PENDING' ELSE 'OPEN' END
      AS status,
    k.due_date AS due_on, k.assigned_user_id AS owner_id,
    coalesce(k.contact_id,
      iif(k.parent_id_module IN ('Accounts', 'Contacts', 'Leads'), k.parent_id, NULL)) AS party_id,
    iif(k.parent_id_module = 'Potentials', k.parent_id, NULL) AS opportunity_id,
    iif(k.parent_id_module IN ('HelpDesk', 'Cases'), k.parent_id, NULL) AS case_id,
    CASE WHEN k.taskstatus = 'Completed' THEN (
      SELECT h.changed_at
      FROM _history AS h
      CROSS JOIN _history_values AS v
        ON v.column_name = 'taskstatus' AND v.history_id = h.id AND v."after" = 'Completed'
      WHERE h.table_name = 'calendar' AND h.row_key = +k.id
      ORDER BY h.id DESC LIMIT 1)
    END AS completed_at,
    k.createdtime AS created_at, k.modifiedtime AS updated_at
  FROM calendar AS k
  WHERE k._deleted_at IS NULL
) AS d;
