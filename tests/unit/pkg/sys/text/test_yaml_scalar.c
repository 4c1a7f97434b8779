#include "pkg/sys/text/yaml_scalar.h"

#include "tests/unit/test.h"

TEST(scalars_mean_what_yaml_1_1_says)
{
	static const struct {
		const char *text;
		ScalarKind kind;
		int64_t value; // of booleans and integers
	} rows[] = {
		// clang-format off
		{ "", SCALAR_NULL, 0 },       { "~", SCALAR_NULL, 0 },      { "null", SCALAR_NULL, 0 },
		{ "nULL", SCALAR_TEXT, 0 },   { "y", SCALAR_BOOL, 1 },      { "Yes", SCALAR_BOOL, 1 },
		{ "ON", SCALAR_BOOL, 1 },     { "yEs", SCALAR_TEXT, 0 },    { "n", SCALAR_BOOL, 0 },
		{ "off", SCALAR_BOOL, 0 },    { "false", SCALAR_BOOL, 0 },  { "0", SCALAR_INTEGER, 0 },
		{ "420", SCALAR_INTEGER, 420 },   { "0644", SCALAR_INTEGER, 420 },
		{ "0o644", SCALAR_INTEGER, 420 }, { "0x1A4", SCALAR_INTEGER, 420 },
		{ "0b110100100", SCALAR_INTEGER, 420 }, { "-0x10", SCALAR_INTEGER, -16 },
		{ "1_000", SCALAR_INTEGER, 1000 },      { "+5", SCALAR_INTEGER, 5 },
		{ "-9223372036854775808", SCALAR_INTEGER, INT64_MIN },
		{ "9223372036854775808", SCALAR_FLOAT, 0 }, { "08", SCALAR_FLOAT, 0 },
		{ "1.5", SCALAR_FLOAT, 0 },   { ".5", SCALAR_FLOAT, 0 },    { "1e3", SCALAR_FLOAT, 0 },
		{ ".inf", SCALAR_FLOAT, 0 },  { ".NaN", SCALAR_FLOAT, 0 },  { "1.", SCALAR_FLOAT, 0 },
		{ "-", SCALAR_TEXT, 0 },      { ".", SCALAR_TEXT, 0 },      { "1:30", SCALAR_TEXT, 0 },
		{ "2001-01-01", SCALAR_TEXT, 0 }, { "1.2.3", SCALAR_TEXT, 0 }, { "0x", SCALAR_TEXT, 0 },
		{ "1e", SCALAR_TEXT, 0 },     { "100m", SCALAR_TEXT, 0 },   { "0b12", SCALAR_TEXT, 0 },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const Scalar scalar = scalar_resolve(rows[i].text);
		CHECK_TEXT(arena_printf(test->arena, "%s: %d", rows[i].text, (int)scalar.kind),
			   arena_printf(test->arena, "%s: %d", rows[i].text, (int)rows[i].kind));
		if (scalar.kind == SCALAR_BOOL)
			CHECK(scalar.boolean == (rows[i].value != 0));
		if (scalar.kind == SCALAR_INTEGER)
			CHECK(scalar.integer == rows[i].value);
	}
}

TEST(numbers_print_as_json_prints_them)
{
	static const struct {
		double real;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 0.5, "0.5" },
		{ 8, "8" },
		{ -1.25, "-1.25" },
		{ 1e20, "100000000000000000000" },
		{ 1e21, "1e+21" },
		{ 1.5e-7, "1.5e-7" },
		{ 0.1, "0.1" },
		{ 123456.789, "123456.789" },
		{ 1e-6, "0.000001" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(scalar_real_text(rows[i].real, test->arena), rows[i].text);
}
