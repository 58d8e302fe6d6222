-- What is to be done, and by whom.

CREATE VIEW v_task AS
-- Grain: one row a task.
-- Every living task, whatever its status, and what it is about. A due date is a day of the user's own
-- calendar, `due_time` a time of the user's own clock; what is overdue is judged by the time zone of the
-- reports.
--
-- id INTEGER: Capsule's id, → `tasks.id`.
-- description TEXT: What is to be done.
-- category_id INTEGER: Its category, → `task_categories.id`.
-- category TEXT: Name of the category.
-- status TEXT: `OPEN`, `COMPLETED` or `PENDING`.
-- due_on DATE: When it is due.
-- due_time TEXT: Time of day, in the user's own time zone.
-- is_overdue BOOLEAN: Whether it is open and was due before today.
-- days_overdue INTEGER: Days since it was due. NULL unless it is overdue.
-- owner_id INTEGER: The user who is to do it, → `users.id`.
-- owner TEXT: Name of the user.
-- party_id INTEGER: The party it is about, → `parties.id`.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The opportunity it is about, → `opportunities.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The case it is about, → `cases.id`.
-- case TEXT: Its name. The name is a word of SQL: write `"case"`.
-- completed_by TEXT: Login name of the user who completed it.
-- completed_at DATETIME: When it was completed, UTC.
-- completed_on DATE: The day of that.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- Types: is_overdue days_overdue party completed_on created_on
SELECT
  k.id, k.description, k.category_id, g.name AS category, k.status, k.due_on, k.due_time,
  k.status IS 'OPEN' AND k.due_on IS NOT NULL AND k.due_on < today() AS is_overdue,
  CASE WHEN k.status = 'OPEN' AND k.due_on < today() THEN
    CAST(julianday(today()) - julianday(k.due_on) AS INTEGER)
  END AS days_overdue,
  k.owner_id, u.name AS owner, k.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  k.opportunity_id, o.name AS opportunity, k.case_id, c.name AS "case", k.completed_by, k.completed_at,
  local_day(k.completed_at) AS completed_on, local_day(k.created_at) AS created_on, k.created_at, k.updated_at
FROM tasks AS k
LEFT JOIN task_categories AS g ON g.id = k.category_id
LEFT JOIN users AS u ON u.id = k.owner_id
LEFT JOIN parties AS p ON p.id = k.party_id
LEFT JOIN opportunities AS o ON o.id = k.opportunity_id
LEFT JOIN cases AS c ON c.id = k.case_id
WHERE k._deleted_at IS NULL;
