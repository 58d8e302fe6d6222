// The only place that sees sys/signalfd.h, which the Glibc module leaves out.
#pragma once
#include <sys/signalfd.h>
