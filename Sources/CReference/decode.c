// A single pass over the body, driven by a table: the next key is guessed and compared as one word,
// strings are looked at eight bytes at a time, and nothing is copied but what has to be rewritten.
#include "decode.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum action { take, refer, list, ignore };
enum type { integer, text, any, boolean, date_time };

struct member {
  const char *key;
  uint8_t length, action, type, index;
  /// The first eight bytes of the key, and which of them count.
  uint64_t word, mask;
};

#define MEMBER(name, action, type, index) {name, sizeof name - 1, action, type, index, 0, 0}

static struct member party[] = {
    MEMBER("id", take, integer, 0),
    MEMBER("owner", refer, integer, 13),
    MEMBER("team", refer, integer, 14),
    MEMBER("type", take, text, 1),
    MEMBER("about", take, text, 8),
    MEMBER("firstName", take, text, 2),
    MEMBER("lastName", take, text, 3),
    MEMBER("jobTitle", take, text, 5),
    MEMBER("title", take, text, 4),
    MEMBER("organisation", refer, integer, 6),
    MEMBER("name", take, text, 7),
    MEMBER("createdAt", take, date_time, 9),
    MEMBER("updatedAt", take, date_time, 10),
    MEMBER("lastContactedAt", take, date_time, 11),
    MEMBER("pictureURL", take, text, 12),
    MEMBER("enrichment", take, any, 15),
    MEMBER("phoneNumbers", list, 0, 1),
    MEMBER("addresses", list, 0, 0),
    MEMBER("emailAddresses", list, 0, 3),
    MEMBER("websites", list, 0, 2),
    MEMBER("tags", list, 0, 4),
    MEMBER("fields", list, 0, 5),
    MEMBER("missingImportantFields", take, boolean, 16),
    {0},
};
static struct member address[] = {
    MEMBER("id", take, integer, 0),    MEMBER("type", take, text, 1),
    MEMBER("street", take, text, 2),   MEMBER("city", take, text, 3),
    MEMBER("state", take, text, 4),    MEMBER("country", take, text, 5),
    MEMBER("zip", take, text, 6),      {0},
};
static struct member phone_number[] = {
    MEMBER("id", take, integer, 0),
    MEMBER("type", take, text, 1),
    MEMBER("number", take, text, 2),
    {0},
};
static struct member website[] = {
    MEMBER("id", take, integer, 0),   MEMBER("type", take, text, 1),
    MEMBER("service", take, text, 2), MEMBER("address", take, text, 3),
    MEMBER("url", take, text, 4),     {0},
};
static struct member email_address[] = {
    MEMBER("id", take, integer, 0),
    MEMBER("type", take, text, 1),
    MEMBER("address", take, text, 2),
    {0},
};
static struct member field[] = {
    MEMBER("id", take, integer, 0),
    MEMBER("definition", refer, integer, 1),
    MEMBER("value", take, any, 3),
    MEMBER("tagId", take, integer, 2),
    {0},
};
/// Tags are references: they have no members of their own.
static const struct member *const children[child_count] = {
    address, phone_number, website, email_address, NULL, field};
const int child_widths[child_count] = {7, 3, 5, 3, 1, 4};
/// Children that come only when asked for.
static const uint64_t embedded = 1 << 4 | 1 << 5;

