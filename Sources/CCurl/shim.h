// The only place that sees curl/curl.h.
#pragma once
#include <curl/curl.h>
