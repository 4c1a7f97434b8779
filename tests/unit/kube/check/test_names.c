#include "kube/check/names.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

typedef void (*NameCheck)(const char *name, Arena *arena, Texts *ret_faults);

#define A63  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A254 A63 A63 A63 A63 "aa"

TEST(names_are_judged_in_the_words_of_kubernetes)
{
	static const char label[] =
		"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or "
		"'-', and must start and end with an alphanumeric character (e.g. 'my-name',  or "
		"'123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
	static const char subdomain[] =
		"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
		"'-' or '.', and must start and end with an alphanumeric character (e.g. "
		"'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
	static const char search[] =
		"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, "
		"'_', '-' or '.', and must start and end with an alphanumeric character (e.g. "
		"'example.com', regex used for validation is "
		"'_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*')";
	static const char qualified[] =
		"name part must consist of alphanumeric characters, '-', '_' or '.', and must start "
		"and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
		"'123-abc', regex used for validation is "
		"'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
	static const char value[] =
		"a valid label must be an empty string or consist of alphanumeric characters, '-', "
		"'_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',"
		"  or 'my_value',  or '12345', regex used for validation is "
		"'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
	static const char key[] =
		"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
		"'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
		"'[-._a-zA-Z0-9]+')";
	static const char env[] =
		"a valid environment variable name must consist only of printable "
		"ASCII characters other than '='";
	static const struct {
		NameCheck check;
		const char *name;
		const char *faults; // joined by "; "; "" = good
	} rows[] = {
		// clang-format off
		{ name_check_label, "a", "" }, { name_check_label, "1-a", "" }, { name_check_label, A63, "" },
		{ name_check_label, A63 "a", "must be no more than 63 characters" },
		{ name_check_label, "", label }, { name_check_label, "-a", label }, { name_check_label, "a-", label },
		{ name_check_label, "A", label }, { name_check_label, "a_b", label },
		{ name_check_label, "a.b", "must not contain dots" },
		{ name_check_subdomain, "a.b-c.1", "" }, { name_check_subdomain, "a..b", subdomain },
		{ name_check_subdomain, ".a", subdomain }, { name_check_subdomain, "a.", subdomain },
		{ name_check_subdomain, A254, "must be no more than 253 characters" },
		{ name_check_search, "_tcp.a_b.example", "" }, { name_check_search, "1", "" },
		{ name_check_search, "a.", search }, { name_check_search, "a..b", search }, { name_check_search, "_", search },
		{ name_check_search, "__a", search }, { name_check_search, "a_", search }, { name_check_search, "A", search },
		{ name_check_search, "", search }, { name_check_search, A254, "must be no more than 253 characters" },
		{ name_check_qualified, "app", "" }, { name_check_qualified, "example.com/My_app.1", "" },
		{ name_check_qualified, "/x", "prefix part must be non-empty" },
		{ name_check_qualified, "x/-", qualified },
		{ name_check_qualified, A63 "a", "name part must be no more than 63 bytes" },
		{ name_check_label_value, "", "" }, { name_check_label_value, "A_b.c", "" },
		{ name_check_label_value, "a b", value }, { name_check_label_value, "-", value },
		{ name_check_data_key, ".dockerconfigjson", "" }, { name_check_data_key, "a/b", key },
		{ name_check_data_key, "", key }, { name_check_data_key, ".", "must not be '.'" },
		{ name_check_data_key, "..", "must not be '..'" }, { name_check_data_key, "..x", "must not start with '..'" },
		{ name_check_env, "A b{}", "" }, { name_check_env, "", "environment variable name must be non-empty" },
		{ name_check_env, "A=B", env }, { name_check_env, "\xc3\xa4", env },
		{ name_check_port, "http", "" }, { name_check_port, "8080", "must contain at least one letter (a-z)" },
		{ name_check_port, "a--b", "must not contain consecutive hyphens" },
		{ name_check_port, "a-", "must not begin or end with a hyphen" },
		{ name_check_port, "HTTP", "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-); must contain at least one letter (a-z)" },
		{ name_check_port, "abcdefghijklmnop", "must be no more than 15 characters" },
		{ name_check_ip, "10.0.0.1", "" }, { name_check_ip, "fe80::1", "" },
		{ name_check_ip, "10.0.0", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)" },
		// clang-format on
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		Texts faults = { 0 };
		rows[i].check(rows[i].name, test->arena, &faults);
		CLEANUP_BUFFER text = { 0 };
		for (size_t k = 0; k < faults.count; k++)
			buffer_printf(&text, "%s%s", k > 0 ? "; " : "", faults.items[k]);
		CHECK_TEXT(buffer_text(&text), rows[i].faults);
	}
}
