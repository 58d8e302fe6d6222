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
-- entry_on DATE: The day of that.
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
-- Of: entries
-- Types: entry_on party opportunity case
SELECT
  e.id, e.type, e.activity_type_id, a.name AS activity_type, e.entry_at,
  local_day(e.entry_at) AS entry_on, e.subject, e.creator_id, u.name AS creator, e.party_id,
  (SELECT
      coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    FROM parties AS p WHERE p.id = e.party_id) AS party,
  e.opportunity_id,
  (SELECT o.name FROM opportunities AS o WHERE o.id = e.opportunity_id) AS opportunity,
  e.case_id, (SELECT c.name FROM cases AS c WHERE c.id = e.case_id) AS "case", e.created_at,
  e.updated_at
FROM entries AS e
LEFT JOIN activity_types AS a ON a.id = e.activity_type_id
LEFT JOIN users AS u ON u.id = e.creator_id
WHERE e._deleted_at IS NULL;

CREATE VIEW v_activity_party AS
-- Grain: one row an entry and a party whose timeline it is on.
-- Whom the living entries are about: the party that an entry belongs to, and each that an e-mail is filed
-- under.
--
-- entry_id INTEGER: The entry, → `entries.id`.
-- party_id INTEGER: The party, → `parties.id`.
-- entry_at DATETIME: Its place on the timeline, UTC.
SELECT e.id AS entry_id, e.party_id, e.entry_at
FROM entries AS e
WHERE e._deleted_at IS NULL AND e.party_id IS NOT NULL
UNION ALL
SELECT e.id, f.party_id, e.entry_at
FROM entries AS e
CROSS JOIN entry_parties AS f ON f.entry_id = e.id
WHERE e._deleted_at IS NULL AND e.party_id IS NOT f.party_id;
