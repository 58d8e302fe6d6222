-- The people whom the reports name, and why deals are lost.

CREATE VIEW v_owner AS
-- Grain: one row a user or a group.
-- Who owns records and does tasks: every user and every group, those too that are gone.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `users.id` or `groups.id`, of which no two are
--   the same.
-- name TEXT: First and last name of the user or else the login name; name of the group.
-- is_active BOOLEAN: Whether it is there: neither inactive nor deleted.
-- time_zone TEXT: The time zone of the user, an IANA name.
-- Of: users groups
-- Types: id name is_active time_zone
SELECT
  u.id, coalesce(nullif(trim(coalesce(u.first_name, '') || ' ' || coalesce(u.last_name, '')), ''),
    u.user_name) AS name,
  u.status IS 'Active' AND u._deleted_at IS NULL AS is_active, u.time_zone
FROM users AS u
UNION ALL
SELECT g.id, g.groupname, g._deleted_at IS NULL, NULL FROM groups AS g;

CREATE VIEW v_lost_reason AS
-- Grain: one row a lost reason.
-- Vtiger has none: there is no row.
--
-- id INTEGER: None.
-- name TEXT: None.
-- counts_for_conversion BOOLEAN: None.
-- Types: id name counts_for_conversion
SELECT NULL AS id, NULL AS name, NULL AS counts_for_conversion WHERE 0;
