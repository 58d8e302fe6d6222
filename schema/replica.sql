-- Printed by `crm-replica schema`. Do not edit.

CREATE TABLE IF NOT EXISTS "users" (
  "id" INTEGER PRIMARY KEY,
  "username" TEXT CHECK ("username" < x''),
  "name" TEXT CHECK ("name" < x''),
  "status" TEXT CHECK ("status" < x''),
  "locale" TEXT CHECK ("locale" < x''),
  "currency" TEXT CHECK ("currency" < x'') REFERENCES "currencies" ("code"),
  "timezone" TEXT CHECK ("timezone" < x''),
  "email_preference" TEXT CHECK ("email_preference" < x''),
  "click_to_call_preference" TEXT CHECK ("click_to_call_preference" < x''),
  "preferred_email_from_address" TEXT CHECK ("preferred_email_from_address" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "last_login_at" DATETIME CHECK ("last_login_at" IS NULL OR datetime("last_login_at") IS "last_login_at"),
  "task_reminder" BOOLEAN CHECK ("task_reminder" IN (0, 1)),
  "logged_in" BOOLEAN CHECK ("logged_in" IN (0, 1)),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "picture_url" TEXT CHECK ("picture_url" < x''),
  "roles_is_account_owner" BOOLEAN CHECK ("roles_is_account_owner" IN (0, 1)),
  "roles_is_account_admin" BOOLEAN CHECK ("roles_is_account_admin" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "teams" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "team_memberships" (
  "team_id" INTEGER NOT NULL CHECK ("team_id" = CAST("team_id" AS INTEGER)) REFERENCES "teams" ("id"),
  "user_id" INTEGER NOT NULL CHECK ("user_id" = CAST("user_id" AS INTEGER)) REFERENCES "users" ("id"),
  PRIMARY KEY ("team_id", "user_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "pipelines" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "open_milestone_count" INTEGER CHECK ("open_milestone_count" = CAST("open_milestone_count" AS INTEGER)),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "milestones" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "complete" BOOLEAN CHECK ("complete" IN (0, 1)),
  "probability" INTEGER CHECK ("probability" = CAST("probability" AS INTEGER)),
  "pipeline_id" INTEGER CHECK ("pipeline_id" = CAST("pipeline_id" AS INTEGER)) REFERENCES "pipelines" ("id"),
  "days_until_stale" INTEGER CHECK ("days_until_stale" = CAST("days_until_stale" AS INTEGER)),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "lost_reasons" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "included_for_conversion" BOOLEAN CHECK ("included_for_conversion" IN (0, 1)),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "boards" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "stages" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "board_id" INTEGER CHECK ("board_id" = CAST("board_id" AS INTEGER)) REFERENCES "boards" ("id"),
  "display_order" INTEGER CHECK ("display_order" = CAST("display_order" AS INTEGER)),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "task_categories" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "colour" TEXT CHECK ("colour" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "activity_types" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "icon_id" TEXT CHECK ("icon_id" < x'') REFERENCES "activity_type_icons" ("id"),
  "update_last_contacted" BOOLEAN CHECK ("update_last_contacted" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "activity_type_icons" (
  "id" TEXT PRIMARY KEY NOT NULL CHECK ("id" < x''),
  "display_name" TEXT CHECK ("display_name" < x''),
  "icon_name" TEXT CHECK ("icon_name" < x''),
  "order" INTEGER CHECK ("order" = CAST("order" AS INTEGER)),
  "is_system" BOOLEAN CHECK ("is_system" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "track_definitions" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK ("description" < x''),
  "tag" TEXT CHECK ("tag" < x''),
  "capture_rule" TEXT CHECK ("capture_rule" < x''),
  "direction" TEXT CHECK ("direction" < x''),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "track_definition_tasks" (
  "track_definition_id" INTEGER NOT NULL CHECK ("track_definition_id" = CAST("track_definition_id" AS INTEGER)) REFERENCES "track_definitions" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "description" TEXT CHECK ("description" < x''),
  "days_after_rule" TEXT CHECK ("days_after_rule" < x''),
  "days_after" INTEGER CHECK ("days_after" = CAST("days_after" AS INTEGER)),
  "day_delay_rule" TEXT CHECK ("day_delay_rule" < x''),
  "display_order" INTEGER CHECK ("display_order" = CAST("display_order" AS INTEGER)),
  "category_id" INTEGER CHECK ("category_id" = CAST("category_id" AS INTEGER)) REFERENCES "task_categories" ("id"),
  "track_task_assignee_assignee_type" TEXT CHECK ("track_task_assignee_assignee_type" < x''),
  "track_task_assignee_owner_id" INTEGER CHECK ("track_task_assignee_owner_id" = CAST("track_task_assignee_owner_id" AS INTEGER)) REFERENCES "users" ("id"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  PRIMARY KEY ("track_definition_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "person_titles" (
  "id" INTEGER PRIMARY KEY,
  "title" TEXT CHECK ("title" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "goals" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "frequency" TEXT CHECK ("frequency" < x''),
  "start_on" DATE CHECK ("start_on" IS NULL OR date("start_on") IS "start_on"),
  "end_on" DATE CHECK ("end_on" IS NULL OR date("end_on") IS "end_on"),
  "type" TEXT CHECK ("type" < x''),
  "value" REAL CHECK ("value" < ''),
  "currency" TEXT CHECK ("currency" < x'') REFERENCES "currencies" ("code"),
  "user_id" INTEGER CHECK ("user_id" = CAST("user_id" AS INTEGER)) REFERENCES "users" ("id"),
  "status" TEXT CHECK ("status" < x''),
  "pipeline_id" INTEGER CHECK ("pipeline_id" = CAST("pipeline_id" AS INTEGER)) REFERENCES "pipelines" ("id"),
  "milestone_id" INTEGER CHECK ("milestone_id" = CAST("milestone_id" AS INTEGER)) REFERENCES "milestones" ("id"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "rest_hooks" (
  "id" INTEGER PRIMARY KEY,
  "event" TEXT CHECK ("event" < x''),
  "target_url" TEXT CHECK ("target_url" < x''),
  "description" TEXT CHECK ("description" < x''),
  "embed" TEXT CHECK ("embed" < x''),
  "batched" BOOLEAN CHECK ("batched" IN (0, 1)),
  "client_id" INTEGER CHECK ("client_id" = CAST("client_id" AS INTEGER)),
  "user_id" INTEGER CHECK ("user_id" = CAST("user_id" AS INTEGER)) REFERENCES "users" ("id"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "custom_fields" (
  "entity" TEXT NOT NULL CHECK ("entity" < x''),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "type" TEXT CHECK ("type" < x''),
  "display_order" INTEGER CHECK ("display_order" = CAST("display_order" AS INTEGER)),
  "important" BOOLEAN CHECK ("important" IN (0, 1)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "capture_rule" TEXT CHECK ("capture_rule" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER)),
  PRIMARY KEY ("entity", "id"),
  FOREIGN KEY ("entity", "tag_id") REFERENCES "tag_definitions" ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "custom_field_options" (
  "entity" TEXT NOT NULL CHECK ("entity" < x''),
  "custom_field_id" INTEGER NOT NULL CHECK ("custom_field_id" = CAST("custom_field_id" AS INTEGER)),
  "position" INTEGER NOT NULL CHECK ("position" = CAST("position" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("entity", "custom_field_id", "position"),
  FOREIGN KEY ("entity", "custom_field_id") REFERENCES "custom_fields" ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tag_definitions" (
  "entity" TEXT NOT NULL CHECK ("entity" < x''),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "data_tag" BOOLEAN CHECK ("data_tag" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER)),
  PRIMARY KEY ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tag_definition_definitions" (
  "entity" TEXT NOT NULL CHECK ("entity" < x''),
  "tag_definition_id" INTEGER NOT NULL CHECK ("tag_definition_id" = CAST("tag_definition_id" AS INTEGER)),
  "definition_id" INTEGER NOT NULL CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  PRIMARY KEY ("entity", "tag_definition_id", "definition_id"),
  FOREIGN KEY ("entity", "tag_definition_id") REFERENCES "tag_definitions" ("entity", "id"),
  FOREIGN KEY ("entity", "definition_id") REFERENCES "custom_fields" ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "countries" (
  "name" TEXT CHECK ("name" < x''),
  "alpha2_code" TEXT PRIMARY KEY NOT NULL CHECK ("alpha2_code" < x''),
  "alpha3_code" TEXT CHECK ("alpha3_code" < x''),
  "numeric_code" INTEGER CHECK ("numeric_code" = CAST("numeric_code" AS INTEGER)),
  "dial_code" TEXT CHECK ("dial_code" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "currencies" (
  "code" TEXT PRIMARY KEY NOT NULL CHECK ("code" < x''),
  "symbol" TEXT CHECK ("symbol" < x''),
  "name" TEXT CHECK ("name" < x''),
  "plural_name" TEXT CHECK ("plural_name" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "site" (
  "url" TEXT CHECK ("url" < x''),
  "subdomain" TEXT PRIMARY KEY NOT NULL CHECK ("subdomain" < x''),
  "name" TEXT CHECK ("name" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "parties" (
  "id" INTEGER PRIMARY KEY,
  "type" TEXT CHECK ("type" < x''),
  "first_name" TEXT CHECK ("first_name" < x''),
  "last_name" TEXT CHECK ("last_name" < x''),
  "title" TEXT CHECK ("title" < x''),
  "job_title" TEXT CHECK ("job_title" < x''),
  "organisation_id" INTEGER CHECK ("organisation_id" = CAST("organisation_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "name" TEXT CHECK ("name" < x''),
  "about" TEXT CHECK ("about" < x''),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK ("last_contacted_at" IS NULL OR datetime("last_contacted_at") IS "last_contacted_at"),
  "picture_url" TEXT CHECK ("picture_url" < x''),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)) REFERENCES "users" ("id"),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)) REFERENCES "teams" ("id"),
  "enrichment" TEXT CHECK ("enrichment" < x''),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "party_addresses" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "street" TEXT CHECK ("street" < x''),
  "city" TEXT CHECK ("city" < x''),
  "state" TEXT CHECK ("state" < x''),
  "country" TEXT CHECK ("country" < x''),
  "zip" TEXT CHECK ("zip" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_phone_numbers" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "number" TEXT CHECK ("number" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_websites" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "service" TEXT CHECK ("service" < x''),
  "address" TEXT CHECK ("address" < x''),
  "url" TEXT CHECK ("url" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_email_addresses" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "address" TEXT CHECK ("address" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_tags" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("party_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_fields" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "parties_organisation_id"
  ON "parties" ("organisation_id");

CREATE TABLE IF NOT EXISTS "deleted_parties" (
  "id" INTEGER PRIMARY KEY REFERENCES "parties" ("id"),
  "deleted_at" DATETIME CHECK ("deleted_at" IS NULL OR datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK ("reason" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "opportunities" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)) REFERENCES "users" ("id"),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)) REFERENCES "teams" ("id"),
  "milestone_id" INTEGER CHECK ("milestone_id" = CAST("milestone_id" AS INTEGER)) REFERENCES "milestones" ("id"),
  "last_open_milestone_id" INTEGER CHECK ("last_open_milestone_id" = CAST("last_open_milestone_id" AS INTEGER)) REFERENCES "milestones" ("id"),
  "lost_reason_id" INTEGER CHECK ("lost_reason_id" = CAST("lost_reason_id" AS INTEGER)) REFERENCES "lost_reasons" ("id"),
  "value_amount" REAL CHECK ("value_amount" < ''),
  "value_currency" TEXT CHECK ("value_currency" < x'') REFERENCES "currencies" ("code"),
  "expected_close_on" DATE CHECK ("expected_close_on" IS NULL OR date("expected_close_on") IS "expected_close_on"),
  "probability" INTEGER CHECK ("probability" = CAST("probability" AS INTEGER)),
  "duration_basis" TEXT CHECK ("duration_basis" < x''),
  "duration" INTEGER CHECK ("duration" = CAST("duration" AS INTEGER)),
  "closed_on" DATE CHECK ("closed_on" IS NULL OR date("closed_on") IS "closed_on"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK ("last_contacted_at" IS NULL OR datetime("last_contacted_at") IS "last_contacted_at"),
  "last_stage_changed_at" DATETIME CHECK ("last_stage_changed_at" IS NULL OR datetime("last_stage_changed_at") IS "last_stage_changed_at"),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "opportunity_tags" (
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("opportunity_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "opportunity_fields" (
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("opportunity_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "opportunities_party_id"
  ON "opportunities" ("party_id");

CREATE TABLE IF NOT EXISTS "deleted_opportunities" (
  "id" INTEGER PRIMARY KEY REFERENCES "opportunities" ("id"),
  "deleted_at" DATETIME CHECK ("deleted_at" IS NULL OR datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK ("reason" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "cases" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK ("name" < x''),
  "description" TEXT CHECK ("description" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)) REFERENCES "users" ("id"),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)) REFERENCES "teams" ("id"),
  "status" TEXT CHECK ("status" < x''),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "stage_id" INTEGER CHECK ("stage_id" = CAST("stage_id" AS INTEGER)) REFERENCES "stages" ("id"),
  "expected_close_on" DATE CHECK ("expected_close_on" IS NULL OR date("expected_close_on") IS "expected_close_on"),
  "start_on" DATE CHECK ("start_on" IS NULL OR date("start_on") IS "start_on"),
  "closed_on" DATE CHECK ("closed_on" IS NULL OR date("closed_on") IS "closed_on"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK ("last_contacted_at" IS NULL OR datetime("last_contacted_at") IS "last_contacted_at"),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "case_tags" (
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("case_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_fields" (
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("case_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "cases_party_id"
  ON "cases" ("party_id");

CREATE INDEX IF NOT EXISTS "cases_opportunity_id"
  ON "cases" ("opportunity_id");

CREATE TABLE IF NOT EXISTS "deleted_cases" (
  "id" INTEGER PRIMARY KEY REFERENCES "cases" ("id"),
  "deleted_at" DATETIME CHECK ("deleted_at" IS NULL OR datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK ("reason" < x''),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "tasks" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK ("description" < x''),
  "detail" TEXT CHECK ("detail" < x''),
  "category_id" INTEGER CHECK ("category_id" = CAST("category_id" AS INTEGER)) REFERENCES "task_categories" ("id"),
  "due_on" DATE CHECK ("due_on" IS NULL OR date("due_on") IS "due_on"),
  "due_time" TEXT CHECK ("due_time" < x''),
  "status" TEXT CHECK ("status" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)) REFERENCES "users" ("id"),
  "completed_by" TEXT CHECK ("completed_by" < x''),
  "completed_at" DATETIME CHECK ("completed_at" IS NULL OR datetime("completed_at") IS "completed_at"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "has_track" BOOLEAN CHECK ("has_track" IN (0, 1)),
  "next_task_id" INTEGER CHECK ("next_task_id" = CAST("next_task_id" AS INTEGER)) REFERENCES "tasks" ("id"),
  "days_after" INTEGER CHECK ("days_after" = CAST("days_after" AS INTEGER)),
  "task_delay_rule" TEXT CHECK ("task_delay_rule" < x''),
  "task_day_delay_rule" TEXT CHECK ("task_day_delay_rule" < x''),
  "repeat_interval" INTEGER CHECK ("repeat_interval" = CAST("repeat_interval" AS INTEGER)),
  "repeat_frequency" TEXT CHECK ("repeat_frequency" < x''),
  "repeat_on" TEXT CHECK ("repeat_on" < x''),
  "active" BOOLEAN CHECK ("active" IN (0, 1)),
  "override_to_current_user" BOOLEAN CHECK ("override_to_current_user" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE INDEX IF NOT EXISTS "tasks_party_id"
  ON "tasks" ("party_id");

CREATE INDEX IF NOT EXISTS "tasks_opportunity_id"
  ON "tasks" ("opportunity_id");

CREATE INDEX IF NOT EXISTS "tasks_case_id"
  ON "tasks" ("case_id");

CREATE TABLE IF NOT EXISTS "entries" (
  "id" INTEGER PRIMARY KEY,
  "type" TEXT CHECK ("type" < x''),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "entry_at" DATETIME CHECK ("entry_at" IS NULL OR datetime("entry_at") IS "entry_at"),
  "subject" TEXT CHECK ("subject" < x''),
  "content" TEXT CHECK ("content" < x''),
  "creator_id" INTEGER CHECK ("creator_id" = CAST("creator_id" AS INTEGER)) REFERENCES "users" ("id"),
  "activity_type_id" INTEGER CHECK ("activity_type_id" = CAST("activity_type_id" AS INTEGER)) REFERENCES "activity_types" ("id"),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "entry_attachments" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)) REFERENCES "entries" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "filename" TEXT CHECK ("filename" < x''),
  "content_type" TEXT CHECK ("content_type" < x''),
  "size" INTEGER CHECK ("size" = CAST("size" AS INTEGER)),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_participants" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)) REFERENCES "entries" ("id"),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "address" TEXT CHECK ("address" < x''),
  "name" TEXT CHECK ("name" < x''),
  "role" TEXT CHECK ("role" < x''),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_parties" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)) REFERENCES "entries" ("id"),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  PRIMARY KEY ("entry_id", "party_id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "entries_entry_at_counted"
  ON "entries" ("entry_at", "type", "creator_id", "activity_type_id", "party_id", "_deleted_at");

CREATE INDEX IF NOT EXISTS "entries_party_id"
  ON "entries" ("party_id");

CREATE INDEX IF NOT EXISTS "entries_case_id"
  ON "entries" ("case_id");

CREATE INDEX IF NOT EXISTS "entries_opportunity_id"
  ON "entries" ("opportunity_id");

CREATE TABLE IF NOT EXISTS "opportunity_parties" (
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER)),
  PRIMARY KEY ("opportunity_id", "party_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_parties" (
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER)),
  PRIMARY KEY ("case_id", "party_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tracks" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK ("description" < x''),
  "track_date_on" DATE CHECK ("track_date_on" IS NULL OR date("track_date_on") IS "track_date_on"),
  "direction" TEXT CHECK ("direction" < x''),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)) REFERENCES "track_definitions" ("id"),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)) REFERENCES "opportunities" ("id"),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)) REFERENCES "cases" ("id"),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)) REFERENCES "parties" ("id"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "track_tasks" (
  "track_id" INTEGER NOT NULL CHECK ("track_id" = CAST("track_id" AS INTEGER)) REFERENCES "tracks" ("id"),
  "task_id" INTEGER NOT NULL CHECK ("task_id" = CAST("task_id" AS INTEGER)) REFERENCES "tasks" ("id"),
  PRIMARY KEY ("track_id", "task_id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "tracks_opportunity_id"
  ON "tracks" ("opportunity_id");

CREATE INDEX IF NOT EXISTS "tracks_case_id"
  ON "tracks" ("case_id");

CREATE INDEX IF NOT EXISTS "tracks_party_id"
  ON "tracks" ("party_id");

CREATE VIEW "employees" AS
  SELECT * FROM "parties"
  WHERE "_deleted_at" IS NULL AND "type" = 'person' AND "organisation_id" IS NOT NULL;

CREATE VIEW "projects" AS
  SELECT * FROM "cases"
  WHERE "_deleted_at" IS NULL;

CREATE VIEW v_today AS
-- Grain: one row.
-- Today, in the time zone of the reports (`_time_zone`), by the clock of this host.
--
-- day DATE: Today.
-- Types: day
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_today AS v /*
SELECT
  (SELECT "day" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "day"
FROM (
SELECT date('now', ifnull((
  SELECT seconds FROM _time_zone WHERE begins_at <= datetime('now') ORDER BY begins_at DESC LIMIT 1), 0)
  || ' seconds') AS day
) AS "*/--";

CREATE VIEW v_owner AS
-- Grain: one row a user.
-- Who owns records and does tasks: every user, those too that are gone.
--
-- id INTEGER: Capsule's id, → `users.id`.
-- name TEXT: Name of the user.
-- is_active BOOLEAN: Whether the user is there: neither deactivated nor deleted.
-- time_zone TEXT: The time zone of the user, an IANA name.
-- Types: is_active
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_owner AS v /*
SELECT
  "id",
  "name",
  (SELECT "is_active" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_active",
  "time_zone"
FROM (
SELECT
  u.id, u.name, u.deleted IS NOT 1 AND u._deleted_at IS NULL AS is_active, u.timezone AS time_zone
FROM users AS u
) AS "*/--";

CREATE VIEW v_lost_reason AS
-- Grain: one row a lost reason.
-- Why deals are lost: every reason, those too that are gone.
--
-- id INTEGER: Capsule's id, → `lost_reasons.id`.
-- name TEXT: The reason.
-- counts_for_conversion BOOLEAN: Whether a deal lost for it belongs in a win rate.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_lost_reason AS v /*
SELECT * FROM (
SELECT r.id, r.name, r.included_for_conversion AS counts_for_conversion FROM lost_reasons AS r
) AS "*/--";

CREATE VIEW v_pipeline AS
-- Grain: one row a pipeline.
-- Every pipeline, those too that are archived or gone.
--
-- id INTEGER: Capsule's id, → `pipelines.id`.
-- name TEXT: Name of the pipeline.
-- is_archived BOOLEAN: Whether it is archived. Deals may still stand in it.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_pipeline AS v /*
SELECT * FROM (
SELECT l.id, l.name, l.deleted AS is_archived FROM pipelines AS l
) AS "*/--";

CREATE VIEW v_milestone AS
-- Grain: one row a milestone.
-- Where deals stand: every milestone of every pipeline, those too that are gone.
--
-- id INTEGER: Capsule's id, → `milestones.id`.
-- name TEXT: Name of the milestone.
-- pipeline_id INTEGER: Its pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the pipeline is archived.
-- probability INTEGER: Percent.
-- place INTEGER: How far along the pipeline it is: the probability, 0 without one.
-- state TEXT: What a deal there is: `open`, `won` (a complete milestone of 100 percent) or `lost` (a complete
--   one of 0 percent). NULL for any other.
-- is_closed BOOLEAN: Whether a deal there is closed.
-- days_until_stale INTEGER: After how many days there an open deal is stale. NULL for never.
-- is_listed BOOLEAN: Whether Capsule still lists it.
-- Types: place state is_listed
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_milestone AS v /*
SELECT
  "id",
  "name",
  "pipeline_id",
  "pipeline",
  "pipeline_archived",
  "probability",
  (SELECT "place" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "place",
  (SELECT "state" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "state",
  "is_closed",
  "days_until_stale",
  (SELECT "is_listed" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_listed"
FROM (
SELECT
  m.id, m.name, m.pipeline_id, l.name AS pipeline, l.deleted AS pipeline_archived, m.probability,
  coalesce(m.probability, 0) AS place,
  CASE
    WHEN m.complete = 0 THEN 'open'
    WHEN m.complete = 1 AND m.probability = 100 THEN 'won'
    WHEN m.complete = 1 AND m.probability = 0 THEN 'lost'
  END AS state,
  m.complete AS is_closed, m.days_until_stale, m._deleted_at IS NULL AS is_listed
FROM milestones AS m
LEFT JOIN pipelines AS l ON l.id = m.pipeline_id
) AS "*/--";

CREATE VIEW v_opportunity AS
-- Grain: one row an opportunity.
-- Every living deal with the names of what it refers to, its state, its total value, and how long it has
-- been where it is.
--
-- id INTEGER: Capsule's id, → `opportunities.id`.
-- name TEXT: Name of the deal.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- organisation_id INTEGER: The primary contact if it is an organisation, else the organisation that the
--   person works for, → `parties.id`.
-- organisation TEXT: Its name.
-- owner_id INTEGER: The user who owns the deal now, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- pipeline_id INTEGER: The pipeline of its milestone, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether the pipeline is archived.
-- milestone_id INTEGER: Where the deal stands, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- state TEXT: `open`, `won` (a complete milestone of 100 percent) or `lost` (a complete one of 0 percent).
--   NULL for any other complete milestone, and for one that is not known.
-- is_closed BOOLEAN: Whether its milestone is a complete one.
-- last_open_milestone_id INTEGER: The last milestone at which the deal was open, → `milestones.id`.
-- last_open_milestone TEXT: Name of that milestone.
-- lost_reason_id INTEGER: Why it was lost, → `lost_reasons.id`.
-- lost_reason TEXT: The reason.
-- counts_for_conversion BOOLEAN: Whether the deal belongs in a win rate: won ones, and lost ones unless
--   their reason says otherwise (`included_for_conversion`). NULL while it is neither.
-- value_amount REAL: The amount, of one period where there is a duration.
-- value_currency TEXT: Its currency, → `currencies.code`.
-- duration_basis TEXT: `FIXED`, or the period that the amount repeats in.
-- duration INTEGER: How many periods.
-- total_value REAL: In `value_currency`: the amount times the duration where the basis is a period, of
--   which there is one if no duration is given. The amount alone where the basis is `FIXED` or missing.
-- probability INTEGER: Percent, as the deal has it.
-- weighted_value REAL: The total value times the deal's probability, or the milestone's where it has none.
-- fx_rate REAL: From `fx_rates`: the latest rate of the currency not after `closed_on`, or not after
--   today while the deal is open or if it has no such day. NULL without one.
-- base_value REAL: The total value in the base currency, by that rate.
-- expected_close_on DATE: When the deal is expected to close.
-- is_overdue BOOLEAN: Whether it is open and that day has passed.
-- closed_on DATE: When it was won or lost.
-- days_to_close INTEGER: Days from `created_on` to `closed_on`, not less than 0. NULL while it is open.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When there was last contact about the deal, UTC.
-- last_stage_changed_at DATETIME: When the milestone last changed, UTC.
-- days_in_stage INTEGER: Whole days at this milestone, since the record was made if Capsule does not say;
--   not less than 0. NULL unless it is open.
-- days_until_stale INTEGER: The milestone's `days_until_stale`.
-- is_stale BOOLEAN: Whether it is open and has been at this milestone for that many days or more. As read
--   here: Capsule's reference does not define it.
-- open_tasks INTEGER: Tasks about it that are open.
-- next_task_due_on DATE: The earliest due date of those.
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: opportunities
-- Types: party organisation_id organisation state counts_for_conversion total_value weighted_value fx_rate
--   base_value is_overdue days_to_close created_on days_in_stage is_stale open_tasks next_task_due_on
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_opportunity AS v /*
SELECT
  "id",
  "name",
  "party_id",
  (SELECT "party" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "party",
  (SELECT "organisation_id" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "organisation_id",
  (SELECT "organisation" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "organisation",
  "owner_id",
  "owner",
  "team_id",
  "team",
  "pipeline_id",
  "pipeline",
  "pipeline_archived",
  "milestone_id",
  "milestone",
  (SELECT "state" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "state",
  "is_closed",
  "last_open_milestone_id",
  "last_open_milestone",
  "lost_reason_id",
  "lost_reason",
  (SELECT "counts_for_conversion" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "counts_for_conversion",
  "value_amount",
  "value_currency",
  "duration_basis",
  "duration",
  (SELECT "total_value" UNION ALL SELECT "amount" FROM "_types" WHERE 0) AS "total_value",
  "probability",
  (SELECT "weighted_value" UNION ALL SELECT "amount" FROM "_types" WHERE 0) AS "weighted_value",
  (SELECT "fx_rate" UNION ALL SELECT "amount" FROM "_types" WHERE 0) AS "fx_rate",
  (SELECT "base_value" UNION ALL SELECT "amount" FROM "_types" WHERE 0) AS "base_value",
  "expected_close_on",
  (SELECT "is_overdue" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_overdue",
  "closed_on",
  (SELECT "days_to_close" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_to_close",
  (SELECT "created_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "created_on",
  "created_at",
  "updated_at",
  "last_contacted_at",
  "last_stage_changed_at",
  (SELECT "days_in_stage" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_in_stage",
  "days_until_stale",
  (SELECT "is_stale" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_stale",
  (SELECT "open_tasks" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "open_tasks",
  (SELECT "next_task_due_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "next_task_due_on",
  "missing_important_fields"
FROM (
SELECT
  d.id, d.name, d.party_id, d.party, d.organisation_id, d.organisation, d.owner_id, d.owner,
  d.team_id, d.team, d.pipeline_id, d.pipeline, d.pipeline_archived, d.milestone_id, d.milestone,
  d.state, d.is_closed, d.last_open_milestone_id, d.last_open_milestone, d.lost_reason_id, d.lost_reason,
  CASE d.state WHEN 'won' THEN 1 WHEN 'lost' THEN coalesce(d.included_for_conversion, 1) END
    AS counts_for_conversion,
  d.value_amount, d.value_currency, d.duration_basis, d.duration, d.total_value, d.probability,
  round(d.total_value * coalesce(d.probability, d.milestone_probability) / 100.0, 4)
    AS weighted_value,
  d.fx_rate,
  round(d.total_value * d.fx_rate, 4) AS base_value,
  d.expected_close_on,
  d.state IS 'open' AND d.expected_close_on IS NOT NULL AND d.expected_close_on < (SELECT day FROM v_today)
    AS is_overdue,
  d.closed_on,
  CASE WHEN d.state IN ('won', 'lost') THEN
    CAST(max(0, julianday(d.closed_on) - julianday(d.created_on)) AS INTEGER)
  END AS days_to_close,
  d.created_on, d.created_at, d.updated_at, d.last_contacted_at, d.last_stage_changed_at, d.days_in_stage,
  d.days_until_stale,
  d.days_until_stale IS NOT NULL AND d.days_in_stage IS NOT NULL
    AND d.days_in_stage >= d.days_until_stale AS is_stale,
  (SELECT count(*) FROM tasks AS k
    WHERE k.opportunity_id = d.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS open_tasks,
  (SELECT min(k.due_on) FROM tasks AS k
    WHERE k.opportunity_id = d.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS next_task_due_on,
  d.missing_important_fields
FROM (
  SELECT
    o.id, o.name, o.party_id,
    coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
      AS party,
    CASE p.type WHEN 'organisation' THEN p.id ELSE p.organisation_id END AS organisation_id,
    CASE p.type WHEN 'organisation' THEN p.name ELSE (
      SELECT g.name FROM parties AS g WHERE g.id = p.organisation_id)
    END AS organisation,
    o.owner_id, u.name AS owner, o.team_id, t.name AS team,
    m.pipeline_id, l.name AS pipeline, l.deleted AS pipeline_archived,
    o.milestone_id, m.name AS milestone, m.probability AS milestone_probability,
    CASE
      WHEN m.complete = 0 THEN 'open'
      WHEN m.complete = 1 AND m.probability = 100 THEN 'won'
      WHEN m.complete = 1 AND m.probability = 0 THEN 'lost'
    END AS state,
    m.complete AS is_closed, o.last_open_milestone_id, a.name AS last_open_milestone,
    o.lost_reason_id, r.name AS lost_reason, r.included_for_conversion,
    o.value_amount, o.value_currency, o.duration_basis, o.duration,
    CASE
      WHEN o.duration_basis IS NULL OR o.duration_basis = 'FIXED' THEN o.value_amount
      ELSE round(o.value_amount * coalesce(o.duration, 1), 4)
    END AS total_value,
    o.probability,
    (SELECT f.rate FROM fx_rates AS f
      WHERE f.currency = o.value_currency
        AND f.day <= coalesce(iif(m.complete = 0, NULL, o.closed_on), (SELECT day FROM v_today))
      ORDER BY f.day DESC LIMIT 1) AS fx_rate,
    o.expected_close_on, o.closed_on, date(o.created_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= o.created_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds') AS created_on, o.created_at, o.updated_at, o.last_contacted_at,
    o.last_stage_changed_at,
    CASE WHEN m.complete = 0 THEN
      CAST(max(0, julianday('now') - julianday(coalesce(o.last_stage_changed_at, o.created_at)))
        AS INTEGER)
    END AS days_in_stage,
    m.days_until_stale, o.missing_important_fields
  FROM opportunities AS o
  LEFT JOIN milestones AS m ON m.id = o.milestone_id
  LEFT JOIN pipelines AS l ON l.id = m.pipeline_id
  LEFT JOIN milestones AS a ON a.id = o.last_open_milestone_id
  LEFT JOIN lost_reasons AS r ON r.id = o.lost_reason_id
  LEFT JOIN users AS u ON u.id = o.owner_id
  LEFT JOIN teams AS t ON t.id = o.team_id
  LEFT JOIN parties AS p ON p.id = o.party_id
  WHERE o._deleted_at IS NULL
) AS d
) AS "*/--";

CREATE VIEW v_opportunity_tag AS
-- Grain: one row an opportunity and a tag of it.
-- The tags of the living deals.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- tag_id INTEGER: The tag, → `tag_definitions.id`.
-- tag TEXT: Name of the tag.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_opportunity_tag AS v /*
SELECT * FROM (
SELECT t.opportunity_id, t.tag_id, g.name AS tag
FROM opportunity_tags AS t
JOIN opportunities AS o ON o.id = t.opportunity_id AND o._deleted_at IS NULL
LEFT JOIN tag_definitions AS g ON g.entity = 'opportunity' AND g.id = t.tag_id
) AS "*/--";

CREATE VIEW v_party AS
-- Grain: one row a party.
-- Every living person and organisation with the names of what it refers to, and one e-mail address, phone
-- number and postal address: of several, whatever their types, the one with the lowest id. Tags are in
-- `party_tags`.
--
-- id INTEGER: Capsule's id, → `parties.id`.
-- type TEXT: `person` or `organisation`.
-- display_name TEXT: An organisation's name, or a person's first and last name.
-- first_name TEXT: First name of a person.
-- last_name TEXT: Last name of a person.
-- job_title TEXT: A person's job title.
-- organisation_id INTEGER: The organisation that a person works for, → `parties.id`.
-- organisation TEXT: Its name.
-- owner_id INTEGER: The user who owns the record, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- email_address TEXT: An e-mail address: the one with the lowest id.
-- phone_number TEXT: A phone number: the one with the lowest id.
-- city TEXT: City of the postal address with the lowest id, whatever its type.
-- country TEXT: Country of that address, by name.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When the party was last contacted, UTC.
-- days_since_contact INTEGER: Whole days since then, not less than 0. NULL when never.
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: parties
-- Types: display_name email_address phone_number city country days_since_contact
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_party AS v /*
SELECT
  "id",
  "type",
  (SELECT "display_name" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "display_name",
  "first_name",
  "last_name",
  "job_title",
  "organisation_id",
  "organisation",
  "owner_id",
  "owner",
  "team_id",
  "team",
  (SELECT "email_address" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "email_address",
  (SELECT "phone_number" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "phone_number",
  (SELECT "city" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "city",
  (SELECT "country" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "country",
  "created_at",
  "updated_at",
  "last_contacted_at",
  (SELECT "days_since_contact" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_since_contact",
  "missing_important_fields"
FROM (
SELECT
  p.id, p.type,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS display_name,
  p.first_name, p.last_name, p.job_title, p.organisation_id, g.name AS organisation,
  p.owner_id, u.name AS owner, p.team_id, t.name AS team,
  (SELECT e.address FROM party_email_addresses AS e WHERE e.party_id = p.id ORDER BY e.id LIMIT 1)
    AS email_address,
  (SELECT n.number FROM party_phone_numbers AS n WHERE n.party_id = p.id ORDER BY n.id LIMIT 1)
    AS phone_number,
  (SELECT a.city FROM party_addresses AS a WHERE a.party_id = p.id ORDER BY a.id LIMIT 1) AS city,
  (SELECT a.country FROM party_addresses AS a WHERE a.party_id = p.id ORDER BY a.id LIMIT 1)
    AS country,
  p.created_at, p.updated_at, p.last_contacted_at,
  CAST(max(0, julianday('now') - julianday(p.last_contacted_at)) AS INTEGER) AS days_since_contact,
  p.missing_important_fields
FROM parties AS p
LEFT JOIN parties AS g ON g.id = p.organisation_id
LEFT JOIN users AS u ON u.id = p.owner_id
LEFT JOIN teams AS t ON t.id = p.team_id
WHERE p._deleted_at IS NULL
) AS "*/--";

CREATE VIEW v_party_email AS
-- Grain: one row an e-mail address of a party.
-- All addresses of the living parties, one as often as it is given.
--
-- party_id INTEGER: The party, → `parties.id`.
-- address TEXT: The address as it is written.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_party_email AS v /*
SELECT * FROM (
SELECT e.party_id, e.address
FROM party_email_addresses AS e
JOIN parties AS p ON p.id = e.party_id AND p._deleted_at IS NULL
) AS "*/--";

CREATE VIEW v_party_tag AS
-- Grain: one row a party and a tag of it.
-- The tags of the living people and organisations.
--
-- party_id INTEGER: The party, → `parties.id`.
-- tag_id INTEGER: The tag, → `tag_definitions.id`.
-- tag TEXT: Name of the tag.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_party_tag AS v /*
SELECT * FROM (
SELECT t.party_id, t.tag_id, g.name AS tag
FROM party_tags AS t
JOIN parties AS p ON p.id = t.party_id AND p._deleted_at IS NULL
LEFT JOIN tag_definitions AS g ON g.entity = 'party' AND g.id = t.tag_id
) AS "*/--";

CREATE VIEW v_task AS
-- Grain: one row a task.
-- Every living task, whatever its status, and what it is about. A due date is a day of the user's own
-- calendar, `due_time` a time of the user's own clock; what is overdue is judged by the time zone of the
-- reports.
--
-- id INTEGER: Capsule's id, → `tasks.id`.
-- description TEXT: What is to be done.
-- category_id INTEGER: Its category, → `task_categories.id`.
-- category TEXT: Name of the category.
-- status TEXT: `OPEN`, `COMPLETED` or `PENDING`.
-- due_on DATE: When it is due.
-- due_time TEXT: Time of day, in the user's own time zone.
-- is_overdue BOOLEAN: Whether it is open and was due before today.
-- days_overdue INTEGER: Days since it was due. NULL unless it is overdue.
-- owner_id INTEGER: The user who is to do it, → `users.id`.
-- owner TEXT: Name of the user.
-- party_id INTEGER: The party it is about, → `parties.id`.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The opportunity it is about, → `opportunities.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The case it is about, → `cases.id`.
-- case TEXT: Its name. The name is a word of SQL: write `"case"`.
-- completed_by TEXT: Login name of the user who completed it.
-- completed_at DATETIME: When it was completed, UTC.
-- completed_on DATE: The day of that.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- Types: is_overdue days_overdue party completed_on created_on
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_task AS v /*
SELECT
  "id",
  "description",
  "category_id",
  "category",
  "status",
  "due_on",
  "due_time",
  (SELECT "is_overdue" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_overdue",
  (SELECT "days_overdue" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_overdue",
  "owner_id",
  "owner",
  "party_id",
  (SELECT "party" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "party",
  "opportunity_id",
  "opportunity",
  "case_id",
  "case",
  "completed_by",
  "completed_at",
  (SELECT "completed_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "completed_on",
  (SELECT "created_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "created_on",
  "created_at",
  "updated_at"
FROM (
SELECT
  k.id, k.description, k.category_id, g.name AS category, k.status, k.due_on, k.due_time,
  k.status IS 'OPEN' AND k.due_on IS NOT NULL AND k.due_on < (SELECT day FROM v_today) AS is_overdue,
  CASE WHEN k.status = 'OPEN' AND k.due_on < (SELECT day FROM v_today) THEN
    CAST(julianday((SELECT day FROM v_today)) - julianday(k.due_on) AS INTEGER)
  END AS days_overdue,
  k.owner_id, u.name AS owner, k.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  k.opportunity_id, o.name AS opportunity, k.case_id, c.name AS "case", k.completed_by, k.completed_at,
  date(k.completed_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= k.completed_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds') AS completed_on, date(k.created_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= k.created_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds') AS created_on, k.created_at, k.updated_at
FROM tasks AS k
LEFT JOIN task_categories AS g ON g.id = k.category_id
LEFT JOIN users AS u ON u.id = k.owner_id
LEFT JOIN parties AS p ON p.id = k.party_id
LEFT JOIN opportunities AS o ON o.id = k.opportunity_id
LEFT JOIN cases AS c ON c.id = k.case_id
WHERE k._deleted_at IS NULL
) AS "*/--";

CREATE VIEW v_stage AS
-- Grain: one row a stage of a board.
-- Where cases stand: every stage of every board, those too that are gone.
--
-- id INTEGER: Capsule's id, → `stages.id`.
-- name TEXT: Name of the stage.
-- board_id INTEGER: The board, → `boards.id`.
-- board TEXT: Name of the board.
-- board_archived BOOLEAN: Whether the board is archived. Cases may still stand on it.
-- display_order INTEGER: Its place on the board.
-- is_listed BOOLEAN: Whether Capsule still lists it and its board.
-- Types: is_listed
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_stage AS v /*
SELECT
  "id",
  "name",
  "board_id",
  "board",
  "board_archived",
  "display_order",
  (SELECT "is_listed" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_listed"
FROM (
SELECT
  s.id, s.name, s.board_id, b.name AS board, b.deleted AS board_archived, s.display_order,
  s._deleted_at IS NULL AND b.id IS NOT NULL AND b._deleted_at IS NULL AS is_listed
FROM stages AS s
LEFT JOIN boards AS b ON b.id = s.board_id
) AS "*/--";

CREATE VIEW v_case AS
-- Grain: one row a case.
-- Every living case with the names of what it refers to.
--
-- id INTEGER: Capsule's id, → `cases.id`.
-- name TEXT: Name of the case.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- owner_id INTEGER: The user who owns the case, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team it is assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- status TEXT: `OPEN` or `CLOSED`.
-- board_id INTEGER: The board of its stage, → `boards.id`.
-- board TEXT: Name of the board.
-- stage_id INTEGER: Where it stands on the board, → `stages.id`. NULL when it is on no board.
-- stage TEXT: Name of the stage.
-- opportunity_id INTEGER: The deal it belongs to, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- start_on DATE: When it starts.
-- expected_close_on DATE: When it is expected to close.
-- is_overdue BOOLEAN: Whether it is open and that day has passed.
-- closed_on DATE: When it was closed.
-- days_open INTEGER: Days from `created_on` to `closed_on`, or to today while it is open; not less than 0.
-- created_on DATE: The day on which the record was made.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- last_contacted_at DATETIME: When there was last contact about the case, UTC.
-- open_tasks INTEGER: Tasks about it that are open.
-- board_archived BOOLEAN: Whether its board is archived.
-- missing_important_fields BOOLEAN: Whether a field is empty that the account calls important.
-- Of: cases
-- Types: party is_overdue days_open created_on open_tasks
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_case AS v /*
SELECT
  "id",
  "name",
  "party_id",
  (SELECT "party" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "party",
  "owner_id",
  "owner",
  "team_id",
  "team",
  "status",
  "board_id",
  "board",
  "stage_id",
  "stage",
  "opportunity_id",
  "opportunity",
  "start_on",
  "expected_close_on",
  (SELECT "is_overdue" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_overdue",
  "closed_on",
  (SELECT "days_open" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_open",
  (SELECT "created_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "created_on",
  "created_at",
  "updated_at",
  "last_contacted_at",
  (SELECT "open_tasks" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "open_tasks",
  "board_archived",
  "missing_important_fields"
FROM (
SELECT
  c.id, c.name, c.party_id,
  coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    AS party,
  c.owner_id, u.name AS owner, c.team_id, t.name AS team, c.status, s.board_id, b.name AS board,
  c.stage_id, s.name AS stage, c.opportunity_id, o.name AS opportunity, c.start_on,
  c.expected_close_on,
  c.status IS 'OPEN' AND c.expected_close_on IS NOT NULL AND c.expected_close_on < (SELECT day FROM v_today)
    AS is_overdue,
  c.closed_on,
  CAST(max(0, julianday(iif(c.status IS 'OPEN', (SELECT day FROM v_today), c.closed_on))
    - julianday(date(c.created_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= c.created_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds'))) AS INTEGER) AS days_open,
  date(c.created_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= c.created_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds') AS created_on, c.created_at, c.updated_at, c.last_contacted_at,
  (SELECT count(*) FROM tasks AS k
    WHERE k.case_id = c.id AND k.status = 'OPEN' AND k._deleted_at IS NULL) AS open_tasks,
  b.deleted AS board_archived, c.missing_important_fields
FROM cases AS c
LEFT JOIN parties AS p ON p.id = c.party_id
LEFT JOIN users AS u ON u.id = c.owner_id
LEFT JOIN teams AS t ON t.id = c.team_id
LEFT JOIN stages AS s ON s.id = c.stage_id
LEFT JOIN boards AS b ON b.id = s.board_id
LEFT JOIN opportunities AS o ON o.id = c.opportunity_id
WHERE c._deleted_at IS NULL
) AS "*/--";

CREATE VIEW v_activity AS
-- Grain: one row an entry.
-- Every living note, e-mail and completed task of the timeline, and what it is about. The text itself is
-- `entries.content`.
--
-- id INTEGER: Capsule's id, → `entries.id`.
-- type TEXT: `note`, `email` or `task`.
-- activity_type_id INTEGER: What kind of activity, → `activity_types.id`.
-- activity_type TEXT: Name of the kind.
-- entry_at DATETIME: Its place on the timeline, UTC.
-- entry_on DATE: The day of that.
-- subject TEXT: Subject of an e-mail.
-- creator_id INTEGER: The user who made it, → `users.id`.
-- creator TEXT: Name of the user.
-- party_id INTEGER: The party it belongs to, → `parties.id`. NULL for an e-mail, whose parties are in
--   `entry_parties`, and for entries of opportunities and cases.
-- party TEXT: Its name.
-- opportunity_id INTEGER: The opportunity it belongs to, → `opportunities.id`.
-- opportunity TEXT: Its name.
-- case_id INTEGER: The case it belongs to, → `cases.id`.
-- case TEXT: Its name. The name is a word of SQL: write `"case"`.
-- created_at DATETIME: When the record was made, UTC.
-- updated_at DATETIME: When the record last changed in Capsule, UTC.
-- Of: entries
-- Types: entry_on party opportunity case
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_activity AS v /*
SELECT
  "id",
  "type",
  "activity_type_id",
  "activity_type",
  "entry_at",
  (SELECT "entry_on" UNION ALL SELECT "day" FROM "_types" WHERE 0) AS "entry_on",
  "subject",
  "creator_id",
  "creator",
  "party_id",
  (SELECT "party" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "party",
  "opportunity_id",
  (SELECT "opportunity" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "opportunity",
  "case_id",
  (SELECT "case" UNION ALL SELECT "word" FROM "_types" WHERE 0) AS "case",
  "created_at",
  "updated_at"
FROM (
SELECT
  e.id, e.type, e.activity_type_id, a.name AS activity_type, e.entry_at,
  date(e.entry_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= e.entry_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds') AS entry_on, e.subject, e.creator_id, u.name AS creator, e.party_id,
  (SELECT
      coalesce(p.name, nullif(trim(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')), ''))
    FROM parties AS p WHERE p.id = e.party_id) AS party,
  e.opportunity_id,
  (SELECT o.name FROM opportunities AS o WHERE o.id = e.opportunity_id) AS opportunity,
  e.case_id, (SELECT c.name FROM cases AS c WHERE c.id = e.case_id) AS "case", e.created_at,
  e.updated_at
FROM entries AS e
LEFT JOIN activity_types AS a ON a.id = e.activity_type_id
LEFT JOIN users AS u ON u.id = e.creator_id
WHERE e._deleted_at IS NULL
) AS "*/--";

CREATE VIEW v_activity_party AS
-- Grain: one row an entry and a party whose timeline it is on.
-- Whom the living entries are about: the party that an entry belongs to, and each that an e-mail is filed
-- under.
--
-- entry_id INTEGER: The entry, → `entries.id`.
-- party_id INTEGER: The party, → `parties.id`.
-- entry_at DATETIME: Its place on the timeline, UTC.
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_activity_party AS v /*
SELECT * FROM (
SELECT e.id AS entry_id, e.party_id, e.entry_at
FROM entries AS e
WHERE e._deleted_at IS NULL AND e.party_id IS NOT NULL
UNION ALL
SELECT e.id, f.party_id, e.entry_at
FROM entries AS e
CROSS JOIN entry_parties AS f ON f.entry_id = e.id
WHERE e._deleted_at IS NULL AND e.party_id IS NOT f.party_id
) AS "*/--";

CREATE VIEW v_goal_progress AS
-- Grain: one row a goal and a period of it.
-- What was to be reached in each period that has begun, and what was: from the first day of the goal on, each
-- day, week, month or year of it, or all of it at once. Deals count for their present owner, pipeline and
-- currency; a milestone is reached by each stay there, as `_opportunity_stays` has them at the end of the last
-- round. A goal has its last 400 periods.
--
-- goal_id INTEGER: Capsule's id, → `goals.id`.
-- goal TEXT: Name of the goal.
-- type TEXT: `created value`, `created`, `won value`, `won` or `reached`. NULL for any other.
-- user_id INTEGER: Whose goal it is, → `users.id`. NULL for everybody's.
-- user TEXT: Name of that user.
-- pipeline_id INTEGER: The pipeline whose deals count, → `pipelines.id`. NULL for all.
-- milestone_id INTEGER: The milestone that is to be reached, → `milestones.id`.
-- frequency TEXT: `DAILY`, `WEEKLY`, `MONTHLY`, `YEARLY` or `FIXED`.
-- begins_on DATE: First day of the period.
-- ends_on DATE: Last day of the period.
-- is_current BOOLEAN: Whether today is in it.
-- currency TEXT: Currency of target and reached; NULL for numbers of deals.
-- target REAL: What is to be reached.
-- reached REAL: What was.
-- share REAL: Reached, of the target; 1 is all of it. NULL without a target.
-- days_left INTEGER: Days of the period behind today. NULL when it is over.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_goal_progress AS v /*
SELECT "number" AS "goal_id", "word" AS "goal", "word" AS "type", "number" AS "user_id", "word" AS "user", "number" AS "pipeline_id", "number" AS "milestone_id", "word" AS "frequency", "day" AS "begins_on", "day" AS "ends_on", "flag" AS "is_current", "word" AS "currency", "amount" AS "target", "amount" AS "reached", "amount" AS "share", "number" AS "days_left" FROM "_types"
UNION ALL SELECT * FROM (
WITH RECURSIVE
  wanted AS (
    SELECT
      g.id, g.name, g.user_id, g.pipeline_id, g.milestone_id, g.frequency, g.start_on, g.end_on, g.currency,
      g.value,
      CASE g.type
        WHEN '7b05186c-c342-343f-8236-121dfbb2ae45' THEN 'created value'
        WHEN '18305eb9-2c50-35ba-88e5-876be543e055' THEN 'created'
        WHEN 'bbc7a4b4-78eb-3bbd-85bb-9f20ec2e3f5d' THEN 'won value'
        WHEN '264be3b0-490b-3d73-ae0d-d02b488ba1eb' THEN 'won'
        WHEN '1659cb58-2401-30eb-aa82-c42771aea74e' THEN 'reached'
      END AS type,
      CASE g.frequency
        WHEN 'DAILY' THEN ' days' WHEN 'WEEKLY' THEN ' days' WHEN 'MONTHLY' THEN ' months'
        WHEN 'YEARLY' THEN ' years'
      END AS unit,
      iif(g.frequency = 'WEEKLY', 7, 1) AS length,
      min((SELECT day FROM v_today), coalesce(g.end_on, '9999-12-31')) AS last_on
    FROM goals AS g
    WHERE g._deleted_at IS NULL AND g.start_on IS NOT NULL
  ),
  -- How many periods are not looked at, for they are older than the last 400.
  placed AS (
    SELECT
      w.*, CAST(max(0, coalesce(CASE w.frequency
        WHEN 'DAILY' THEN julianday(w.last_on) - julianday(w.start_on)
        WHEN 'WEEKLY' THEN (julianday(w.last_on) - julianday(w.start_on)) / 7
        WHEN 'MONTHLY' THEN (substr(w.last_on, 1, 4) - substr(w.start_on, 1, 4)) * 12
          + substr(w.last_on, 6, 2) - substr(w.start_on, 6, 2)
        WHEN 'YEARLY' THEN substr(w.last_on, 1, 4) - substr(w.start_on, 1, 4)
      END, 0) - 399) AS INTEGER) AS skipped
    FROM wanted AS w
  ),
  numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 399),
  periods AS (
    SELECT
      w.*, coalesce(date(w.start_on, ((w.skipped + n.n) * w.length) || w.unit), w.start_on) AS begins_on,
      min(coalesce(date(w.start_on, ((w.skipped + n.n + 1) * w.length) || w.unit, '-1 day'), w.end_on, '9999-12-31'),
        coalesce(w.end_on, '9999-12-31')) AS ends_on
    FROM placed AS w
    CROSS JOIN numbers AS n ON n.n = 0 OR w.unit IS NOT NULL
    WHERE coalesce(date(w.start_on, ((w.skipped + n.n) * w.length) || w.unit), w.start_on) <= w.last_on
  ),
  deals AS (
    SELECT id, owner_id, pipeline_id, value_currency AS currency, state, total_value, created_on, closed_on
    FROM v_opportunity
    LIMIT -1
  ),
  -- By day, so that each period adds up few rows.
  days AS (
    SELECT 'created' AS kind, created_on AS day, owner_id, pipeline_id, NULL AS milestone_id, currency,
      count(*) AS deals, sum(total_value) AS value
    FROM deals GROUP BY created_on, owner_id, pipeline_id, currency
    UNION ALL
    SELECT 'won', closed_on, owner_id, pipeline_id, NULL, currency, count(*), sum(total_value)
    FROM deals WHERE state = 'won' GROUP BY closed_on, owner_id, pipeline_id, currency
    UNION ALL
    SELECT 'reached', day, owner_id, pipeline_id, milestone_id, NULL, count(*), NULL
    FROM (
      SELECT coalesce(date(s.entered_at, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= s.entered_at ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds'), date(s.entered_by, ifnull((SELECT seconds FROM _time_zone WHERE begins_at <= s.entered_by ORDER BY begins_at DESC LIMIT 1), 0) || ' seconds')) AS day, d.owner_id, d.pipeline_id,
        s.milestone_id
      FROM _opportunity_stays AS s
      CROSS JOIN deals AS d ON d.id = s.opportunity_id
      WHERE s.milestone_id IN (SELECT milestone_id FROM wanted WHERE type = 'reached')
    )
    GROUP BY day, owner_id, pipeline_id, milestone_id
  )
SELECT
  p.id AS goal_id, p.name AS goal, p.type, p.user_id,
  (SELECT u.name FROM v_owner AS u WHERE u.id = p.user_id) AS user, p.pipeline_id, p.milestone_id, p.frequency,
  p.begins_on, p.ends_on, (SELECT day FROM v_today) BETWEEN p.begins_on AND p.ends_on AS is_current, p.currency,
  p.value AS target, coalesce(r.reached, 0) AS reached, round(coalesce(r.reached, 0) / nullif(p.value, 0), 4)
    AS share,
  CASE WHEN p.ends_on >= (SELECT day FROM v_today) AND p.ends_on < '9999' THEN
    CAST(julianday(p.ends_on) - julianday((SELECT day FROM v_today)) AS INTEGER)
  END AS days_left
FROM periods AS p
LEFT JOIN (
  SELECT p.id, p.begins_on,
    round(sum(iif(p.type IN ('created value', 'won value'), d.value, d.deals)), 4) AS reached
  FROM periods AS p
  CROSS JOIN days AS d ON d.day BETWEEN p.begins_on AND p.ends_on
    AND d.kind = CASE p.type
      WHEN 'created value' THEN 'created' WHEN 'won value' THEN 'won' ELSE p.type
    END
    AND (p.user_id IS NULL OR d.owner_id = p.user_id)
    AND (p.pipeline_id IS NULL OR d.pipeline_id = p.pipeline_id)
    AND (p.type <> 'reached' OR d.milestone_id = p.milestone_id)
    AND (p.type NOT IN ('created value', 'won value') OR d.currency IS p.currency)
  GROUP BY p.id, p.begins_on
) AS r ON r.id = p.id AND r.begins_on = p.begins_on
)
UNION ALL SELECT "number" AS "goal_id", "word" AS "goal", "word" AS "type", "number" AS "user_id", "word" AS "user", "number" AS "pipeline_id", "number" AS "milestone_id", "word" AS "frequency", "day" AS "begins_on", "day" AS "ends_on", "flag" AS "is_current", "word" AS "currency", "amount" AS "target", "amount" AS "reached", "amount" AS "share", "number" AS "days_left" FROM "_types" AS "*/--";

CREATE VIEW v_pipeline_snapshot AS
-- Grain: one row a pipeline, a milestone and a currency.
-- The open deals as they stand now.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether it is archived. Deals may still stand in it.
-- milestone_id INTEGER: The milestone, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without a currency.
-- deals INTEGER: Open deals.
-- stale_deals INTEGER: Those of them that are stale.
-- overdue_deals INTEGER: Those of them whose expected close has passed.
-- total_value REAL: Their total value; 0 where none has an amount.
-- weighted_value REAL: The same weighted with the deals' probability.
-- base_value REAL: The total value in the base currency. NULL when none has an amount or `fx_rates` lacks a
--   rate.
-- mean_days_in_stage REAL: Mean of the whole days that they have been at the milestone, to 2 digits.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_pipeline_snapshot AS v /*
SELECT "number" AS "pipeline_id", "word" AS "pipeline", "flag" AS "pipeline_archived", "number" AS "milestone_id", "word" AS "milestone", "word" AS "currency", "number" AS "deals", "number" AS "stale_deals", "number" AS "overdue_deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value", "amount" AS "mean_days_in_stage" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  pipeline_id, pipeline, pipeline_archived, milestone_id, milestone, value_currency AS currency,
  count(*) AS deals, sum(is_stale) AS stale_deals, sum(is_overdue) AS overdue_deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  round(coalesce(sum(weighted_value), 0), 4) AS weighted_value,
  CASE WHEN count(total_value) = count(base_value) THEN round(sum(base_value), 4) END AS base_value,
  round(avg(days_in_stage), 2) AS mean_days_in_stage
FROM (
  SELECT
    pipeline_id, pipeline, pipeline_archived, milestone_id, milestone, value_currency, is_stale, is_overdue,
    total_value, weighted_value, base_value, days_in_stage
  FROM v_opportunity
  WHERE state = 'open'
  LIMIT -1
)
GROUP BY pipeline_id, milestone_id, value_currency
)
UNION ALL SELECT "number" AS "pipeline_id", "word" AS "pipeline", "flag" AS "pipeline_archived", "number" AS "milestone_id", "word" AS "milestone", "word" AS "currency", "number" AS "deals", "number" AS "stale_deals", "number" AS "overdue_deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value", "amount" AS "mean_days_in_stage" FROM "_types" AS "*/--";

CREATE VIEW v_stage_history AS
-- Grain: one row a stay of an opportunity at a milestone.
-- Where living deals have stood, as far as it is known. A stay is known from what the replica saw change,
-- from the milestone that the deal stands at, and, of a deal that was closed when the replica first saw it,
-- from its last open milestone. A milestone that was entered and left between two runs is not seen, and
-- `left_at` and `days` reach over it. A deal that left a milestone and came back to it between two runs has
-- two stays there: its `last_stage_changed_at` is a later one. A date that came without a move otherwise
-- counts for deals alone that were not seen to move. What `history.keep` has deleted is not known. As of the
-- end of the last round.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- stay INTEGER: Counts the known stays of the deal, from 1.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `milestones.id`. NULL when the deal had none.
-- milestone TEXT: Name of the milestone.
-- state TEXT: `open`, `won` or `lost` at that milestone.
-- entered_at DATETIME: When it was entered, UTC, to the second, from `last_stage_changed_at`. NULL unless
--   `precision` is `exact`.
-- entered_after DATETIME: Where `precision` is `between runs`: when the replica had stored the milestone
--   before, UTC.
-- entered_by DATETIME: Where `precision` is `between runs`: when the replica saw this milestone, UTC.
-- precision TEXT: `exact`, `between runs`, or `unknown`: before the replica saw the deal.
-- left_at DATETIME: When the next known stay began, UTC, where that is exact. NULL where the next one is at
--   the same milestone: the deal was elsewhere in between.
-- left_by DATETIME: When it was over at the latest, UTC: `left_at`, or when the replica saw that it was.
--   NULL for the present one.
-- days REAL: Days from `entered_at` to `left_at`, or until now at an open milestone, to 2 digits. NULL where
--   it is not exact, and at a closed milestone that was not left.
-- is_current BOOLEAN: Whether the deal stands there now.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_stage_history AS v /*
SELECT "number" AS "opportunity_id", "word" AS "opportunity", "number" AS "stay", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "word" AS "state", "at" AS "entered_at", "at" AS "entered_after", "at" AS "entered_by", "word" AS "precision", "at" AS "left_at", "at" AS "left_by", "amount" AS "days", "flag" AS "is_current" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  s.opportunity_id,
  (SELECT o.name FROM v_opportunity AS o WHERE o.id = s.opportunity_id) AS opportunity, s.stay, m.pipeline_id, m.pipeline, s.milestone_id,
  m.name AS milestone, m.state, s.entered_at, s.entered_after, s.entered_by,
  CASE
    WHEN s.entered_at IS NOT NULL THEN 'exact'
    WHEN s.entered_by IS NOT NULL THEN 'between runs'
    ELSE 'unknown'
  END AS precision,
  s.left_at, s.left_by,
  CASE
    WHEN NOT s.is_current THEN round(julianday(s.left_at) - julianday(s.entered_at), 2)
    WHEN m.state = 'open' THEN round(julianday('now') - julianday(s.entered_at), 2)
  END AS days,
  s.is_current
FROM _opportunity_stays AS s
LEFT JOIN v_milestone AS m ON m.id = s.milestone_id
)
UNION ALL SELECT "number" AS "opportunity_id", "word" AS "opportunity", "number" AS "stay", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "word" AS "state", "at" AS "entered_at", "at" AS "entered_after", "at" AS "entered_by", "word" AS "precision", "at" AS "left_at", "at" AS "left_by", "amount" AS "days", "flag" AS "is_current" FROM "_types" AS "*/--";

CREATE VIEW v_stage_funnel AS
-- Grain: one row an open milestone.
-- How many living deals came as far as a milestone, and what became of them. A deal has come as far as
-- every open milestone of a pipeline whose place is not above that of the furthest one at which it is
-- known to have stood there: now, before a change that the replica saw, or as its last open milestone. A deal
-- that was ever won came as far as all of them, also when it was reopened. A deal that moved on to another
-- pipeline, or stands at a complete milestone of another probability, is in `reached` alone. As of
-- the end of the last round.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- pipeline_archived BOOLEAN: Whether it is archived.
-- milestone_id INTEGER: The milestone, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- probability INTEGER: Percent of the milestone, NULL where it has none. The order of the funnel is its
--   place in `v_milestone`.
-- reached INTEGER: Deals that came as far.
-- won INTEGER: Those of them that are won, in this pipeline.
-- lost INTEGER: Those of them that are lost, in this pipeline, for whatever reason.
-- open INTEGER: Those of them that are open, in this pipeline.
-- standing INTEGER: Deals that stand at this very milestone now.
-- share REAL: Reached, of all deals that are known to have been in the pipeline; 0 to 1, to 4 digits.
-- win_rate REAL: Won, of won and lost; 0 to 1, to 4 digits. Lost ones do not count where their reason says so
--   (`included_for_conversion`). NULL when there is none.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_stage_funnel AS v /*
SELECT "number" AS "pipeline_id", "word" AS "pipeline", "flag" AS "pipeline_archived", "number" AS "milestone_id", "word" AS "milestone", "number" AS "probability", "number" AS "reached", "number" AS "won", "number" AS "lost", "number" AS "open", "number" AS "standing", "amount" AS "share", "amount" AS "win_rate" FROM "_types"
UNION ALL SELECT * FROM (
WITH
  -- How far each milestone is: 1e9 where deals are won, -1 where they are lost. No pipeline is '' here.
  places AS (
    SELECT
      id, coalesce(pipeline_id, '') AS line,
      CASE state WHEN 'open' THEN place WHEN 'won' THEN 1000000000 ELSE -1 END AS place
    FROM v_milestone LIMIT -1
  ),
  -- Where each deal is known to have stood. Most stay in one pipeline.
  stood AS (
    SELECT
      p.opportunity_id, min(coalesce(min(m.line), min(a.line)), coalesce(min(a.line), min(m.line))) AS first_line,
      max(coalesce(max(m.line), max(a.line)), coalesce(max(a.line), max(m.line))) AS last_line,
      max(coalesce(max(m.place), -1), coalesce(max(a.place), -1)) AS place
    FROM _opportunity_periods AS p
    LEFT JOIN places AS m ON m.id = p.milestone_id
    LEFT JOIN places AS a
      ON p.last_open_milestone_id IS NOT p.milestone_id AND a.id = p.last_open_milestone_id
    WHERE p.number > 0
    GROUP BY p.opportunity_id
  ),
  -- How far each deal came in each pipeline.
  furthest AS (
    SELECT opportunity_id, first_line AS line, place FROM stood WHERE first_line = last_line
    UNION ALL
    SELECT s.opportunity_id, m.line, max(m.place)
    FROM stood AS s
    CROSS JOIN _opportunity_periods AS p ON p.opportunity_id = s.opportunity_id AND p.number > 0
    CROSS JOIN places AS m ON m.id IN (p.milestone_id, p.last_open_milestone_id)
    WHERE s.first_line <> s.last_line
    GROUP BY s.opportunity_id, m.line
  ),
  -- Deals by how far they came and what became of them: few rows, whatever the number of deals.
  deals AS (
    SELECT pipeline_id, place, state, count(*) AS number
    FROM (
      SELECT
        nullif(f.line, '') AS pipeline_id, f.place,
        CASE WHEN coalesce(o.pipeline_id, '') <> f.line THEN 'moved'
          WHEN o.state = 'lost' AND NOT o.counts_for_conversion THEN 'left' ELSE o.state
        END AS state
      FROM furthest AS f
      CROSS JOIN v_opportunity AS o ON o.id = f.opportunity_id
      LIMIT -1
    )
    GROUP BY 1, 2, 3
  ),
  standing AS (
    SELECT milestone_id, count(*) AS number FROM (SELECT milestone_id FROM v_opportunity LIMIT -1)
    GROUP BY milestone_id
  )
SELECT
  m.pipeline_id, m.pipeline, m.pipeline_archived, m.id AS milestone_id, m.name AS milestone, m.probability,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place), 0) AS reached,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'won'), 0) AS won,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state IN ('lost', 'left')), 0) AS lost,
  coalesce(sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'open'), 0) AS "open",
  coalesce(s.number, 0) AS standing,
  round(sum(d.number) FILTER (WHERE d.place >= m.place) * 1.0 / sum(d.number), 4) AS share,
  round(
    sum(d.number) FILTER (WHERE d.place >= m.place AND d.state = 'won') * 1.0
    / sum(d.number) FILTER (WHERE d.place >= m.place AND d.state IN ('won', 'lost')), 4) AS win_rate
FROM v_milestone AS m
LEFT JOIN deals AS d ON d.pipeline_id IS m.pipeline_id
LEFT JOIN standing AS s ON s.milestone_id = m.id
WHERE m.is_listed AND m.state = 'open'
GROUP BY m.id
)
UNION ALL SELECT "number" AS "pipeline_id", "word" AS "pipeline", "flag" AS "pipeline_archived", "number" AS "milestone_id", "word" AS "milestone", "number" AS "probability", "number" AS "reached", "number" AS "won", "number" AS "lost", "number" AS "open", "number" AS "standing", "amount" AS "share", "amount" AS "win_rate" FROM "_types" AS "*/--";

CREATE VIEW v_pipeline_daily AS
-- Grain: one row a day, a pipeline, a milestone and a currency.
-- The open deals at the end of each of the last 366 days, today included, as of the end of the last round. A
-- version of a deal that changes the milestone counts, whole, with its value and probability too, from its
-- `last_stage_changed_at`, any other from when the replica saw it, and none longer than until the next one
-- counts. Before the first version that the replica saw, a deal is in the pipeline and has the value of that
-- version, and its milestone is not known: from its creation until the `last_stage_changed_at` of that version.
-- Without one, until `closed_on` if that version was closed, and else until the replica first stored it. A deal
-- without `created_at` counts from there. No deal counts before it was made; what is dated later than today
-- counts today. Deals that were deleted since are in no row. What `history.keep` has deleted is not known: the
-- oldest version left is then the first.
--
-- day DATE: The day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `milestones.id`. NULL where it is not known: between a deal's
--   creation and the first milestone that is known of it.
-- milestone TEXT: Name of the milestone.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without a currency.
-- deals INTEGER: Open deals.
-- total_value REAL: Their total value; 0 where none has an amount.
-- weighted_value REAL: The same weighted with the deals' probability. Of a deal whose milestone is not
--   known, with that of its first known version; nothing if that one was closed.
-- base_value REAL: The total value in the base currency, by the latest rate of `fx_rates` not after the
--   day. NULL without one.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_pipeline_daily AS v /*
SELECT "day" AS "day", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "word" AS "currency", "number" AS "deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value" FROM "_types"
UNION ALL SELECT * FROM (
WITH RECURSIVE
  days(day) AS (
    SELECT date((SELECT day FROM v_today), '-365 days')
    UNION ALL
    SELECT date(day, '+1 day') FROM days WHERE day < (SELECT day FROM v_today)
  ),
  -- The versions of open deals that reach into the days.
  open_ones AS (
    SELECT
      min(max(p.begins_on, date((SELECT day FROM v_today), '-366 days')), (SELECT day FROM v_today)) AS day, min(p.ends_on, (SELECT day FROM v_today)) AS until,
      p.milestone_of, p.milestone_id, p.currency, p.total_value,
      CASE
        WHEN m.state = 'open' THEN p.total_value * coalesce(p.probability, m.probability) / 100.0
      END AS weighted_value
    FROM _opportunity_periods AS p
    CROSS JOIN v_milestone AS m
      ON m.id = p.milestone_of AND (m.is_closed = 0 OR p.milestone_id IS NULL)
    WHERE (p.ends_on IS NULL OR p.ends_on >= date((SELECT day FROM v_today), '-365 days') AND p.ends_on > p.begins_on)
  ),
  -- Net change of each group on each day; what is older counts on the day before the first.
  changes AS (
    SELECT
      day, milestone_of, milestone_id, currency, sum(deals) AS deals, sum(total_value) AS total_value,
      sum(weighted_value) AS weighted_value
    FROM (
      SELECT day, milestone_of, milestone_id, currency, 1 AS deals, total_value, weighted_value
      FROM open_ones
      UNION ALL
      SELECT until, milestone_of, milestone_id, currency, -1, -total_value, -weighted_value
      FROM open_ones WHERE until IS NOT NULL
    )
    GROUP BY day, milestone_of, milestone_id, currency
  ),
  lines AS (
    SELECT
      c.day, m.pipeline_id, c.milestone_id, c.currency, c.deals, c.total_value, c.weighted_value
    FROM changes AS c
    JOIN v_milestone AS m ON m.id = c.milestone_of
  ),
  filled AS (
    SELECT day, pipeline_id, milestone_id, currency, deals, total_value, weighted_value FROM lines
    UNION ALL
    SELECT d.day, g.pipeline_id, g.milestone_id, g.currency, 0, 0, 0
    FROM (SELECT DISTINCT pipeline_id, milestone_id, currency FROM lines) AS g CROSS JOIN days AS d
  ),
  totals AS (
    SELECT
      day, pipeline_id, milestone_id, currency, sum(sum(deals)) OVER line AS deals,
      sum(sum(total_value)) OVER line AS total_value,
      sum(sum(weighted_value)) OVER line AS weighted_value
    FROM filled
    GROUP BY pipeline_id, milestone_id, currency, day
    WINDOW line AS (PARTITION BY pipeline_id, milestone_id, currency ORDER BY day)
  )
SELECT
  t.day, t.pipeline_id, l.name AS pipeline, t.milestone_id, m.name AS milestone, t.currency, t.deals,
  round(t.total_value, 4) AS total_value, round(t.weighted_value, 4) AS weighted_value,
  round(t.total_value * (SELECT f.rate FROM fx_rates AS f
    WHERE f.currency = t.currency AND f.day <= t.day ORDER BY f.day DESC LIMIT 1), 4) AS base_value
FROM totals AS t
LEFT JOIN v_pipeline AS l ON l.id = t.pipeline_id
LEFT JOIN v_milestone AS m ON m.id = t.milestone_id
WHERE t.deals <> 0 AND t.day >= date((SELECT day FROM v_today), '-365 days')
)
UNION ALL SELECT "day" AS "day", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "word" AS "currency", "number" AS "deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value" FROM "_types" AS "*/--";

CREATE VIEW v_pipeline_changes AS
-- Grain: one row a week, a pipeline and a currency.
-- How the value of the open deals has changed, week by week: the last 53 weeks, from Monday to Sunday, and what
-- has been of this one. Opening, and all between, add up to closing, which is what `v_pipeline_daily` has for the
-- last day of the week. What happened to a deal several times on one day counts once. As of the end of the last
-- round.
--
-- week DATE: Its Monday.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- opening_value REAL: Total value of the open deals at the end of the week before.
-- made_value REAL: Of deals that were made.
-- reopened_value REAL: Of deals that were closed before, or at a milestone that is not known.
-- raised_value REAL: By how much values of open deals rose.
-- lowered_value REAL: By how much they fell, below 0.
-- moved_in_value REAL: Of deals that came from another pipeline or currency.
-- moved_out_value REAL: Of deals that went to another one, below 0.
-- won_value REAL: Of deals that were won, as they were before, below 0.
-- lost_value REAL: Of deals that were lost, as they were before, below 0.
-- closed_value REAL: Of deals that were closed otherwise, or went to a milestone that is not known, below 0.
-- closing_value REAL: Total value of the open deals at the end of the week.
-- opening_deals INTEGER: Open deals at the end of the week before.
-- closing_deals INTEGER: Open deals at the end of the week.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_pipeline_changes AS v /*
SELECT "day" AS "week", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "amount" AS "opening_value", "amount" AS "made_value", "amount" AS "reopened_value", "amount" AS "raised_value", "amount" AS "lowered_value", "amount" AS "moved_in_value", "amount" AS "moved_out_value", "amount" AS "won_value", "amount" AS "lost_value", "amount" AS "closed_value", "amount" AS "closing_value", "number" AS "opening_deals", "number" AS "closing_deals" FROM "_types"
UNION ALL SELECT * FROM (
WITH RECURSIVE
  weeks(week) AS (
    SELECT date((SELECT day FROM v_today), '-6 days', 'weekday 1', '-364 days')
    UNION ALL
    SELECT date(week, '+7 days') FROM weeks WHERE date(week, '+7 days') <= (SELECT day FROM v_today)
  ),
  places AS (SELECT id, pipeline_id, state, is_closed IS 0 AS is_open FROM v_milestone LIMIT -1),
  -- What each deal was at the end of days of these weeks, and, of what began in them, what it was before.
  states AS (
    SELECT
      min(p.begins_on, (SELECT day FROM v_today)) AS day, m.pipeline_id, p.currency, coalesce(p.total_value, 0) AS value,
      m.id IS NOT NULL AND (p.milestone_id IS NULL OR m.is_open) AS is_open, m.state,
      q.number IS NULL AS is_first, n.pipeline_id AS old_pipeline_id, q.currency AS old_currency,
      coalesce(q.total_value, 0) AS old_value,
      n.id IS NOT NULL AND (q.milestone_id IS NULL OR n.is_open) AS was_open
    FROM _opportunity_periods AS p
    LEFT JOIN places AS m ON m.id = p.milestone_of
    LEFT JOIN _opportunity_periods AS q
      ON p.begins_on >= (SELECT min(week) FROM weeks) AND q.opportunity_id = p.opportunity_id
        AND q.number = (SELECT x.number FROM _opportunity_periods AS x
          WHERE x.opportunity_id = p.opportunity_id AND x.number < p.number AND x.ends_on > x.begins_on
          ORDER BY x.number DESC LIMIT 1)
    LEFT JOIN places AS n ON n.id = q.milestone_of
    WHERE (p.ends_on IS NULL OR p.ends_on >= (SELECT min(week) FROM weeks) AND p.ends_on > p.begins_on)
      AND (p.begins_on >= (SELECT min(week) FROM weeks)
        OR m.id IS NOT NULL AND (p.milestone_id IS NULL OR m.is_open))
  ),
  events AS (
    SELECT
      day, pipeline_id, currency, 1 AS deals, value,
      CASE WHEN is_first THEN 'made' WHEN was_open THEN 'moved in' ELSE 'reopened' END AS kind
    FROM states
    WHERE is_open AND (NOT was_open OR old_pipeline_id IS NOT pipeline_id OR old_currency IS NOT currency)
    UNION ALL
    SELECT day, pipeline_id, currency, 0, value - old_value, iif(value > old_value, 'raised', 'lowered')
    FROM states
    WHERE is_open AND was_open AND old_pipeline_id IS pipeline_id AND old_currency IS currency
      AND value <> old_value
    UNION ALL
    SELECT
      day, old_pipeline_id, old_currency, -1, -old_value,
      CASE WHEN is_open THEN 'moved out' WHEN state IN ('won', 'lost') THEN state ELSE 'closed' END
    FROM states
    WHERE was_open AND (NOT is_open OR old_pipeline_id IS NOT pipeline_id OR old_currency IS NOT currency)
  ),
  -- By week; what is older is of the week before the first.
  sums AS (
    SELECT
      max(date(day, '-6 days', 'weekday 1'), (SELECT date(min(week), '-7 days') FROM weeks)) AS week,
      pipeline_id, currency, kind, sum(deals) AS deals, sum(value) AS value
    FROM (
      SELECT day, pipeline_id, currency, kind, sum(deals) AS deals, sum(value) AS value FROM events
      GROUP BY day, pipeline_id, currency, kind
    )
    GROUP BY 1, 2, 3, 4
  ),
  filled AS (
    SELECT week, pipeline_id, currency, kind, deals, value FROM sums
    UNION ALL
    SELECT w.week, g.pipeline_id, g.currency, NULL, 0, 0
    FROM (SELECT DISTINCT pipeline_id, currency FROM sums) AS g CROSS JOIN weeks AS w
  ),
  totals AS (
    SELECT
      week, pipeline_id, currency, sum(deals) AS net_deals, sum(value) AS net_value,
      sum(sum(deals)) OVER line AS deals, sum(sum(value)) OVER line AS value,
      sum(value) FILTER (WHERE kind = 'made') AS made,
      sum(value) FILTER (WHERE kind = 'reopened') AS reopened,
      sum(value) FILTER (WHERE kind = 'raised') AS raised,
      sum(value) FILTER (WHERE kind = 'lowered') AS lowered,
      sum(value) FILTER (WHERE kind = 'moved in') AS moved_in,
      sum(value) FILTER (WHERE kind = 'moved out') AS moved_out,
      sum(value) FILTER (WHERE kind = 'won') AS won, sum(value) FILTER (WHERE kind = 'lost') AS lost,
      sum(value) FILTER (WHERE kind = 'closed') AS closed
    FROM filled
    GROUP BY pipeline_id, currency, week
    WINDOW line AS (PARTITION BY pipeline_id, currency ORDER BY week)
  )
SELECT
  t.week, t.pipeline_id, l.name AS pipeline, t.currency, round(t.value - t.net_value, 4) AS opening_value,
  round(coalesce(t.made, 0), 4) AS made_value, round(coalesce(t.reopened, 0), 4) AS reopened_value,
  round(coalesce(t.raised, 0), 4) AS raised_value, round(coalesce(t.lowered, 0), 4) AS lowered_value,
  round(coalesce(t.moved_in, 0), 4) AS moved_in_value, round(coalesce(t.moved_out, 0), 4) AS moved_out_value,
  round(coalesce(t.won, 0), 4) AS won_value, round(coalesce(t.lost, 0), 4) AS lost_value,
  round(coalesce(t.closed, 0), 4) AS closed_value, round(t.value, 4) AS closing_value,
  t.deals - t.net_deals AS opening_deals, t.deals AS closing_deals
FROM totals AS t
LEFT JOIN v_pipeline AS l ON l.id = t.pipeline_id
WHERE t.week >= (SELECT min(week) FROM weeks)
  AND (t.deals <> 0 OR t.net_deals <> 0 OR t.made IS NOT NULL OR t.reopened IS NOT NULL
    OR t.moved_in IS NOT NULL)
)
UNION ALL SELECT "day" AS "week", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "amount" AS "opening_value", "amount" AS "made_value", "amount" AS "reopened_value", "amount" AS "raised_value", "amount" AS "lowered_value", "amount" AS "moved_in_value", "amount" AS "moved_out_value", "amount" AS "won_value", "amount" AS "lost_value", "amount" AS "closed_value", "amount" AS "closing_value", "number" AS "opening_deals", "number" AS "closing_deals" FROM "_types" AS "*/--";

CREATE VIEW v_stage_conversion AS
-- Grain: one row an open milestone and a month in which deals entered it.
-- What became of the deals that entered a milestone: each known stay of a living deal counts. As of the end of
-- the last round.
--
-- month DATE: First day of the month of `entered_at`, or else of `entered_by`. NULL where neither is known.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: The milestone, → `v_milestone.id`.
-- milestone TEXT: Name of the milestone.
-- entered INTEGER: Stays that began.
-- went_on INTEGER: Those after which the deal stood further on in the same pipeline, or was won.
-- went_back INTEGER: Those after which it stood further back in it.
-- lost INTEGER: Those after which it was lost.
-- left_otherwise INTEGER: Those that ended otherwise: in another pipeline, at the same milestone again.
-- still_here INTEGER: Those that last.
-- median_days REAL: The middle one of the days that those that are over lasted, where they are exact.
-- p90_days REAL: How long nine in ten of those lasted at most.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_stage_conversion AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "number" AS "entered", "number" AS "went_on", "number" AS "went_back", "number" AS "lost", "number" AS "left_otherwise", "number" AS "still_here", "amount" AS "median_days", "amount" AS "p90_days" FROM "_types"
UNION ALL SELECT * FROM (
WITH
  places AS (SELECT id, name, pipeline_id, pipeline, place, state FROM v_milestone LIMIT -1),
  sums AS (
    SELECT
      milestone_id, month, next_milestone_id AS next_id, is_current, count(*) AS stays, count(days) AS timed
    FROM _opportunity_stays
    GROUP BY milestone_id, month, next_milestone_id, is_current
  ),
  became AS (
    SELECT
      s.month, s.milestone_id, s.stays, s.timed, m.pipeline_id, m.pipeline, m.name,
      CASE
        WHEN s.is_current THEN 'here'
        WHEN n.state = 'lost' THEN 'lost'
        WHEN n.pipeline_id IS NOT m.pipeline_id THEN 'other'
        WHEN n.state = 'won' OR n.place > m.place THEN 'on'
        WHEN n.state = 'open' AND n.place < m.place THEN 'back'
        ELSE 'other'
      END AS kind
    FROM sums AS s
    CROSS JOIN places AS m ON m.id = s.milestone_id AND m.state = 'open'
    LEFT JOIN places AS n ON n.id = s.next_id
  ),
  months AS (
    SELECT
      month, pipeline_id, pipeline, milestone_id, name, sum(stays) AS entered,
      coalesce(sum(stays) FILTER (WHERE kind = 'on'), 0) AS went_on,
      coalesce(sum(stays) FILTER (WHERE kind = 'back'), 0) AS went_back,
      coalesce(sum(stays) FILTER (WHERE kind = 'lost'), 0) AS lost,
      coalesce(sum(stays) FILTER (WHERE kind = 'other'), 0) AS left_otherwise,
      coalesce(sum(stays) FILTER (WHERE kind = 'here'), 0) AS still_here, sum(timed) AS timed
    FROM became
    GROUP BY month, milestone_id
  ),
  -- The index has the days in their order.
  ranked AS (
    SELECT milestone_id, month, days, row_number() OVER (PARTITION BY milestone_id, month ORDER BY days) AS rank
    FROM _opportunity_stays
    WHERE days IS NOT NULL
  ),
  middles AS (
    SELECT
      m.month, m.milestone_id,
      avg(r.days) FILTER (WHERE r.rank IN ((m.timed + 1) / 2, (m.timed + 2) / 2)) AS median,
      max(r.days) FILTER (WHERE r.rank = (m.timed * 9 + 9) / 10) AS ninth
    FROM ranked AS r
    CROSS JOIN months AS m ON m.milestone_id = r.milestone_id AND m.month IS r.month
    WHERE r.rank IN ((m.timed + 1) / 2, (m.timed + 2) / 2, (m.timed * 9 + 9) / 10)
    GROUP BY m.month, m.milestone_id
  )
SELECT
  m.month, m.pipeline_id, m.pipeline, m.milestone_id, m.name AS milestone, m.entered, m.went_on, m.went_back,
  m.lost, m.left_otherwise, m.still_here, round(d.median, 2) AS median_days, round(d.ninth, 2) AS p90_days
FROM months AS m
LEFT JOIN middles AS d ON d.milestone_id = m.milestone_id AND d.month IS m.month
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "milestone_id", "word" AS "milestone", "number" AS "entered", "number" AS "went_on", "number" AS "went_back", "number" AS "lost", "number" AS "left_otherwise", "number" AS "still_here", "amount" AS "median_days", "amount" AS "p90_days" FROM "_types" AS "*/--";

CREATE VIEW v_win_rate AS
-- Grain: one row a pipeline, an owner, a month of closing and a currency.
-- Deals closed, and how many of those that count were won. To sum up over rows, divide the sums and do not
-- average the rates. Deals closed without a day are in it, in rows without a month.
--
-- month DATE: First day of the month of `closed_on`. NULL for closed deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- owner_id INTEGER: The user who owns the deals now, → `users.id`.
-- owner TEXT: Name of the user.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- won INTEGER: Deals won.
-- lost INTEGER: Deals lost that count for conversion, those without a reason among them.
-- lost_not_counted INTEGER: Deals lost for a reason that does not count (`included_for_conversion`).
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- won_value REAL: Total value of the deals won.
-- lost_value REAL: Total value of the deals lost that count.
-- won_base_value REAL: The deals won in the base currency. NULL when none was won or `fx_rates` lacks a rate.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_win_rate AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "owner_id", "word" AS "owner", "word" AS "currency", "number" AS "won", "number" AS "lost", "number" AS "lost_not_counted", "amount" AS "win_rate", "amount" AS "won_value", "amount" AS "lost_value", "amount" AS "won_base_value" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  month, pipeline_id, pipeline, owner_id, owner, currency, sum(is_won) AS won, sum(is_lost) AS lost,
  sum(NOT is_won AND NOT is_lost) AS lost_not_counted,
  round(sum(is_won) * 1.0 / nullif(sum(is_won) + sum(is_lost), 0), 4) AS win_rate,
  round(coalesce(sum(total_value) FILTER (WHERE is_won), 0), 4) AS won_value,
  round(coalesce(sum(total_value) FILTER (WHERE is_lost), 0), 4) AS lost_value,
  CASE WHEN count(total_value) FILTER (WHERE is_won) = count(total_value * fx_rate) FILTER (WHERE is_won)
    THEN round(sum(total_value * fx_rate) FILTER (WHERE is_won), 4)
  END AS won_base_value
FROM (
  SELECT
    substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, owner_id, owner,
    value_currency AS currency, state = 'won' AS is_won, state = 'lost' AND counts_for_conversion AS is_lost,
    total_value, fx_rate
  FROM v_opportunity
  WHERE state IN ('won', 'lost')
  LIMIT -1
)
GROUP BY month, pipeline_id, owner_id, currency
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "owner_id", "word" AS "owner", "word" AS "currency", "number" AS "won", "number" AS "lost", "number" AS "lost_not_counted", "amount" AS "win_rate", "amount" AS "won_value", "amount" AS "lost_value", "amount" AS "won_base_value" FROM "_types" AS "*/--";

CREATE VIEW v_lost_reasons AS
-- Grain: one row a reason, a last open milestone, a pipeline, a month of closing and a currency.
-- Why deals were lost. Deals lost without a day are in it, in rows without a month.
--
-- month DATE: First day of the month of `closed_on`. NULL for lost deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- lost_reason_id INTEGER: The reason, → `lost_reasons.id`. NULL for deals lost without one, and where the
--   account knows no reasons.
-- lost_reason TEXT: The reason in words. NULL for deals lost without one, and where the account knows no
--   reasons.
-- last_open_milestone_id INTEGER: The milestone at which the deals were last open, → `milestones.id`.
-- last_open_milestone TEXT: Name of that milestone: the stage at which they were lost.
-- counts_for_conversion BOOLEAN: Whether such deals count in a win rate.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Deals lost.
-- total_value REAL: Their total value.
-- base_value REAL: The same in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_lost_reasons AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "lost_reason_id", "word" AS "lost_reason", "number" AS "last_open_milestone_id", "word" AS "last_open_milestone", "flag" AS "counts_for_conversion", "word" AS "currency", "number" AS "deals", "amount" AS "total_value", "amount" AS "base_value" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  month, pipeline_id, pipeline, lost_reason_id, lost_reason, stage_id AS last_open_milestone_id,
  stage AS last_open_milestone, counts_for_conversion, currency, count(*) AS deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  CASE WHEN count(total_value) = count(total_value * fx_rate) THEN round(sum(total_value * fx_rate), 4) END
    AS base_value
FROM (
  SELECT
    substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, lost_reason_id, lost_reason,
    last_open_milestone_id AS stage_id, last_open_milestone AS stage, counts_for_conversion,
    value_currency AS currency, total_value, fx_rate
  FROM v_opportunity
  WHERE state = 'lost'
  LIMIT -1
)
GROUP BY month, pipeline_id, lost_reason_id, stage_id, currency
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "lost_reason_id", "word" AS "lost_reason", "number" AS "last_open_milestone_id", "word" AS "last_open_milestone", "flag" AS "counts_for_conversion", "word" AS "currency", "number" AS "deals", "amount" AS "total_value", "amount" AS "base_value" FROM "_types" AS "*/--";

CREATE VIEW v_sales_cycle AS
-- Grain: one row a pipeline, a month of closing and an outcome.
-- How long closed deals took from their making to their closing. Deals closed without a day are not in it.
--
-- month DATE: First day of the month of `closed_on`.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- state TEXT: `won` or `lost`.
-- deals INTEGER: Deals closed. Those without `created_at` are in no other column.
-- mean_days REAL: Mean days from the day of making to `closed_on`.
-- median_days REAL: The middle one, or the mean of the two in the middle.
-- shortest_days INTEGER: The fewest days.
-- longest_days INTEGER: The most days.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_sales_cycle AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "state", "number" AS "deals", "amount" AS "mean_days", "amount" AS "median_days", "number" AS "shortest_days", "number" AS "longest_days" FROM "_types"
UNION ALL SELECT * FROM (
WITH
  closed AS (
    SELECT substr(closed_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, state, days_to_close AS days
    FROM v_opportunity
    WHERE state IN ('won', 'lost') AND closed_on IS NOT NULL
    LIMIT -1
  ),
  -- Few rows: so many deals took so many days.
  counts AS (
    SELECT month, pipeline_id, pipeline, state, days, count(*) AS deals
    FROM closed GROUP BY month, pipeline_id, state, days
  ),
  -- The places of those deals among all that have a number of days.
  placed AS (
    SELECT
      *, sum(deals) FILTER (WHERE days IS NOT NULL) OVER (PARTITION BY month, pipeline_id, state ORDER BY days)
        AS last,
      sum(deals) FILTER (WHERE days IS NOT NULL) OVER (PARTITION BY month, pipeline_id, state) AS timed
    FROM counts
  )
SELECT
  month, pipeline_id, pipeline, state, sum(deals) AS deals, round(sum(days * deals) * 1.0 / max(timed), 2) AS mean_days,
  (max(days) FILTER (WHERE days IS NOT NULL AND last - deals < (timed + 1) / 2 AND last >= (timed + 1) / 2)
    + max(days) FILTER (WHERE days IS NOT NULL AND last - deals < (timed + 2) / 2 AND last >= (timed + 2) / 2)) / 2.0
    AS median_days,
  min(days) AS shortest_days, max(days) AS longest_days
FROM placed
GROUP BY month, pipeline_id, state
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "state", "number" AS "deals", "amount" AS "mean_days", "amount" AS "median_days", "number" AS "shortest_days", "number" AS "longest_days" FROM "_types" AS "*/--";

CREATE VIEW v_sales_velocity AS
-- Grain: one row a pipeline and a currency.
-- What a pipeline earns in a day: open deals, times the rate at which they are won, times the mean value
-- of a deal won, divided by the mean days to win one. Rate, value and days are those of the deals that
-- were closed within the last 365 days, of which the first and today count. Deals without a currency, and
-- those closed without a day, are not in it.
--
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values, → `currencies.code`.
-- open_deals INTEGER: Deals that are open now.
-- won INTEGER: Deals won within the last 365 days.
-- lost INTEGER: Deals lost within them that count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1.
-- mean_won_value REAL: Mean total value of the deals won.
-- mean_days_to_win REAL: Mean days from making to winning, not less than 1.
-- value_per_day REAL: The velocity, in the currency a day. NULL when no deal was won.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_sales_velocity AS v /*
SELECT "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "open_deals", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "mean_won_value", "amount" AS "mean_days_to_win", "amount" AS "value_per_day" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  pipeline_id, pipeline, currency, open_deals, won, lost,
  round(won * 1.0 / nullif(won + lost, 0), 4) AS win_rate, round(mean_won_value, 4) AS mean_won_value,
  round(max(1.0, mean_days), 2) AS mean_days_to_win,
  round(open_deals * (won * 1.0 / (won + lost)) * mean_won_value / max(1.0, mean_days), 4)
    AS value_per_day
FROM (
  SELECT
    pipeline_id, pipeline, currency, sum(state = 'open') AS open_deals, sum(state = 'won') AS won,
    sum(state = 'lost' AND counts_for_conversion) AS lost,
    avg(total_value) FILTER (WHERE state = 'won') AS mean_won_value,
    avg(days) FILTER (WHERE state = 'won') AS mean_days
  FROM (
    SELECT
      pipeline_id, pipeline, value_currency AS currency, state, counts_for_conversion, total_value,
      days_to_close AS days
    FROM v_opportunity
    WHERE value_currency IS NOT NULL AND (state = 'open'
      OR state IN ('won', 'lost') AND closed_on BETWEEN date((SELECT day FROM v_today), '-365 days') AND (SELECT day FROM v_today))
    LIMIT -1
  )
  GROUP BY pipeline_id, currency
)
)
UNION ALL SELECT "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "open_deals", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "mean_won_value", "amount" AS "mean_days_to_win", "amount" AS "value_per_day" FROM "_types" AS "*/--";

CREATE VIEW v_owner_performance AS
-- Grain: one row an owner, a team, a month and a currency.
-- What became of an owner's deals, month by month: made in that month, and closed in that month. A deal
-- belongs to the owner that it has now, whoever made or closed it. Deals lost for a reason that does not
-- count (`included_for_conversion`) and deals closed without a day are only among those made: where there
-- is nothing else, there is no row.
--
-- month DATE: First day of the month; of `created_on` for deals made, of `closed_on` for deals closed.
-- owner_id INTEGER: The user who owns the deals now, → `users.id`. NULL for deals without an owner.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team that the deals are assigned to now, → `teams.id`.
-- team TEXT: Name of the team.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- created INTEGER: Deals made.
-- created_value REAL: Their total value.
-- won INTEGER: Deals won.
-- won_value REAL: Their total value.
-- won_base_value REAL: The same in the base currency. NULL when none was won or `fx_rates` lacks a rate.
-- lost INTEGER: Deals lost that count for conversion.
-- lost_value REAL: Their total value.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- mean_days_to_win REAL: Mean days from making to winning.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_owner_performance AS v /*
SELECT "day" AS "month", "number" AS "owner_id", "word" AS "owner", "number" AS "team_id", "word" AS "team", "word" AS "currency", "number" AS "created", "amount" AS "created_value", "number" AS "won", "amount" AS "won_value", "amount" AS "won_base_value", "number" AS "lost", "amount" AS "lost_value", "amount" AS "win_rate", "amount" AS "mean_days_to_win" FROM "_types"
UNION ALL SELECT * FROM (
WITH
  deals AS (
    SELECT
      owner_id, owner, team_id, team, value_currency AS currency, created_on, closed_on, state IS 'won' AS is_won,
      counts_for_conversion AS counts, total_value, iif(state IS 'open', NULL, fx_rate) AS fx_rate,
      days_to_close AS days
    FROM v_opportunity
    LIMIT -1
  )
SELECT
  month, owner_id, owner, team_id, team, currency, sum(is_made) AS created,
  round(coalesce(sum(total_value) FILTER (WHERE is_made), 0), 4) AS created_value,
  sum(is_won) AS won, round(coalesce(sum(total_value) FILTER (WHERE is_won), 0), 4) AS won_value,
  CASE WHEN count(total_value) FILTER (WHERE is_won) = count(total_value * fx_rate) FILTER (WHERE is_won)
    THEN round(sum(total_value * fx_rate) FILTER (WHERE is_won), 4)
  END AS won_base_value,
  sum(is_lost) AS lost, round(coalesce(sum(total_value) FILTER (WHERE is_lost), 0), 4) AS lost_value,
  round(sum(is_won) * 1.0 / nullif(sum(is_won + is_lost), 0), 4) AS win_rate,
  round(avg(days) FILTER (WHERE is_won), 2) AS mean_days_to_win
FROM (
  SELECT
    substr(created_on, 1, 7) || '-01' AS month, owner_id, owner, team_id, team, currency, 1 AS is_made, 0 AS is_won,
    0 AS is_lost, total_value, NULL AS fx_rate, NULL AS days
  FROM deals
  UNION ALL
  SELECT
    substr(closed_on, 1, 7) || '-01', owner_id, owner, team_id, team, currency, 0, is_won, NOT is_won, total_value,
    fx_rate, days
  FROM deals
  WHERE counts AND closed_on IS NOT NULL
)
GROUP BY month, owner_id, team_id, currency
)
UNION ALL SELECT "day" AS "month", "number" AS "owner_id", "word" AS "owner", "number" AS "team_id", "word" AS "team", "word" AS "currency", "number" AS "created", "amount" AS "created_value", "number" AS "won", "amount" AS "won_value", "amount" AS "won_base_value", "number" AS "lost", "amount" AS "lost_value", "amount" AS "win_rate", "amount" AS "mean_days_to_win" FROM "_types" AS "*/--";

CREATE VIEW v_forecast AS
-- Grain: one row a month of expected close, a pipeline, an owner, a team and a currency.
-- Open deals by when they are expected to close. A month that has passed holds deals whose date was missed.
--
-- month DATE: First day of the month of `expected_close_on`. NULL for deals without that day.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- owner_id INTEGER: The user who owns the deals, → `users.id`.
-- owner TEXT: Name of the user.
-- team_id INTEGER: The team that they are assigned to, → `teams.id`.
-- team TEXT: Name of the team.
-- currency TEXT: Currency of the values, → `currencies.code`. NULL for deals without one.
-- deals INTEGER: Open deals.
-- overdue_deals INTEGER: Those of them whose expected day has passed.
-- total_value REAL: Their total value.
-- weighted_value REAL: The same weighted with the deals' probability.
-- base_value REAL: The total value in the base currency. NULL when there is none or `fx_rates` lacks a rate.
-- weighted_base_value REAL: The weighted value in the base currency.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_forecast AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "owner_id", "word" AS "owner", "number" AS "team_id", "word" AS "team", "word" AS "currency", "number" AS "deals", "number" AS "overdue_deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value", "amount" AS "weighted_base_value" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  date(expected_close_on, 'start of month') AS month, pipeline_id, pipeline, owner_id, owner, team_id, team,
  value_currency AS currency, count(*) AS deals, sum(is_overdue) AS overdue_deals,
  round(coalesce(sum(total_value), 0), 4) AS total_value,
  round(coalesce(sum(weighted_value), 0), 4) AS weighted_value,
  CASE WHEN count(total_value) = count(base_value) THEN round(sum(base_value), 4) END AS base_value,
  CASE
    WHEN count(total_value) = count(base_value) THEN round(sum(weighted_value * fx_rate), 4)
  END AS weighted_base_value
FROM (
  SELECT
    expected_close_on, pipeline_id, pipeline, owner_id, owner, team_id, team, value_currency, is_overdue,
    total_value, weighted_value, base_value, fx_rate
  FROM v_opportunity
  WHERE state = 'open'
  LIMIT -1
)
GROUP BY 1, pipeline_id, owner_id, team_id, value_currency
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "number" AS "owner_id", "word" AS "owner", "number" AS "team_id", "word" AS "team", "word" AS "currency", "number" AS "deals", "number" AS "overdue_deals", "amount" AS "total_value", "amount" AS "weighted_value", "amount" AS "base_value", "amount" AS "weighted_base_value" FROM "_types" AS "*/--";

CREATE VIEW v_win_rate_cohort AS
-- Grain: one row a month of creation, a pipeline and a currency.
-- What became of the deals that were made in a month.
--
-- month DATE: First day of the month of `created_on`. NULL for deals without that day.
-- pipeline_id INTEGER: The pipeline that they are in now, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- created INTEGER: Deals made.
-- open INTEGER: Those of them that are open.
-- won INTEGER: Those of them that are won.
-- lost INTEGER: Those of them that are lost and count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- created_value REAL: Total value of the deals made.
-- won_value REAL: Total value of the deals won.
-- mean_days_to_win REAL: Mean days from making to winning.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_win_rate_cohort AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "created", "number" AS "open", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "created_value", "amount" AS "won_value", "amount" AS "mean_days_to_win" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  month, pipeline_id, pipeline, currency, count(*) AS created, coalesce(sum(state = 'open'), 0) AS "open",
  coalesce(sum(state = 'won'), 0) AS won, coalesce(sum(state = 'lost' AND counts), 0) AS lost,
  round(sum(state = 'won') * 1.0 / nullif(sum(counts), 0), 4) AS win_rate,
  round(coalesce(sum(total_value), 0), 4) AS created_value,
  round(coalesce(sum(total_value) FILTER (WHERE state = 'won'), 0), 4) AS won_value,
  round(avg(days) FILTER (WHERE state = 'won'), 2) AS mean_days_to_win
FROM (
  SELECT
    substr(created_on, 1, 7) || '-01' AS month, pipeline_id, pipeline, value_currency AS currency, state,
    counts_for_conversion AS counts, total_value, days_to_close AS days
  FROM v_opportunity
  LIMIT -1
)
GROUP BY month, pipeline_id, currency
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "created", "number" AS "open", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "created_value", "amount" AS "won_value", "amount" AS "mean_days_to_win" FROM "_types" AS "*/--";

CREATE VIEW v_win_rate_by_tag AS
-- Grain: one row a tag, a pipeline and a currency.
-- Deals with a tag that were closed, and how many of those that count were won. A deal counts for each of its
-- tags, so rows of several tags are not to be added up.
--
-- tag_id INTEGER: The tag, → `v_opportunity_tag.tag_id`.
-- tag TEXT: Name of the tag.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- open INTEGER: Open deals.
-- won INTEGER: Deals won.
-- lost INTEGER: Deals lost that count for conversion.
-- win_rate REAL: Won, of won and lost that count; 0 to 1. NULL when there is none that counts.
-- won_value REAL: Total value of the deals won.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_win_rate_by_tag AS v /*
SELECT "number" AS "tag_id", "word" AS "tag", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "open", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "won_value" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  t.tag_id, t.tag, o.pipeline_id, o.pipeline, o.currency, coalesce(sum(o.state = 'open'), 0) AS "open",
  coalesce(sum(o.state = 'won'), 0) AS won, coalesce(sum(o.state = 'lost' AND o.counts), 0) AS lost,
  round(sum(o.state = 'won') * 1.0 / nullif(sum(o.counts), 0), 4) AS win_rate,
  round(coalesce(sum(o.total_value) FILTER (WHERE o.state = 'won'), 0), 4) AS won_value
FROM v_opportunity_tag AS t
JOIN (
  SELECT
    id, pipeline_id, pipeline, value_currency AS currency, state, counts_for_conversion AS counts, total_value
  FROM v_opportunity
  LIMIT -1
) AS o ON o.id = t.opportunity_id
GROUP BY t.tag_id, o.pipeline_id, o.currency
)
UNION ALL SELECT "number" AS "tag_id", "word" AS "tag", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "open", "number" AS "won", "number" AS "lost", "amount" AS "win_rate", "amount" AS "won_value" FROM "_types" AS "*/--";

CREATE VIEW v_forecast_spread AS
-- Grain: one row a month, a pipeline and a currency.
-- When the income of open deals is expected. A deal with a fixed price is income of the month of its expected
-- close. Of a deal whose amount repeats, each period is income of the month in which that period begins, the
-- first on the day of the expected close; of one without a duration there is one period. No more than 1,200
-- periods are looked at. Deals without an expected close are in rows without a month, with their total value.
--
-- month DATE: First day of the month. NULL for deals without an expected close.
-- pipeline_id INTEGER: The pipeline, → `v_pipeline.id`.
-- pipeline TEXT: Name of the pipeline.
-- currency TEXT: Currency of the values. NULL for deals without one.
-- deals INTEGER: Deals with income in that month.
-- value REAL: Their income in that month.
-- weighted_value REAL: The same weighted with the deals' probability.
-- recurring_value REAL: That part of `value` that comes from deals whose amount repeats.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_forecast_spread AS v /*
SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "deals", "amount" AS "value", "amount" AS "weighted_value", "amount" AS "recurring_value" FROM "_types"
UNION ALL SELECT * FROM (
WITH RECURSIVE
  deals AS (
    SELECT
      id, pipeline_id, pipeline, value_currency AS currency, expected_close_on AS day, total_value,
      value_amount AS amount, weighted_value / nullif(total_value, 0) AS weight,
      iif(coalesce(duration_basis, 'FIXED') = 'FIXED', NULL, duration_basis) AS basis,
      min(max(coalesce(duration, 1), 1), 1200) AS periods
    FROM v_opportunity
    WHERE state = 'open'
    LIMIT -1
  ),
  numbers(n) AS (
    SELECT 0 UNION ALL SELECT n + 1 FROM numbers
    WHERE n < (SELECT coalesce(max(periods), 1) - 1 FROM deals WHERE basis IS NOT NULL)
  ),
  income AS (
    SELECT id, pipeline_id, pipeline, currency, day, total_value AS value, weight, 0 AS recurs
    FROM deals WHERE basis IS NULL OR day IS NULL
    UNION ALL
    SELECT
      d.id, d.pipeline_id, d.pipeline, d.currency,
      -- The 31st of a shorter month would be a day of the next one.
      date(iif(d.basis IN ('HOUR', 'DAY', 'WEEK'), d.day, substr(d.day, 1, 7) || '-01'), CASE d.basis
        WHEN 'HOUR' THEN n.n || ' hours' WHEN 'DAY' THEN n.n || ' days' WHEN 'WEEK' THEN (n.n * 7) || ' days'
        WHEN 'MONTH' THEN n.n || ' months' WHEN 'QUARTER' THEN (n.n * 3) || ' months'
        ELSE n.n || ' years'
      END),
      d.amount, d.weight, 1
    FROM deals AS d
    CROSS JOIN numbers AS n ON n.n < d.periods
    WHERE d.basis IS NOT NULL AND d.day IS NOT NULL
  )
SELECT
  substr(day, 1, 7) || '-01' AS month, pipeline_id, pipeline, currency, count(DISTINCT id) AS deals,
  round(coalesce(sum(value), 0), 4) AS value, round(coalesce(sum(value * weight), 0), 4) AS weighted_value,
  round(coalesce(sum(value) FILTER (WHERE recurs), 0), 4) AS recurring_value
FROM income
GROUP BY 1, pipeline_id, currency
)
UNION ALL SELECT "day" AS "month", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "currency", "number" AS "deals", "amount" AS "value", "amount" AS "weighted_value", "amount" AS "recurring_value" FROM "_types" AS "*/--";

CREATE VIEW v_owner_at_close AS
-- Grain: one row a closed opportunity.
-- Who owned a deal when it was closed, beside who owns it now. As of the end of the last round.
--
-- opportunity_id INTEGER: The deal, → `v_opportunity.id`.
-- opportunity TEXT: Name of the deal.
-- state TEXT: `won` or `lost`. NULL for another closed milestone.
-- closed_on DATE: When it was closed.
-- value_currency TEXT: Currency of the value.
-- total_value REAL: Its total value.
-- owner_id INTEGER: The owner now, → `v_owner.id`.
-- owner TEXT: Name of that.
-- owner_at_close_id INTEGER: The owner of the first version of the deal that was closed for good, → `v_owner.id`.
-- owner_at_close TEXT: Name of that.
-- precision TEXT: `seen` where the replica saw the deal become closed, `first seen` where it was closed when the
--   replica first saw it, or `unknown` before a round has ended.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_owner_at_close AS v /*
SELECT "number" AS "opportunity_id", "word" AS "opportunity", "word" AS "state", "day" AS "closed_on", "word" AS "value_currency", "amount" AS "total_value", "number" AS "owner_id", "word" AS "owner", "number" AS "owner_at_close_id", "word" AS "owner_at_close", "word" AS "precision" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  o.id AS opportunity_id, o.name AS opportunity, o.state, o.closed_on, o.value_currency, o.total_value,
  o.owner_id, o.owner, p.owner_id AS owner_at_close_id,
  (SELECT u.name FROM v_owner AS u WHERE u.id = p.owner_id) AS owner_at_close,
  CASE WHEN p.number > 1 THEN 'seen' WHEN p.number = 1 THEN 'first seen' ELSE 'unknown' END AS precision
FROM (
  SELECT id, name, state, closed_on, value_currency, total_value, owner_id, owner FROM v_opportunity
  WHERE is_closed
  LIMIT -1
) AS o
LEFT JOIN _opportunity_periods AS p ON p.opportunity_id = o.id AND p.number = (
  SELECT coalesce(max(q.number), 0) + 1 FROM _opportunity_periods AS q
  WHERE q.opportunity_id = o.id AND (q.number = 0 OR q.milestone_id IS NULL
    OR q.milestone_id IN (SELECT m.id FROM v_milestone AS m WHERE m.is_closed = 0)))
)
UNION ALL SELECT "number" AS "opportunity_id", "word" AS "opportunity", "word" AS "state", "day" AS "closed_on", "word" AS "value_currency", "amount" AS "total_value", "number" AS "owner_id", "word" AS "owner", "number" AS "owner_at_close_id", "word" AS "owner_at_close", "word" AS "precision" FROM "_types" AS "*/--";

CREATE VIEW v_stale_opportunities AS
-- Grain: one row an open opportunity that is stale.
-- Deals that have stood at their milestone for as long as its `days_until_stale` or longer. That is how
-- stale is read here: Capsule's reference does not define it, and may count from the last contact. Where
-- milestones have no such number, none is stale.
--
-- id INTEGER: Capsule's id, → `opportunities.id`.
-- name TEXT: Name of the deal.
-- party_id INTEGER: The primary contact, → `parties.id`.
-- party TEXT: Its name.
-- owner_id INTEGER: The user who owns the deal, → `users.id`.
-- owner TEXT: Name of the user.
-- pipeline_id INTEGER: The pipeline, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- milestone_id INTEGER: Where the deal stands, → `milestones.id`.
-- milestone TEXT: Name of the milestone.
-- value_currency TEXT: Currency of the value, → `currencies.code`.
-- total_value REAL: Its total value, as in `v_opportunity`.
-- expected_close_on DATE: When the deal is expected to close.
-- last_contacted_at DATETIME: When there was last contact about the deal, UTC.
-- last_stage_changed_at DATETIME: When the milestone last changed, UTC.
-- days_in_stage INTEGER: Whole days at this milestone.
-- days_until_stale INTEGER: The milestone's `days_until_stale`.
-- days_over INTEGER: Days beyond that.
-- Types: days_over
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_stale_opportunities AS v /*
SELECT
  "id",
  "name",
  "party_id",
  "party",
  "owner_id",
  "owner",
  "pipeline_id",
  "pipeline",
  "milestone_id",
  "milestone",
  "value_currency",
  "total_value",
  "expected_close_on",
  "last_contacted_at",
  "last_stage_changed_at",
  "days_in_stage",
  "days_until_stale",
  (SELECT "days_over" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "days_over"
FROM (
SELECT
  id, name, party_id, party, owner_id, owner, pipeline_id, pipeline, milestone_id, milestone,
  value_currency, total_value, expected_close_on, last_contacted_at, last_stage_changed_at,
  days_in_stage, days_until_stale, days_in_stage - days_until_stale AS days_over
FROM v_opportunity
WHERE is_stale
) AS "*/--";

CREATE VIEW v_slippage AS
-- Grain: one row a change of an opportunity's expected close.
-- How the expected close of living deals has moved, as far as the replica has seen it: several changes
-- between two runs are one here, and a change seen when a deleted deal came back is among them. What
-- `history.keep` has removed is missing.
--
-- opportunity_id INTEGER: The deal, → `opportunities.id`.
-- opportunity TEXT: Name of the deal.
-- owner_id INTEGER: The user who owns it now, → `users.id`.
-- owner TEXT: Name of the user.
-- pipeline_id INTEGER: The pipeline it is in now, → `pipelines.id`.
-- pipeline TEXT: Name of the pipeline.
-- state TEXT: Its state now: `open`, `won` or `lost`.
-- value_currency TEXT: Currency of the value, → `currencies.code`.
-- total_value REAL: Its total value now.
-- changed_after DATETIME: When the replica had stored the date before, UTC.
-- changed_by DATETIME: When the replica saw the change, UTC.
-- expected_before DATE: The expected close before. NULL when there was none.
-- expected_after DATE: The expected close after. NULL when it was taken away.
-- days_moved INTEGER: Days from the one to the other: positive for later, negative for earlier, NULL
--   when one of them is missing.
-- expected_close_on DATE: The expected close now.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_slippage AS v /*
SELECT "number" AS "opportunity_id", "word" AS "opportunity", "number" AS "owner_id", "word" AS "owner", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "state", "word" AS "value_currency", "amount" AS "total_value", "at" AS "changed_after", "at" AS "changed_by", "day" AS "expected_before", "day" AS "expected_after", "number" AS "days_moved", "day" AS "expected_close_on" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  o.id AS opportunity_id, o.name AS opportunity, o.owner_id, o.owner, o.pipeline_id, o.pipeline,
  o.state, o.value_currency, o.total_value,
  h.synced_before AS changed_after, h.changed_at AS changed_by,
  v."before" AS expected_before, v."after" AS expected_after,
  CAST(julianday(v."after") - julianday(v."before") AS INTEGER) AS days_moved,
  o.expected_close_on
FROM _history_values AS v
JOIN _history AS h ON h.id = v.history_id AND h.table_name = 'opportunities'
JOIN v_opportunity AS o ON o.id = h.row_key
WHERE v.column_name = 'expected_close_on'
)
UNION ALL SELECT "number" AS "opportunity_id", "word" AS "opportunity", "number" AS "owner_id", "word" AS "owner", "number" AS "pipeline_id", "word" AS "pipeline", "word" AS "state", "word" AS "value_currency", "amount" AS "total_value", "at" AS "changed_after", "at" AS "changed_by", "day" AS "expected_before", "day" AS "expected_after", "number" AS "days_moved", "day" AS "expected_close_on" FROM "_types" AS "*/--";

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
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_party_engagement AS v /*
SELECT "number" AS "id", "word" AS "type", "word" AS "display_name", "number" AS "owner_id", "at" AS "last_contacted_at", "number" AS "entries", "number" AS "entries_90_days", "number" AS "open_tasks", "number" AS "open_deals", "number" AS "won_deals", "number" AS "lost_deals", "number" AS "open_cases" FROM "_types"
UNION ALL SELECT * FROM (
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
JOIN v_party AS p ON p.id = c.party_id
)
UNION ALL SELECT "number" AS "id", "word" AS "type", "word" AS "display_name", "number" AS "owner_id", "at" AS "last_contacted_at", "number" AS "entries", "number" AS "entries_90_days", "number" AS "open_tasks", "number" AS "open_deals", "number" AS "won_deals", "number" AS "lost_deals", "number" AS "open_cases" FROM "_types" AS "*/--";

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
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_organisation AS v /*
SELECT "number" AS "id", "word" AS "name", "number" AS "owner_id", "word" AS "owner", "number" AS "people", "number" AS "entries", "at" AS "last_entry_at", "number" AS "days_silent", "number" AS "open_deals", "number" AS "won_deals", "number" AS "lost_deals", "amount" AS "won_base_value", "day" AS "first_won_on", "day" AS "last_won_on", "word" AS "customer" FROM "_types"
UNION ALL SELECT * FROM (
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
) AS p ON p.id = c.organisation_id
)
UNION ALL SELECT "number" AS "id", "word" AS "name", "number" AS "owner_id", "word" AS "owner", "number" AS "people", "number" AS "entries", "at" AS "last_entry_at", "number" AS "days_silent", "number" AS "open_deals", "number" AS "won_deals", "number" AS "lost_deals", "amount" AS "won_base_value", "day" AS "first_won_on", "day" AS "last_won_on", "word" AS "customer" FROM "_types" AS "*/--";

CREATE VIEW v_activity_daily AS
-- Grain: one row a day, a user and a kind of activity.
-- How much was written, sent and done. The day is that of `entry_at` in the time zone of the
-- reports.
--
-- day DATE: The day. NULL for entries without one.
-- creator_id INTEGER: The user who made the entries, → `users.id`. NULL where the account does not say.
-- creator TEXT: Name of the user.
-- type TEXT: `note`, `email` or `task`.
-- activity_type_id INTEGER: What kind of activity, → `activity_types.id`. NULL where kinds have no number.
-- activity_type TEXT: Name of the kind.
-- entries INTEGER: How many.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_activity_daily AS v /*
SELECT "day" AS "day", "number" AS "creator_id", "word" AS "creator", "word" AS "type", "number" AS "activity_type_id", "word" AS "activity_type", "number" AS "entries" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  entry_on AS day, creator_id, creator, type, activity_type_id, activity_type, count(*) AS entries
FROM (
  SELECT entry_on, creator_id, creator, type, activity_type_id, activity_type FROM v_activity LIMIT -1
)
GROUP BY 1, 2, 4, 5, 6
)
UNION ALL SELECT "day" AS "day", "number" AS "creator_id", "word" AS "creator", "word" AS "type", "number" AS "activity_type_id", "word" AS "activity_type", "number" AS "entries" FROM "_types" AS "*/--";

CREATE VIEW v_activity_hourly AS
-- Grain: one row a day of the week, an hour of the day, a user and a kind of entry.
-- When things are written, sent and done, by the clock of the reports.
--
-- weekday INTEGER: 1 for Monday to 7 for Sunday.
-- hour INTEGER: The hour, 0 to 23.
-- creator_id INTEGER: The user who made the entries, → `v_owner.id`. NULL where the CRM does not say.
-- creator TEXT: Name of the user.
-- type TEXT: As in `v_activity`.
-- entries INTEGER: How many.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_activity_hourly AS v /*
SELECT "number" AS "weekday", "number" AS "hour", "number" AS "creator_id", "word" AS "creator", "word" AS "type", "number" AS "entries" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  g.hour / 24 + 1 AS weekday, g.hour % 24 AS hour, g.creator_id, u.name AS creator, g.type, g.entries
FROM (
  -- Hours since a Monday, of which Julian days are counted from noon; less than a second more than it was.
  SELECT
    CAST((julianday(a.entry_at) + ifnull((SELECT seconds FROM _time_zone
      WHERE begins_at <= a.entry_at ORDER BY begins_at DESC LIMIT 1), 0) / 86400.0 + 0.500001) * 24 AS INTEGER)
      % 168 AS hour,
    a.creator_id, a.type, count(*) AS entries
  FROM v_activity AS a
  WHERE a.entry_at IS NOT NULL
  GROUP BY 1, 2, 3
) AS g
LEFT JOIN v_owner AS u ON u.id = g.creator_id
)
UNION ALL SELECT "number" AS "weekday", "number" AS "hour", "number" AS "creator_id", "word" AS "creator", "word" AS "type", "number" AS "entries" FROM "_types" AS "*/--";

CREATE VIEW v_task_load AS
-- Grain: one row an owner of tasks.
-- How much each user has to do. Days are days in the time zone of the reports.
--
-- owner_id INTEGER: The user, → `users.id`. NULL for tasks without an owner.
-- owner TEXT: Name of the user.
-- open INTEGER: Open tasks.
-- overdue INTEGER: Those of them that were due before today.
-- due_today INTEGER: Those due today.
-- due_in_7_days INTEGER: Those due after today and within 7 days.
-- without_date INTEGER: Those without a due date.
-- pending INTEGER: Tasks that wait for the one before them in their track.
-- completed_30_days INTEGER: Tasks completed within the last 30 days, whoever completed them.
-- oldest_due_on DATE: The earliest due date of an open task.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_task_load AS v /*
SELECT "number" AS "owner_id", "word" AS "owner", "number" AS "open", "number" AS "overdue", "number" AS "due_today", "number" AS "due_in_7_days", "number" AS "without_date", "number" AS "pending", "number" AS "completed_30_days", "day" AS "oldest_due_on" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  owner_id, owner,
  count(*) FILTER (WHERE status = 'OPEN') AS "open",
  count(*) FILTER (WHERE status = 'OPEN' AND due_on < (SELECT day FROM v_today)) AS overdue,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on = (SELECT day FROM v_today)) AS due_today,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on > (SELECT day FROM v_today) AND due_on <= date((SELECT day FROM v_today), '+7 days'))
    AS due_in_7_days,
  count(*) FILTER (WHERE status = 'OPEN' AND due_on IS NULL) AS without_date,
  count(*) FILTER (WHERE status = 'PENDING') AS pending,
  count(*) FILTER (WHERE status = 'COMPLETED' AND completed_at >= datetime('now', '-30 days'))
    AS completed_30_days,
  min(due_on) FILTER (WHERE status = 'OPEN') AS oldest_due_on
FROM v_task
GROUP BY owner_id
)
UNION ALL SELECT "number" AS "owner_id", "word" AS "owner", "number" AS "open", "number" AS "overdue", "number" AS "due_today", "number" AS "due_in_7_days", "number" AS "without_date", "number" AS "pending", "number" AS "completed_30_days", "day" AS "oldest_due_on" FROM "_types" AS "*/--";

CREATE VIEW v_task_performance AS
-- Grain: one row an owner of tasks and a month of completion.
-- How soon tasks are done. Tasks of which it is not known when they were completed are in rows without a month.
--
-- month DATE: First day of the month of `completed_on`.
-- owner_id INTEGER: Who was to do them, → `v_owner.id`. NULL for tasks without an owner.
-- owner TEXT: Name of that.
-- completed INTEGER: Tasks completed.
-- in_time INTEGER: Those of them that were completed on the day when they were due, or before.
-- late INTEGER: Those completed later.
-- without_date INTEGER: Those without a due date.
-- in_time_rate REAL: In time, of in time and late; 0 to 1. NULL when there is neither.
-- mean_days_late REAL: Mean days that the late ones were late.
-- mean_age_days REAL: Mean days from the day of making to that of completion.
-- within_1_day INTEGER: Tasks that were completed on the day when they were made, or on the next one.
-- within_7_days INTEGER: Those within 7 days.
-- within_30_days INTEGER: Those within 30 days.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_task_performance AS v /*
SELECT "day" AS "month", "number" AS "owner_id", "word" AS "owner", "number" AS "completed", "number" AS "in_time", "number" AS "late", "number" AS "without_date", "amount" AS "in_time_rate", "amount" AS "mean_days_late", "amount" AS "mean_age_days", "number" AS "within_1_day", "number" AS "within_7_days", "number" AS "within_30_days" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  month, owner_id, owner, count(*) AS completed, coalesce(sum(completed_on <= due_on), 0) AS in_time,
  coalesce(sum(completed_on > due_on), 0) AS late, sum(due_on IS NULL) AS without_date,
  round(sum(completed_on <= due_on) * 1.0 / nullif(count(due_on) FILTER (WHERE completed_on NOT NULL), 0), 4)
    AS in_time_rate,
  round(avg(julianday(completed_on) - julianday(due_on)) FILTER (WHERE completed_on > due_on), 2)
    AS mean_days_late,
  round(avg(age), 2) AS mean_age_days, coalesce(sum(age <= 1), 0) AS within_1_day,
  coalesce(sum(age <= 7), 0) AS within_7_days, coalesce(sum(age <= 30), 0) AS within_30_days
FROM (
  SELECT
    substr(completed_on, 1, 7) || '-01' AS month, owner_id, owner, completed_on, due_on,
    max(0, julianday(completed_on) - julianday(created_on)) AS age
  FROM v_task
  WHERE status = 'COMPLETED'
  LIMIT -1
)
GROUP BY month, owner_id
)
UNION ALL SELECT "day" AS "month", "number" AS "owner_id", "word" AS "owner", "number" AS "completed", "number" AS "in_time", "number" AS "late", "number" AS "without_date", "amount" AS "in_time_rate", "amount" AS "mean_days_late", "amount" AS "mean_age_days", "number" AS "within_1_day", "number" AS "within_7_days", "number" AS "within_30_days" FROM "_types" AS "*/--";

CREATE VIEW v_case_board AS
-- Grain: one row a stage of a board.
-- The open cases by where they stand. Stages without open cases have a row of zeros, unless they or their
-- boards are gone or their boards are archived; open cases on no board are one row without a stage.
--
-- board_id INTEGER: The board, → `boards.id`.
-- board TEXT: Name of the board.
-- board_archived BOOLEAN: Whether it is archived. Cases may still stand on it.
-- stage_id INTEGER: The stage, → `stages.id`.
-- stage TEXT: Name of the stage.
-- display_order INTEGER: Its place on the board.
-- open_cases INTEGER: Open cases at the stage.
-- overdue_cases INTEGER: Those of them whose expected close has passed.
-- without_owner INTEGER: Those of them that belong to a team alone.
-- mean_days_open REAL: Mean days from the day of their making to today.
-- oldest_created_at DATETIME: When the oldest of them was made, UTC.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_case_board AS v /*
SELECT "number" AS "board_id", "word" AS "board", "flag" AS "board_archived", "number" AS "stage_id", "word" AS "stage", "number" AS "display_order", "number" AS "open_cases", "number" AS "overdue_cases", "number" AS "without_owner", "amount" AS "mean_days_open", "at" AS "oldest_created_at" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  s.board_id, s.board, s.board_archived, s.id AS stage_id, s.name AS stage, s.display_order,
  coalesce(n.cases, 0) AS open_cases, coalesce(n.overdue, 0) AS overdue_cases,
  coalesce(n.unowned, 0) AS without_owner, n.mean_days AS mean_days_open,
  n.oldest AS oldest_created_at
FROM (
  SELECT id, name, board_id, board, board_archived, display_order, is_listed FROM v_stage
  UNION ALL
  SELECT NULL, NULL, NULL, NULL, NULL, NULL, 0
) AS s
LEFT JOIN (
  SELECT
    stage_id, count(*) AS cases, sum(is_overdue) AS overdue, sum(owner_id IS NULL) AS unowned,
    round(avg(days_open), 2) AS mean_days, min(created_at) AS oldest
  FROM v_case
  WHERE status = 'OPEN'
  GROUP BY stage_id
) AS n ON n.stage_id IS s.id
WHERE n.cases > 0 OR s.is_listed AND s.board_archived IS NOT 1
)
UNION ALL SELECT "number" AS "board_id", "word" AS "board", "flag" AS "board_archived", "number" AS "stage_id", "word" AS "stage", "number" AS "display_order", "number" AS "open_cases", "number" AS "overdue_cases", "number" AS "without_owner", "amount" AS "mean_days_open", "at" AS "oldest_created_at" FROM "_types" AS "*/--";

CREATE VIEW v_case_cycle AS
-- Grain: one row a board and a month of closing.
-- How long closed cases took. Cases closed on a day that is not known are in rows without a month.
--
-- month DATE: First day of the month of `closed_on`.
-- board_id INTEGER: The board, → `v_stage.board_id`. NULL for cases on none.
-- board TEXT: Name of the board.
-- closed INTEGER: Cases closed.
-- mean_days REAL: Mean days from the day of making to `closed_on`.
-- median_days REAL: The middle one, or the mean of the two in the middle.
-- longest_days INTEGER: The most days.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_case_cycle AS v /*
SELECT "day" AS "month", "number" AS "board_id", "word" AS "board", "number" AS "closed", "amount" AS "mean_days", "amount" AS "median_days", "number" AS "longest_days" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  month, board_id, board, count(*) AS closed, round(avg(days), 2) AS mean_days,
  avg(days) FILTER (WHERE rank IN ((timed + 1) / 2, (timed + 2) / 2)) AS median_days,
  max(days) AS longest_days
FROM (
  SELECT
    month, board_id, board, days,
    row_number() OVER (PARTITION BY month, board_id ORDER BY days NULLS LAST) AS rank,
    count(days) OVER (PARTITION BY month, board_id) AS timed
  FROM (
    SELECT substr(closed_on, 1, 7) || '-01' AS month, board_id, board, days_open AS days FROM v_case
    WHERE status = 'CLOSED'
    LIMIT -1
  )
)
GROUP BY month, board_id
)
UNION ALL SELECT "day" AS "month", "number" AS "board_id", "word" AS "board", "number" AS "closed", "amount" AS "mean_days", "amount" AS "median_days", "number" AS "longest_days" FROM "_types" AS "*/--";

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
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_data_quality AS v /*
SELECT "word" AS "entity", "number" AS "id", "word" AS "name", "number" AS "owner_id", "word" AS "problem" FROM "_types"
UNION ALL SELECT * FROM (
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
  END
)
UNION ALL SELECT "word" AS "entity", "number" AS "id", "word" AS "name", "number" AS "owner_id", "word" AS "problem" FROM "_types" AS "*/--";

CREATE VIEW v_sync_freshness AS
-- Grain: one row a table.
-- How fresh each table is, and how its last run went.
--
-- table_name TEXT: The table.
-- last_run_date DATETIME: By Capsule's clock, UTC: all changes before it are in the replica. NULL before
--   the first complete reading.
-- hours_behind REAL: Hours from then until now, by this host's clock.
-- full_run_date DATETIME: By Capsule's clock, UTC: when everything was last read.
-- completed_at DATETIME: By Capsule's clock, UTC: when the last complete reading ended.
-- is_under_way BOOLEAN: Whether a reading has begun and has not ended.
-- living_rows INTEGER: Rows that live: those of its records that are not tombstones.
-- held_rows INTEGER: Rows that the last list lacked and that are kept, because they were many.
-- unstored_rows INTEGER: Records that could not be stored, see `_quarantine`.
-- newest_change_at DATETIME: When the replica last saw one of its rows change, UTC. NULL before.
-- last_verified_at DATETIME: When it was last compared with the account to the end, UTC. NULL if it never was.
-- last_run_id INTEGER: The last run that dealt with the table, → `_runs.id`.
-- last_outcome TEXT: How that went: `good`, `failed`, `held` or `unfinished`.
-- last_error TEXT: What went wrong, as a sentence.
-- Types: hours_behind is_under_way living_rows last_verified_at
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_sync_freshness AS v /*
SELECT
  "table_name",
  "last_run_date",
  (SELECT "hours_behind" UNION ALL SELECT "amount" FROM "_types" WHERE 0) AS "hours_behind",
  "full_run_date",
  "completed_at",
  (SELECT "is_under_way" UNION ALL SELECT "flag" FROM "_types" WHERE 0) AS "is_under_way",
  (SELECT "living_rows" UNION ALL SELECT "number" FROM "_types" WHERE 0) AS "living_rows",
  "held_rows",
  "unstored_rows",
  "newest_change_at",
  (SELECT "last_verified_at" UNION ALL SELECT "at" FROM "_types" WHERE 0) AS "last_verified_at",
  "last_run_id",
  "last_outcome",
  "last_error"
FROM (
SELECT
  c.table_name, c.last_run_date,
  round((julianday('now') - julianday(c.last_run_date)) * 24, 2) AS hours_behind,
  c.full_run_date, c.completed_at, c.pass_kind IS NOT NULL AS is_under_way,
  CASE c.table_name
    WHEN 'users' THEN (SELECT count(*) FROM "users" WHERE "_deleted_at" IS NULL)
    WHEN 'teams' THEN (SELECT count(*) FROM "teams" WHERE "_deleted_at" IS NULL)
    WHEN 'pipelines' THEN (SELECT count(*) FROM "pipelines" WHERE "_deleted_at" IS NULL)
    WHEN 'milestones' THEN (SELECT count(*) FROM "milestones" WHERE "_deleted_at" IS NULL)
    WHEN 'lost_reasons' THEN (SELECT count(*) FROM "lost_reasons" WHERE "_deleted_at" IS NULL)
    WHEN 'boards' THEN (SELECT count(*) FROM "boards" WHERE "_deleted_at" IS NULL)
    WHEN 'stages' THEN (SELECT count(*) FROM "stages" WHERE "_deleted_at" IS NULL)
    WHEN 'task_categories' THEN (SELECT count(*) FROM "task_categories" WHERE "_deleted_at" IS NULL)
    WHEN 'activity_types' THEN (SELECT count(*) FROM "activity_types" WHERE "_deleted_at" IS NULL)
    WHEN 'activity_type_icons' THEN (SELECT count(*) FROM "activity_type_icons" WHERE "_deleted_at" IS NULL)
    WHEN 'track_definitions' THEN (SELECT count(*) FROM "track_definitions" WHERE "_deleted_at" IS NULL)
    WHEN 'person_titles' THEN (SELECT count(*) FROM "person_titles" WHERE "_deleted_at" IS NULL)
    WHEN 'goals' THEN (SELECT count(*) FROM "goals" WHERE "_deleted_at" IS NULL)
    WHEN 'rest_hooks' THEN (SELECT count(*) FROM "rest_hooks" WHERE "_deleted_at" IS NULL)
    WHEN 'custom_fields' THEN (SELECT count(*) FROM "custom_fields" WHERE "_deleted_at" IS NULL)
    WHEN 'tag_definitions' THEN (SELECT count(*) FROM "tag_definitions" WHERE "_deleted_at" IS NULL)
    WHEN 'countries' THEN (SELECT count(*) FROM "countries" WHERE "_deleted_at" IS NULL)
    WHEN 'currencies' THEN (SELECT count(*) FROM "currencies" WHERE "_deleted_at" IS NULL)
    WHEN 'site' THEN (SELECT count(*) FROM "site" WHERE "_deleted_at" IS NULL)
    WHEN 'parties' THEN (SELECT count(*) FROM "parties" WHERE "_deleted_at" IS NULL)
    WHEN 'deleted_parties' THEN (SELECT count(*) FROM "deleted_parties" WHERE "_deleted_at" IS NULL)
    WHEN 'opportunities' THEN (SELECT count(*) FROM "opportunities" WHERE "_deleted_at" IS NULL)
    WHEN 'deleted_opportunities' THEN (SELECT count(*) FROM "deleted_opportunities" WHERE "_deleted_at" IS NULL)
    WHEN 'cases' THEN (SELECT count(*) FROM "cases" WHERE "_deleted_at" IS NULL)
    WHEN 'deleted_cases' THEN (SELECT count(*) FROM "deleted_cases" WHERE "_deleted_at" IS NULL)
    WHEN 'tasks' THEN (SELECT count(*) FROM "tasks" WHERE "_deleted_at" IS NULL)
    WHEN 'entries' THEN (SELECT count(*) FROM "entries" WHERE "_deleted_at" IS NULL)
    WHEN 'opportunity_parties' THEN (SELECT count(*) FROM "opportunity_parties" WHERE "_deleted_at" IS NULL)
    WHEN 'case_parties' THEN (SELECT count(*) FROM "case_parties" WHERE "_deleted_at" IS NULL)
    WHEN 'tracks' THEN (SELECT count(*) FROM "tracks" WHERE "_deleted_at" IS NULL)
  END AS living_rows, c.held_rows,
  c.unstored_rows, h.changed_at AS newest_change_at,
  (SELECT max(v.finished_at) FROM _verified_tables AS t
    JOIN _verifications AS v ON v.id = t.verification_id
    WHERE t.table_name = c.table_name AND t.error IS NULL) AS last_verified_at,
  r.run_id AS last_run_id, r.outcome AS last_outcome, r.error AS last_error
FROM _cursors AS c
LEFT JOIN (SELECT table_name, max(id) AS id FROM _history GROUP BY table_name) AS n
  ON n.table_name = c.table_name
LEFT JOIN _history AS h ON h.id = n.id
LEFT JOIN _run_tables AS r ON r.table_name = c.table_name
  AND r.run_id = (SELECT x.run_id FROM _run_tables AS x
    WHERE x.table_name = c.table_name ORDER BY x.run_id DESC LIMIT 1)
) AS "*/--";

CREATE VIEW v_opportunity_versions AS
-- Grain: one row a version of an opportunity.
-- What the replica has held of each, also of those that are deleted. A version holds from
-- `valid_from` until `valid_to`, that instant not included. Each change that the replica saw
-- ends one and begins the next, those of tags, custom fields and other lists too, which are
-- not shown. What came before the first version, and what `history.keep` has removed, is not
-- known. From when the replica saw that a record was gone it has no version, until it saw it
-- again.
-- 
-- id INTEGER: Which record, → `opportunities.id`.
-- valid_from DATETIME: When the replica stored this version, UTC. NULL where an older program
--   has not noted it.
-- valid_to DATETIME: When it stored the next one, or that the record is gone, UTC. NULL now.
-- is_current BOOLEAN: Whether it is what the replica holds now.
-- name TEXT: As in `opportunities`, at that time.
-- description TEXT: As in `opportunities`, at that time.
-- party_id INTEGER: As in `opportunities`, at that time.
-- owner_id INTEGER: As in `opportunities`, at that time.
-- team_id INTEGER: As in `opportunities`, at that time.
-- milestone_id INTEGER: As in `opportunities`, at that time.
-- last_open_milestone_id INTEGER: As in `opportunities`, at that time.
-- lost_reason_id INTEGER: As in `opportunities`, at that time.
-- value_amount REAL: As in `opportunities`, at that time.
-- value_currency TEXT: As in `opportunities`, at that time.
-- expected_close_on DATE: As in `opportunities`, at that time.
-- probability INTEGER: As in `opportunities`, at that time.
-- duration_basis TEXT: As in `opportunities`, at that time.
-- duration INTEGER: As in `opportunities`, at that time.
-- closed_on DATE: As in `opportunities`, at that time.
-- created_at DATETIME: As in `opportunities`, at that time.
-- updated_at DATETIME: As in `opportunities`, at that time.
-- last_contacted_at DATETIME: As in `opportunities`, at that time.
-- last_stage_changed_at DATETIME: As in `opportunities`, at that time.
-- missing_important_fields BOOLEAN: As in `opportunities`, at that time.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_opportunity_versions AS v /*
SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "name", "word" AS "description", "number" AS "party_id", "number" AS "owner_id", "number" AS "team_id", "number" AS "milestone_id", "number" AS "last_open_milestone_id", "number" AS "lost_reason_id", "amount" AS "value_amount", "word" AS "value_currency", "day" AS "expected_close_on", "number" AS "probability", "word" AS "duration_basis", "number" AS "duration", "day" AS "closed_on", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "at" AS "last_stage_changed_at", "flag" AS "missing_important_fields" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS p
    WHERE p.row_key = h.row_key AND p.id < h.id ORDER BY p.id DESC LIMIT 1), h.synced_before)
    AS valid_from, h.changed_at AS valid_to, 0 AS is_current,
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'name' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."name" LIMIT 1) AS "name",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'description' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."description" LIMIT 1) AS "description",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'party_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."party_id" LIMIT 1) AS "party_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'owner_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."owner_id" LIMIT 1) AS "owner_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'team_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."team_id" LIMIT 1) AS "team_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'milestone_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."milestone_id" LIMIT 1) AS "milestone_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_open_milestone_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_open_milestone_id" LIMIT 1) AS "last_open_milestone_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'lost_reason_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."lost_reason_id" LIMIT 1) AS "lost_reason_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'value_amount' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."value_amount" LIMIT 1) AS "value_amount",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'value_currency' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."value_currency" LIMIT 1) AS "value_currency",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'expected_close_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."expected_close_on" LIMIT 1) AS "expected_close_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'probability' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."probability" LIMIT 1) AS "probability",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'duration_basis' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."duration_basis" LIMIT 1) AS "duration_basis",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'duration' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."duration" LIMIT 1) AS "duration",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'closed_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."closed_on" LIMIT 1) AS "closed_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'created_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."created_at" LIMIT 1) AS "created_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'updated_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."updated_at" LIMIT 1) AS "updated_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_contacted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_contacted_at" LIMIT 1) AS "last_contacted_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_stage_changed_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_stage_changed_at" LIMIT 1) AS "last_stage_changed_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'missing_important_fields' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."missing_important_fields" LIMIT 1) AS "missing_important_fields"
FROM opportunities AS r
CROSS JOIN (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS h ON h.row_key = +r.id AND h.change <> 'insert'
WHERE (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = '_deleted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."_deleted_at" LIMIT 1) IS NULL
UNION ALL
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'opportunities') AS p
    WHERE p.row_key = +r.id ORDER BY p.id DESC LIMIT 1), r._synced_at), NULL, 1,
  r."name", r."description", r."party_id", r."owner_id", r."team_id", r."milestone_id", r."last_open_milestone_id", r."lost_reason_id", r."value_amount", r."value_currency", r."expected_close_on", r."probability", r."duration_basis", r."duration", r."closed_on", r."created_at", r."updated_at", r."last_contacted_at", r."last_stage_changed_at", r."missing_important_fields"
FROM opportunities AS r
WHERE r._deleted_at IS NULL
)
UNION ALL SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "name", "word" AS "description", "number" AS "party_id", "number" AS "owner_id", "number" AS "team_id", "number" AS "milestone_id", "number" AS "last_open_milestone_id", "number" AS "lost_reason_id", "amount" AS "value_amount", "word" AS "value_currency", "day" AS "expected_close_on", "number" AS "probability", "word" AS "duration_basis", "number" AS "duration", "day" AS "closed_on", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "at" AS "last_stage_changed_at", "flag" AS "missing_important_fields" FROM "_types" AS "*/--";

CREATE VIEW v_party_versions AS
-- Grain: one row a version of a party.
-- What the replica has held of each, also of those that are deleted. A version holds from
-- `valid_from` until `valid_to`, that instant not included. Each change that the replica saw
-- ends one and begins the next, those of tags, custom fields and other lists too, which are
-- not shown. What came before the first version, and what `history.keep` has removed, is not
-- known. From when the replica saw that a record was gone it has no version, until it saw it
-- again.
-- 
-- id INTEGER: Which record, → `parties.id`.
-- valid_from DATETIME: When the replica stored this version, UTC. NULL where an older program
--   has not noted it.
-- valid_to DATETIME: When it stored the next one, or that the record is gone, UTC. NULL now.
-- is_current BOOLEAN: Whether it is what the replica holds now.
-- type TEXT: As in `parties`, at that time.
-- first_name TEXT: As in `parties`, at that time.
-- last_name TEXT: As in `parties`, at that time.
-- title TEXT: As in `parties`, at that time.
-- job_title TEXT: As in `parties`, at that time.
-- organisation_id INTEGER: As in `parties`, at that time.
-- name TEXT: As in `parties`, at that time.
-- about TEXT: As in `parties`, at that time.
-- created_at DATETIME: As in `parties`, at that time.
-- updated_at DATETIME: As in `parties`, at that time.
-- last_contacted_at DATETIME: As in `parties`, at that time.
-- picture_url TEXT: As in `parties`, at that time.
-- owner_id INTEGER: As in `parties`, at that time.
-- team_id INTEGER: As in `parties`, at that time.
-- enrichment TEXT: As in `parties`, at that time.
-- missing_important_fields BOOLEAN: As in `parties`, at that time.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_party_versions AS v /*
SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "type", "word" AS "first_name", "word" AS "last_name", "word" AS "title", "word" AS "job_title", "number" AS "organisation_id", "word" AS "name", "word" AS "about", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "word" AS "picture_url", "number" AS "owner_id", "number" AS "team_id", "word" AS "enrichment", "flag" AS "missing_important_fields" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS p
    WHERE p.row_key = h.row_key AND p.id < h.id ORDER BY p.id DESC LIMIT 1), h.synced_before)
    AS valid_from, h.changed_at AS valid_to, 0 AS is_current,
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'type' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."type" LIMIT 1) AS "type",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'first_name' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."first_name" LIMIT 1) AS "first_name",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_name' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_name" LIMIT 1) AS "last_name",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'title' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."title" LIMIT 1) AS "title",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'job_title' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."job_title" LIMIT 1) AS "job_title",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'organisation_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."organisation_id" LIMIT 1) AS "organisation_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'name' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."name" LIMIT 1) AS "name",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'about' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."about" LIMIT 1) AS "about",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'created_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."created_at" LIMIT 1) AS "created_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'updated_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."updated_at" LIMIT 1) AS "updated_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_contacted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_contacted_at" LIMIT 1) AS "last_contacted_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'picture_url' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."picture_url" LIMIT 1) AS "picture_url",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'owner_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."owner_id" LIMIT 1) AS "owner_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'team_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."team_id" LIMIT 1) AS "team_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'enrichment' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."enrichment" LIMIT 1) AS "enrichment",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'missing_important_fields' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."missing_important_fields" LIMIT 1) AS "missing_important_fields"
FROM parties AS r
CROSS JOIN (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS h ON h.row_key = +r.id AND h.change <> 'insert'
WHERE (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = '_deleted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."_deleted_at" LIMIT 1) IS NULL
UNION ALL
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'parties') AS p
    WHERE p.row_key = +r.id ORDER BY p.id DESC LIMIT 1), r._synced_at), NULL, 1,
  r."type", r."first_name", r."last_name", r."title", r."job_title", r."organisation_id", r."name", r."about", r."created_at", r."updated_at", r."last_contacted_at", r."picture_url", r."owner_id", r."team_id", r."enrichment", r."missing_important_fields"
FROM parties AS r
WHERE r._deleted_at IS NULL
)
UNION ALL SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "type", "word" AS "first_name", "word" AS "last_name", "word" AS "title", "word" AS "job_title", "number" AS "organisation_id", "word" AS "name", "word" AS "about", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "word" AS "picture_url", "number" AS "owner_id", "number" AS "team_id", "word" AS "enrichment", "flag" AS "missing_important_fields" FROM "_types" AS "*/--";

CREATE VIEW v_case_versions AS
-- Grain: one row a version of a case.
-- What the replica has held of each, also of those that are deleted. A version holds from
-- `valid_from` until `valid_to`, that instant not included. Each change that the replica saw
-- ends one and begins the next, those of tags, custom fields and other lists too, which are
-- not shown. What came before the first version, and what `history.keep` has removed, is not
-- known. From when the replica saw that a record was gone it has no version, until it saw it
-- again.
-- 
-- id INTEGER: Which record, → `cases.id`.
-- valid_from DATETIME: When the replica stored this version, UTC. NULL where an older program
--   has not noted it.
-- valid_to DATETIME: When it stored the next one, or that the record is gone, UTC. NULL now.
-- is_current BOOLEAN: Whether it is what the replica holds now.
-- name TEXT: As in `cases`, at that time.
-- description TEXT: As in `cases`, at that time.
-- party_id INTEGER: As in `cases`, at that time.
-- owner_id INTEGER: As in `cases`, at that time.
-- team_id INTEGER: As in `cases`, at that time.
-- status TEXT: As in `cases`, at that time.
-- opportunity_id INTEGER: As in `cases`, at that time.
-- stage_id INTEGER: As in `cases`, at that time.
-- expected_close_on DATE: As in `cases`, at that time.
-- start_on DATE: As in `cases`, at that time.
-- closed_on DATE: As in `cases`, at that time.
-- created_at DATETIME: As in `cases`, at that time.
-- updated_at DATETIME: As in `cases`, at that time.
-- last_contacted_at DATETIME: As in `cases`, at that time.
-- missing_important_fields BOOLEAN: As in `cases`, at that time.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_case_versions AS v /*
SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "name", "word" AS "description", "number" AS "party_id", "number" AS "owner_id", "number" AS "team_id", "word" AS "status", "number" AS "opportunity_id", "number" AS "stage_id", "day" AS "expected_close_on", "day" AS "start_on", "day" AS "closed_on", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "flag" AS "missing_important_fields" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS p
    WHERE p.row_key = h.row_key AND p.id < h.id ORDER BY p.id DESC LIMIT 1), h.synced_before)
    AS valid_from, h.changed_at AS valid_to, 0 AS is_current,
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'name' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."name" LIMIT 1) AS "name",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'description' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."description" LIMIT 1) AS "description",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'party_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."party_id" LIMIT 1) AS "party_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'owner_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."owner_id" LIMIT 1) AS "owner_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'team_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."team_id" LIMIT 1) AS "team_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'status' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."status" LIMIT 1) AS "status",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'opportunity_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."opportunity_id" LIMIT 1) AS "opportunity_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'stage_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."stage_id" LIMIT 1) AS "stage_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'expected_close_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."expected_close_on" LIMIT 1) AS "expected_close_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'start_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."start_on" LIMIT 1) AS "start_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'closed_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."closed_on" LIMIT 1) AS "closed_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'created_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."created_at" LIMIT 1) AS "created_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'updated_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."updated_at" LIMIT 1) AS "updated_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'last_contacted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."last_contacted_at" LIMIT 1) AS "last_contacted_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'missing_important_fields' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."missing_important_fields" LIMIT 1) AS "missing_important_fields"
FROM cases AS r
CROSS JOIN (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS h ON h.row_key = +r.id AND h.change <> 'insert'
WHERE (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = '_deleted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."_deleted_at" LIMIT 1) IS NULL
UNION ALL
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'cases') AS p
    WHERE p.row_key = +r.id ORDER BY p.id DESC LIMIT 1), r._synced_at), NULL, 1,
  r."name", r."description", r."party_id", r."owner_id", r."team_id", r."status", r."opportunity_id", r."stage_id", r."expected_close_on", r."start_on", r."closed_on", r."created_at", r."updated_at", r."last_contacted_at", r."missing_important_fields"
FROM cases AS r
WHERE r._deleted_at IS NULL
)
UNION ALL SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "name", "word" AS "description", "number" AS "party_id", "number" AS "owner_id", "number" AS "team_id", "word" AS "status", "number" AS "opportunity_id", "number" AS "stage_id", "day" AS "expected_close_on", "day" AS "start_on", "day" AS "closed_on", "at" AS "created_at", "at" AS "updated_at", "at" AS "last_contacted_at", "flag" AS "missing_important_fields" FROM "_types" AS "*/--";

CREATE VIEW v_task_versions AS
-- Grain: one row a version of a task.
-- What the replica has held of each, also of those that are deleted. A version holds from
-- `valid_from` until `valid_to`, that instant not included. Each change that the replica saw
-- ends one and begins the next, those of tags, custom fields and other lists too, which are
-- not shown. What came before the first version, and what `history.keep` has removed, is not
-- known. From when the replica saw that a record was gone it has no version, until it saw it
-- again.
-- 
-- id INTEGER: Which record, → `tasks.id`.
-- valid_from DATETIME: When the replica stored this version, UTC. NULL where an older program
--   has not noted it.
-- valid_to DATETIME: When it stored the next one, or that the record is gone, UTC. NULL now.
-- is_current BOOLEAN: Whether it is what the replica holds now.
-- description TEXT: As in `tasks`, at that time.
-- detail TEXT: As in `tasks`, at that time.
-- category_id INTEGER: As in `tasks`, at that time.
-- due_on DATE: As in `tasks`, at that time.
-- due_time TEXT: As in `tasks`, at that time.
-- status TEXT: As in `tasks`, at that time.
-- party_id INTEGER: As in `tasks`, at that time.
-- opportunity_id INTEGER: As in `tasks`, at that time.
-- case_id INTEGER: As in `tasks`, at that time.
-- owner_id INTEGER: As in `tasks`, at that time.
-- completed_by TEXT: As in `tasks`, at that time.
-- completed_at DATETIME: As in `tasks`, at that time.
-- created_at DATETIME: As in `tasks`, at that time.
-- updated_at DATETIME: As in `tasks`, at that time.
-- has_track BOOLEAN: As in `tasks`, at that time.
-- next_task_id INTEGER: As in `tasks`, at that time.
-- days_after INTEGER: As in `tasks`, at that time.
-- task_delay_rule TEXT: As in `tasks`, at that time.
-- task_day_delay_rule TEXT: As in `tasks`, at that time.
-- repeat_interval INTEGER: As in `tasks`, at that time.
-- repeat_frequency TEXT: As in `tasks`, at that time.
-- repeat_on TEXT: As in `tasks`, at that time.
-- active BOOLEAN: As in `tasks`, at that time.
-- override_to_current_user BOOLEAN: As in `tasks`, at that time.
-- Types: all
/* /* */ -- */ SELECT v.* FROM pragma_user_version, v_task_versions AS v /*
SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "description", "word" AS "detail", "number" AS "category_id", "day" AS "due_on", "word" AS "due_time", "word" AS "status", "number" AS "party_id", "number" AS "opportunity_id", "number" AS "case_id", "number" AS "owner_id", "word" AS "completed_by", "at" AS "completed_at", "at" AS "created_at", "at" AS "updated_at", "flag" AS "has_track", "number" AS "next_task_id", "number" AS "days_after", "word" AS "task_delay_rule", "word" AS "task_day_delay_rule", "number" AS "repeat_interval", "word" AS "repeat_frequency", "word" AS "repeat_on", "flag" AS "active", "flag" AS "override_to_current_user" FROM "_types"
UNION ALL SELECT * FROM (
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS p
    WHERE p.row_key = h.row_key AND p.id < h.id ORDER BY p.id DESC LIMIT 1), h.synced_before)
    AS valid_from, h.changed_at AS valid_to, 0 AS is_current,
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'description' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."description" LIMIT 1) AS "description",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'detail' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."detail" LIMIT 1) AS "detail",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'category_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."category_id" LIMIT 1) AS "category_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'due_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."due_on" LIMIT 1) AS "due_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'due_time' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."due_time" LIMIT 1) AS "due_time",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'status' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."status" LIMIT 1) AS "status",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'party_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."party_id" LIMIT 1) AS "party_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'opportunity_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."opportunity_id" LIMIT 1) AS "opportunity_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'case_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."case_id" LIMIT 1) AS "case_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'owner_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."owner_id" LIMIT 1) AS "owner_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'completed_by' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."completed_by" LIMIT 1) AS "completed_by",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'completed_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."completed_at" LIMIT 1) AS "completed_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'created_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."created_at" LIMIT 1) AS "created_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'updated_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."updated_at" LIMIT 1) AS "updated_at",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'has_track' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."has_track" LIMIT 1) AS "has_track",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'next_task_id' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."next_task_id" LIMIT 1) AS "next_task_id",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'days_after' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."days_after" LIMIT 1) AS "days_after",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'task_delay_rule' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."task_delay_rule" LIMIT 1) AS "task_delay_rule",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'task_day_delay_rule' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."task_day_delay_rule" LIMIT 1) AS "task_day_delay_rule",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'repeat_interval' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."repeat_interval" LIMIT 1) AS "repeat_interval",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'repeat_frequency' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."repeat_frequency" LIMIT 1) AS "repeat_frequency",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'repeat_on' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."repeat_on" LIMIT 1) AS "repeat_on",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'active' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."active" LIMIT 1) AS "active",
  (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = 'override_to_current_user' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."override_to_current_user" LIMIT 1) AS "override_to_current_user"
FROM tasks AS r
CROSS JOIN (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS h ON h.row_key = +r.id AND h.change <> 'insert'
WHERE (SELECT * FROM (SELECT w."before" FROM (SELECT t.id, t.row_key, v.column_name, v."before"
    FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS t CROSS JOIN _history_values AS v ON v.history_id = t.id) AS w
    WHERE w.column_name = '_deleted_at' AND w.row_key = h.row_key AND w.id >= h.id
    ORDER BY w.id LIMIT 1)
    UNION ALL SELECT r."_deleted_at" LIMIT 1) IS NULL
UNION ALL
SELECT
  r.id, coalesce((SELECT p.changed_at FROM (SELECT id, row_key, change, changed_at, synced_before FROM _history
    WHERE table_name = 'tasks') AS p
    WHERE p.row_key = +r.id ORDER BY p.id DESC LIMIT 1), r._synced_at), NULL, 1,
  r."description", r."detail", r."category_id", r."due_on", r."due_time", r."status", r."party_id", r."opportunity_id", r."case_id", r."owner_id", r."completed_by", r."completed_at", r."created_at", r."updated_at", r."has_track", r."next_task_id", r."days_after", r."task_delay_rule", r."task_day_delay_rule", r."repeat_interval", r."repeat_frequency", r."repeat_on", r."active", r."override_to_current_user"
FROM tasks AS r
WHERE r._deleted_at IS NULL
)
UNION ALL SELECT "number" AS "id", "at" AS "valid_from", "at" AS "valid_to", "flag" AS "is_current", "word" AS "description", "word" AS "detail", "number" AS "category_id", "day" AS "due_on", "word" AS "due_time", "word" AS "status", "number" AS "party_id", "number" AS "opportunity_id", "number" AS "case_id", "number" AS "owner_id", "word" AS "completed_by", "at" AS "completed_at", "at" AS "created_at", "at" AS "updated_at", "flag" AS "has_track", "number" AS "next_task_id", "number" AS "days_after", "word" AS "task_delay_rule", "word" AS "task_day_delay_rule", "number" AS "repeat_interval", "word" AS "repeat_frequency", "word" AS "repeat_on", "flag" AS "active", "flag" AS "override_to_current_user" FROM "_types" AS "*/--";

CREATE VIEW "v_party_fields" AS SELECT
  p."id" AS "party_id"
FROM "parties" AS p WHERE p."_deleted_at" IS NULL;

CREATE VIEW "v_opportunity_fields" AS SELECT
  p."id" AS "opportunity_id"
FROM "opportunities" AS p WHERE p."_deleted_at" IS NULL;

CREATE VIEW "v_case_fields" AS SELECT
  p."id" AS "case_id"
FROM "cases" AS p WHERE p."_deleted_at" IS NULL;

-- With "search": true in the configuration:
--
-- CREATE VIRTUAL TABLE "parties_search" USING fts5(
--   "first_name", "last_name", "name", "job_title", "about",
--   content="parties", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
-- );
--
-- CREATE TRIGGER "parties_search_insert" AFTER INSERT ON "parties"
-- WHEN new."_deleted_at" IS NULL
-- BEGIN
--   INSERT INTO "parties_search" (rowid, "first_name", "last_name", "name", "job_title", "about")
--     VALUES (new."id", new."first_name", new."last_name", new."name", new."job_title", new."about");
-- END;
--
-- CREATE TRIGGER "parties_search_update" AFTER UPDATE OF "first_name", "last_name", "name", "job_title", "about", "_deleted_at" ON "parties"
-- WHEN old."first_name" IS NOT new."first_name" OR old."last_name" IS NOT new."last_name" OR old."name" IS NOT new."name" OR old."job_title" IS NOT new."job_title" OR old."about" IS NOT new."about" OR (old."_deleted_at" IS NULL) <> (new."_deleted_at" IS NULL)
-- BEGIN
--   INSERT INTO "parties_search" ("parties_search", rowid, "first_name", "last_name", "name", "job_title", "about")
--     SELECT 'delete', old."id", old."first_name", old."last_name", old."name", old."job_title", old."about" WHERE old."_deleted_at" IS NULL;
--   INSERT INTO "parties_search" (rowid, "first_name", "last_name", "name", "job_title", "about")
--     SELECT new."id", new."first_name", new."last_name", new."name", new."job_title", new."about" WHERE new."_deleted_at" IS NULL;
-- END;
--
-- CREATE TRIGGER "parties_search_delete" AFTER DELETE ON "parties"
-- WHEN old."_deleted_at" IS NULL
-- BEGIN
--   INSERT INTO "parties_search" ("parties_search", rowid, "first_name", "last_name", "name", "job_title", "about")
--     VALUES ('delete', old."id", old."first_name", old."last_name", old."name", old."job_title", old."about");
-- END;
--
-- CREATE VIRTUAL TABLE "entries_search" USING fts5(
--   "subject", "content",
--   content="entries", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
-- );
--
-- CREATE TRIGGER "entries_search_insert" AFTER INSERT ON "entries"
-- WHEN new."_deleted_at" IS NULL
-- BEGIN
--   INSERT INTO "entries_search" (rowid, "subject", "content")
--     VALUES (new."id", new."subject", new."content");
-- END;
--
-- CREATE TRIGGER "entries_search_update" AFTER UPDATE OF "subject", "content", "_deleted_at" ON "entries"
-- WHEN old."subject" IS NOT new."subject" OR old."content" IS NOT new."content" OR (old."_deleted_at" IS NULL) <> (new."_deleted_at" IS NULL)
-- BEGIN
--   INSERT INTO "entries_search" ("entries_search", rowid, "subject", "content")
--     SELECT 'delete', old."id", old."subject", old."content" WHERE old."_deleted_at" IS NULL;
--   INSERT INTO "entries_search" (rowid, "subject", "content")
--     SELECT new."id", new."subject", new."content" WHERE new."_deleted_at" IS NULL;
-- END;
--
-- CREATE TRIGGER "entries_search_delete" AFTER DELETE ON "entries"
-- WHEN old."_deleted_at" IS NULL
-- BEGIN
--   INSERT INTO "entries_search" ("entries_search", rowid, "subject", "content")
--     VALUES ('delete', old."id", old."subject", old."content");
-- END;

CREATE TABLE "_cursors" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "last_run_date" DATETIME,
  "completed_at" DATETIME,
  "full_run_date" DATETIME,
  "needs_full" BOOLEAN NOT NULL DEFAULT 0,
  "held_rows" INTEGER NOT NULL DEFAULT 0,
  "pass_kind" TEXT CHECK ("pass_kind" IN ('full', 'changes', 'recent')),
  "pass_date" DATETIME,
  "pass_since" DATETIME,
  "pass_walk" INTEGER,
  "pass_page" INTEGER,
  "pass_page_size" INTEGER,
  "pass_tracks_absence" BOOLEAN
) WITHOUT ROWID;

CREATE TABLE "_runs" (
  "id" INTEGER PRIMARY KEY,
  "started_at" DATETIME NOT NULL,
  "finished_at" DATETIME,
  "outcome" TEXT CHECK ("outcome" IN ('good', 'partial', 'stopped', 'deferred', 'refused',
    'unavailable', 'killed')),
  "requests" INTEGER NOT NULL DEFAULT 0,
  "waited" REAL NOT NULL DEFAULT 0,
  "error" TEXT
);

CREATE TABLE "_run_tables" (
  "run_id" INTEGER NOT NULL,
  "table_name" TEXT NOT NULL,
  "read" INTEGER NOT NULL,
  "inserted" INTEGER NOT NULL,
  "updated" INTEGER NOT NULL,
  "unchanged" INTEGER NOT NULL,
  "deleted" INTEGER NOT NULL,
  "misfits" INTEGER NOT NULL,
  "requests" INTEGER NOT NULL,
  "waited" REAL NOT NULL,
  "outcome" TEXT CHECK ("outcome" IN ('good', 'failed', 'held', 'unfinished')),
  "error" TEXT,
  PRIMARY KEY ("run_id", "table_name")
) WITHOUT ROWID;

CREATE TABLE "_history" (
  "id" INTEGER PRIMARY KEY,
  "run_id" INTEGER NOT NULL,
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  "change" TEXT NOT NULL CHECK ("change" IN ('update', 'delete', 'restore')),
  "changed_at" DATETIME NOT NULL,
  "before" TEXT NOT NULL,
  "after" TEXT NOT NULL
);
CREATE INDEX "_history_row" ON "_history" ("table_name", "row_key");

CREATE TABLE "_seen" (
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  PRIMARY KEY ("table_name", "row_key")
) WITHOUT ROWID;

CREATE TABLE "_parents" (
  "table_name" TEXT NOT NULL,
  "parent_table" TEXT NOT NULL,
  "parent_id" INTEGER NOT NULL,
  "read_at" DATETIME NOT NULL,
  "run_id" INTEGER NOT NULL,
  PRIMARY KEY ("table_name", "parent_table", "parent_id")
) WITHOUT ROWID;

CREATE TABLE "_quarantine" (
  "table_name" TEXT NOT NULL,
  "digest" INTEGER NOT NULL,
  "run_id" INTEGER NOT NULL,
  "seen_at" DATETIME NOT NULL,
  "reason" TEXT NOT NULL,
  "record" TEXT NOT NULL,
  PRIMARY KEY ("table_name", "digest")
) WITHOUT ROWID;

CREATE TABLE "_allowance" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "hourly_limit" INTEGER,
  "remaining" INTEGER,
  "reset_at" DATETIME,
  "blocked_until" DATETIME,
  "seen_at" DATETIME NOT NULL
);

ALTER TABLE "_cursors" ADD COLUMN "pass_read" INTEGER;
ALTER TABLE "_cursors" ADD COLUMN "pass_inserted" INTEGER;
ALTER TABLE "_cursors" ADD COLUMN "pass_total" INTEGER;
ALTER TABLE "_cursors" ADD COLUMN "counted_at" DATETIME;
ALTER TABLE "_cursors" ADD COLUMN "unstored_rows" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "_cursors" ADD COLUMN "page_length" INTEGER;
ALTER TABLE "_cursors" ADD COLUMN "swept_at" DATETIME;
ALTER TABLE "_cursors" ADD COLUMN "swept_key" INTEGER;

ALTER TABLE "_run_tables" ADD COLUMN "swept" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "_run_tables" ADD COLUMN "drifted" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "_history" ADD COLUMN "synced_before" DATETIME;

CREATE TABLE "_held" (
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  "run_id" INTEGER NOT NULL,
  "held_at" DATETIME NOT NULL,
  PRIMARY KEY ("table_name", "row_key")
) WITHOUT ROWID;

CREATE TABLE "_verifications" (
  "id" INTEGER PRIMARY KEY,
  "started_at" DATETIME NOT NULL,
  "finished_at" DATETIME,
  "requests" INTEGER NOT NULL DEFAULT 0,
  "outcome" TEXT CHECK ("outcome" IN ('equal', 'different', 'unfinished'))
);

CREATE TABLE "_verified_tables" (
  "verification_id" INTEGER NOT NULL,
  "table_name" TEXT NOT NULL,
  "compared" INTEGER NOT NULL,
  "missing" INTEGER NOT NULL,
  "extra" INTEGER NOT NULL,
  "differing" INTEGER NOT NULL,
  "pending" INTEGER NOT NULL,
  "requests" INTEGER NOT NULL,
  "error" TEXT,
  PRIMARY KEY ("verification_id", "table_name")
) WITHOUT ROWID;

CREATE TABLE "_differences" (
  "verification_id" INTEGER NOT NULL,
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  "kind" TEXT NOT NULL CHECK ("kind" IN ('missing', 'extra', 'differing')),
  "columns" TEXT,
  PRIMARY KEY ("verification_id", "table_name", "row_key")
) WITHOUT ROWID;

CREATE TABLE "_view_docs" (
  "view_name" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "column_name" TEXT,
  "type" TEXT,
  "grain" TEXT,
  "text" TEXT NOT NULL,
  "digest" INTEGER,
  PRIMARY KEY ("view_name", "position")
) WITHOUT ROWID;

CREATE TABLE "_types" (
  "id" INTEGER PRIMARY KEY CHECK ("id" IS NULL),
  "number" INTEGER,
  "amount" REAL,
  "word" TEXT,
  "flag" BOOLEAN,
  "day" DATE,
  "at" DATETIME
);

ALTER TABLE "_cursors" ADD COLUMN "count_error" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "_cursors" ADD COLUMN "length_error" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "_verified_tables" ADD COLUMN "counted" INTEGER;

CREATE TABLE "_history_values" (
  "history_id" INTEGER NOT NULL,
  "column_name" TEXT NOT NULL,
  "before",
  "after",
  PRIMARY KEY ("column_name", "history_id")
) WITHOUT ROWID;
INSERT INTO "_history_values"
  SELECT h."id", c."key", c."value", json_extract(h."after", c."fullkey")
    FROM "_history" AS h, json_each(h."before") AS c ORDER BY c."key", h."id";
CREATE INDEX "_history_change" ON "_history_values" ("history_id");

CREATE TABLE "_history_kept" AS
  SELECT "id", "run_id", "table_name", "row_key", "change", "changed_at", "synced_before"
    FROM "_history";
DROP TABLE "_history";
CREATE TABLE "_history" (
  "id" INTEGER PRIMARY KEY,
  "run_id" INTEGER NOT NULL,
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  "change" TEXT NOT NULL CHECK ("change" IN ('insert', 'update', 'delete', 'restore')),
  "changed_at" DATETIME NOT NULL,
  "synced_before" DATETIME
);
INSERT INTO "_history" SELECT * FROM "_history_kept" ORDER BY "id";
DROP TABLE "_history_kept";
CREATE INDEX "_history_row" ON "_history" ("table_name", "row_key");

CREATE TABLE IF NOT EXISTS "_account" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "account" TEXT,
  "user_id" TEXT,
  "user_name" TEXT,
  "seen_at" DATETIME NOT NULL
);

CREATE TABLE IF NOT EXISTS "_clock" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "source_at" DATETIME NOT NULL,
  "host_at" DATETIME NOT NULL,
  "boot" TEXT,
  "uptime" INTEGER
);

CREATE TABLE IF NOT EXISTS "_passes" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "resumable_until" DATETIME NOT NULL,
  "compares" BOOLEAN NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_rereads" (
  "table_name" TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_columns" (
  "table_name" TEXT NOT NULL,
  "column_name" TEXT NOT NULL,
  PRIMARY KEY ("table_name", "column_name")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_digest_key" (
  "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
  "key" INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS "_accepted" (
  "table_name" TEXT NOT NULL,
  "digest" INTEGER NOT NULL,
  PRIMARY KEY ("table_name", "digest")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_censuses" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "position" TEXT NOT NULL,
  "row_key" INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_stamps" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "lag" INTEGER NOT NULL,
  "seen_at" DATETIME NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_unshown" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "since" DATETIME NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_uncounted" (
  "table_name" TEXT PRIMARY KEY NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_change_proofs" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "told" INTEGER NOT NULL,
  "refuted_at" DATETIME
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_hints" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "tried_at" DATETIME NOT NULL,
  "asked_at" DATETIME,
  "refused_at" DATETIME
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_unfed" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "until" DATETIME NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_unanswered" (
  "table_name" TEXT NOT NULL,
  "row_key" INTEGER NOT NULL,
  "asked_at" DATETIME NOT NULL,
  PRIMARY KEY ("table_name", "row_key")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_told" (
  "table_name" TEXT NOT NULL,
  "row_key" INTEGER NOT NULL,
  PRIMARY KEY ("table_name", "row_key")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_unknown_keys" (
  "table_name" TEXT NOT NULL,
  "key" TEXT NOT NULL,
  "is_asked" BOOLEAN NOT NULL,
  PRIMARY KEY ("table_name", "key")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_shortfalls" (
  "table_name" TEXT PRIMARY KEY NOT NULL,
  "rows" INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_schema_changes" (
  "id" INTEGER PRIMARY KEY,
  "run_id" INTEGER NOT NULL,
  "at" DATETIME NOT NULL,
  "table_name" TEXT NOT NULL,
  "column_name" TEXT,
  "kind" TEXT NOT NULL,
  "detail" TEXT
);

CREATE TABLE IF NOT EXISTS "_alerts" (
  "channel" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "table_name" TEXT NOT NULL,
  "told_at" DATETIME NOT NULL,
  PRIMARY KEY ("channel", "kind", "table_name")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "_named" (
  "table_name" TEXT NOT NULL,
  "row_key" NOT NULL,
  "record" TEXT NOT NULL,
  PRIMARY KEY ("table_name", "row_key")
) WITHOUT ROWID;

ALTER TABLE "_history" ADD COLUMN "row_id" INTEGER;
ALTER TABLE "_held" ADD COLUMN "row_id" INTEGER;
ALTER TABLE "_differences" ADD COLUMN "row_id" INTEGER;

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
