-- The people whom the reports name, and why deals are lost.

CREATE VIEW v_owner AS
-- Grain: one row a user.
-- Who owns records and does tasks: every user, those too that are gone.
--
-- id INTEGER: Capsule's id, → `users.id`.
-- name TEXT: Name of the user.
-- is_active BOOLEAN: Whether the user is there: neither deactivated nor deleted.
-- time_zone TEXT: The time zone of the user, an IANA name.
-- Types: is_active
SELECT
  u.id, u.name, u.deleted IS NOT 1 AND u._deleted_at IS NULL AS is_active, u.timezone AS time_zone
FROM users AS u;

CREATE VIEW v_lost_reason AS
-- Grain: one row a lost reason.
-- Why deals are lost: every reason, those too that are gone.
--
-- id INTEGER: Capsule's id, → `lost_reasons.id`.
-- name TEXT: The reason.
-- counts_for_conversion BOOLEAN: Whether a deal lost for it belongs in a win rate.
SELECT r.id, r.name, r.included_for_conversion AS counts_for_conversion FROM lost_reasons AS r;
