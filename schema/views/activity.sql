-- What was written, sent and done.

CREATE VIEW v_activity AS
-- Grain: one row an entry.
-- Every living note, e-mail and completed task of the timeline, and what it is about. The text itself is
-- `entries.content`.
--
-- id INTEGER: Capsule's id, → `entries.id`.
-- type TEXT: `note`, `email` or `task`.
-- activity_type_id INTEGER: What kind of activity, → `activity_types.id`.
-- activity_type TEXT: Name of the kind.
-- entry_at DATETIME: Its place on the timeline, UTC.
-- subject TEXT: Subject of an e-mail.
-- creator_id INTEGER: The user who made it, → `users.id`.
-- creator TEXT: Name of the user.
-- party_id INTEGER: The party it belongs to, → `parties.id`. NULL for an e-mail, whose parties are in
--   `entry_parties`, and for entries of opportunities and cases.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The opportunity it belongs to, → `opportunities.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The case it belongs to, → `cases.id`.
-- case TEXT: Its name. The name is a word of SQL: write `"case"`.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- Words: common
SELECT
  e.id, e.type, e.activity_type_id, a.name AS activity_type, e.entry_at, e.subject, e.creator_id,
  u.name AS creator, e.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  e.opportunity_id, o.name AS opportunity, e.case_id, c.name AS "case", e.created_at, e.updated_at
FROM entries AS e
LEFT JOIN activity_types AS a ON a.id = e.activity_type_id
LEFT JOIN users AS u ON u.id = e.creator_id
LEFT JOIN parties AS p ON p.id = e.party_id
LEFT JOIN opportunities AS o ON o.id = e.opportunity_id
LEFT JOIN cases AS c ON c.id = e.case_id
WHERE e._deleted_at IS NULL;

CREATE VIEW v_activity_daily AS
-- Grain: one row a day, a user and a kind of activity.
-- How much was written, sent and done. The day is that of `entry_at`, UTC: what was done late in the
-- evening west of Greenwich counts on the next day.
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
  d.day, d.creator_id, u.name AS creator, d.type, d.activity_type_id, a.name AS activity_type, d.entries
FROM (
  SELECT
    substr(entry_at, 1, 10) AS day, creator_id, type, activity_type_id, count(*) AS entries
  FROM entries
  WHERE _deleted_at IS NULL
  GROUP BY 1, 2, 3, 4
) AS d
LEFT JOIN users AS u ON u.id = d.creator_id
LEFT JOIN activity_types AS a ON a.id = d.activity_type_id;
