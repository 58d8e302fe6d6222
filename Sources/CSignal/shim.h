// The only place that sees sys/signalfd.h, and wcwidth(3) of wchar.h, which the Glibc module leaves out.
#pragma once
#include <stdint.h>
#include <sys/signalfd.h>
#include <wchar.h>

static inline int crm_width(uint32_t scalar) {
  extern int wcwidth(wchar_t);
  return wcwidth((wchar_t)scalar);
}
