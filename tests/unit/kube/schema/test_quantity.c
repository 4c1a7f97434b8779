#include "kube/schema/quantity.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

TEST(quantity_prints_the_canonical_form)
{
	static const struct {
		const char *text;
		const char *canonical;
		int64_t milli;
		int64_t units;
	} rows[] = {
		// clang-format off
		{ "0", "0", 0, 0 },                 { "1", "1", 1000, 1 },
		{ "+1", "+1", 1000, 1 },            { "-1", "-1", -1000, -1 },
		{ "100m", "100m", 100, 1 },         { "0.1", "100m", 100, 1 },
		{ "0.5", "500m", 500, 1 },          { ".5", "500m", 500, 1 },
		{ "5.", "5.", 5000, 5 },            { "1.5Gi", "1536Mi", 1610612736000, 1610612736 },
		{ "1000", "1k", 1000000, 1000 },    { "1024", "1024", 1024000, 1024 },
		{ "1Ki", "1Ki", 1024000, 1024 },    { "1024Ki", "1Mi", 1048576000, 1048576 },
		{ "1e3", "1e3", 1000000, 1000 },    { "1E3", "1E3", 1000000, 1000 },
		{ "12e-1", "1200e-3", 1200, 2 },    { "0.1m", "100u", 1, 1 },
		{ "1n", "1n", 1, 1 },               { "0.1n", "1n", 1, 1 },
		{ "1500000k", "1500M", 1500000000000, 1500000000 },
		{ "0.5Ki", "512", 512000, 512 },    { "0.0001Ki", "102400u", 103, 1 },
		{ "62.5Ki", "64000", 64000000, 64000 },
		{ "128974848", "128974848", 128974848000, 128974848 },
		{ "-0.5", "-500m", -500, 0 },       { "1Ei", "1Ei", INT64_MAX, 1152921504606846976 },
		{ "16Ei", "9223372036854775807", INT64_MAX, INT64_MAX },
		{ "1e40", "10e39", INT64_MAX, INT64_MAX },
		// Kubernetes repeats what looks canonical at a glance.
		{ "007", "007", 7000, 7 },          { "+1500m", "+1500m", 1500, 2 },
		{ "3.Mi", "3.Mi", 3145728000, 3145728 }, { "+8Mi", "8Mi", 8388608000, 8388608 },
		{ "+1000", "1k", 1000000, 1000 },   { "1.500", "1.500", 1500, 2 },
		{ "+1234567890123456789", "1234567890123456789", INT64_MAX, 1234567890123456789 },
		// Blanks around it, and no digits at all.
		{ " 1 ", "1", 1000, 1 },            { " +1  ", "+1", 1000, 1 },
		{ ".", "0", 0, 0 },                 { "Gi", "0", 0, 0 },
		{ "-", "0", 0, 0 },                 { "+.k", "0", 0, 0 },
		{ "00", "0", 0, 0 },                { "0Ei", "0", 0, 0 },
		// Decimal ones have no bound when they are printed.
		{ "1e19", "10e18", INT64_MAX, INT64_MAX }, { "-20E", "-20E", -INT64_MAX, -INT64_MAX },
		{ "10000000000000000000", "10E", INT64_MAX, INT64_MAX },
		{ "1000E", "1e21", INT64_MAX, INT64_MAX }, { "1e5000", "100e4998", INT64_MAX, INT64_MAX },
		{ "1e0000000000003", "1e0000000000003", 1000000, 1000 },
		{ "1e-99999999999", "1e-9", 1, 1 },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Quantity quantity = { 0 };
		CHECK(quantity_parse(rows[i].text, test->arena, &quantity, &test->error));
		CHECK_TEXT(quantity_print(&quantity, test->arena), rows[i].canonical);
		CHECK(quantity_milli(&quantity) == rows[i].milli);
		CHECK(quantity_units(&quantity) == rows[i].units);
	}
}

TEST(quantity_faults_read_as_upstream)
{
	static const char pattern[] = "quantities must match the regular expression "
				      "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "", pattern },
		{ "x", pattern },
		{ "1 Gi", pattern },
		{ "1GB", pattern },
		{ "1e3x", pattern },
		{ "1.2.3", pattern },
		{ " ", pattern },
		{ "1\t", pattern },
		{ "null", pattern },
		{ "Ei", "unable to parse numeric part of quantity" },
		{ "-.Pi", "unable to parse numeric part of quantity" },
		{ "e-10", "unable to parse numeric part of quantity" },
		{ "--1", "unable to parse quantity's suffix" },
		{ "1K", "unable to parse quantity's suffix" },
		{ "1mi", "unable to parse quantity's suffix" },
		{ "1e", "unable to parse quantity's suffix" },
		{ "1Gi3", "unable to parse quantity's suffix" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Quantity quantity = { .whole = 7 };
		CHECK_ERROR(quantity_parse(rows[i].text, test->arena, &quantity, &test->error),
			    rows[i].error);
		CHECK(quantity.whole == 7);
	}
}

// More digits than are kept change no more than the rounding.
TEST(quantity_takes_any_number_of_digits)
{
	CLEANUP_BUFFER text = { 0 };
	for (int i = 0; i < 1000; i++)
		buffer_add(&text, "0");
	buffer_add(&text, "2.");
	for (int i = 0; i < 1000; i++)
		buffer_add(&text, "0");
	Quantity quantity = { 0 };
	CHECK(quantity_parse(buffer_text(&text), test->arena, &quantity, &test->error));
	CHECK_TEXT(quantity_print(&quantity, test->arena), "2");
	buffer_add(&text, "1");
	CHECK(quantity_parse(buffer_text(&text), test->arena, &quantity, &test->error));
	CHECK_TEXT(quantity_print(&quantity, test->arena), "2000000001n");
}

TEST(quantity_compares_by_value)
{
	static const struct {
		const char *left;
		const char *right;
		int order;
	} rows[] = {
		{ "1", "1000m", 0 }, { "1Gi", "1G", 1 }, { "-1", "1", -1 },  { "-2", "-1", -1 },
		{ "0", "-0", 0 },    { "1n", "0", 1 },   { "1e3", "1k", 0 }, { "999m", "1", -1 },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Quantity left = { 0 };
		Quantity right = { 0 };
		CHECK(quantity_parse(rows[i].left, test->arena, &left, &test->error));
		CHECK(quantity_parse(rows[i].right, test->arena, &right, &test->error));
		CHECK(quantity_compare(&left, &right) == rows[i].order);
	}
}

TEST(quantity_of_a_resource_list_is_rounded_up_to_milli)
{
	static const char *const rows[][2] = {
		{ "0.1m", "1m" }, { "1500u", "2m" }, { "999999u", "1" }, { "-1500u", "-1m" },
		{ "2", "2" },     { "+1", "+1" },    { "+1500u", "2m" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Quantity quantity = { 0 };
		CHECK(quantity_parse(rows[i][0], test->arena, &quantity, &test->error));
		const Quantity rounded = quantity_round_up_to_milli(&quantity);
		CHECK_TEXT(quantity_print(&rounded, test->arena), rows[i][1]);
	}
}
