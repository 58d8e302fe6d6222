// What the measuring itself needs of SQLite.
#define _GNU_SOURCE
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "decode.h"

enum { most_texts = 1024 };
static char *texts[most_texts + 1];

static int traced(unsigned kind, void *context, void *statement, void *text) {
  (void)kind, (void)context, (void)statement;
  int index = 0;
  for (; texts[index]; index++) {
    if (!strcmp(texts[index], text)) return 0;
  }
  if (index == most_texts) fail("too many statements", NULL);
  texts[index] = strdup(text);
  return 0;
}

static int opened(sqlite3 *database, char **message, const void *api) {
  (void)message, (void)api;
  return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, traced, NULL);
}

int reference_memory_file(void) { return memfd_create("output", 0); }

void reference_trace(void) { sqlite3_auto_extension((void (*)(void))opened); }

void reference_trace_end(void) { sqlite3_reset_auto_extension(); }

const char *reference_traced(int index) { return texts[index]; }

int64_t reference_read(const char *path, const char *query) {
  sqlite3 *database;
  sqlite3_stmt *statement;
  if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL)
      || sqlite3_prepare_v2(database, query, -1, &statement, NULL))
    fail(query, sqlite3_errmsg(database));
  int count = sqlite3_column_count(statement), code;
  int64_t rows = 0;
  volatile uint64_t sum = 0;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int column = 0; column < count; column++)
      switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: break;
        case SQLITE_INTEGER: sum += sqlite3_column_int64(statement, column); break;
        case SQLITE_FLOAT: sum += sqlite3_column_double(statement, column) > 0; break;
        default:
          sum += *sqlite3_column_text(statement, column);
          sum += sqlite3_column_bytes(statement, column);
      }
    rows++;
  }
  if (code != SQLITE_DONE) fail(query, sqlite3_errmsg(database));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

uint64_t reference_checksum(const char *path, const char *query, int64_t *rows) {
  sqlite3 *database;
  sqlite3_stmt *statement;
  if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL)
      || sqlite3_prepare_v2(database, query, -1, &statement, NULL))
    fail(query, sqlite3_errmsg(database));
  uint64_t hash = 0xcbf29ce484222325;
  int count = sqlite3_column_count(statement), code;
  *rows = 0;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int column = 0; column < count; column++) {
      hash = (hash ^ sqlite3_column_type(statement, column)) * 0x100000001b3;
      const unsigned char *text = sqlite3_column_text(statement, column);
      for (int i = sqlite3_column_bytes(statement, column); i > 0; i--)
        hash = (hash ^ *text++) * 0x100000001b3;
    }
    ++*rows;
  }
  if (code != SQLITE_DONE) fail(query, sqlite3_errmsg(database));
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return hash;
}
