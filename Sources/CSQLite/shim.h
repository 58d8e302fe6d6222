// The only place that sees sqlite3.h. What C spells as a macro or with variadic arguments, and
// Swift therefore cannot call, stands here as a function.
#pragma once
#include <sqlite3.h>

/// `sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0)`: no allocation statistics, process-wide.
/// Source: sqlite.org/c3ref/c_config_covering_index_scan.html. It must come before the first connection.
static inline int crm_sqlite_memory_statistics_off(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/// `sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, bytes)`: how large the journal of a savepoint grows in
/// memory before it becomes a file, process-wide. Source and place as above.
static inline int crm_sqlite_savepoint_memory(int bytes) {
  return sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, bytes);
}

/// SQLITE_FCNTL_PERSIST_WAL: the last connection leaves the log and its index beside the file.
/// Source: sqlite.org/c3ref/c_fcntl_begin_atomic_write.html.
static inline int crm_sqlite_keep_log(sqlite3 *database) {
  int keep = 1;
  return sqlite3_file_control(database, "main", SQLITE_FCNTL_PERSIST_WAL, &keep);
}

/// SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: closing writes nothing from the log into the file.
/// Source: sqlite.org/c3ref/c_dbconfig_defensive.html.
static inline int crm_sqlite_leave_log(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// How far the log has been written into the file, as its index says: the log's salt, frames that
/// have been written, and frames up to which that was begun. Returns whether there is an index.
/// Source: sqlite.org/walformat.html#the_wal_index_header; its first block has 32 kB.
static inline int crm_sqlite_log_progress(sqlite3 *database, unsigned int progress[3]) {
  sqlite3_file *file = 0;
  volatile void *index = 0;
  int code = sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code || !file || !file->pMethods || file->pMethods->iVersion < 2) return 0;
  if (!file->pMethods->xShmMap || file->pMethods->xShmMap(file, 0, 32768, 0, &index)) return 0;
  if (!index) return 0;
  const volatile unsigned int *words = index;
  progress[0] = words[32 / 4];
  progress[1] = words[96 / 4];
  progress[2] = words[128 / 4];
  return 1;
}

/// Binds text whose bytes SQLite copies before it returns (SQLITE_TRANSIENT, a cast in C). No bytes
/// are the empty text: a null address would bind null.
static inline int crm_sqlite_bind_text_copied(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(
      statement, index, bytes ? (const char *)bytes : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// Binds text whose bytes stay where they are until the statement is bound anew.
static inline int crm_sqlite_bind_text_static(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_text64(
      statement, index, bytes ? (const char *)bytes : "", count, SQLITE_STATIC, SQLITE_UTF8);
}

/// Binds a blob whose bytes SQLite copies. No bytes are the empty blob.
static inline int crm_sqlite_bind_blob_copied(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
  return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}
