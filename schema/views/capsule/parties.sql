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
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: parties
-- Types: display_name email_address phone_number city country days_since_contact
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
  CAST(max(0, julianday('now') - julianday(p.last_contacted_at)) AS INTEGER) AS days_since_contact,
  p.missing_important_fields
FROM parties AS p
LEFT JOIN parties AS g ON g.id = p.organisation_id
LEFT JOIN users AS u ON u.id = p.owner_id
LEFT JOIN teams AS t ON t.id = p.team_id
WHERE p._deleted_at IS NULL;

CREATE VIEW v_party_email AS
-- Grain: one row an e-mail address of a party.
-- All addresses of the living parties, one as often as it is given.
--
-- party_id INTEGER: The party, → `parties.id`.
-- address TEXT: The address as it is written.
SELECT e.party_id, e.address
FROM party_email_addresses AS e
JOIN parties AS p ON p.id = e.party_id AND p._deleted_at IS NULL;

CREATE VIEW v_party_tag AS
-- Grain: one row a party and a tag of it.
-- The tags of the living people and organisations.
--
-- party_id INTEGER: The party, → `parties.id`.
-- tag_id INTEGER: The tag, → `tag_definitions.id`.
-- tag TEXT: Name of the tag.
SELECT t.party_id, t.tag_id, g.name AS tag
FROM party_tags AS t
JOIN parties AS p ON p.id = t.party_id AND p._deleted_at IS NULL
LEFT JOIN tag_definitions AS g ON g.entity = 'party' AND g.id = t.tag_id;
