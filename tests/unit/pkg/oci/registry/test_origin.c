#include "pkg/base/text.h"
#include "pkg/oci/registry/origin.h"
#include "tests/unit/test.h"

TEST(origin_has_one_spelling)
{
	static const char *const cases[][2] = {
		{ "https://quay.io", "https://quay.io:443" },
		{ "HTTPS://Quay.IO/v2/x?y=https://a@b", "https://quay.io:443" },
		{ "https://quay.io:/", "https://quay.io:443" },
		{ "http://localhost:5000/v2/", "http://localhost:5000" },
		{ "http://a?b", "http://a:80" },
		{ "https://[::1]:5000/", "https://[::1]:5000" },
		{ "https://[::1]#x", "https://[::1]:443" },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_TEXT(origin_of_url(cases[i][0], test->arena), cases[i][1]);
}

TEST(origin_of_what_could_be_two_things_is_none)
{
	static const char *const urls[] = {
		"",
		"quay.io",
		"ftp://quay.io/",
		"file:///etc/passwd",
		"https:///x",
		"https://quay.io@evil.test/",
		"https://user:pw@quay.io/",
		"https://quay.io\\@evil.test/",
		"https://quay.io\r\nx/",
		"https://quay .io/",
	};
	for (size_t i = 0; i < COUNT(urls); i++)
		CHECK(!origin_of_url(urls[i], test->arena));
}
