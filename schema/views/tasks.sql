-- What is to be done, and by whom.

CREATE VIEW v_task AS
-- Grain: one row a task.
-- Every living task, whatever its status, and what it is about. A due date is a day of the user's own
-- calendar, `due_time` a time of the user's own clock; what is overdue is judged by the day in UTC.
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
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
SELECT
  k.id, k.description, k.category_id, g.name AS category, k.status, k.due_on, k.due_time,
  k.status IS 'OPEN' AND k.due_on IS NOT NULL AND k.due_on < date('now') AS is_overdue,
  CASE WHEN k.status = 'OPEN' AND k.due_on < date('now') THEN
    CAST(julianday(date('now')) - julianday(k.due_on) AS INTEGER)
  END AS days_overdue,
  k.owner_id, u.name AS owner, k.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  k.opportunity_id, o.name AS opportunity, k.case_id, c.name AS "case", k.completed_by, k.completed_at,
  k.created_at, k.updated_at
FROM tasks AS k
LEFT JOIN task_categories AS g ON g.id = k.category_id
LEFT JOIN users AS u ON u.id = k.owner_id
LEFT JOIN parties AS p ON p.id = k.party_id
LEFT JOIN opportunities AS o ON o.id = k.opportunity_id
LEFT JOIN cases AS c ON c.id = k.case_id
WHERE k._deleted_at IS NULL;

CREATE VIEW v_task_load AS
-- Grain: one row an owner of tasks.
-- How much each user has to do. Days are days in UTC.
--
-- owner_id INTEGER: The user, → `users.id`. NULL for tasks without an owner.
-- owner TEXT: Name of the user.
-- open INTEGER: Open tasks.
-- overdue INTEGER: Those of them that were due before today.
-- due_today INTEGER: Those due today.
-- due_in_7_days INTEGER: Those due after today and within 7 days.
-- without_date INTEGER: Those without a due date.
-- pending INTEGER: Tasks that wait for the one before them in their track.
-- completed_30_days INTEGER: Tasks completed within the last 30 days, whoever completed them.
-- oldest_due_on DATE: The earliest due date of an open task.
-- Types: all
SELECT
  k.owner_id, u.name AS owner,
  count(*) FILTER (WHERE k.status = 'OPEN') AS "open",
  count(*) FILTER (WHERE k.status = 'OPEN' AND k.due_on < date('now')) AS overdue,
  count(*) FILTER (WHERE k.status = 'OPEN' AND k.due_on = date('now')) AS due_today,
  count(*) FILTER (WHERE k.status = 'OPEN' AND k.due_on > date('now')
    AND k.due_on <= date('now', '+7 days')) AS due_in_7_days,
  count(*) FILTER (WHERE k.status = 'OPEN' AND k.due_on IS NULL) AS without_date,
  count(*) FILTER (WHERE k.status = 'PENDING') AS pending,
  count(*) FILTER (WHERE k.status = 'COMPLETED' AND k.completed_at >= datetime('now', '-30 days'))
    AS completed_30_days,
  min(k.due_on) FILTER (WHERE k.status = 'OPEN') AS oldest_due_on
FROM tasks AS k
LEFT JOIN users AS u ON u.id = k.owner_id
WHERE k._deleted_at IS NULL
GROUP BY k.owner_id;
