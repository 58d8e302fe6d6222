-- The day on which the reports are read.

CREATE VIEW v_today AS
-- Grain: one row.
-- Today, in the time zone of the reports (`_time_zone`), by the clock of this host.
--
-- day DATE: Today.
-- Types: day
SELECT date('now', ifnull((
  SELECT seconds FROM _time_zone WHERE begins_at <= datetime('now') ORDER BY begins_at DESC LIMIT 1), 0)
  || ' seconds') AS day;
