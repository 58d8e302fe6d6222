// Looks each record up by its key, and writes it when it is new. A record that has changed is no
// matter of the yardstick.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode.h"
#include "fetch.h"

struct store {
  sqlite3 *database;
  sqlite3_stmt *begin, *commit, *look_up, *insert, *children[child_count];
  const char *synced_at;
};

static void check(int code, struct store *store) {
  if (code != SQLITE_OK) fail("SQLite", sqlite3_errmsg(store->database));
}

static sqlite3_stmt *prepare(struct store *store, const char *text, int parameters) {
  sqlite3_stmt *statement;
  check(
      sqlite3_prepare_v3(
          store->database, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL),
      store);
  if (sqlite3_bind_parameter_count(statement) != parameters)
    fail("the schema is not the one the reference knows", text);
  return statement;
}

static void run(struct store *store, sqlite3_stmt *statement) {
  int code = sqlite3_step(statement);
  if (code != SQLITE_DONE && code != SQLITE_ROW) check(code, store);
  check(sqlite3_reset(statement), store);
}

static inline void bind(
    struct store *store, sqlite3_stmt *statement, int index, const struct slot *slot) {
  int code;
  switch (slot->kind) {
    case kind_null: code = sqlite3_bind_null(statement, index); break;
    case kind_integer: code = sqlite3_bind_int64(statement, index, slot->integer); break;
    default:
      code = sqlite3_bind_text(
          statement, index, (const char *)slot->text, slot->length, SQLITE_STATIC);
  }
  check(code, store);
}

static void insert(struct store *store, const struct page *page, const struct record *record) {
  const struct slot *own = page->slots + record->slots;
  for (int i = 0; i < column_count; i++) bind(store, store->insert, i + 1, own + i);
  check(sqlite3_bind_null(store->insert, column_count + 1), store);
  check(sqlite3_bind_int64(store->insert, column_count + 2, record->digest), store);
  check(
      sqlite3_bind_text(store->insert, column_count + 3, store->synced_at, 19, SQLITE_STATIC),
      store);
  run(store, store->insert);
  for (int row = record->first_row; row < record->end_row; row++) {
    int child = page->rows[row].child;
    sqlite3_stmt *statement = store->children[child];
    bind(store, statement, 1, own);
    for (int i = 0; i < child_widths[child]; i++)
      bind(store, statement, i + 2, page->slots + page->rows[row].slots + i);
    run(store, statement);
  }
}

static void apply(
    struct store *store, const struct page *page, struct reference_result *result) {
  for (int i = 0; i < page->record_count; i++) {
    const struct record *record = &page->records[i];
    bind(store, store->look_up, 1, page->slots + record->slots);
    int code = sqlite3_step(store->look_up);
    if (code == SQLITE_ROW) {
      if ((uint64_t)sqlite3_column_int64(store->look_up, 0) != record->digest)
        fail("a record that has changed", NULL);
      check(sqlite3_reset(store->look_up), store);
      result->unchanged++;
    } else {
      if (code != SQLITE_DONE) check(code, store);
      check(sqlite3_reset(store->look_up), store);
      insert(store, page, record);
      result->inserted++;
    }
    result->digests += record->digest;
  }
  result->records += page->record_count;
}

static void open_store(
    struct store *store, const char *path, const struct reference_statements *statements) {
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  check(sqlite3_open_v2(path, &store->database, flags, NULL), store);
  for (const char *const *text = statements->pragmas; *text; text++)
    check(sqlite3_exec(store->database, *text, NULL, NULL, NULL), store);
  store->begin = prepare(store, "BEGIN IMMEDIATE", 0);
  store->commit = prepare(store, "COMMIT", 0);
  store->look_up = prepare(store, statements->look_up, 1);
  store->insert = prepare(store, statements->insert, column_count + 3);
  for (int i = 0; i < child_count; i++)
    store->children[i] = prepare(store, statements->insert_children[i], child_widths[i] + 1);
  store->synced_at = statements->synced_at;
}

static void close_store(struct store *store) {
  sqlite3_finalize(store->begin);
  sqlite3_finalize(store->commit);
  sqlite3_finalize(store->look_up);
  sqlite3_finalize(store->insert);
  for (int i = 0; i < child_count; i++) sqlite3_finalize(store->children[i]);
  check(sqlite3_close(store->database), store);
}

void reference_store(
    const char *database, struct reference_pages pages, int grain, uint64_t fingerprint,
    const struct reference_statements *statements, struct reference_result *result) {
  struct store store = {0};
  struct page page = {.fingerprint = fingerprint};
  struct body file = {0};
  open_store(&store, database, statements);
  struct fetcher *fetcher = pages.url ? fetcher_begin(pages) : NULL;
  for (int number = 1; number <= pages.count; number++) {
    struct body *body = &file;
    if (fetcher) {
      body = fetcher_next(fetcher);
    } else {
      read_page(pages.folder, number, body);
    }
    decode(&page, body->bytes, body->length);
    if (number % grain == 1 || grain == 1) run(&store, store.begin);
    apply(&store, &page, result);
    if (number == pages.count) {
      for (const char *const *text = statements->indices; *text; text++)
        check(sqlite3_exec(store.database, *text, NULL, NULL, NULL), &store);
    }
    if (number % grain == 0 || number == pages.count) run(&store, store.commit);
    result->bytes += body->length;
  }
  if (fetcher) fetcher_end(fetcher);
  close_store(&store);
  free(file.bytes);
}
