-- What the views read beside the mirrored tables: it is made where it is missing, before them.
--
-- `fx_rates` is for people to fill, `_time_zone` is filled by the program: so many seconds is the clock of the
-- reports ahead of UTC, from each of these instants on.

CREATE TABLE IF NOT EXISTS "fx_rates" (
  "currency" TEXT NOT NULL,
  "day" DATE NOT NULL CHECK (date("day") IS "day"),
  "rate" REAL NOT NULL CHECK ("rate" > 0 AND "rate" < ''),
  PRIMARY KEY ("currency", "day")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_time_zone" (
  "begins_at" DATETIME NOT NULL PRIMARY KEY CHECK (datetime("begins_at") IS "begins_at"),
  "seconds" INTEGER NOT NULL CHECK ("seconds" = CAST("seconds" AS INTEGER))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_opportunity_periods" (
  "opportunity_id" INTEGER NOT NULL,
  "number" INTEGER NOT NULL,
  "begins_on" DATE,
  "ends_on" DATE,
  "milestone_of" INTEGER,
  "milestone_id" INTEGER,
  "currency" TEXT,
  "total_value" REAL,
  "probability" REAL,
  "owner_id" INTEGER,
  "stage_at" DATETIME,
  "last_open_milestone_id" INTEGER,
  "begun_by" INTEGER,
  "seen_after" DATETIME,
  "seen_at" DATETIME,
  PRIMARY KEY ("opportunity_id", "number")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_opportunity_stays" (
  "opportunity_id" INTEGER NOT NULL,
  "stay" INTEGER NOT NULL,
  "milestone_id" INTEGER,
  "entered_at" DATETIME,
  "entered_after" DATETIME,
  "entered_by" DATETIME,
  "left_at" DATETIME,
  "left_by" DATETIME,
  "is_current" BOOLEAN NOT NULL,
  "next_milestone_id" INTEGER,
  "month" DATE,
  "days" REAL,
  PRIMARY KEY ("opportunity_id", "stay")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "_opportunity_stays_days"
  ON "_opportunity_stays" ("milestone_id", "month", "days", "next_milestone_id", "is_current");

CREATE TABLE IF NOT EXISTS "_kept" (
  "table_name" TEXT NOT NULL PRIMARY KEY,
  "history_id" INTEGER NOT NULL,
  "oldest_id" INTEGER NOT NULL,
  "digest" INTEGER NOT NULL
) WITHOUT ROWID;
