-- Printed by `crm-replica schema`. Do not edit.

CREATE TABLE IF NOT EXISTS "users" (
  "id" INTEGER PRIMARY KEY,
  "username" TEXT CHECK ("username" < x''),
  "name" TEXT CHECK ("name" < x''),
  "status" TEXT CHECK ("status" < x''),
  "locale" TEXT CHECK ("locale" < x''),
  "currency" TEXT CHECK ("currency" < x''),
  "timezone" TEXT CHECK ("timezone" < x''),
  "email_preference" TEXT CHECK ("email_preference" < x''),
  "click_to_call_preference" TEXT CHECK ("click_to_call_preference" < x''),
  "preferred_email_from_address" TEXT CHECK ("preferred_email_from_address" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
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
  "team_id" INTEGER NOT NULL CHECK ("team_id" = CAST("team_id" AS INTEGER)),
  "user_id" INTEGER NOT NULL CHECK ("user_id" = CAST("user_id" AS INTEGER)),
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
  "pipeline_id" INTEGER CHECK ("pipeline_id" = CAST("pipeline_id" AS INTEGER)),
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
  "board_id" INTEGER CHECK ("board_id" = CAST("board_id" AS INTEGER)),
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
  "icon_id" TEXT CHECK ("icon_id" < x''),
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
  "track_definition_id" INTEGER NOT NULL CHECK ("track_definition_id" = CAST("track_definition_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "description" TEXT CHECK ("description" < x''),
  "days_after_rule" TEXT CHECK ("days_after_rule" < x''),
  "days_after" INTEGER CHECK ("days_after" = CAST("days_after" AS INTEGER)),
  "day_delay_rule" TEXT CHECK ("day_delay_rule" < x''),
  "display_order" INTEGER CHECK ("display_order" = CAST("display_order" AS INTEGER)),
  "category_id" INTEGER CHECK ("category_id" = CAST("category_id" AS INTEGER)),
  "track_task_assignee_assignee_type" TEXT CHECK ("track_task_assignee_assignee_type" < x''),
  "track_task_assignee_owner_id" INTEGER CHECK ("track_task_assignee_owner_id" = CAST("track_task_assignee_owner_id" AS INTEGER)),
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
  "currency" TEXT CHECK ("currency" < x''),
  "user_id" INTEGER CHECK ("user_id" = CAST("user_id" AS INTEGER)),
  "status" TEXT CHECK ("status" < x''),
  "pipeline_id" INTEGER CHECK ("pipeline_id" = CAST("pipeline_id" AS INTEGER)),
  "milestone_id" INTEGER CHECK ("milestone_id" = CAST("milestone_id" AS INTEGER)),
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
  "user_id" INTEGER CHECK ("user_id" = CAST("user_id" AS INTEGER)),
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
  PRIMARY KEY ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "custom_field_options" (
  "entity" TEXT NOT NULL CHECK ("entity" < x''),
  "custom_field_id" INTEGER NOT NULL CHECK ("custom_field_id" = CAST("custom_field_id" AS INTEGER)),
  "position" INTEGER NOT NULL CHECK ("position" = CAST("position" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("entity", "custom_field_id", "position")
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
  PRIMARY KEY ("entity", "tag_definition_id", "definition_id")
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
  "organisation_id" INTEGER CHECK ("organisation_id" = CAST("organisation_id" AS INTEGER)),
  "name" TEXT CHECK ("name" < x''),
  "about" TEXT CHECK ("about" < x''),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK ("last_contacted_at" IS NULL OR datetime("last_contacted_at") IS "last_contacted_at"),
  "picture_url" TEXT CHECK ("picture_url" < x''),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)),
  "enrichment" TEXT CHECK ("enrichment" < x''),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "party_addresses" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
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
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "number" TEXT CHECK ("number" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_websites" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "service" TEXT CHECK ("service" < x''),
  "address" TEXT CHECK ("address" < x''),
  "url" TEXT CHECK ("url" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_email_addresses" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "type" TEXT CHECK ("type" < x''),
  "address" TEXT CHECK ("address" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_tags" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("party_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_fields" (
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "parties_organisation_id"
  ON "parties" ("organisation_id");

CREATE TABLE IF NOT EXISTS "deleted_parties" (
  "id" INTEGER PRIMARY KEY,
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
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)),
  "milestone_id" INTEGER CHECK ("milestone_id" = CAST("milestone_id" AS INTEGER)),
  "last_open_milestone_id" INTEGER CHECK ("last_open_milestone_id" = CAST("last_open_milestone_id" AS INTEGER)),
  "lost_reason_id" INTEGER CHECK ("lost_reason_id" = CAST("lost_reason_id" AS INTEGER)),
  "value_amount" REAL CHECK ("value_amount" < ''),
  "value_currency" TEXT CHECK ("value_currency" < x''),
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
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("opportunity_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "opportunity_fields" (
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "tag_id" INTEGER CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  "value" TEXT CHECK ("value" < x''),
  PRIMARY KEY ("opportunity_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "opportunities_party_id"
  ON "opportunities" ("party_id");

CREATE TABLE IF NOT EXISTS "deleted_opportunities" (
  "id" INTEGER PRIMARY KEY,
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
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)),
  "team_id" INTEGER CHECK ("team_id" = CAST("team_id" AS INTEGER)),
  "status" TEXT CHECK ("status" < x''),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "stage_id" INTEGER CHECK ("stage_id" = CAST("stage_id" AS INTEGER)),
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
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)),
  "tag_id" INTEGER NOT NULL CHECK ("tag_id" = CAST("tag_id" AS INTEGER)),
  PRIMARY KEY ("case_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_fields" (
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)),
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
  "id" INTEGER PRIMARY KEY,
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
  "category_id" INTEGER CHECK ("category_id" = CAST("category_id" AS INTEGER)),
  "due_on" DATE CHECK ("due_on" IS NULL OR date("due_on") IS "due_on"),
  "due_time" TEXT CHECK ("due_time" < x''),
  "status" TEXT CHECK ("status" < x''),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)),
  "owner_id" INTEGER CHECK ("owner_id" = CAST("owner_id" AS INTEGER)),
  "completed_by" TEXT CHECK ("completed_by" < x''),
  "completed_at" DATETIME CHECK ("completed_at" IS NULL OR datetime("completed_at") IS "completed_at"),
  "created_at" DATETIME CHECK ("created_at" IS NULL OR datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK ("updated_at" IS NULL OR datetime("updated_at") IS "updated_at"),
  "has_track" BOOLEAN CHECK ("has_track" IN (0, 1)),
  "next_task_id" INTEGER CHECK ("next_task_id" = CAST("next_task_id" AS INTEGER)),
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
  "creator_id" INTEGER CHECK ("creator_id" = CAST("creator_id" AS INTEGER)),
  "activity_type_id" INTEGER CHECK ("activity_type_id" = CAST("activity_type_id" AS INTEGER)),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "entry_attachments" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "filename" TEXT CHECK ("filename" < x''),
  "content_type" TEXT CHECK ("content_type" < x''),
  "size" INTEGER CHECK ("size" = CAST("size" AS INTEGER)),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_participants" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)),
  "id" INTEGER NOT NULL CHECK ("id" = CAST("id" AS INTEGER)),
  "address" TEXT CHECK ("address" < x''),
  "name" TEXT CHECK ("name" < x''),
  "role" TEXT CHECK ("role" < x''),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_parties" (
  "entry_id" INTEGER NOT NULL CHECK ("entry_id" = CAST("entry_id" AS INTEGER)),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  PRIMARY KEY ("entry_id", "party_id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "entries_entry_at"
  ON "entries" ("entry_at");

CREATE INDEX IF NOT EXISTS "entries_party_id"
  ON "entries" ("party_id");

CREATE INDEX IF NOT EXISTS "entries_case_id"
  ON "entries" ("case_id");

CREATE INDEX IF NOT EXISTS "entries_opportunity_id"
  ON "entries" ("opportunity_id");

CREATE TABLE IF NOT EXISTS "opportunity_parties" (
  "opportunity_id" INTEGER NOT NULL CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER)),
  PRIMARY KEY ("opportunity_id", "party_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_parties" (
  "case_id" INTEGER NOT NULL CHECK ("case_id" = CAST("case_id" AS INTEGER)),
  "party_id" INTEGER NOT NULL CHECK ("party_id" = CAST("party_id" AS INTEGER)),
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
  "definition_id" INTEGER CHECK ("definition_id" = CAST("definition_id" AS INTEGER)),
  "opportunity_id" INTEGER CHECK ("opportunity_id" = CAST("opportunity_id" AS INTEGER)),
  "case_id" INTEGER CHECK ("case_id" = CAST("case_id" AS INTEGER)),
  "party_id" INTEGER CHECK ("party_id" = CAST("party_id" AS INTEGER)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK ("_deleted_at" IS NULL OR datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IS NULL OR "_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" IS NULL OR "_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK ("_digest" = CAST("_digest" AS INTEGER))
);

CREATE TABLE IF NOT EXISTS "track_tasks" (
  "track_id" INTEGER NOT NULL CHECK ("track_id" = CAST("track_id" AS INTEGER)),
  "task_id" INTEGER NOT NULL CHECK ("task_id" = CAST("task_id" AS INTEGER)),
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
