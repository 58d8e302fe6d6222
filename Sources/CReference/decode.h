#pragma once
#include "include/reference.h"

enum kind { kind_null, kind_integer, kind_text };

/// One value: a number, or where its bytes stand.
struct slot {
  union {
    int64_t integer;
    const uint8_t *text;
  };
  uint32_t length;
  uint32_t kind;
};

struct row {
  int child;
  int slots;
};

struct record {
  int slots;
  int first_row;
  int end_row;
  uint64_t digest;
};

enum { column_count = 17, child_count = 6 };
extern const int child_widths[child_count];

/// One page, taken apart. The arrays grow and are used again.
struct page {
  struct slot *slots;
  int slot_count, slot_capacity;
  struct row *rows;
  int row_count, row_capacity;
  struct record *records;
  int record_count, record_capacity;
  uint8_t *scratch;
  size_t scratch_count, scratch_capacity;
  uint64_t fingerprint;
};

void decode(struct page *page, const uint8_t *body, size_t length);
_Noreturn void fail(const char *what, const char *detail);
