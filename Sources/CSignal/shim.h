// The only place that sees sys/signalfd.h, and wcwidth(3) of wchar.h and a GNU extension of spawn.h, which the Glibc
// module leaves out.
// It also knows the commit that was built, if Package.swift was told.
#pragma once
#include <spawn.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <wchar.h>

static inline int crm_width(uint32_t scalar) {
  extern int wcwidth(wchar_t);
  return wcwidth((wchar_t)scalar);
}

/// Has a child begin without any descriptor from that one on (glibc 2.34).
static inline int crm_close_from(posix_spawn_file_actions_t *actions, int from) {
  extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
  return posix_spawn_file_actions_addclosefrom_np(actions, from);
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
