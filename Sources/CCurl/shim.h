// The only place that sees curl/curl.h. What C spells with variadic arguments, and Swift therefore
// cannot call, stands here as one function for each type of argument. The option must be one that
// takes that type: libcurl itself cannot tell.
#pragma once
#include <curl/curl.h>
#include <malloc.h>
#include <sys/eventfd.h>

static inline CURLcode crm_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode crm_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

/// libcurl copies the string (curl_easy_setopt(3)).
static inline CURLcode crm_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

/// What is pointed to must live until the handle is cleaned up.
static inline CURLcode crm_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

/// The list must live until the handle is cleaned up.
static inline CURLcode crm_curl_set_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

/// For CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION, which share one signature.
static inline CURLcode crm_curl_set_receiver(
    CURL *handle, CURLoption option, curl_write_callback value) {
  return curl_easy_setopt(handle, option, value);
}

/// For CURLOPT_PREREQFUNCTION.
static inline CURLcode crm_curl_set_gate(CURL *handle, curl_prereq_callback value) {
  return curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, value);
}

static inline CURLMcode crm_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
  return curl_multi_setopt(handle, option, value);
}
