internal import Model
internal import SQLite

/// The replica's own tables. Each script takes a file one version further; the version is the
/// file's `user_version`. A script that has been released is never changed: a new one follows it.
/// (What belongs to one source's views has left the third and is made where it is missing.)
package enum Bookkeeping {
  /// Marks a file as a replica: `CRMR` in ASCII, kept in the file's header.
  package static let applicationID: Int64 = 0x4352_4d52

  /// Those of the tables that views join.
  static let measured = ["_history", "_history_values", "_runs", "_run_tables", "_parents"]

  /// Tables that are made where they are missing, without a step of the version.
  ///
  /// The version rises only when an older program would misread the file, for it refuses every file
  /// of a higher one. A table that it never looks at does it no harm.
  package static let unnumbered = [
    """
    CREATE TABLE IF NOT EXISTS "_account" (
      "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
      "account" TEXT,
      "user_id" TEXT,
      "user_name" TEXT,
      "seen_at" DATETIME NOT NULL
    );
    """,
    """
    CREATE TABLE IF NOT EXISTS "_clock" (
      "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
      "source_at" DATETIME NOT NULL,
      "host_at" DATETIME NOT NULL,
      "boot" TEXT,
      "uptime" INTEGER
    );
    """,
    """
    CREATE TABLE IF NOT EXISTS "_passes" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "resumable_until" DATETIME NOT NULL,
      "compares" BOOLEAN NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_rereads" (
      "table_name" TEXT PRIMARY KEY NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_columns" (
      "table_name" TEXT NOT NULL,
      "column_name" TEXT NOT NULL,
      PRIMARY KEY ("table_name", "column_name")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_digest_key" (
      "id" INTEGER PRIMARY KEY CHECK ("id" = 1),
      "key" INTEGER NOT NULL
    );
    """,
    """
    CREATE TABLE IF NOT EXISTS "_accepted" (
      "table_name" TEXT NOT NULL,
      "digest" INTEGER NOT NULL,
      PRIMARY KEY ("table_name", "digest")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_censuses" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "position" TEXT NOT NULL,
      "row_key" INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_stamps" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "lag" INTEGER NOT NULL,
      "seen_at" DATETIME NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_unshown" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "since" DATETIME NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_uncounted" (
      "table_name" TEXT PRIMARY KEY NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_change_proofs" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "told" INTEGER NOT NULL,
      "refuted_at" DATETIME
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_hints" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "tried_at" DATETIME NOT NULL,
      "asked_at" DATETIME,
      "refused_at" DATETIME
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_unfed" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "until" DATETIME NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_unanswered" (
      "table_name" TEXT NOT NULL,
      "row_key" INTEGER NOT NULL,
      "asked_at" DATETIME NOT NULL,
      PRIMARY KEY ("table_name", "row_key")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_told" (
      "table_name" TEXT NOT NULL,
      "row_key" INTEGER NOT NULL,
      PRIMARY KEY ("table_name", "row_key")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_unknown_keys" (
      "table_name" TEXT NOT NULL,
      "key" TEXT NOT NULL,
      "is_asked" BOOLEAN NOT NULL,
      PRIMARY KEY ("table_name", "key")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_shortfalls" (
      "table_name" TEXT PRIMARY KEY NOT NULL,
      "rows" INTEGER NOT NULL
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_schema_changes" (
      "id" INTEGER PRIMARY KEY,
      "run_id" INTEGER NOT NULL,
      "at" DATETIME NOT NULL,
      "table_name" TEXT NOT NULL,
      "column_name" TEXT,
      "kind" TEXT NOT NULL,
      "detail" TEXT
    );
    """,
    """
    CREATE TABLE IF NOT EXISTS "_alerts" (
      "channel" TEXT NOT NULL,
      "kind" TEXT NOT NULL,
      "table_name" TEXT NOT NULL,
      "told_at" DATETIME NOT NULL,
      PRIMARY KEY ("channel", "kind", "table_name")
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE IF NOT EXISTS "_named" (
      "table_name" TEXT NOT NULL,
      "row_key" NOT NULL,
      "record" TEXT NOT NULL,
      PRIMARY KEY ("table_name", "row_key")
    ) WITHOUT ROWID;
    """,
  ]

  /// Tables whose `row_key` is a number or a text, as the key of the row is. It has no type, and
  /// tools that go by types join it to no id. `row_id` beside it has one: the key where it is a
  /// number, else NULL. It is added where it is missing, without a step of the version either.
  static let keyed = ["_history", "_held", "_differences"]

  /// The column of `keyed` tables that is added.
  static let rowID = "\"row_id\" INTEGER"

  /// What adds it.
  static func addRowID(to table: String) -> String {
    "ALTER TABLE \(quoted(table)) ADD COLUMN \(rowID);"
  }

  /// What belongs into it beside a key, which is an expression.
  package static func rowID(of key: String) -> String {
    "CASE typeof(\(key)) WHEN 'integer' THEN \(key) END"
  }

  package static let scripts = [
    """
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
    """,
    """
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
    """,
    """
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
    """,
    """
    ALTER TABLE "_cursors" ADD COLUMN "count_error" INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE "_cursors" ADD COLUMN "length_error" INTEGER NOT NULL DEFAULT 0;
    """,
    """
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
    """,
  ]
}

extension Connection {
  /// Whether the file has a table that has no number. One that is only read may lack it.
  package func holds(_ unnumbered: String) throws -> Bool {
    try !rows("SELECT 1 FROM sqlite_schema WHERE name = ?", [.text(unnumbered)]).isEmpty
  }
}
