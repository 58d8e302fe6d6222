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

CREATE VIEW v_task_performance AS
-- Grain: one row an owner of tasks and a month of completion.
-- How soon tasks are done. Tasks of which it is not known when they were completed are in rows without a month.
--
-- month DATE: First day of the month of `completed_on`.
-- owner_id INTEGER: Who was to do them, → `v_owner.id`. NULL for tasks without an owner.
-- owner TEXT: Name of that.
-- completed INTEGER: Tasks completed.
-- in_time INTEGER: Those of them that were completed on the day when they were due, or before.
-- late INTEGER: Those completed later.
-- without_date INTEGER: Those without a due date.
-- in_time_rate REAL: In time, of in time and late; 0 to 1. NULL when there is neither.
-- mean_days_late REAL: Mean days that the late ones were late.
-- mean_age_days REAL: Mean days from the day of making to that of completion.
-- within_1_day INTEGER: Tasks that were completed on the day when they were made, or on the next one.
-- within_7_days INTEGER: Those within 7 days.
-- within_30_days INTEGER: Those within 30 days.
-- Types: all
SELECT
  month, owner_id, owner, count(*) AS completed, coalesce(sum(completed_on <= due_on), 0) AS in_time,
  coalesce(sum(completed_on > due_on), 0) AS late, sum(due_on IS NULL) AS without_date,
  round(sum(completed_on <= due_on) * 1.0 / nullif(count(due_on) FILTER (WHERE completed_on NOT NULL), 0), 4)
    AS in_time_rate,
  round(avg(julianday(completed_on) - julianday(due_on)) FILTER (WHERE completed_on > due_on), 2)
    AS mean_days_late,
  round(avg(age), 2) AS mean_age_days, coalesce(sum(age <= 1), 0) AS within_1_day,
  coalesce(sum(age <= 7), 0) AS within_7_days, coalesce(sum(age <= 30), 0) AS within_30_days
FROM (
  SELECT
    substr(completed_on, 1, 7) || '-01' AS month, owner_id, owner, completed_on, due_on,
    max(0, julianday(completed_on) - julianday(created_on)) AS age
  FROM v_task
  WHERE status = 'COMPLETED'
  LIMIT -1
)
GROUP BY month, owner_id;
