-- People and organisations, and what is going on with them.

CREATE VIEW v_party AS
-- Grain: one row a party.
-- Every living person and organisation with the names of what it refers to, and one e-mail address, phone
-- number and postal address: of several, whatever their types, the one with the lowest id. Tags are in
-- `party_tags`.
--
-- id INTEGER: Capsule's id, → `parties.id`.
-- type TEXT: `person` or `organisation`.
-- display_name TEXT: An organisation's name, or a person's first and last name.
-- first_name TEXT: First name of a person.
-- last_name TEXT: Last name of a person.
-- job_title TEXT: A person's job title.
-- organisation_id INTEGER: The organisation that a person works for, → `parties.id`.
-- organisation TEXT: Its name.
-- owner_id INTEGER: The user who owns the record, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- email_address TEXT: An e-mail address: the one with the lowest id.
-- phone_number TEXT: A phone number: the one with the lowest id.
-- city TEXT: City of the postal address with the lowest id, whatever its type.
-- country TEXT: Country of that address, by name.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When the party was last contacted, UTC.
-- days_since_contact INTEGER: Whole days since then, not less than 0. NULL when never.
SELECT
  p.id, p.type,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS display_name,
  p.first_name, p.last_name, p.job_title, p.organisation_id, g.name AS organisation,
  p.owner_id, u.name AS owner, p.team_id, t.name AS team,
  (SELECT e.address FROM party_email_addresses AS e WHERE e.party_id = p.id ORDER BY e.id LIMIT 1)
    AS email_address,
  (SELECT n.number FROM party_phone_numbers AS n WHERE n.party_id = p.id ORDER BY n.id LIMIT 1)
    AS phone_number,
  (SELECT a.city FROM party_addresses AS a WHERE a.party_id = p.id ORDER BY a.id LIMIT 1) AS city,
  (SELECT a.country FROM party_addresses AS a WHERE a.party_id = p.id ORDER BY a.id LIMIT 1)
    AS country,
  p.created_at, p.updated_at, p.last_contacted_at,
  CAST(max(0, julianday('now') - julianday(p.last_contacted_at)) AS INTEGER) AS days_since_contact
FROM parties AS p
LEFT JOIN parties AS g ON g.id = p.organisation_id
LEFT JOIN users AS u ON u.id = p.owner_id
LEFT JOIN teams AS t ON t.id = p.team_id
WHERE p._deleted_at IS NULL;

CREATE VIEW v_party_engagement AS
-- Grain: one row a party.
-- What has been done with each living party, and what is open. Only what belongs to the party itself
-- counts: an organisation does not have the entries of its people, and an opportunity or a case counts for
-- its primary contact alone. An e-mail counts for each party that it was filed under.
--
-- id INTEGER: Capsule's id, → `parties.id`.
-- type TEXT: `person` or `organisation`.
-- display_name TEXT: An organisation's name, or a person's first and last name.
-- owner_id INTEGER: The user who owns the record, → `users.id`.
-- last_contacted_at DATETIME: When the party was last contacted, UTC, as Capsule says.
-- entries INTEGER: Notes, e-mails and completed tasks on its timeline.
-- entries_90_days INTEGER: Those of them with a date within the last 90 days or later.
-- open_tasks INTEGER: Tasks that are open.
-- open_deals INTEGER: Opportunities that are open, by the milestone.
-- won_deals INTEGER: Opportunities that were won.
-- lost_deals INTEGER: Opportunities that were lost.
-- open_cases INTEGER: Cases that are open.
SELECT
  p.id, p.type,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS display_name,
  p.owner_id, p.last_contacted_at, c.entries, c.entries_90_days, c.open_tasks, c.open_deals,
  c.won_deals, c.lost_deals, c.open_cases
FROM (
  SELECT
    party_id,
    count(*) FILTER (WHERE kind IN (1, 2)) AS entries,
    count(*) FILTER (WHERE kind = 2) AS entries_90_days,
    count(*) FILTER (WHERE kind = 3) AS open_tasks,
    count(*) FILTER (WHERE kind = 4) AS open_deals,
    count(*) FILTER (WHERE kind = 5) AS won_deals,
    count(*) FILTER (WHERE kind = 6) AS lost_deals,
    count(*) FILTER (WHERE kind = 7) AS open_cases
  FROM (
    SELECT id AS party_id, 0 AS kind FROM parties WHERE _deleted_at IS NULL
    UNION ALL
    SELECT party_id, 1 + coalesce(entry_at >= datetime('now', '-90 days'), 0)
    FROM entries WHERE _deleted_at IS NULL AND party_id IS NOT NULL
    UNION ALL
    SELECT f.party_id, 1 + coalesce(e.entry_at >= datetime('now', '-90 days'), 0)
    FROM entries AS e
    CROSS JOIN entry_parties AS f ON f.entry_id = e.id
    WHERE e._deleted_at IS NULL AND e.party_id IS NOT f.party_id
    UNION ALL
    SELECT party_id, 3 FROM tasks
    WHERE _deleted_at IS NULL AND party_id IS NOT NULL AND status = 'OPEN'
    UNION ALL
    SELECT o.party_id, CASE WHEN m.complete = 0 THEN 4 WHEN m.probability = 100 THEN 5 ELSE 6 END
    FROM opportunities AS o
    CROSS JOIN milestones AS m ON m.id = o.milestone_id
    WHERE o._deleted_at IS NULL AND (m.complete = 0 OR m.probability IN (0, 100))
    UNION ALL
    SELECT party_id, 7 FROM cases WHERE _deleted_at IS NULL AND status = 'OPEN'
  )
  GROUP BY party_id
) AS c
JOIN parties AS p ON p.id = c.party_id AND p._deleted_at IS NULL;
