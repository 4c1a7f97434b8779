#include "pkg/base/moment.h"

#include "pkg/base/calendar.h"
#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <string.h>
#include <time.h>

#define SECOND_US UINT64_C(1000000)

uint64_t moment_now_us(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_US + (uint64_t)now.tv_nsec / 1000;
}

static const char *print(Arena *arena, uint64_t us, const char *fraction)
{
	const time_t seconds = (time_t)(us / SECOND_US);
	struct tm utc = { 0 };
	gmtime_r(&seconds, &utc);
	return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", utc.tm_year + 1900,
			    utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
			    fraction);
}

const char *moment_print(Arena *arena, uint64_t us)
{
	return print(arena, us, "");
}

const char *moment_print_precise(Arena *arena, uint64_t us)
{
	return print(arena, us, arena_printf(arena, ".%06u000", (unsigned)(us % SECOND_US)));
}

// --- parsing: each step takes its part off the front of *rest

static bool take_date(const char **rest, struct tm *ret)
{
	CalendarDate date = { 0 };
	if (!calendar_take_date(rest, 1970, &date))
		return false;
	*ret = (struct tm){
		.tm_year = date.year - 1900,
		.tm_mon = date.month - 1,
		.tm_mday = date.day,
	};
	return true;
}

// "12:00", "12:00:00", "12:00:00.5"
static bool take_clock(const char **rest, struct tm *date, uint64_t *fraction_us)
{
	if (!calendar_take_number(rest, 2, 0, 23, &date->tm_hour) ||
	    !calendar_take_char(rest, ":") || !calendar_take_number(rest, 2, 0, 59, &date->tm_min))
		return false;
	if (!calendar_take_char(rest, ":"))
		return true;
	if (!calendar_take_number(rest, 2, 0, 60, &date->tm_sec))
		return false;
	if (!calendar_take_char(rest, "."))
		return true;
	if (**rest < '0' || **rest > '9')
		return false;
	for (uint64_t unit = SECOND_US / 10; **rest >= '0' && **rest <= '9'; (*rest)++, unit /= 10)
		*fraction_us += (uint64_t)(**rest - '0') * unit;
	return true;
}

static bool from_seconds(int64_t seconds, uint64_t fraction_us, uint64_t *ret_us)
{
	if (seconds < 0)
		return false;
	*ret_us = (uint64_t)seconds * SECOND_US + fraction_us;
	return true;
}

static bool parse_calendar(const char *text, uint64_t *ret_us)
{
	struct tm date = { 0 };
	uint64_t fraction_us = 0;
	const char *rest = text;
	if (!take_date(&rest, &date))
		return false;
	if (calendar_take_char(&rest, "T")) {
		int east = 0;
		return take_clock(&rest, &date, &fraction_us) &&
		       calendar_take_zone(&rest, "Z", &east) && *rest == '\0' &&
		       from_seconds(timegm(&date) - east, fraction_us, ret_us);
	}
	date.tm_isdst = -1; // let mktime find out
	if (*rest != '\0' &&
	    (!calendar_take_char(&rest, " ") || !take_clock(&rest, &date, &fraction_us)))
		return false;
	return *rest == '\0' && from_seconds(mktime(&date), fraction_us, ret_us);
}

// Midnight, local time, so many days before now.
static uint64_t midnight(uint64_t now_us, int days)
{
	const time_t now = (time_t)(now_us / SECOND_US);
	struct tm date = { 0 };
	localtime_r(&now, &date);
	date = (struct tm){ .tm_year = date.tm_year,
			    .tm_mon = date.tm_mon,
			    .tm_mday = date.tm_mday - days,
			    .tm_isdst = -1 };
	const time_t seconds = mktime(&date);
	return seconds < 0 ? 0 : (uint64_t)seconds * SECOND_US;
}

static bool parse_word(const char *text, uint64_t now_us, uint64_t *ret_us)
{
	if (text_equal(text, "now"))
		*ret_us = now_us;
	else if (text_equal(text, "today"))
		*ret_us = midnight(now_us, 0);
	else if (text_equal(text, "yesterday"))
		*ret_us = midnight(now_us, 1);
	else
		return false;
	return true;
}

static bool parse_epoch(const char *text, uint64_t *ret_us)
{
	CLEANUP_ERROR unused = { 0 };
	uint64_t seconds = 0;
	if (text[0] != '@' ||
	    !number_parse_u64(text + 1, "seconds", UINT64_MAX / SECOND_US, &seconds, &unused))
		return false;
	*ret_us = seconds * SECOND_US;
	return true;
}

static bool parse_ago(const char *text, uint64_t now_us, uint64_t *ret_us)
{
	CLEANUP_ERROR unused = { 0 };
	uint64_t ms = 0;
	if (!number_parse_duration_ms(text, "time", &ms, &unused))
		return false;
	*ret_us = ms >= now_us / 1000 ? 0 : now_us - ms * 1000;
	return true;
}

bool moment_parse(const char *text, const char *what, uint64_t now_us, uint64_t *ret_us,
		  Error *error)
{
	uint64_t us = 0;
	if (!parse_word(text, now_us, &us) && !parse_epoch(text, &us) &&
	    !parse_calendar(text, &us) && !parse_ago(text, now_us, &us))
		return error_set(error, ERROR_INVALID,
				 "%s: '%s' is not a time like 5m, 2026-01-31T12:00:00Z, "
				 "'2026-01-31 12:00:00' or @1769860800",
				 what, text);
	*ret_us = us;
	return true;
}

// The place of the first three letters of *rest in `names`, which has three for each.
static bool take_name(const char **rest, const char *names, int *ret)
{
	for (size_t i = 0; names[i]; i += 3) {
		if (strncmp(*rest, names + i, 3) == 0) {
			*rest += 3;
			*ret = (int)(i / 3);
			return true;
		}
	}
	return false;
}

// "Sat, 31 Jan 2026 12:00:00 GMT"; nobody checks that the day of the week is right.
static bool take_http_date(const char **rest, struct tm *date)
{
	int weekday = 0, day = 0, month = 0, year = 0;
	if (!take_name(rest, "SunMonTueWedThuFriSat", &weekday) || !calendar_take_char(rest, ",") ||
	    !calendar_take_char(rest, " ") || !calendar_take_number(rest, 2, 1, 31, &day) ||
	    !calendar_take_char(rest, " ") ||
	    !take_name(rest, "JanFebMarAprMayJunJulAugSepOctNovDec", &month) ||
	    !calendar_take_char(rest, " ") || !calendar_take_number(rest, 4, 1970, 9999, &year) ||
	    !calendar_take_char(rest, " ") || day > calendar_days_of_month(year, month + 1))
		return false;
	*date = (struct tm){ .tm_year = year - 1900, .tm_mon = month, .tm_mday = day };
	return calendar_take_number(rest, 2, 0, 23, &date->tm_hour) &&
	       calendar_take_char(rest, ":") &&
	       calendar_take_number(rest, 2, 0, 59, &date->tm_min) &&
	       calendar_take_char(rest, ":") &&
	       calendar_take_number(rest, 2, 0, 60, &date->tm_sec) && text_equal(*rest, " GMT");
}

bool moment_parse_http(const char *text, const char *what, uint64_t *ret_us, Error *error)
{
	struct tm date = { 0 };
	const char *rest = text;
	if (!take_http_date(&rest, &date) || !from_seconds(timegm(&date), 0, ret_us))
		return error_set(error, ERROR_INVALID, "%s: '%s' is not a date of HTTP", what,
				 text);
	return true;
}
