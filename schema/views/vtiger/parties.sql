-- People and organisations: accounts, contacts and leads.

CREATE VIEW v_party AS
-- Grain: one row a party.
-- Every living organisation, contact and lead with the names of what it refers to.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `accounts.id`, `contacts.id` or `leads.id`, of which
--   no two are the same.
-- type TEXT: `organisation`, `person` or `lead`.
-- display_name TEXT: An organisation's name, or a person's first and last name; a lead's company if it has no
--   other name.
-- first_name TEXT: First name of a person or lead.
-- last_name TEXT: Last name of a person or lead.
-- job_title TEXT: A person's or lead's title.
-- organisation_id INTEGER: The organisation that a person belongs to, or that an organisation is a member of,
--   → `accounts.id`.
-- organisation TEXT: Its name; a lead's company.
-- owner_id INTEGER: The user or group whom the record is assigned to, → `v_owner.id`.
-- owner TEXT: Name of that.
-- team_id INTEGER: The same if it is a group, → `groups.id`.
-- team TEXT: Name of the group.
-- email_address TEXT: The first e-mail address.
-- phone_number TEXT: The first phone number, or else the mobile one.
-- city TEXT: City of the billing or mailing address.
-- country TEXT: Country of that address.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Vtiger, UTC.
-- last_contacted_at DATETIME: NULL: not known.
-- days_since_contact INTEGER: NULL.
-- missing_important_fields BOOLEAN: NULL: Vtiger does not tell.
-- Of: accounts contacts leads
-- Types: id type display_name first_name last_name job_title organisation_id organisation owner_id owner
--   team_id team email_address phone_number city country created_at updated_at last_contacted_at
--   days_since_contact missing_important_fields
SELECT
  p.id, p.type, p.display_name, p.first_name, p.last_name, p.job_title, p.organisation_id, p.organisation,
  p.owner_id, (SELECT u.name FROM v_owner AS u WHERE u.id = p.owner_id) AS owner,
  iif(p.owner_module = 'Groups', p.owner_id, NULL) AS team_id,
  (SELECT t.groupname FROM groups AS t WHERE p.owner_module = 'Groups' AND t.id = p.owner_id) AS team,
  p.email_address, p.phone_number, p.city, p.country, p.created_at, p.updated_at,
  NULL AS last_contacted_at, NULL AS days_since_contact, NULL AS missing_important_fields
FROM (
  SELECT
    a.id, 'organisation' AS type, a.accountname AS display_name, NULL AS first_name, NULL AS last_name,
    NULL AS job_title, a.account_id AS organisation_id,
    (SELECT g.accountname FROM accounts AS g WHERE g.id = a.account_id) AS organisation,
    a.assigned_user_id AS owner_id, a.assigned_user_id_module AS owner_module,
    coalesce(a.email1, a.email2) AS email_address, coalesce(a.phone, a.otherphone) AS phone_number,
    a.bill_city AS city, a.bill_country AS country, a.createdtime AS created_at,
    a.modifiedtime AS updated_at
  FROM accounts AS a
  WHERE a._deleted_at IS NULL
  UNION ALL
  SELECT
    c.id, 'person', nullif(trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')), ''),
    c.firstname, c.lastname, c.title, c.account_id,
    (SELECT g.accountname FROM accounts AS g WHERE g.id = c.account_id), c.assigned_user_id,
    c.assigned_user_id_module, coalesce(c.email, c.secondaryemail), coalesce(c.phone, c.mobile),
    c.mailingcity, c.mailingcountry, c.createdtime, c.modifiedtime
  FROM contacts AS c
  WHERE c._deleted_at IS NULL
  UNION ALL
  SELECT
    l.id, 'lead', coalesce(nullif(trim(coalesce(l.firstname, '') || ' ' || coalesce(l.lastname, '')), ''),
      l.company),
    l.firstname, l.lastname, l.designation, NULL, l.company, l.assigned_user_id,
    l.assigned_user_id_module, coalesce(l.email, l.secondaryemail), coalesce(l.phone, l.mobile), l.city,
    l.country, l.createdtime, l.modifiedtime
  FROM leads AS l
  WHERE l._deleted_at IS NULL
) AS p;

CREATE VIEW v_party_email AS
-- Grain: one row an e-mail address of a party.
-- All addresses of the living parties, one as often as it is given.
--
-- party_id INTEGER: The party, → `v_party.id`.
-- address TEXT: The address as it is written.
-- Of: accounts contacts leads
-- Types: party_id address
SELECT a.id AS party_id, a.email1 AS address FROM accounts AS a
WHERE a._deleted_at IS NULL AND a.email1 IS NOT NULL
UNION ALL
SELECT a.id, a.email2 FROM accounts AS a WHERE a._deleted_at IS NULL AND a.email2 IS NOT NULL
UNION ALL
SELECT c.id, c.email FROM contacts AS c WHERE c._deleted_at IS NULL AND c.email IS NOT NULL
UNION ALL
SELECT c.id, c.secondaryemail FROM contacts AS c
WHERE c._deleted_at IS NULL AND c.secondaryemail IS NOT NULL
UNION ALL
SELECT l.id, l.email FROM leads AS l WHERE l._deleted_at IS NULL AND l.email IS NOT NULL
UNION ALL
SELECT l.id, l.secondaryemail FROM leads AS l
WHERE l._deleted_at IS NULL AND l.secondaryemail IS NOT NULL;
