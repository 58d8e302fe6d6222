-- What was written, sent, said and done: comments, e-mails, events and calls.

CREATE VIEW v_activity AS
-- Grain: one row a comment, an e-mail, an event or a call.
-- Every living one of them, and what it is about.
--
-- id INTEGER: The number behind the `x` of Vtiger's id, → `mod_comments.id`, `emails.id`, `events.id` or
--   `pbx_manager.id`, of which no two are the same.
-- type TEXT: `note`, `email`, `event` or `call`.
-- activity_type_id INTEGER: NULL: kinds have no number.
-- activity_type TEXT: What kind of event.
-- entry_at DATETIME: When it was written, sent, or begins, UTC.
-- entry_on DATE: The day of that.
-- subject TEXT: Its subject.
-- creator_id INTEGER: The user or group whom it is assigned to, → `v_owner.id`.
-- creator TEXT: Name of that.
-- party_id INTEGER: The contact, or else the organisation or lead that it is about, → `v_party.id`.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The deal that it is about, → `potentials.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The case or ticket that it is about, → `v_case.id`.
-- case TEXT: Its title. The name is a word of SQL: write `"case"`.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Vtiger, UTC.
-- Of: mod_comments emails events pbx_manager
-- Types: id type activity_type_id activity_type entry_at entry_on subject creator_id creator party_id party
--   opportunity_id opportunity case_id case created_at updated_at
SELECT
  d.id, d.type, NULL AS activity_type_id, d.activity_type, d.entry_at, local_day(d.entry_at) AS entry_on,
  d.subject, d.creator_id, (SELECT u.name FROM v_owner AS u WHERE u.id = d.creator_id) AS creator,
  d.party_id,
  coalesce(
    (SELECT nullif(trim(coalesce(c.firstname, '') || ' ' || coalesce(c.lastname, '')), '')
      FROM contacts AS c WHERE c.id = d.party_id),
    (SELECT a.accountname FROM accounts AS a WHERE a.id = d.party_id),
    (SELECT nullif(trim(coalesce(l.firstname, '') || ' ' || coalesce(l.lastname, '')), '')
      FROM leads AS l WHERE l.id = d.party_id)) AS party,
  d.opportunity_id,
  (SELECT o.potentialname FROM potentials AS o WHERE o.id = d.opportunity_id) AS opportunity,
  d.case_id,
  coalesce((SELECT s.title FROM cases AS s WHERE s.id = d.case_id),
    (SELECT h.ticket_title FROM help_desk AS h WHERE h.id = d.case_id)) AS "case",
  d.created_at, d.updated_at
FROM (
  SELECT
    e.id, e.type, e.activity_type, e.entry_at, e.subject, e.creator_id,
    coalesce(e.contact_id, iif(e.about IN ('Accounts', 'Contacts', 'Leads'), e.parent_id, NULL))
      AS party_id,
    iif(e.about = 'Potentials', e.parent_id, NULL) AS opportunity_id,
    iif(e.about IN ('HelpDesk', 'Cases'), e.parent_id, NULL) AS case_id, e.created_at, e.updated_at
  FROM (
    SELECT
      n.id, 'note' AS type, NULL AS activity_type, n.createdtime AS entry_at, NULL AS subject,
      coalesce(n.creator, n.assigned_user_id) AS creator_id, n.customer AS contact_id,
      n.related_to AS parent_id, n.related_to_module AS about, n.createdtime AS created_at,
      n.modifiedtime AS updated_at
    FROM mod_comments AS n
    WHERE n._deleted_at IS NULL
    UNION ALL
    SELECT
      m.id, 'email', NULL, coalesce(datetime(m.date_start || ' ' || m.time_start), m.createdtime), m.subject,
      m.assigned_user_id, NULL, m.parent_id, m.parent_id_module, m.createdtime, m.modifiedtime
    FROM emails AS m
    WHERE m._deleted_at IS NULL
    UNION ALL
    SELECT
      v.id, 'event', v.activitytype, coalesce(datetime(v.date_start || ' ' || v.time_start), v.createdtime),
      v.subject, v.assigned_user_id, v.contact_id, v.parent_id, v.parent_id_module, v.createdtime,
      v.modifiedtime
    FROM events AS v
    WHERE v._deleted_at IS NULL
    UNION ALL
    SELECT
      p.id, 'call', p.direction, coalesce(p.starttime, p.CreatedTime), NULL, coalesce(p.user, p.assigned_user_id),
      NULL, p.customer, p.customer_module, p.CreatedTime, p.ModifiedTime
    FROM pbx_manager AS p
    WHERE p._deleted_at IS NULL
  ) AS e
) AS d;

CREATE VIEW v_activity_party AS
-- Grain: one row a comment, an e-mail, an event or a call, and a party that it is about.
-- Whom the living ones are about.
--
-- entry_id INTEGER: Which, → `v_activity.id`.
-- party_id INTEGER: The party, → `v_party.id`.
-- entry_at DATETIME: When it was written, sent, or begins, UTC.
-- Types: entry_id party_id entry_at
SELECT d.id AS entry_id, d.party_id, d.entry_at FROM v_activity AS d WHERE d.party_id IS NOT NULL;
