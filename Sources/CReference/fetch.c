// libcurl's multi interface on one thread; bodies go through a ring that bounds what is held.
#include "fetch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "decode.h"

enum { most_in_flight = 8, ring = 8 + most_in_flight };

struct transfer {
  CURL *handle;
  struct body *body;
  int page;
};

struct fetcher {
  struct reference_pages pages;
  pthread_t thread;
  pthread_mutex_t mutex;
  pthread_cond_t arrived, taken;
  CURLM *multi;
  struct transfer transfers[most_in_flight];
  struct body bodies[ring];
  bool is_done[ring];
  /// Pages handed out; the body of the last one is still in use.
  int next;
  bool is_starved;
};

static void reserve(struct body *body, size_t length) {
  if (length <= body->capacity) return;
  body->capacity = length * 3 / 2;
  body->bytes = realloc(body->bytes, body->capacity);
  if (!body->bytes) fail("out of memory", NULL);
}

static void pad(struct body *body) {
  reserve(body, body->length + reference_padding);
  memset(body->bytes + body->length, 0, reference_padding);
}

void read_page(const char *folder, int page, struct body *body) {
  char path[1024];
  struct stat status;
  snprintf(path, sizeof path, "%s/%d.json", folder, page);
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &status)) fail("cannot read", path);
  body->length = status.st_size;
  reserve(body, body->length + reference_padding);
  if (read(file, body->bytes, body->length) != status.st_size) fail("cannot read", path);
  close(file);
  pad(body);
}

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
  struct body *body = ((struct transfer *)context)->body;
  reserve(body, body->length + size * count + reference_padding);
  memcpy(body->bytes + body->length, bytes, size * count);
  body->length += size * count;
  return size * count;
}

static void start(struct fetcher *fetcher, struct transfer *transfer, int page) {
  char url[1024];
  transfer->page = page;
  transfer->body = &fetcher->bodies[(page - 1) % ring];
  transfer->body->length = 0;
  snprintf(url, sizeof url, fetcher->pages.url, page);
  curl_easy_setopt(transfer->handle, CURLOPT_URL, url);
  curl_multi_add_handle(fetcher->multi, transfer->handle);
}

static void *fetch(void *context) {
  struct fetcher *fetcher = context;
  int count = fetcher->pages.count, started = 0, finished = 0, idle = 0, running;
  struct transfer *free_transfers[most_in_flight];
  for (; idle < fetcher->pages.concurrency; idle++)
    free_transfers[idle] = &fetcher->transfers[idle];
  while (finished < count) {
    pthread_mutex_lock(&fetcher->mutex);
    int last = fetcher->next - 1 + ring;
    fetcher->is_starved = idle > 0 && started < count && started >= last;
    while (fetcher->is_starved && idle == fetcher->pages.concurrency) {
      pthread_cond_wait(&fetcher->taken, &fetcher->mutex);
      last = fetcher->next - 1 + ring;
    }
    pthread_mutex_unlock(&fetcher->mutex);
    while (idle > 0 && started < count && started < last)
      start(fetcher, free_transfers[--idle], ++started);
    if (curl_multi_perform(fetcher->multi, &running)) fail("curl_multi_perform", NULL);
    CURLMsg *message;
    bool has_finished = false;
    while ((message = curl_multi_info_read(fetcher->multi, &running))) {
      struct transfer *transfer;
      long status = 0;
      CURL *handle = message->easy_handle;
      if (message->data.result) fail("fetching", curl_easy_strerror(message->data.result));
      curl_easy_getinfo(handle, CURLINFO_PRIVATE, (char **)&transfer);
      curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
      if (status != 200) fail("fetching", "not 200");
      curl_multi_remove_handle(fetcher->multi, handle);
      pad(transfer->body);
      free_transfers[idle++] = transfer;
      finished++;
      pthread_mutex_lock(&fetcher->mutex);
      fetcher->is_done[(transfer->page - 1) % ring] = true;
      if (transfer->page == fetcher->next + 1) pthread_cond_signal(&fetcher->arrived);
      pthread_mutex_unlock(&fetcher->mutex);
      has_finished = true;
    }
    if (!has_finished && finished < count)
      curl_multi_poll(fetcher->multi, NULL, 0, 1000, NULL);
  }
  return NULL;
}

struct fetcher *fetcher_begin(struct reference_pages pages) {
  struct fetcher *fetcher = calloc(1, sizeof *fetcher);
  if (!fetcher) fail("out of memory", NULL);
  fetcher->pages = pages;
  if (pages.concurrency < 1 || pages.concurrency > most_in_flight) fail("concurrency", NULL);
  pthread_mutex_init(&fetcher->mutex, NULL);
  pthread_cond_init(&fetcher->arrived, NULL);
  pthread_cond_init(&fetcher->taken, NULL);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  fetcher->multi = curl_multi_init();
  for (int i = 0; i < pages.concurrency; i++) {
    struct transfer *transfer = &fetcher->transfers[i];
    transfer->handle = curl_easy_init();
    curl_easy_setopt(transfer->handle, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(transfer->handle, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(transfer->handle, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(transfer->handle, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(transfer->handle, CURLOPT_NOSIGNAL, 1L);
  }
  if (pthread_create(&fetcher->thread, NULL, fetch, fetcher)) fail("no thread", NULL);
  return fetcher;
}

struct body *fetcher_next(struct fetcher *fetcher) {
  pthread_mutex_lock(&fetcher->mutex);
  int place = fetcher->next % ring;
  while (!fetcher->is_done[place]) pthread_cond_wait(&fetcher->arrived, &fetcher->mutex);
  fetcher->is_done[place] = false;
  fetcher->next++;
  bool was_starved = fetcher->is_starved;
  fetcher->is_starved = false;
  if (was_starved) pthread_cond_signal(&fetcher->taken);
  pthread_mutex_unlock(&fetcher->mutex);
  if (was_starved) curl_multi_wakeup(fetcher->multi);
  return &fetcher->bodies[place];
}

void fetcher_end(struct fetcher *fetcher) {
  pthread_join(fetcher->thread, NULL);
  for (int i = 0; i < fetcher->pages.concurrency; i++)
    curl_easy_cleanup(fetcher->transfers[i].handle);
  curl_multi_cleanup(fetcher->multi);
  for (int i = 0; i < ring; i++) free(fetcher->bodies[i].bytes);
  free(fetcher);
}

void reference_fetch(struct reference_pages pages, struct reference_result *result) {
  struct fetcher *fetcher = fetcher_begin(pages);
  for (int page = 1; page <= pages.count; page++) {
    struct body *body = fetcher_next(fetcher);
    result->bytes += body->length;
  }
  fetcher_end(fetcher);
}
