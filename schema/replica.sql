-- Printed by `crm-replica schema`. Do not edit.

CREATE TABLE IF NOT EXISTS "users" (
  "id" INTEGER PRIMARY KEY,
  "username" TEXT CHECK (typeof("username") IN ('text', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "status" TEXT CHECK (typeof("status") IN ('text', 'null')),
  "locale" TEXT CHECK (typeof("locale") IN ('text', 'null')),
  "currency" TEXT CHECK (typeof("currency") IN ('text', 'null')),
  "timezone" TEXT CHECK (typeof("timezone") IN ('text', 'null')),
  "email_preference" TEXT CHECK (typeof("email_preference") IN ('text', 'null')),
  "click_to_call_preference" TEXT CHECK (typeof("click_to_call_preference") IN ('text', 'null')),
  "preferred_email_from_address" TEXT CHECK (typeof("preferred_email_from_address") IN ('text', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "last_login_at" DATETIME CHECK (datetime("last_login_at") IS "last_login_at"),
  "task_reminder" BOOLEAN CHECK ("task_reminder" IN (0, 1)),
  "logged_in" BOOLEAN CHECK ("logged_in" IN (0, 1)),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "picture_url" TEXT CHECK (typeof("picture_url") IN ('text', 'null')),
  "roles_is_account_owner" BOOLEAN CHECK ("roles_is_account_owner" IN (0, 1)),
  "roles_is_account_admin" BOOLEAN CHECK ("roles_is_account_admin" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "teams" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "team_memberships" (
  "team_id" INTEGER NOT NULL CHECK (typeof("team_id") IN ('integer', 'null')),
  "user_id" INTEGER NOT NULL CHECK (typeof("user_id") IN ('integer', 'null')),
  PRIMARY KEY ("team_id", "user_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "pipelines" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "open_milestone_count" INTEGER CHECK (typeof("open_milestone_count") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "milestones" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "complete" BOOLEAN CHECK ("complete" IN (0, 1)),
  "probability" INTEGER CHECK (typeof("probability") IN ('integer', 'null')),
  "pipeline_id" INTEGER CHECK (typeof("pipeline_id") IN ('integer', 'null')),
  "days_until_stale" INTEGER CHECK (typeof("days_until_stale") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "lost_reasons" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "included_for_conversion" BOOLEAN CHECK ("included_for_conversion" IN (0, 1)),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "boards" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "deleted" BOOLEAN CHECK ("deleted" IN (0, 1)),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "stages" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "board_id" INTEGER CHECK (typeof("board_id") IN ('integer', 'null')),
  "display_order" INTEGER CHECK (typeof("display_order") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "task_categories" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "colour" TEXT CHECK (typeof("colour") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "activity_types" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "icon_id" TEXT CHECK (typeof("icon_id") IN ('text', 'null')),
  "update_last_contacted" BOOLEAN CHECK ("update_last_contacted" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "activity_type_icons" (
  "id" TEXT PRIMARY KEY NOT NULL CHECK (typeof("id") IN ('text', 'null')),
  "display_name" TEXT CHECK (typeof("display_name") IN ('text', 'null')),
  "icon_name" TEXT CHECK (typeof("icon_name") IN ('text', 'null')),
  "order" INTEGER CHECK (typeof("order") IN ('integer', 'null')),
  "is_system" BOOLEAN CHECK ("is_system" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "track_definitions" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "tag" TEXT CHECK (typeof("tag") IN ('text', 'null')),
  "capture_rule" TEXT CHECK (typeof("capture_rule") IN ('text', 'null')),
  "direction" TEXT CHECK (typeof("direction") IN ('text', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "track_definition_tasks" (
  "track_definition_id" INTEGER NOT NULL CHECK (typeof("track_definition_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "days_after_rule" TEXT CHECK (typeof("days_after_rule") IN ('text', 'null')),
  "days_after" INTEGER CHECK (typeof("days_after") IN ('integer', 'null')),
  "day_delay_rule" TEXT CHECK (typeof("day_delay_rule") IN ('text', 'null')),
  "display_order" INTEGER CHECK (typeof("display_order") IN ('integer', 'null')),
  "category_id" INTEGER CHECK (typeof("category_id") IN ('integer', 'null')),
  "track_task_assignee_assignee_type" TEXT CHECK (typeof("track_task_assignee_assignee_type") IN ('text', 'null')),
  "track_task_assignee_owner_id" INTEGER CHECK (typeof("track_task_assignee_owner_id") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  PRIMARY KEY ("track_definition_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "person_titles" (
  "id" INTEGER PRIMARY KEY,
  "title" TEXT CHECK (typeof("title") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "goals" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "frequency" TEXT CHECK (typeof("frequency") IN ('text', 'null')),
  "start_on" DATE CHECK (date("start_on") IS "start_on"),
  "end_on" DATE CHECK (date("end_on") IS "end_on"),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "value" REAL CHECK (typeof("value") IN ('real', 'null')),
  "currency" TEXT CHECK (typeof("currency") IN ('text', 'null')),
  "user_id" INTEGER CHECK (typeof("user_id") IN ('integer', 'null')),
  "status" TEXT CHECK (typeof("status") IN ('text', 'null')),
  "pipeline_id" INTEGER CHECK (typeof("pipeline_id") IN ('integer', 'null')),
  "milestone_id" INTEGER CHECK (typeof("milestone_id") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "rest_hooks" (
  "id" INTEGER PRIMARY KEY,
  "event" TEXT CHECK (typeof("event") IN ('text', 'null')),
  "target_url" TEXT CHECK (typeof("target_url") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "embed" TEXT CHECK (typeof("embed") IN ('text', 'null')),
  "batched" BOOLEAN CHECK ("batched" IN (0, 1)),
  "client_id" INTEGER CHECK (typeof("client_id") IN ('integer', 'null')),
  "user_id" INTEGER CHECK (typeof("user_id") IN ('integer', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "custom_fields" (
  "entity" TEXT NOT NULL CHECK (typeof("entity") IN ('text', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "display_order" INTEGER CHECK (typeof("display_order") IN ('integer', 'null')),
  "important" BOOLEAN CHECK ("important" IN (0, 1)),
  "tag_id" INTEGER CHECK (typeof("tag_id") IN ('integer', 'null')),
  "capture_rule" TEXT CHECK (typeof("capture_rule") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null')),
  PRIMARY KEY ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "custom_field_options" (
  "entity" TEXT NOT NULL CHECK (typeof("entity") IN ('text', 'null')),
  "custom_field_id" INTEGER NOT NULL CHECK (typeof("custom_field_id") IN ('integer', 'null')),
  "position" INTEGER NOT NULL CHECK (typeof("position") IN ('integer', 'null')),
  "value" TEXT CHECK (typeof("value") IN ('text', 'null')),
  PRIMARY KEY ("entity", "custom_field_id", "position")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tag_definitions" (
  "entity" TEXT NOT NULL CHECK (typeof("entity") IN ('text', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "data_tag" BOOLEAN CHECK ("data_tag" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null')),
  PRIMARY KEY ("entity", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tag_definition_definitions" (
  "entity" TEXT NOT NULL CHECK (typeof("entity") IN ('text', 'null')),
  "tag_definition_id" INTEGER NOT NULL CHECK (typeof("tag_definition_id") IN ('integer', 'null')),
  "definition_id" INTEGER NOT NULL CHECK (typeof("definition_id") IN ('integer', 'null')),
  PRIMARY KEY ("entity", "tag_definition_id", "definition_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "countries" (
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "alpha2_code" TEXT PRIMARY KEY NOT NULL CHECK (typeof("alpha2_code") IN ('text', 'null')),
  "alpha3_code" TEXT CHECK (typeof("alpha3_code") IN ('text', 'null')),
  "numeric_code" INTEGER CHECK (typeof("numeric_code") IN ('integer', 'null')),
  "dial_code" TEXT CHECK (typeof("dial_code") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "currencies" (
  "code" TEXT PRIMARY KEY NOT NULL CHECK (typeof("code") IN ('text', 'null')),
  "symbol" TEXT CHECK (typeof("symbol") IN ('text', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "plural_name" TEXT CHECK (typeof("plural_name") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "site" (
  "url" TEXT CHECK (typeof("url") IN ('text', 'null')),
  "subdomain" TEXT PRIMARY KEY NOT NULL CHECK (typeof("subdomain") IN ('text', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "parties" (
  "id" INTEGER PRIMARY KEY,
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "first_name" TEXT CHECK (typeof("first_name") IN ('text', 'null')),
  "last_name" TEXT CHECK (typeof("last_name") IN ('text', 'null')),
  "title" TEXT CHECK (typeof("title") IN ('text', 'null')),
  "job_title" TEXT CHECK (typeof("job_title") IN ('text', 'null')),
  "organisation_id" INTEGER CHECK (typeof("organisation_id") IN ('integer', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "about" TEXT CHECK (typeof("about") IN ('text', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK (datetime("last_contacted_at") IS "last_contacted_at"),
  "picture_url" TEXT CHECK (typeof("picture_url") IN ('text', 'null')),
  "owner_id" INTEGER CHECK (typeof("owner_id") IN ('integer', 'null')),
  "team_id" INTEGER CHECK (typeof("team_id") IN ('integer', 'null')),
  "enrichment" TEXT CHECK (typeof("enrichment") IN ('text', 'null')),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "party_addresses" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "street" TEXT CHECK (typeof("street") IN ('text', 'null')),
  "city" TEXT CHECK (typeof("city") IN ('text', 'null')),
  "state" TEXT CHECK (typeof("state") IN ('text', 'null')),
  "country" TEXT CHECK (typeof("country") IN ('text', 'null')),
  "zip" TEXT CHECK (typeof("zip") IN ('text', 'null')),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_phone_numbers" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "number" TEXT CHECK (typeof("number") IN ('text', 'null')),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_websites" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "service" TEXT CHECK (typeof("service") IN ('text', 'null')),
  "address" TEXT CHECK (typeof("address") IN ('text', 'null')),
  "url" TEXT CHECK (typeof("url") IN ('text', 'null')),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_email_addresses" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "address" TEXT CHECK (typeof("address") IN ('text', 'null')),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_tags" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "tag_id" INTEGER NOT NULL CHECK (typeof("tag_id") IN ('integer', 'null')),
  PRIMARY KEY ("party_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "party_fields" (
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "definition_id" INTEGER CHECK (typeof("definition_id") IN ('integer', 'null')),
  "tag_id" INTEGER CHECK (typeof("tag_id") IN ('integer', 'null')),
  "value" TEXT CHECK (typeof("value") IN ('text', 'null')),
  PRIMARY KEY ("party_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "parties_organisation_id"
  ON "parties" ("organisation_id");

CREATE TABLE IF NOT EXISTS "deleted_parties" (
  "id" INTEGER PRIMARY KEY,
  "deleted_at" DATETIME CHECK (datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK (typeof("reason") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "opportunities" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "owner_id" INTEGER CHECK (typeof("owner_id") IN ('integer', 'null')),
  "team_id" INTEGER CHECK (typeof("team_id") IN ('integer', 'null')),
  "milestone_id" INTEGER CHECK (typeof("milestone_id") IN ('integer', 'null')),
  "last_open_milestone_id" INTEGER CHECK (typeof("last_open_milestone_id") IN ('integer', 'null')),
  "lost_reason_id" INTEGER CHECK (typeof("lost_reason_id") IN ('integer', 'null')),
  "value_amount" REAL CHECK (typeof("value_amount") IN ('real', 'null')),
  "value_currency" TEXT CHECK (typeof("value_currency") IN ('text', 'null')),
  "expected_close_on" DATE CHECK (date("expected_close_on") IS "expected_close_on"),
  "probability" INTEGER CHECK (typeof("probability") IN ('integer', 'null')),
  "duration_basis" TEXT CHECK (typeof("duration_basis") IN ('text', 'null')),
  "duration" INTEGER CHECK (typeof("duration") IN ('integer', 'null')),
  "closed_on" DATE CHECK (date("closed_on") IS "closed_on"),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK (datetime("last_contacted_at") IS "last_contacted_at"),
  "last_stage_changed_at" DATETIME CHECK (datetime("last_stage_changed_at") IS "last_stage_changed_at"),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "opportunity_tags" (
  "opportunity_id" INTEGER NOT NULL CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "tag_id" INTEGER NOT NULL CHECK (typeof("tag_id") IN ('integer', 'null')),
  PRIMARY KEY ("opportunity_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "opportunity_fields" (
  "opportunity_id" INTEGER NOT NULL CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "definition_id" INTEGER CHECK (typeof("definition_id") IN ('integer', 'null')),
  "tag_id" INTEGER CHECK (typeof("tag_id") IN ('integer', 'null')),
  "value" TEXT CHECK (typeof("value") IN ('text', 'null')),
  PRIMARY KEY ("opportunity_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "opportunities_party_id"
  ON "opportunities" ("party_id");

CREATE TABLE IF NOT EXISTS "deleted_opportunities" (
  "id" INTEGER PRIMARY KEY,
  "deleted_at" DATETIME CHECK (datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK (typeof("reason") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "cases" (
  "id" INTEGER PRIMARY KEY,
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "owner_id" INTEGER CHECK (typeof("owner_id") IN ('integer', 'null')),
  "team_id" INTEGER CHECK (typeof("team_id") IN ('integer', 'null')),
  "status" TEXT CHECK (typeof("status") IN ('text', 'null')),
  "opportunity_id" INTEGER CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "stage_id" INTEGER CHECK (typeof("stage_id") IN ('integer', 'null')),
  "expected_close_on" DATE CHECK (date("expected_close_on") IS "expected_close_on"),
  "start_on" DATE CHECK (date("start_on") IS "start_on"),
  "closed_on" DATE CHECK (date("closed_on") IS "closed_on"),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "last_contacted_at" DATETIME CHECK (datetime("last_contacted_at") IS "last_contacted_at"),
  "missing_important_fields" BOOLEAN CHECK ("missing_important_fields" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "case_tags" (
  "case_id" INTEGER NOT NULL CHECK (typeof("case_id") IN ('integer', 'null')),
  "tag_id" INTEGER NOT NULL CHECK (typeof("tag_id") IN ('integer', 'null')),
  PRIMARY KEY ("case_id", "tag_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_fields" (
  "case_id" INTEGER NOT NULL CHECK (typeof("case_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "definition_id" INTEGER CHECK (typeof("definition_id") IN ('integer', 'null')),
  "tag_id" INTEGER CHECK (typeof("tag_id") IN ('integer', 'null')),
  "value" TEXT CHECK (typeof("value") IN ('text', 'null')),
  PRIMARY KEY ("case_id", "id")
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS "cases_party_id"
  ON "cases" ("party_id");

CREATE INDEX IF NOT EXISTS "cases_opportunity_id"
  ON "cases" ("opportunity_id");

CREATE TABLE IF NOT EXISTS "deleted_cases" (
  "id" INTEGER PRIMARY KEY,
  "deleted_at" DATETIME CHECK (datetime("deleted_at") IS "deleted_at"),
  "reason" TEXT CHECK (typeof("reason") IN ('text', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "tasks" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "detail" TEXT CHECK (typeof("detail") IN ('text', 'null')),
  "category_id" INTEGER CHECK (typeof("category_id") IN ('integer', 'null')),
  "due_on" DATE CHECK (date("due_on") IS "due_on"),
  "due_time" TEXT CHECK (typeof("due_time") IN ('text', 'null')),
  "status" TEXT CHECK (typeof("status") IN ('text', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "opportunity_id" INTEGER CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "case_id" INTEGER CHECK (typeof("case_id") IN ('integer', 'null')),
  "owner_id" INTEGER CHECK (typeof("owner_id") IN ('integer', 'null')),
  "completed_by" TEXT CHECK (typeof("completed_by") IN ('text', 'null')),
  "completed_at" DATETIME CHECK (datetime("completed_at") IS "completed_at"),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "has_track" BOOLEAN CHECK ("has_track" IN (0, 1)),
  "next_task_id" INTEGER CHECK (typeof("next_task_id") IN ('integer', 'null')),
  "days_after" INTEGER CHECK (typeof("days_after") IN ('integer', 'null')),
  "task_delay_rule" TEXT CHECK (typeof("task_delay_rule") IN ('text', 'null')),
  "task_day_delay_rule" TEXT CHECK (typeof("task_day_delay_rule") IN ('text', 'null')),
  "repeat_interval" INTEGER CHECK (typeof("repeat_interval") IN ('integer', 'null')),
  "repeat_frequency" TEXT CHECK (typeof("repeat_frequency") IN ('text', 'null')),
  "repeat_on" TEXT CHECK (typeof("repeat_on") IN ('text', 'null')),
  "active" BOOLEAN CHECK ("active" IN (0, 1)),
  "override_to_current_user" BOOLEAN CHECK ("override_to_current_user" IN (0, 1)),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE INDEX IF NOT EXISTS "tasks_party_id"
  ON "tasks" ("party_id");

CREATE INDEX IF NOT EXISTS "tasks_opportunity_id"
  ON "tasks" ("opportunity_id");

CREATE INDEX IF NOT EXISTS "tasks_case_id"
  ON "tasks" ("case_id");

CREATE TABLE IF NOT EXISTS "entries" (
  "id" INTEGER PRIMARY KEY,
  "type" TEXT CHECK (typeof("type") IN ('text', 'null')),
  "created_at" DATETIME CHECK (datetime("created_at") IS "created_at"),
  "updated_at" DATETIME CHECK (datetime("updated_at") IS "updated_at"),
  "entry_at" DATETIME CHECK (datetime("entry_at") IS "entry_at"),
  "subject" TEXT CHECK (typeof("subject") IN ('text', 'null')),
  "content" TEXT CHECK (typeof("content") IN ('text', 'null')),
  "creator_id" INTEGER CHECK (typeof("creator_id") IN ('integer', 'null')),
  "activity_type_id" INTEGER CHECK (typeof("activity_type_id") IN ('integer', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "case_id" INTEGER CHECK (typeof("case_id") IN ('integer', 'null')),
  "opportunity_id" INTEGER CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "entry_attachments" (
  "entry_id" INTEGER NOT NULL CHECK (typeof("entry_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "filename" TEXT CHECK (typeof("filename") IN ('text', 'null')),
  "content_type" TEXT CHECK (typeof("content_type") IN ('text', 'null')),
  "size" INTEGER CHECK (typeof("size") IN ('integer', 'null')),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_participants" (
  "entry_id" INTEGER NOT NULL CHECK (typeof("entry_id") IN ('integer', 'null')),
  "id" INTEGER NOT NULL CHECK (typeof("id") IN ('integer', 'null')),
  "address" TEXT CHECK (typeof("address") IN ('text', 'null')),
  "name" TEXT CHECK (typeof("name") IN ('text', 'null')),
  "role" TEXT CHECK (typeof("role") IN ('text', 'null')),
  PRIMARY KEY ("entry_id", "id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "entry_parties" (
  "entry_id" INTEGER NOT NULL CHECK (typeof("entry_id") IN ('integer', 'null')),
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
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
  "opportunity_id" INTEGER NOT NULL CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null')),
  PRIMARY KEY ("opportunity_id", "party_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "case_parties" (
  "case_id" INTEGER NOT NULL CHECK (typeof("case_id") IN ('integer', 'null')),
  "party_id" INTEGER NOT NULL CHECK (typeof("party_id") IN ('integer', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null')),
  PRIMARY KEY ("case_id", "party_id")
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS "tracks" (
  "id" INTEGER PRIMARY KEY,
  "description" TEXT CHECK (typeof("description") IN ('text', 'null')),
  "track_date_on" DATE CHECK (date("track_date_on") IS "track_date_on"),
  "direction" TEXT CHECK (typeof("direction") IN ('text', 'null')),
  "definition_id" INTEGER CHECK (typeof("definition_id") IN ('integer', 'null')),
  "opportunity_id" INTEGER CHECK (typeof("opportunity_id") IN ('integer', 'null')),
  "case_id" INTEGER CHECK (typeof("case_id") IN ('integer', 'null')),
  "party_id" INTEGER CHECK (typeof("party_id") IN ('integer', 'null')),
  "_synced_at" DATETIME NOT NULL CHECK (datetime("_synced_at") IS "_synced_at"),
  "_deleted_at" DATETIME CHECK (datetime("_deleted_at") IS "_deleted_at"),
  "_deleted_reason" TEXT CHECK ("_deleted_reason" IN ('deleted', 'restricted', 'absent')),
  "_extra" TEXT CHECK ("_extra" GLOB '{*}'),
  "_digest" INTEGER CHECK (typeof("_digest") IN ('integer', 'null'))
);

CREATE TABLE IF NOT EXISTS "track_tasks" (
  "track_id" INTEGER NOT NULL CHECK (typeof("track_id") IN ('integer', 'null')),
  "task_id" INTEGER NOT NULL CHECK (typeof("task_id") IN ('integer', 'null')),
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
