#include "pkg/base/number.h"

#include "tests/unit/test.h"

#include <inttypes.h>

// The value, or the error's text.
static const char *i64(Test *test, const char *text, int64_t min, int64_t max)
{
	CLEANUP_ERROR error = { 0 };
	int64_t value = 0;
	return number_parse_i64(text, "n", min, max, &value, &error)
		       ? arena_printf(test->arena, "%" PRId64, value)
		       : arena_strdup(test->arena, error.message);
}

static const char *u64(Test *test, const char *text, uint64_t max)
{
	CLEANUP_ERROR error = { 0 };
	uint64_t value = 0;
	return number_parse_u64(text, "n", max, &value, &error)
		       ? arena_printf(test->arena, "%" PRIu64, value)
		       : arena_strdup(test->arena, error.message);
}

TEST(number_takes_whole_texts_in_their_range)
{
	CHECK_TEXT(i64(test, "0", 0, 0), "0");
	CHECK_TEXT(i64(test, "-0", 0, 0), "0");
	CHECK_TEXT(i64(test, "007", 0, 9), "7");
	CHECK_TEXT(i64(test, "-9223372036854775808", INT64_MIN, INT64_MAX), "-9223372036854775808");
	CHECK_TEXT(i64(test, "9223372036854775807", INT64_MIN, INT64_MAX), "9223372036854775807");
	CHECK_TEXT(i64(test, "9223372036854775808", INT64_MIN, INT64_MAX),
		   "n: '9223372036854775808' is not in -9223372036854775808..9223372036854775807");
	CHECK_TEXT(i64(test, "70000", 1, 65535), "n: '70000' is not in 1..65535");
	CHECK_TEXT(i64(test, "-1", 0, 9), "n: '-1' is not in 0..9");
	CHECK_TEXT(u64(test, "18446744073709551615", UINT64_MAX), "18446744073709551615");
	CHECK_TEXT(u64(test, "18446744073709551616", UINT64_MAX),
		   "n: '18446744073709551616' is larger than 18446744073709551615");
	CHECK_TEXT(u64(test, "10", 9), "n: '10' is larger than 9");
}

TEST(number_refuses_everything_else)
{
	static const char *const texts[] = { "",     " 1",  "1 ",  "+1",  "--1", "-", "1-2",
					     "0x10", "1e3", "1.0", "1\n", "one", "١", "1,000" };
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *words =
			arena_printf(test->arena, "n: '%s' is not a whole number", texts[i]);
		CHECK_TEXT(i64(test, texts[i], INT64_MIN, INT64_MAX), words);
		CHECK_TEXT(u64(test, texts[i], UINT64_MAX), words);
	}
	CHECK_TEXT(u64(test, "-1", UINT64_MAX), "n: '-1' is not a whole number");
}

TEST(number_leaves_the_output_alone_on_failure)
{
	uint32_t value = 42;
	CHECK_ERROR(number_parse_u32("4294967296", "id", UINT32_MAX, &value, &test->error),
		    "id: '4294967296' is larger than 4294967295");
	CHECK(value == 42);
	CHECK(number_parse_u32("4294967295", "id", UINT32_MAX, &value, &test->error) &&
	      value == UINT32_MAX);
}

TEST(number_modes_are_octal)
{
	uint32_t mode = 0;
	CHECK(number_parse_mode("0644", "mode", &mode, &test->error) && mode == 0644);
	CHECK(number_parse_mode("7777", "mode", &mode, &test->error) && mode == 07777);
	CHECK(number_parse_mode("0", "mode", &mode, &test->error) && mode == 0);
	CHECK_ERROR(number_parse_mode("10000", "mode", &mode, &test->error),
		    "mode: '10000' is larger than 7777");
	CHECK_ERROR(number_parse_mode("0000000644", "mode", &mode, &test->error),
		    "mode: '0000000644' is not an octal mode");
	CHECK_ERROR(number_parse_mode("0o644", "mode", &mode, &test->error),
		    "mode: '0o644' is not an octal mode");
	CHECK_ERROR(number_parse_mode("648", "mode", &mode, &test->error),
		    "mode: '648' is not an octal mode");
	CHECK_ERROR(number_parse_mode("", "mode", &mode, &test->error),
		    "mode: '' is not an octal mode");
}

TEST(number_doubles)
{
	double value = 0;
	CHECK(number_parse_double("1.5", "n", 0, 2, &value, &test->error) && value == 1.5);
	CHECK(number_parse_double("-2e-1", "n", -1, 2, &value, &test->error) && value == -0.2);
	CHECK(number_parse_double("1e-400", "n", 0, 2, &value, &test->error) && !(value > 0));
	static const char *const out[] = { "3", "1e999", ".", "-", "1e", "1.2.3", "--1" };
	for (size_t i = 0; i < COUNT(out); i++)
		CHECK_ERROR(number_parse_double(out[i], "n", 0, 2, &value, &test->error),
			    arena_printf(test->arena, "n: '%s' is not in 0..2", out[i]));
	static const char *const none[] = { "", "nan", "inf", "0x1p3", " 1", "1f" };
	for (size_t i = 0; i < COUNT(none); i++)
		CHECK_ERROR(number_parse_double(none[i], "n", 0, 2, &value, &test->error),
			    arena_printf(test->arena, "n: '%s' is not a number", none[i]));
}

TEST(number_sizes_are_powers_of_1024)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} rows[] = {
		{ "0", 0 },
		{ "4096", 4096 },
		{ "1K", 1024 },
		{ "512M", UINT64_C(512) << 20 },
		{ "2G", UINT64_C(2) << 30 },
		{ "16777215T", UINT64_C(16777215) << 40 },
		{ "18446744073709551615", UINT64_MAX },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t bytes = 1;
		CHECK(number_parse_size(rows[i].text, "n", &bytes, &test->error));
		CHECK(bytes == rows[i].bytes);
	}
	static const char *const none[] = { "",    "K",    "1k",        "1KB",
					    "1Ki", "1.5G", "-1K",       "1K1",
					    "1 K", "1P",   "16777216T", "18446744073709551616",
					    "1KK" };
	for (size_t i = 0; i < COUNT(none); i++) {
		uint64_t bytes = 0;
		CHECK_ERROR(number_parse_size(none[i], "size", &bytes, &test->error),
			    arena_printf(test->arena, "size: '%s' is not a size like 512M or 2G",
					 none[i]));
	}
}

TEST(number_durations_are_sums)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} rows[] = {
		{ "0", 0 },       { "30", 30000 },      { "30s", 30000 },     { "500ms", 500 },
		{ "5m", 300000 }, { "1h30m", 5400000 }, { "1m1s1ms", 61001 }, { "1h", 3600000 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t ms = 1;
		CHECK(number_parse_duration_ms(rows[i].text, "n", &ms, &test->error));
		CHECK(ms == rows[i].ms);
	}
	static const char *const none[] = {
		"", "s", "1d", "-1s", "1.5s", "1 s", "5124095576030432h", "1us", "1M"
	};
	for (size_t i = 0; i < COUNT(none); i++) {
		uint64_t ms = 0;
		CHECK_ERROR(number_parse_duration_ms(none[i], "--timeout", &ms, &test->error),
			    arena_printf(test->arena,
					 "--timeout: '%s' is not a time like 30s or 5m", none[i]));
	}
}
