-- What the views of this folder read beside the mirrored tables: it is made where it is missing, before them.
--
-- `fx_rates` is for people to fill. The indices hold what the views take from the texts of `_history`: an
-- index serves only the very expression that it was made with.

CREATE TABLE IF NOT EXISTS "fx_rates" (
  "currency" TEXT NOT NULL,
  "day" DATE NOT NULL CHECK (date("day") IS "day"),
  "rate" REAL NOT NULL CHECK ("rate" > 0 AND "rate" < ''),
  PRIMARY KEY ("currency", "day")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "_history_moves" ON "_history" (
  "row_key", "id",
  CASE
    WHEN instr("before", '"milestone_id":null') > 0 THEN ''
    WHEN instr("before", '"milestone_id":') > 0
    THEN CAST(substr("before", instr("before", '"milestone_id":') + 15) AS INTEGER)
  END,
  CASE
    WHEN instr("after", '"milestone_id":null') > 0 THEN ''
    WHEN instr("after", '"milestone_id":') > 0
    THEN CAST(substr("after", instr("after", '"milestone_id":') + 15) AS INTEGER)
  END,
  CASE
    WHEN instr("before", '"last_stage_changed_at":"') > 0
    THEN substr("before", instr("before", '"last_stage_changed_at":"') + 25, 19)
    WHEN instr("before", '"last_stage_changed_at":') > 0 THEN ''
  END,
  CASE
    WHEN instr("after", '"last_stage_changed_at":"') > 0
    THEN substr("after", instr("after", '"last_stage_changed_at":"') + 25, 19)
    WHEN instr("after", '"last_stage_changed_at":') > 0 THEN ''
  END,
  CASE
    WHEN instr("before", '"probability":null') > 0 THEN ''
    WHEN instr("before", '"probability":') > 0
    THEN CAST(substr("before", instr("before", '"probability":') + 14) AS INTEGER)
  END,
  CASE
    WHEN instr("before", '"last_open_milestone_id":null') > 0 THEN ''
    WHEN instr("before", '"last_open_milestone_id":') > 0
    THEN CAST(substr("before", instr("before", '"last_open_milestone_id":') + 25) AS INTEGER)
  END,
  "synced_before", "changed_at"
) WHERE "table_name" = 'opportunities'
  AND (instr("after", '"milestone_id":') > 0 OR instr("after", '"last_stage_changed_at":') > 0
    OR instr("after", '"last_open_milestone_id":') > 0);

CREATE INDEX IF NOT EXISTS "_history_mixed" ON "_history" ("changed_at", "row_key")
WHERE "table_name" = 'opportunities'
  AND (instr("after", '"milestone_id":') > 0 OR instr("after", '"last_stage_changed_at":') > 0
    OR instr("after", '"value_') > 0 OR instr("after", '"duration') > 0
    OR instr("after", '"probability":') > 0)
  AND NOT (instr("after", '"milestone_id":') > 0 AND instr("after", '"probability":') > 0
    AND instr("before", '"last_stage_changed_at":"') > 0
    AND instr("after", '"last_stage_changed_at":"') > 0
    AND substr("after", instr("after", '"last_stage_changed_at":"') + 25, 19)
      > substr("before", instr("before", '"last_stage_changed_at":"') + 25, 19)
    AND instr("after", '"value_') = 0 AND instr("after", '"duration') = 0);

CREATE INDEX IF NOT EXISTS "_history_closes" ON "_history" (
  "row_key", "synced_before", "changed_at",
  CASE
    WHEN instr("before", '"expected_close_on":"') > 0
    THEN substr("before", instr("before", '"expected_close_on":"') + 21, 10)
  END,
  CASE
    WHEN instr("after", '"expected_close_on":"') > 0
    THEN substr("after", instr("after", '"expected_close_on":"') + 21, 10)
  END
) WHERE "table_name" = 'opportunities' AND instr("after", '"expected_close_on":') > 0;
