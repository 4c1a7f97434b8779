// pkg/base/number.h - texts that are numbers. The only file that calls strto*.
// Each function takes the whole text (no blanks, no rest), checks the range, and names `what` in the error:
// "port: '70000' is not in 1..65535".
#ifndef PKG_BASE_NUMBER_H
#define PKG_BASE_NUMBER_H

#include "pkg/base/error.h"

#include <stdint.h>

MUST_CHECK bool number_parse_i64(const char *text, const char *what, int64_t min, int64_t max,
				 int64_t *ret, Error *error);
MUST_CHECK bool number_parse_u64(const char *text, const char *what, uint64_t max, uint64_t *ret,
				 Error *error);
MUST_CHECK bool number_parse_u32(const char *text, const char *what, uint32_t max, uint32_t *ret,
				 Error *error);
// Octal digits only, 0..07777 ("0644", "644").
MUST_CHECK bool number_parse_mode(const char *text, const char *what, uint32_t *ret, Error *error);
MUST_CHECK bool number_parse_double(const char *text, const char *what, double min, double max,
				    double *ret, Error *error);
// Bytes: digits with an optional K, M, G or T (powers of 1024), as systemd writes sizes.
MUST_CHECK bool number_parse_size(const char *text, const char *what, uint64_t *ret_bytes,
				  Error *error);
// Milliseconds: "30" (seconds), "30s", "500ms", "5m", "1h30m".
MUST_CHECK bool number_parse_duration_ms(const char *text, const char *what, uint64_t *ret_ms,
					 Error *error);

#endif
