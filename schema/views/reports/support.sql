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
