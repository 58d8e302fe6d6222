/// Changes of rows with what changed as two JSON objects, `before` and `after`, so that a test
/// writes and reads a change on one line: lists as arrays, columns in the order of their names.
package enum ChangesAsText {
  /// Makes the view `changes` for the connection alone, which leaves the file as it is.
  package static let script = """
    CREATE TEMP VIEW changes AS
      SELECT h.id, h.run_id, h.table_name, h.row_key, h.change, h.changed_at, h.synced_before,
          (SELECT json_group_object(
              column_name, iif("before" GLOB '[[]*]', json("before"), "before"))
            FROM main._history_values WHERE history_id = h.id) AS "before",
          (SELECT json_group_object(column_name, iif("after" GLOB '[[]*]', json("after"), "after"))
            FROM main._history_values WHERE history_id = h.id) AS "after"
        FROM main._history AS h;
    CREATE TEMP TRIGGER write_change INSTEAD OF INSERT ON changes BEGIN
      INSERT INTO _history (id, run_id, table_name, row_key, change, changed_at, synced_before)
        VALUES (new.id, new.run_id, new.table_name, new.row_key, new.change, new.changed_at,
          new.synced_before);
      INSERT INTO _history_values (history_id, column_name, "before", "after")
        SELECT (SELECT max(id) FROM _history), c.key, c.value, json_extract(new."after", c.fullkey)
        FROM json_each(new."before") AS c;
    END;
    """
}
