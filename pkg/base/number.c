#include "pkg/base/number.h"

#include "pkg/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool number_parse_i64(const char *text, const char *what, int64_t min, int64_t max, int64_t *ret,
		      Error *error)
{
	const bool is_digits = text_has_only(text[0] == '-' ? text + 1 : text, "0123456789") &&
			       text[strcspn(text, "0123456789")];
	if (!is_digits)
		return error_set(error, ERROR_INVALID, "%s: '%s' is not a whole number", what,
				 text);

	errno = 0;
	const long long value = strtoll(text, NULL, 10);
	if (errno == ERANGE || value < min || value > max)
		return error_set(error, ERROR_INVALID, "%s: '%s' is not in %" PRId64 "..%" PRId64,
				 what, text, min, max);
	*ret = value;
	return true;
}

bool number_parse_u64(const char *text, const char *what, uint64_t max, uint64_t *ret, Error *error)
{
	if (text_is_empty(text) || !text_has_only(text, "0123456789"))
		return error_set(error, ERROR_INVALID, "%s: '%s' is not a whole number", what,
				 text);

	errno = 0;
	const unsigned long long value = strtoull(text, NULL, 10);
	if (errno == ERANGE || value > max)
		return error_set(error, ERROR_INVALID, "%s: '%s' is larger than %" PRIu64, what,
				 text, max);
	*ret = value;
	return true;
}

bool number_parse_u32(const char *text, const char *what, uint32_t max, uint32_t *ret, Error *error)
{
	uint64_t value = 0;
	if (!number_parse_u64(text, what, max, &value, error))
		return false;
	*ret = (uint32_t)value;
	return true;
}

bool number_parse_mode(const char *text, const char *what, uint32_t *ret, Error *error)
{
	if (text_is_empty(text) || !text_has_only(text, "01234567") || strlen(text) > 6)
		return error_set(error, ERROR_INVALID, "%s: '%s' is not an octal mode", what, text);

	const unsigned long value = strtoul(text, NULL, 8);
	if (value > 07777)
		return error_set(error, ERROR_INVALID, "%s: '%s' is larger than 7777", what, text);
	*ret = (uint32_t)value;
	return true;
}

bool number_parse_double(const char *text, const char *what, double min, double max, double *ret,
			 Error *error)
{
	if (text_is_empty(text) || !text_has_only(text, "0123456789.-+eE"))
		return error_set(error, ERROR_INVALID, "%s: '%s' is not a number", what, text);

	char *end = NULL;
	const double value = strtod(text, &end);
	if (*end || !(value >= min && value <= max))
		return error_set(error, ERROR_INVALID, "%s: '%s' is not in %g..%g", what, text, min,
				 max);
	*ret = value;
	return true;
}

// A unit and what one of it is worth.
typedef struct Unit {
	const char *suffix;
	uint64_t factor;
} Unit;

static const Unit *find_unit(const Unit *units, size_t count, Span suffix)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(suffix, units[i].suffix))
			return &units[i];
	}
	return NULL;
}

// Adds the number and unit at *text to *sum and steps over them. False: not a number and unit, or too large.
static bool add_term(const char **text, const Unit *units, size_t count, uint64_t *sum)
{
	const size_t digits = strspn(*text, "0123456789");
	const size_t letters = strcspn(*text + digits, "0123456789");
	const Unit *unit = find_unit(units, count, (Span){ *text + digits, letters });
	if (digits == 0 || !unit)
		return false;

	errno = 0;
	const unsigned long long value = strtoull(*text, NULL, 10);
	uint64_t product = 0;
	if (errno == ERANGE || __builtin_mul_overflow(value, unit->factor, &product) ||
	    __builtin_add_overflow(*sum, product, sum))
		return false;
	*text += digits + letters;
	return true;
}

bool number_parse_size(const char *text, const char *what, uint64_t *ret_bytes, Error *error)
{
	static const Unit units[] = {
		{ "", 1 },           { "K", 1ull << 10 }, { "M", 1ull << 20 },
		{ "G", 1ull << 30 }, { "T", 1ull << 40 },
	};
	const char *rest = text;
	uint64_t bytes = 0;
	if (!add_term(&rest, units, COUNT(units), &bytes) || *rest)
		return error_set(error, ERROR_INVALID, "%s: '%s' is not a size like 512M or 2G",
				 what, text);
	*ret_bytes = bytes;
	return true;
}

bool number_parse_duration_ms(const char *text, const char *what, uint64_t *ret_ms, Error *error)
{
	static const Unit units[] = {
		{ "", 1000 },
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "h", 60 * 60 * 1000 },
	};
	const char *rest = text;
	uint64_t ms = 0;
	do {
		if (!add_term(&rest, units, COUNT(units), &ms))
			return error_set(error, ERROR_INVALID,
					 "%s: '%s' is not a time like 30s or 5m", what, text);
	} while (*rest);
	*ret_ms = ms;
	return true;
}
