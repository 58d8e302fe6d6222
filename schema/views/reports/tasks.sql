-- How much is to be done, and how it is done.

CREATE VIEW v_task_load AS
-- Grain: one row an owner of tasks.
-- How much each user has to do. Days are days in the time zone of the reports.
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
  owner_id, owner,
  count(*) FILTER (WHERE status = 'OPEN') AS "open",
  count(*) FILTER (WHERE status = 'OPEN' AND due_on < today()) AS overdue,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on = today()) AS due_today,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on > today() AND due_on <= date(today(), '+7 days'))
    AS due_in_7_days,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on IS NULL) AS without_date,
  count(*) FILTER (WHERE status = 'PENDING') AS pending,
  count(*) FILTER (WHERE status = 'COMPLETED' AND completed_at >= datetime('now', '-30 days'))
    AS completed_30_days,
  min(due_on) FILTER (WHERE status = 'OPEN') AS oldest_due_on
FROM v_task
GROUP BY owner_id;
