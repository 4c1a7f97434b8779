// pkg/base/moment.h - points in time, as microseconds since the epoch, and how people write them.
#ifndef PKG_BASE_MOMENT_H
#define PKG_BASE_MOMENT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

#include <stdint.h>

uint64_t moment_now_us(void);

// RFC 3339 in UTC: "2026-01-31T12:00:00Z", as Kubernetes writes timestamps of objects.
const char *moment_print(Arena *arena, uint64_t us);
// With nine digits behind the point: "2026-01-31T12:00:00.123456000Z", as the kubelet writes those of log lines.
const char *moment_print_precise(Arena *arena, uint64_t us);

// "5m", "2h", "1h30m" (ago), "@1769860800", RFC 3339 ("2026-01-31T12:00:00Z", "…12:00:00.5+02:00"), local time
// ("2026-01-31 12:00:00", "2026-01-31 12:00", "2026-01-31"), "now", "today", "yesterday".
// now_us: what "ago" counts from. `what` names the text in the error.
MUST_CHECK bool moment_parse(const char *text, const char *what, uint64_t now_us, uint64_t *ret_us,
			     Error *error);
// RFC 9110, section 5.6.7: "Sat, 31 Jan 2026 12:00:00 GMT". The two obsolete forms are refused.
MUST_CHECK bool moment_parse_http(const char *text, const char *what, uint64_t *ret_us,
				  Error *error);

#endif
