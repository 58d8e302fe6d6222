-- How much was written, sent and done, and when.

CREATE VIEW v_activity_daily AS
-- Grain: one row a day, a user and a kind of activity.
-- How much was written, sent and done. The day is that of `entry_at` in the time zone of the
-- reports.
--
-- day DATE: The day. NULL for entries without one.
-- creator_id INTEGER: The user who made the entries, → `users.id`. NULL where Capsule does not say.
-- creator TEXT: Name of the user.
-- type TEXT: `note`, `email` or `task`.
-- activity_type_id INTEGER: What kind of activity, → `activity_types.id`.
-- activity_type TEXT: Name of the kind.
-- entries INTEGER: How many.
-- Types: all
SELECT
  entry_on AS day, creator_id, creator, type, activity_type_id, activity_type, count(*) AS entries
FROM (
  SELECT entry_on, creator_id, creator, type, activity_type_id, activity_type FROM v_activity LIMIT -1
)
GROUP BY 1, 2, 4, 5, 6;
