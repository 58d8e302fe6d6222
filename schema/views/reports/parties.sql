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
-- last_contacted_at DATETIME: When the party was last contacted, UTC. NULL where the account does not say.
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

CREATE VIEW v_organisation AS
-- Grain: one row an organisation.
-- What an organisation is worth: its people, what was done with it and them, and its deals. A deal is an
-- organisation's by `v_opportunity.organisation_id`. An e-mail counts for each of its people that it is filed
-- under.
--
-- id INTEGER: The organisation, → `v_party.id`.
-- name TEXT: Its name.
-- owner_id INTEGER: Who owns the record, → `v_owner.id`.
-- owner TEXT: Name of that.
-- people INTEGER: People who belong to it.
-- entries INTEGER: Entries about it or its people.
-- last_entry_at DATETIME: The newest of those, UTC.
-- days_silent INTEGER: Whole days since then, not less than 0. NULL when there is none.
-- open_deals INTEGER: Open deals.
-- won_deals INTEGER: Deals won.
-- lost_deals INTEGER: Deals lost.
-- won_base_value REAL: Total value of the deals won, in the base currency. NULL when none was won or `fx_rates`
--   lacks a rate.
-- first_won_on DATE: When it first won one.
-- last_won_on DATE: When it last won one.
-- customer TEXT: `new` after one deal won, `repeat` after several. NULL before.
-- Types: all
SELECT
  p.id, p.display_name AS name, p.owner_id, p.owner, c.people, c.entries, c.last_at AS last_entry_at,
  CAST(max(0, julianday('now') - julianday(c.last_at)) AS INTEGER) AS days_silent, c.open_deals,
  c.won_deals, c.lost_deals, CASE WHEN c.valued = c.based THEN round(c.won_base_value, 4) END AS won_base_value,
  c.first_won_on, c.last_won_on, CASE WHEN c.won_deals = 1 THEN 'new' WHEN c.won_deals > 1 THEN 'repeat' END
    AS customer
FROM (
  SELECT
    organisation_id, count(*) FILTER (WHERE kind = 'person') AS people,
    count(*) FILTER (WHERE kind = 'entry') AS entries, max(at) FILTER (WHERE kind = 'entry') AS last_at,
    count(*) FILTER (WHERE kind = 'open') AS open_deals, count(*) FILTER (WHERE kind = 'won') AS won_deals,
    count(*) FILTER (WHERE kind = 'lost') AS lost_deals, count(value) FILTER (WHERE kind = 'won') AS valued,
    count(base) FILTER (WHERE kind = 'won') AS based, sum(base) FILTER (WHERE kind = 'won') AS won_base_value,
    min(at) FILTER (WHERE kind = 'won') AS first_won_on, max(at) FILTER (WHERE kind = 'won') AS last_won_on
  FROM (
    SELECT
      iif(type = 'organisation', id, organisation_id) AS organisation_id,
      iif(type = 'organisation', NULL, 'person') AS kind, NULL AS at, NULL AS value, NULL AS base
    FROM v_party WHERE type IN ('person', 'organisation')
    UNION ALL
    SELECT q.organisation_id, 'entry', a.entry_at, NULL, NULL
    FROM v_activity_party AS a
    CROSS JOIN (
      SELECT id, iif(type = 'organisation', id, organisation_id) AS organisation_id FROM v_party LIMIT -1
    ) AS q ON q.id = a.party_id
    UNION ALL
    SELECT organisation_id, state, closed_on, total_value, base_value
    FROM (
      SELECT organisation_id, state, closed_on, total_value, iif(state = 'won', base_value, NULL) AS base_value
      FROM v_opportunity WHERE state IS NOT NULL LIMIT -1
    )
  )
  WHERE organisation_id IS NOT NULL
  GROUP BY organisation_id
) AS c
CROSS JOIN (
  SELECT id, display_name, owner_id, owner FROM v_party WHERE type = 'organisation' LIMIT -1
) AS p ON p.id = c.organisation_id;
