// The only place that sees sys/signalfd.h, and wcwidth(3) of wchar.h, which the Glibc module leaves out.
// It also knows the commit that was built, if Package.swift was told.
#pragma once
#include <stdint.h>
#include <sys/signalfd.h>
#include <wchar.h>

static inline int crm_width(uint32_t scalar) {
  extern int wcwidth(wchar_t);
  return wcwidth((wchar_t)scalar);
}

#define CRM_TEXT(words) #words
#define CRM_TEXT_OF(macro) CRM_TEXT(macro)

static inline const char *crm_commit(void) {
#ifdef CRM_COMMIT
  return CRM_TEXT_OF(CRM_COMMIT);
#else
  return 0;
#endif
}
