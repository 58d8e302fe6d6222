-- What is going on with people and organisations.

CREATE VIEW v_party_engagement AS
-- Grain: one row a party.
-- What has been done with each living party, and what is open. Only what belongs to the party itself
-- counts: an organisation does not have the entries of its people, and an opportunity or a case counts for
-- its primary contact alone. An e-mail counts for each party that it was filed under.
--
-- id INTEGER: The party, → `parties.id`.
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
-- Types: all
SELECT
  p.id, p.type, p.display_name, p.owner_id, p.last_contacted_at, c.entries, c.entries_90_days,
  c.open_tasks, c.open_deals, c.won_deals, c.lost_deals, c.open_cases
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
    SELECT id AS party_id, 0 AS kind FROM v_party
    UNION ALL
    SELECT party_id, 1 + coalesce(entry_at >= datetime('now', '-90 days'), 0) FROM v_activity_party
    UNION ALL
    SELECT party_id, 3 FROM v_task WHERE party_id IS NOT NULL AND status = 'OPEN'
    UNION ALL
    SELECT party_id, CASE state WHEN 'open' THEN 4 WHEN 'won' THEN 5 ELSE 6 END
    FROM v_opportunity WHERE state IS NOT NULL
    UNION ALL
    SELECT party_id, 7 FROM v_case WHERE status = 'OPEN'
  )
  GROUP BY party_id
) AS c
JOIN v_party AS p ON p.id = c.party_id;
