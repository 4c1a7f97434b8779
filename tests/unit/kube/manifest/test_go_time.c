#include "kube/manifest/go_time.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

TEST(go_time_speaks_as_go)
{
	static const char *const rows[][2] = {
		// clang-format off
		{ "2024-02-29T00:00:00Z", "" },
		{ "2024-01-01T1:02:03.5+01:00", "" },
		{ "", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"2006\"" },
		{ "abc", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"abc\" as \"2006\"" },
		{ "2024-01-01", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"" },
		{ "2024-1-1T00:00:00Z", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"1-1T00:00:00Z\" as \"01\"" },
		{ "2024-01-01T00:00:00", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"Z07:00\"" },
		{ "2024-01-01T00:00:00+0100", "as \"2006-01-02T15:04:05Z07:00\": cannot parse \"+0100\" as \"Z07:00\"" },
		{ "2024-13-01T00:00:00Z", ": month out of range" },
		{ "2023-02-29T00:00:00Z", ": day out of range" },
		{ "2024-01-01T24:00:00Z", ": hour out of range" },
		{ "2024-01-01T00:00:00Zx", ": extra text: \"x\"" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ERROR error = { 0 };
		const bool is_good = go_time_check(rows[i][0], &error);
		CHECK(is_good == text_is_empty(rows[i][1]));
		const char *start = arena_printf(test->arena, "parsing time \"%s\"%s", rows[i][0],
						 rows[i][1][0] == ':' ? "" : " ");
		if (!is_good)
			CHECK_TEXT(error.message,
				   arena_printf(test->arena, "%s%s", start, rows[i][1]));
	}
}

TEST(go_time_quotes_as_go)
{
	CLEANUP_ERROR error = { 0 };
	CHECK(!go_time_check("\xc3\xbc\"\\\n\x7f", &error));
	CHECK_TEXT(error.message, "parsing time \"\\xc3\\xbc\\\"\\\\\\x0a\x7f\" as "
				  "\"2006-01-02T15:04:05Z07:00\": cannot parse "
				  "\"\\xc3\\xbc\\\"\\\\\\x0a\x7f\" as \"2006\"");
}
