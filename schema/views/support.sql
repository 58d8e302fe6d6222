-- What the views of this folder read beside the mirrored tables: it is made where it is missing, before them.
--
-- `fx_rates` is for people to fill.

CREATE TABLE IF NOT EXISTS "fx_rates" (
  "currency" TEXT NOT NULL,
  "day" DATE NOT NULL CHECK (date("day") IS "day"),
  "rate" REAL NOT NULL CHECK ("rate" > 0 AND "rate" < ''),
  PRIMARY KEY ("currency", "day")
) WITHOUT ROWID;
