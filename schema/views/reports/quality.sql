-- What in the account should be put right.

CREATE VIEW v_data_quality AS
-- Grain: one row a finding: a record and what is wrong with it.
-- Each row is something that a person can put right in the CRM, or that makes a figure here less sure.
-- Count by `problem` first. Living records are looked at: every party; deals that are open, and closed ones
-- (at any complete milestone) where `problem` says so; cases and tasks whose status is `OPEN`.
--
-- entity TEXT: What the record is: `party`, `opportunity`, `case` or `task`.
-- id INTEGER: The record's id.
-- name TEXT: Its name, or what a task says.
-- owner_id INTEGER: The user who owns it, → `users.id`.
-- problem TEXT: What is wrong. Of parties: `no name`, `no e-mail address or phone number`, `same e-mail
--   address as another` living party's, A to Z as a to z. Of open deals: `no value`, `no expected close`, `at an archived
--   pipeline`. Of closed ones: `no lost reason`, `closed without a day`. Of open deals: `no open task`. Of closed deals
--   and cases: `closed with open tasks`. Of open deals and cases: `expected
--   close has passed`. Of open cases: `on an archived board`. Of open tasks: `no due date`, `overdue for
--   more than 30 days`. Of parties and open deals: `no owner`, and no team either. Of all of these but closed
--   deals: `owner is gone`, the user deactivated or deleted or unknown. Of every party, deal and case, closed
--   ones too: `missing important fields`, as the CRM says.
-- Types: all
WITH
  -- The users that are there.
  present AS (SELECT id FROM v_owner WHERE is_active),
  -- Addresses that several living parties have, and which.
  shared AS (
    SELECT lower(address) AS address FROM v_party_email
    GROUP BY 1 HAVING min(party_id) <> max(party_id) AND trim(address) <> ''
  )
SELECT
  'party' AS entity, p.id, p.display_name AS name, p.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no name' WHEN 2 THEN 'missing important fields' WHEN 3 THEN 'no owner'
    WHEN 4 THEN 'owner is gone' WHEN 5 THEN 'no e-mail address or phone number'
  END AS problem
FROM (
  SELECT
    id, display_name, owner_id, trim(coalesce(display_name, '')) = '' AS is_unnamed,
    missing_important_fields = 1 AS is_lacking, owner_id IS NULL AND team_id IS NULL AS is_unowned,
    owner_id NOT IN (SELECT id FROM present) AS is_lost,
    email_address IS NULL AND phone_number IS NULL AS is_mute
  FROM v_party
  LIMIT -1
) AS p
CROSS JOIN (
  SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
) AS k
WHERE (is_unnamed OR is_lacking OR is_unowned OR is_lost OR is_mute)
  AND CASE k.kind
    WHEN 1 THEN is_unnamed WHEN 2 THEN is_lacking WHEN 3 THEN is_unowned WHEN 4 THEN is_lost
    WHEN 5 THEN is_mute
  END
UNION ALL
SELECT 'party', p.id, p.display_name, p.owner_id, 'same e-mail address as another'
FROM (
  SELECT DISTINCT e.party_id FROM v_party_email AS e
  WHERE lower(e.address) IN (SELECT address FROM shared)
) AS d
JOIN v_party AS p ON p.id = d.party_id
UNION ALL
SELECT
  'opportunity', o.id, o.name, o.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no value' WHEN 2 THEN 'no expected close' WHEN 3 THEN 'expected close has passed'
    WHEN 4 THEN 'no lost reason' WHEN 5 THEN 'closed without a day'
    WHEN 6 THEN 'at an archived pipeline' WHEN 7 THEN 'no owner' WHEN 8 THEN 'owner is gone'
    WHEN 9 THEN 'missing important fields' WHEN 10 THEN 'no open task'
    WHEN 11 THEN 'closed with open tasks'
  END
FROM (
  SELECT
    id, name, owner_id, team_id, state IS 'open' AS is_open, state IS 'lost' AS is_lost,
    is_closed, value_amount, expected_close_on, closed_on, is_overdue, lost_reason_id, pipeline_archived,
    missing_important_fields, open_tasks
  FROM v_opportunity
  LIMIT -1
) AS o
CROSS JOIN (
  SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
  UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10
  UNION ALL SELECT 11
) AS k
WHERE CASE k.kind
    WHEN 1 THEN o.is_open AND o.value_amount IS NULL
    WHEN 2 THEN o.is_open AND o.expected_close_on IS NULL
    WHEN 3 THEN o.is_overdue
    WHEN 4 THEN o.is_lost AND o.lost_reason_id IS NULL AND EXISTS (SELECT 1 FROM v_lost_reason)
    WHEN 5 THEN o.is_closed AND o.closed_on IS NULL
    WHEN 6 THEN o.is_open AND o.pipeline_archived = 1
    WHEN 7 THEN o.is_open AND o.owner_id IS NULL AND o.team_id IS NULL
    WHEN 8 THEN o.is_open AND o.owner_id NOT IN (SELECT id FROM present)
    WHEN 9 THEN o.missing_important_fields = 1
    WHEN 10 THEN o.is_open AND o.open_tasks = 0
    WHEN 11 THEN o.is_closed AND o.open_tasks > 0
  END
UNION ALL
SELECT
  'case', c.id, c.name, c.owner_id,
  CASE k.kind
    WHEN 1 THEN 'expected close has passed' WHEN 2 THEN 'on an archived board'
    WHEN 3 THEN 'owner is gone' WHEN 4 THEN 'missing important fields'
    WHEN 5 THEN 'closed with open tasks'
  END
FROM (
  SELECT
    id, name, owner_id, status, is_overdue, board_archived, missing_important_fields, open_tasks
  FROM v_case
  LIMIT -1
) AS c
CROSS JOIN (
  SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
) AS k
WHERE CASE k.kind
    WHEN 1 THEN c.is_overdue
    WHEN 2 THEN c.status = 'OPEN' AND c.board_archived = 1
    WHEN 3 THEN c.status = 'OPEN' AND c.owner_id NOT IN (SELECT id FROM present)
    WHEN 4 THEN c.missing_important_fields = 1
    WHEN 5 THEN c.status = 'CLOSED' AND c.open_tasks > 0
  END
UNION ALL
SELECT
  'task', t.id, t.description, t.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no due date' WHEN 2 THEN 'overdue for more than 30 days' WHEN 3 THEN 'owner is gone'
  END
FROM (
  SELECT id, description, owner_id, due_on, days_overdue FROM v_task WHERE status = 'OPEN' LIMIT -1
) AS t
CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3) AS k
WHERE CASE k.kind
    WHEN 1 THEN t.due_on IS NULL
    WHEN 2 THEN t.days_overdue > 30
    WHEN 3 THEN t.owner_id NOT IN (SELECT id FROM present)
  END;