_Noreturn void fail(const char *what, const char *detail) {
  fprintf(stderr, "reference: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
  exit(70);
}

// MARK: Bytes

static inline uint64_t word(const uint8_t *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

static inline const uint8_t *space(const uint8_t *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') at++;
  return at;
}

static const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
static inline uint64_t zeros(uint64_t word) { return (word - ones) & ~word & highs; }

static bool is_utf8(const uint8_t *at, const uint8_t *end) {
  while (at < end) {
    uint8_t lead = *at, low = 0x80, high = 0xbf;
    if (lead < 0x80) {
      at++;
      continue;
    }
    int count = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (lead < 0xc2 || lead > 0xf4) return false;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
    if (at + count > end || at[1] < low || at[1] > high) return false;
    for (int next = 2; next < count; next++) {
      if ((at[next] & 0xc0) != 0x80) return false;
    }
    at += count;
  }
  return true;
}

/// Finds the closing quote; `at` stands behind the opening one.
static inline const uint8_t *string_end(const uint8_t *at, bool *is_escaped) {
  const uint8_t *start = at;
  uint64_t high = 0;
  for (;;) {
    uint64_t next = word(at);
    uint64_t stop = zeros(next ^ 0x2222222222222222) | zeros(next ^ 0x5c5c5c5c5c5c5c5c)
        | ((next - 0x2020202020202020) & ~next & highs);
    if (!stop) {
      high |= next;
      at += 8;
      continue;
    }
    int offset = __builtin_ctzll(stop) >> 3;
    high |= next & ((1ull << (offset * 8)) - 1);
    at += offset;
    if (*at == '"') {
      if (high & highs && !is_utf8(start, at)) fail("not UTF-8", NULL);
      return at;
    }
    if (*at != '\\' || !at[1]) fail("no end of a string", NULL);
    *is_escaped = true;
    at += 2;
  }
}

static inline uint32_t hex(const uint8_t *at) {
  uint32_t value = 0;
  for (int i = 0; i < 4; i++) {
    uint8_t byte = at[i];
    uint32_t digit = byte - '0' < 10u ? byte - '0' : (byte | 0x20) - 'a' + 10u;
    if (digit > 15) fail("bad escape", NULL);
    value = value << 4 | digit;
  }
  return value;
}

static uint8_t *put_scalar(uint8_t *to, uint32_t scalar) {
  if (scalar < 0x80) {
    *to++ = scalar;
  } else if (scalar < 0x800) {
    *to++ = 0xc0 | scalar >> 6;
    *to++ = 0x80 | (scalar & 0x3f);
  } else if (scalar < 0xd800 || scalar > 0xdfff) {
    *to++ = 0xe0 | scalar >> 12;
    *to++ = 0x80 | (scalar >> 6 & 0x3f);
    *to++ = 0x80 | (scalar & 0x3f);
  } else {
    fail("surrogates are not expected", NULL);
  }
  return to;
}

/// Writes a string into the scratch without its escapes. It never becomes longer.
static struct slot unescape(struct page *page, const uint8_t *at, const uint8_t *end) {
  uint8_t *start = page->scratch + page->scratch_count, *to = start;
  while (at < end) {
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    at += 2;
    switch (at[-1]) {
      case '"': case '\\': case '/': *to++ = at[-1]; break;
      case 'b': *to++ = '\b'; break;
      case 'f': *to++ = '\f'; break;
      case 'n': *to++ = '\n'; break;
      case 'r': *to++ = '\r'; break;
      case 't': *to++ = '\t'; break;
      case 'u':
        to = put_scalar(to, hex(at));
        at += 4;
        break;
      default: fail("bad escape", NULL);
    }
  }
  page->scratch_count += to - start;
  return (struct slot){.text = start, .length = to - start, .kind = kind_text};
}

/// Passes over a number; says whether it is spelt as an integer.
static inline const uint8_t *number_end(const uint8_t *at, bool *is_integer) {
  if (*at == '-') at++;
  if (*at - '0' >= 10u || (*at == '0' && at[1] - '0' < 10u)) fail("bad number", NULL);
  while (*at - '0' < 10u) at++;
  *is_integer = true;
  if (*at == '.') {
    *is_integer = false;
    if (*++at - '0' >= 10u) fail("bad number", NULL);
    while (*at - '0' < 10u) at++;
  }
  if ((*at | 0x20) == 'e') {
    *is_integer = false;
    at++;
    if (*at == '+' || *at == '-') at++;
    if (*at - '0' >= 10u) fail("bad number", NULL);
    while (*at - '0' < 10u) at++;
  }
  return at;
}

static inline const uint8_t *literal_end(const uint8_t *at) {
  uint32_t letters;
  memcpy(&letters, at, 4);
  if (letters == 0x65757274 || letters == 0x6c6c756e) return at + 4;
  if (letters == 0x736c6166 && at[4] == 'e') return at + 5;
  fail("not JSON", NULL);
}

/// Passes over a value that is not wanted.
static const uint8_t *skip(const uint8_t *at, int depth) {
  bool flag = false;
  if (depth > 64) fail("too deep", NULL);
  switch (*at) {
    case '"': return string_end(at + 1, &flag) + 1;
    case '-': case '0' ... '9': return number_end(at, &flag);
    case '{': case '[': break;
    default: return literal_end(at);
  }
  uint8_t closing = *at == '{' ? '}' : ']';
  at = space(at + 1);
  if (*at == closing) return at + 1;
  for (;;) {
    if (closing == '}') {
      at = space(at);
      if (*at != '"') fail("no key", NULL);
      at = space(string_end(at + 1, &flag) + 1);
      if (*at++ != ':') fail("no colon", NULL);
    }
    at = space(skip(space(at), depth + 1));
    if (*at == closing) return at + 1;
    if (*at++ != ',') fail("no comma", NULL);
  }
}

// MARK: Values

static inline int two(const uint8_t *at) {
  unsigned tens = at[0] - '0', units = at[1] - '0';
  if (tens > 9 || units > 9) fail("bad date", NULL);
  return tens * 10 + units;
}

/// `2026-03-01T08:00:00Z` as columns hold it: `2026-03-01 08:00:00`.
static inline struct slot instant(struct page *page, const uint8_t *at, size_t length) {
  static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (length != 20 || at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':'
      || at[16] != ':' || at[19] != 'Z')
    fail("bad date", NULL);
  int year = two(at) * 100 + two(at + 2), month = two(at + 5), day = two(at + 8);
  if (month < 1 || month > 12 || day < 1) fail("bad date", NULL);
  bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  if (day > days[month - 1] + (month == 2 && is_leap)) fail("bad date", NULL);
  if (two(at + 11) > 23 || two(at + 14) > 59 || two(at + 17) > 59) fail("bad date", NULL);
  uint8_t *to = page->scratch + page->scratch_count;
  memcpy(to, at, 19);
  to[10] = ' ';
  page->scratch_count += 19;
  return (struct slot){.text = to, .length = 19, .kind = kind_text};
}

static const uint8_t *value(
    struct page *page, const uint8_t *at, enum type type, struct slot *slot) {
  const uint8_t *end;
  bool flag = false;
  switch (*at) {
    case '"':
      end = string_end(++at, &flag);
      if (type == date_time) {
        *slot = instant(page, at, end - at);
      } else if (type != text && type != any) {
        fail("a value of another type", NULL);
      } else if (flag) {
        *slot = unescape(page, at, end);
      } else {
        *slot = (struct slot){.text = at, .length = end - at, .kind = kind_text};
      }
      return end + 1;
    case '-': case '0' ... '9':
      end = number_end(at, &flag);
      if (type == any) break;
      if (type != integer || !flag || end - at > 19) fail("a value of another type", NULL);
      int64_t sum = 0;
      const uint8_t *digit = at + (*at == '-');
      while (digit < end) {
        if (__builtin_mul_overflow(sum, 10, &sum)
            || __builtin_add_overflow(sum, *digit++ - '0', &sum))
          fail("a large number", NULL);
      }
      *slot = (struct slot){.integer = *at == '-' ? -sum : sum, .kind = kind_integer};
      return end;
    case 'n': return literal_end(at);
    case 't': case 'f':
      end = literal_end(at);
      if (type == any) break;
      if (type != boolean) fail("a value of another type", NULL);
      *slot = (struct slot){.integer = *at == 't', .kind = kind_integer};
      return end;
    default:
      end = skip(at, 4);
      if (type != any) fail("a value of another type", NULL);
      break;
  }
  *slot = (struct slot){.text = at, .length = end - at, .kind = kind_text};
  return end;
}

/// Takes the `id` of an object.
static const uint8_t *reference(struct page *page, const uint8_t *at, struct slot *slot) {
  if (*at != '{') return value(page, at, integer, slot);
  at++;
  for (;;) {
    at = space(at);
    if (*at++ != '"') fail("no key", NULL);
    bool flag = false;
    const uint8_t *key = at;
    at = space(string_end(at, &flag) + 1);
    if (*at++ != ':') fail("no colon", NULL);
    at = space(at);
    if (key[0] == 'i' && key[1] == 'd' && key[2] == '"') {
      at = value(page, at, integer, slot);
    } else {
      at = skip(at, 4);
    }
    at = space(at);
    if (*at == '}') break;
    if (*at++ != ',') fail("no comma", NULL);
  }
  if (slot->kind == kind_null) fail("a reference without id", NULL);
  return at + 1;
}

// MARK: Records

static inline void *grow(void *array, int count, int *capacity, size_t size) {
  if (count <= *capacity) return array;
  *capacity = count * 2;
  array = realloc(array, *capacity * size);
  if (!array) fail("out of memory", NULL);
  return array;
}

static inline int add_slots(struct page *page, int count) {
  int first = page->slot_count;
  page->slot_count += count;
  page->slots =
      grow(page->slots, page->slot_count, &page->slot_capacity, sizeof *page->slots);
  memset(page->slots + first, 0, count * sizeof *page->slots);
  return first;
}

static const uint8_t *members(
    struct page *page, const uint8_t *at, const struct member *all, int slots,
    uint64_t *present);

static const uint8_t *elements(
    struct page *page, const uint8_t *at, int child, uint64_t *present) {
  if (*present & 1ull << child) fail("a key that comes twice", NULL);
  *present |= 1ull << child;
  if (*at == 'n') return literal_end(at);
  if (*at++ != '[') fail("no list", NULL);
  at = space(at);
  if (*at == ']') return at + 1;
  int first = page->row_count;
  for (;;) {
    at = space(at);
    int slots = add_slots(page, child_widths[child]);
    if (children[child]) {
      if (*at != '{') fail("no object", NULL);
      at = members(page, at, children[child], slots, NULL);
    } else {
      at = reference(page, at, page->slots + slots);
    }
    if (page->slots[slots].kind != kind_integer) fail("a row without key", NULL);
    for (int row = first; row < page->row_count; row++) {
      if (page->slots[page->rows[row].slots].integer == page->slots[slots].integer)
        fail("a row that comes twice", NULL);
    }
    page->rows = grow(page->rows, page->row_count + 1, &page->row_capacity, sizeof *page->rows);
    page->rows[page->row_count++] = (struct row){child, slots};
    at = space(at);
    if (*at == ']') return at + 1;
    if (*at++ != ',') fail("no comma", NULL);
  }
}

__attribute__((constructor)) static void make_words(void) {
  struct member *all[] = {party, address, phone_number, website, email_address, field};
  for (int i = 0; i < 6; i++) {
    for (struct member *member = all[i]; member->key; member++) {
      int count = member->length < 8 ? member->length : 8;
      memcpy(&member->word, member->key, count);
      memset(&member->mask, 0xff, count);
    }
  }
}

static inline bool is_key(const uint8_t *at, const struct member *member) {
  return (word(at) & member->mask) == member->word && at[member->length] == '"'
      && (member->length <= 8 || !memcmp(at + 8, member->key + 8, member->length - 8));
}

/// Looks from the guess to the end and then from the beginning: the server keeps one order.
static inline const struct member *find(
    const uint8_t *at, const struct member *all, const struct member *guess) {
  for (const struct member *member = guess; member->key; member++) {
    if (is_key(at, member)) return member;
  }
  for (const struct member *member = all; member < guess; member++) {
    if (is_key(at, member)) return member;
  }
  return NULL;
}

/// Reads one object; `at` stands on its opening brace. Slots may move while lists grow.
static const uint8_t *members(
    struct page *page, const uint8_t *at, const struct member *all, int slots,
    uint64_t *present) {
  const struct member *guess = all;
  at = space(at + 1);
  if (*at == '}') return at + 1;
  for (;;) {
    at = space(at);
    if (*at++ != '"') fail("no key", NULL);
    const struct member *found = find(at, all, guess);
    if (found) {
      guess = found + 1;
      at += found->length;
    } else {
      bool flag = false;
      at = string_end(at, &flag);
    }
    at = space(at + 1);
    if (*at++ != ':') fail("no colon", NULL);
    at = space(at);
    if (!found) {
      if (*at != 'n') fail("an unknown key", NULL);
      at = literal_end(at);
    } else if (found->action == take) {
      at = value(page, at, found->type, page->slots + slots + found->index);
    } else if (found->action == refer) {
      at = reference(page, at, page->slots + slots + found->index);
    } else {
      at = elements(page, at, found->index, present);
    }
    at = space(at);
    if (*at == '}') return at + 1;
    if (*at++ != ',') fail("no comma", NULL);
  }
}

// MARK: Digest

static const uint64_t seed = 0x9e3779b97f4a7c15;

static inline uint64_t mix(uint64_t left, uint64_t right) {
  __uint128_t product = (__uint128_t)left * right;
  return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

/// The bytes behind the text are read and masked: bodies and scratch end with spare ones.
static inline uint64_t hash_bytes(const uint8_t *at, size_t length) {
  uint64_t hash = length * 0xa0761d6478bd642f;
  for (; length >= 8; length -= 8, at += 8) hash = mix(hash ^ word(at), 0xe7037ed1a0b428db);
  if (!length) return hash;
  return mix(hash ^ (word(at) & ((1ull << (length * 8)) - 1)), 0x8ebc6af09c88c6e3);
}

static inline uint64_t hash_slot(const struct slot *slot) {
  switch (slot->kind) {
    case kind_null: return 0x589965cc75374cc3;
    case kind_integer: return mix((uint64_t)slot->integer ^ seed, 0x8ebc6af09c88c6e3);
    default: return hash_bytes(slot->text, slot->length);
  }
}

static uint64_t digest(const struct page *page, const struct record *record, uint64_t present) {
  uint64_t hash = mix(seed ^ page->fingerprint ^ (present & embedded), seed), sum = 0;
  for (int i = 0; i < column_count; i++)
    hash = mix(hash ^ hash_slot(page->slots + record->slots + i), seed);
  for (int row = record->first_row; row < record->end_row; row++) {
    int child = page->rows[row].child;
    uint64_t own = seed ^ (uint64_t)child;
    for (int i = 0; i < child_widths[child]; i++)
      own = mix(own ^ hash_slot(page->slots + page->rows[row].slots + i), seed);
    sum += own;
  }
  return mix(hash ^ sum, seed);
}

uint64_t reference_fingerprint(const char *text, size_t length) {
  uint8_t *copy = calloc(1, length + 8);
  if (!copy) fail("out of memory", NULL);
  memcpy(copy, text, length);
  uint64_t hash = hash_bytes(copy, length);
  free(copy);
  return hash;
}

// MARK: Pages

void decode(struct page *page, const uint8_t *body, size_t length) {
  page->slot_count = page->row_count = page->record_count = 0;
  page->scratch_count = 0;
  if (page->scratch_capacity < length + 8) {
    page->scratch_capacity = length * 2 + 8;
    page->scratch = realloc(page->scratch, page->scratch_capacity);
    if (!page->scratch) fail("out of memory", NULL);
  }
  static const char envelope[] = "{\"parties\":[";
  if (length < sizeof envelope || memcmp(body, envelope, sizeof envelope - 1))
    fail("no list of parties", NULL);
  const uint8_t *at = space(body + sizeof envelope - 1);
  while (*at != ']') {
    page->records = grow(
        page->records, page->record_count + 1, &page->record_capacity, sizeof *page->records);
    struct record record = {.slots = add_slots(page, column_count), .first_row = page->row_count};
    uint64_t present = 0;
    if (*at != '{') fail("no object", NULL);
    at = members(page, at, party, record.slots, &present);
    record.end_row = page->row_count;
    record.digest = digest(page, &record, present);
    page->records[page->record_count++] = record;
    at = space(at);
    if (*at != ',' && *at != ']') fail("no comma", NULL);
    if (*at == ',') at = space(at + 1);
  }
  at = space(at + 1);
  if (*at == ',') {
    bool flag = false;
    at = space(string_end(space(at + 1) + 1, &flag) + 1);
    at = space(skip(space(at + 1), 1));
  }
  if (*at != '}' || space(at + 1) != body + length) fail("no end of the page", NULL);
}

void reference_decode(
    const uint8_t *body, size_t length, uint64_t fingerprint, struct reference_result *result) {
  static struct page page;
  page.fingerprint = fingerprint;
  decode(&page, body, length);
  result->records += page.record_count;
  result->bytes += length;
  for (int i = 0; i < page.record_count; i++) result->digests += page.records[i].digest;
}
