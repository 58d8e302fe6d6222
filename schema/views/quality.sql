-- What in the account should be put right.

CREATE VIEW v_data_quality AS
-- Grain: one row a finding: a record and what is wrong with it.
-- Each row is something that a person can put right in Capsule, or that makes a figure here less sure.
-- Count by `problem` first. Living records are looked at: every party; deals that are open, and closed ones
-- (at any complete milestone) where `problem` says so; cases and tasks whose status is `OPEN`.
--
-- entity TEXT: What the record is: `party`, `opportunity`, `case` or `task`.
-- id INTEGER: Capsule's id of the record.
-- name TEXT: Its name, or what a task says.
-- owner_id INTEGER: The user who owns it, → `users.id`.
-- problem TEXT: What is wrong. Of parties: `no name`, `no e-mail address or phone number`, `same e-mail
--   address as another` living party's, A to Z as a to z. Of open deals: `no value`, `no expected close`, `at an archived
--   pipeline`. Of closed ones: `no lost reason`, `closed without a day`. Of open deals and cases: `expected
--   close has passed`. Of open cases: `on an archived board`. Of open tasks: `no due date`, `overdue for
--   more than 30 days`. Of parties and open deals: `no owner`, and no team either. Of all of these but closed
--   deals: `owner is gone`, the user deactivated or deleted or unknown. Of every party, deal and case, closed
--   ones too: `missing important fields`, as Capsule says.
-- Types: all
WITH
  -- The users that are there.
  present AS (SELECT id FROM users WHERE deleted IS NOT 1 AND _deleted_at IS NULL),
  -- Addresses that several parties have, and which living parties have them: of these few alone it is asked
  -- whether they are still several.
  shared AS MATERIALIZED (
    SELECT lower(address) AS address FROM party_email_addresses
    GROUP BY 1 HAVING min(party_id) <> max(party_id) AND trim(address) <> ''
  ),
  sharing AS MATERIALIZED (
    SELECT s.address, e.party_id
    FROM party_email_addresses AS e
    CROSS JOIN shared AS s ON s.address = lower(e.address)
    CROSS JOIN parties AS p ON p.id = e.party_id AND p._deleted_at IS NULL
  )
SELECT
  'party' AS entity, p.id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS name,
  p.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no name' WHEN 2 THEN 'missing important fields' WHEN 3 THEN 'no owner'
    WHEN 4 THEN 'owner is gone'
  END AS problem
FROM parties AS p
CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS k
WHERE p._deleted_at IS NULL
  AND (p.missing_important_fields = 1 OR p.owner_id IS NULL
    OR p.owner_id NOT IN (SELECT id FROM present) OR coalesce(trim(p.name), trim(p.first_name), '') = '')
  AND CASE k.kind
    WHEN 1 THEN trim(coalesce(p.name, coalesce(p.first_name, '') || coalesce(p.last_name, ''))) = ''
    WHEN 2 THEN p.missing_important_fields = 1
    WHEN 3 THEN p.owner_id IS NULL AND p.team_id IS NULL
    WHEN 4 THEN p.owner_id NOT IN (SELECT id FROM present)
  END
UNION ALL
SELECT
  'party', p.id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), '')),
  p.owner_id, 'no e-mail address or phone number'
FROM parties AS p
WHERE p._deleted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM party_email_addresses AS e WHERE e.party_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM party_phone_numbers AS n WHERE n.party_id = p.id)
UNION ALL
SELECT
  'party', p.id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), '')),
  p.owner_id, 'same e-mail address as another'
FROM (
  SELECT DISTINCT party_id FROM sharing
  WHERE address IN (
    SELECT address FROM sharing GROUP BY address HAVING min(party_id) <> max(party_id))
) AS d
JOIN parties AS p ON p.id = d.party_id
UNION ALL
SELECT
  'opportunity', o.id, o.name, o.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no value' WHEN 2 THEN 'no expected close' WHEN 3 THEN 'expected close has passed'
    WHEN 4 THEN 'no lost reason' WHEN 5 THEN 'closed without a day'
    WHEN 6 THEN 'at an archived pipeline' WHEN 7 THEN 'no owner' WHEN 8 THEN 'owner is gone'
    WHEN 9 THEN 'missing important fields'
  END
FROM opportunities AS o
LEFT JOIN milestones AS m ON m.id = o.milestone_id
LEFT JOIN pipelines AS l ON l.id = m.pipeline_id
CROSS JOIN (
  SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5
  UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
) AS k
WHERE o._deleted_at IS NULL
  AND (m.complete = 0 AND (
      o.value_amount IS NULL OR o.expected_close_on IS NULL OR o.expected_close_on < date('now')
      OR l.deleted = 1 OR o.owner_id IS NULL OR o.owner_id NOT IN (SELECT id FROM present))
    OR m.complete = 1 AND (o.closed_on IS NULL OR m.probability = 0 AND o.lost_reason_id IS NULL)
    OR o.missing_important_fields = 1)
  AND CASE k.kind
    WHEN 1 THEN m.complete = 0 AND o.value_amount IS NULL
    WHEN 2 THEN m.complete = 0 AND o.expected_close_on IS NULL
    WHEN 3 THEN m.complete = 0 AND o.expected_close_on < date('now')
    WHEN 4 THEN m.complete = 1 AND m.probability = 0 AND o.lost_reason_id IS NULL
    WHEN 5 THEN m.complete = 1 AND o.closed_on IS NULL
    WHEN 6 THEN m.complete = 0 AND l.deleted = 1
    WHEN 7 THEN m.complete = 0 AND o.owner_id IS NULL AND o.team_id IS NULL
    WHEN 8 THEN m.complete = 0 AND o.owner_id NOT IN (SELECT id FROM present)
    WHEN 9 THEN o.missing_important_fields = 1
  END
UNION ALL
SELECT
  'case', c.id, c.name, c.owner_id,
  CASE k.kind
    WHEN 1 THEN 'expected close has passed' WHEN 2 THEN 'on an archived board'
    WHEN 3 THEN 'owner is gone' WHEN 4 THEN 'missing important fields'
  END
FROM cases AS c
LEFT JOIN stages AS s ON s.id = c.stage_id
LEFT JOIN boards AS b ON b.id = s.board_id
CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS k
WHERE c._deleted_at IS NULL
  AND (c.status = 'OPEN' AND (c.expected_close_on < date('now') OR b.deleted = 1
      OR c.owner_id NOT IN (SELECT id FROM present))
    OR c.missing_important_fields = 1)
  AND CASE k.kind
    WHEN 1 THEN c.status = 'OPEN' AND c.expected_close_on < date('now')
    WHEN 2 THEN c.status = 'OPEN' AND b.deleted = 1
    WHEN 3 THEN c.status = 'OPEN' AND c.owner_id NOT IN (SELECT id FROM present)
    WHEN 4 THEN c.missing_important_fields = 1
  END
UNION ALL
SELECT
  'task', t.id, t.description, t.owner_id,
  CASE k.kind
    WHEN 1 THEN 'no due date' WHEN 2 THEN 'overdue for more than 30 days' WHEN 3 THEN 'owner is gone'
  END
FROM tasks AS t
CROSS JOIN (SELECT 1 AS kind UNION ALL SELECT 2 UNION ALL SELECT 3) AS k
WHERE t._deleted_at IS NULL AND t.status = 'OPEN'
  AND (t.due_on IS NULL OR t.due_on < date('now', '-30 days')
    OR t.owner_id NOT IN (SELECT id FROM present))
  AND CASE k.kind
    WHEN 1 THEN t.due_on IS NULL
    WHEN 2 THEN t.due_on < date('now', '-30 days')
    WHEN 3 THEN t.owner_id NOT IN (SELECT id FROM present)
  END;
