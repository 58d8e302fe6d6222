#pragma once
#include "include/reference.h"

struct body {
  uint8_t *bytes;
  size_t length, capacity;
};

/// Reads `<folder>/<page>.json` into the body and pads it.
void read_page(const char *folder, int page, struct body *body);
/// Begins to fetch all pages on a thread of its own, some ahead of the one that is taken next.
struct fetcher *fetcher_begin(struct reference_pages pages);
/// The next page in order, padded. It is valid until the next call.
struct body *fetcher_next(struct fetcher *fetcher);
void fetcher_end(struct fetcher *fetcher);
