#include "pkg/base/moment.h"
#include "tests/unit/test.h"

#include <string.h>
#include <time.h>

// 2026-01-31T12:00:00Z
#define NOON UINT64_C(1769860800000000)

TEST(moment_prints_rfc3339)
{
	CHECK_TEXT(moment_print(test->arena, NOON + 999999), "2026-01-31T12:00:00Z");
	CHECK_TEXT(moment_print(test->arena, 0), "1970-01-01T00:00:00Z");
	CHECK_TEXT(moment_print_precise(test->arena, NOON + 123), "2026-01-31T12:00:00.000123000Z");
}

TEST(moment_parses_what_people_write)
{
	static const struct {
		const char *text;
		uint64_t us;
	} cases[] = {
		{ "5m", NOON - UINT64_C(300000000) },
		{ "1h30m", NOON - UINT64_C(5400000000) },
		{ "30s", NOON - UINT64_C(30000000) },
		{ "90", NOON - UINT64_C(90000000) },
		{ "now", NOON },
		{ "@1769860800", NOON },
		{ "2026-01-31T12:00:00Z", NOON },
		{ "2026-01-31T12:00Z", NOON },
		{ "2026-01-31T14:30:00+02:30", NOON },
		{ "2026-01-31T10:00:00-02:00", NOON },
		{ "2026-01-31T12:00:00.25Z", NOON + 250000 },
		{ "2026-01-31T12:00:00.123456789Z", NOON + 123456 },
		{ "2024-02-29T00:00:00Z", UINT64_C(1709164800000000) },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t us = 0;
		CHECK(moment_parse(cases[i].text, "--since", NOON, &us, &test->error));
		CHECK_TEXT(moment_print_precise(test->arena, us),
			   moment_print_precise(test->arena, cases[i].us));
	}
}

TEST(moment_without_zone_is_local)
{
	setenv("TZ", "UTC-2", 1); // two hours east
	tzset();
	uint64_t us[5] = { 0 };
	static const char *const texts[] = { "2026-01-31 14:00:00", "2026-01-31 14:00",
					     "2026-01-31", "today", "yesterday" };
	for (size_t i = 0; i < COUNT(texts); i++)
		CHECK(moment_parse(texts[i], "--since", NOON, &us[i], &test->error));
	unsetenv("TZ");
	tzset();

	CHECK(us[0] == NOON && us[1] == NOON);
	CHECK_TEXT(moment_print(test->arena, us[2]), "2026-01-30T22:00:00Z");
	CHECK(us[3] == us[2]);
	CHECK_TEXT(moment_print(test->arena, us[4]), "2026-01-29T22:00:00Z");
}

TEST(moment_ago_stops_at_the_epoch)
{
	uint64_t us = 1;
	CHECK(moment_parse("10h", "--since", UINT64_C(5000000), &us, &test->error));
	CHECK(us == 0);
}

TEST(moment_refuses_the_rest)
{
	static const char *const texts[] = {
		"",           "5x",
		"-5m",        "2026-02-29",
		"2026-13-01", "2026-01-31T12:00:00",
		"26-01-31",   "2026-01-31T25:00:00Z",
		"@",          "2026-01-31 12:00:00Z",
		"@-5",        "2026-01-31T12:00:00.Z",
		"tomorrow",   "2026-01-31T12:00:00+0200",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		uint64_t us = 0;
		CHECK(!moment_parse(texts[i], "--since", NOON, &us, &test->error));
		error_clear(&test->error);
	}
	uint64_t us = 0;
	CHECK_ERROR(moment_parse("noon", "--since", NOON, &us, &test->error),
		    "--since: 'noon' is not a time like 5m, 2026-01-31T12:00:00Z, "
		    "'2026-01-31 12:00:00' or @1769860800");
}

TEST(moment_reads_dates_of_http)
{
	uint64_t us = 0;
	CHECK(moment_parse_http("Sat, 31 Jan 2026 12:00:00 GMT", "Date", &us, &test->error));
	CHECK(us == NOON);
	CHECK(moment_parse_http("Thu, 29 Feb 2024 23:59:60 GMT", "Date", &us, &test->error));
	static const char *const texts[] = {
		"",
		"120",
		"Sat, 31 Jan 2026 12:00:00",
		"Sat, 31 Jan 2026 12:00:00 UTC",
		"Sat, 31 Jan 2026 12:00:00 GMT ",
		"Sat, 30 Feb 2026 12:00:00 GMT",
		"Xxx, 31 Jan 2026 12:00:00 GMT",
		"Saturday, 31-Jan-26 12:00:00 GMT",
		"Sat Jan 31 12:00:00 2026",
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		CHECK(!moment_parse_http(texts[i], "Date", &us, &test->error));
		error_clear(&test->error);
	}
	CHECK_ERROR(moment_parse_http("soon", "Retry-After", &us, &test->error),
		    "Retry-After: 'soon' is not a date of HTTP");
}
