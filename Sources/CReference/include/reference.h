// The yardstick of the benchmarks: what the replica does with a page of parties, written in C.
//
// Same algorithm, same SQL, same file. It reads only what the generator of the benchmarks writes, and
// ends the process with a message when it meets anything else. It is no part of the product.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { reference_padding = 8 };

/// What a run did.
struct reference_result {
  int64_t records;
  int64_t inserted;
  int64_t unchanged;
  /// The sum of the records' digests.
  uint64_t digests;
  int64_t bytes;
};

/// The texts that the engine executes; the arrays end with a null.
struct reference_statements {
  const char *const *pragmas;
  const char *look_up;
  const char *insert;
  /// One for each child table, in the order of the declaration.
  const char *const *insert_children;
  const char *const *indices;
  const char *synced_at;
};

/// Where the pages are: files `<folder>/<n>.json`, or a server where `%d` stands for the page.
struct reference_pages {
  const char *folder;
  const char *url;
  int count;
  /// Requests in flight.
  int concurrency;
};

/// The fingerprint of the declaration goes into each digest.
uint64_t reference_fingerprint(const char *text, size_t length);

/// Decodes one padded body.
void reference_decode(
    const uint8_t *body, size_t length, uint64_t fingerprint, struct reference_result *result);

/// Stores pages in a replica file. `grain` is how many of them share a transaction.
void reference_store(
    const char *database, struct reference_pages pages, int grain, uint64_t fingerprint,
    const struct reference_statements *statements, struct reference_result *result);

/// Fetches pages and throws them away.
void reference_fetch(struct reference_pages pages, struct reference_result *result);

/// A file that is nowhere but in memory, or -1 (memfd_create(2)).
int reference_memory_file(void);

/// Keeps the text of each statement that connections opened from now on run, each text once.
void reference_trace(void);
/// Ends that. The texts stay.
void reference_trace_end(void);
/// The texts in the order in which they were first run, then null.
const char *reference_traced(int index);

/// Opens a file, reads all columns of all rows that a query gives, and closes it. Counts the rows.
int64_t reference_read(const char *database, const char *query);

/// A hash of all rows that a query gives, in their order. Counts the rows.
uint64_t reference_checksum(const char *database, const char *query, int64_t *rows);
