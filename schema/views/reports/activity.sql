-- How much was written, sent and done, and when.

CREATE VIEW v_activity_daily AS
-- Grain: one row a day, a user and a kind of activity.
-- How much was written, sent and done. The day is that of `entry_at` in the time zone of the
-- reports.
--
-- day DATE: The day. NULL for entries without one.
-- creator_id INTEGER: The user who made the entries, → `users.id`. NULL where the account does not say.
-- creator TEXT: Name of the user.
-- type TEXT: `note`, `email` or `task`.
-- activity_type_id INTEGER: What kind of activity, → `activity_types.id`. NULL where kinds have no number.
-- activity_type TEXT: Name of the kind.
-- entries INTEGER: How many.
-- Types: all
SELECT
  entry_on AS day, creator_id, creator, type, activity_type_id, activity_type, count(*) AS entries
FROM (
  SELECT entry_on, creator_id, creator, type, activity_type_id, activity_type FROM v_activity LIMIT -1
)
GROUP BY 1, 2, 4, 5, 6;

CREATE VIEW v_activity_hourly AS
-- Grain: one row a day of the week, an hour of the day, a user and a kind of entry.
-- When things are written, sent and done, by the clock of the reports.
--
-- weekday INTEGER: 1 for Monday to 7 for Sunday.
-- hour INTEGER: The hour, 0 to 23.
-- creator_id INTEGER: The user who made the entries, → `v_owner.id`. NULL where the CRM does not say.
-- creator TEXT: Name of the user.
-- type TEXT: As in `v_activity`.
-- entries INTEGER: How many.
-- Types: all
SELECT
  g.hour / 24 + 1 AS weekday, g.hour % 24 AS hour, g.creator_id, u.name AS creator, g.type, g.entries
FROM (
  -- Hours since a Monday, of which Julian days are counted from noon; less than a second more than it was.
  SELECT
    CAST((julianday(a.entry_at) + ifnull((SELECT seconds FROM _time_zone
      WHERE begins_at <= a.entry_at ORDER BY begins_at DESC LIMIT 1), 0) / 86400.0 + 0.500001) * 24 AS INTEGER)
      % 168 AS hour,
    a.creator_id, a.type, count(*) AS entries
  FROM v_activity AS a
  WHERE a.entry_at IS NOT NULL
  GROUP BY 1, 2, 3
) AS g
LEFT JOIN v_owner AS u ON u.id = g.creator_id;
