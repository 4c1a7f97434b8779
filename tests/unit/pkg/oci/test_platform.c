#include "pkg/oci/platform.h"
#include "tests/unit/test.h"

static unsigned rank(Test *test, const char *image, const char *host)
{
	Platform parsed_image, parsed_host;
	if (!platform_parse(image, test->arena, &parsed_image, &test->error) ||
	    !platform_parse(host, test->arena, &parsed_host, &test->error))
		return 999;
	return platform_rank(&parsed_image, &parsed_host);
}

TEST(platform_is_named_as_go_does)
{
	const Platform intel = platform_of_machine("x86_64");
	const Platform arm = platform_of_machine("aarch64");
	const Platform other = platform_of_machine("vax");
	CHECK_TEXT(platform_print(&intel, test->arena), "linux/amd64");
	CHECK_TEXT(platform_print(&arm, test->arena), "linux/arm64/v8");
	CHECK_TEXT(platform_print(&other, test->arena), "linux/vax");
}

TEST(platform_rank_prefers_the_nearest_variant)
{
	CHECK(rank(test, "linux/arm64/v8", "linux/arm64/v8") >
	      rank(test, "linux/arm64", "linux/arm64/v8"));
	CHECK(rank(test, "linux/arm64", "linux/arm64/v8") > 0);
	CHECK(rank(test, "linux/arm/v7", "linux/arm/v7") >
	      rank(test, "linux/arm/v6", "linux/arm/v7"));
	CHECK(rank(test, "linux/arm/v6", "linux/arm/v7") >
	      rank(test, "linux/arm/v5", "linux/arm/v7"));
	CHECK(rank(test, "linux/arm/v7", "linux/arm/v6") == 0);
	CHECK(rank(test, "linux/amd64/v3", "linux/amd64") == 0);
	CHECK(rank(test, "linux/amd64", "linux/amd64/v3") > 0);
	CHECK(rank(test, "linux/arm64", "linux/amd64") == 0);
	CHECK(rank(test, "windows/amd64", "linux/amd64") == 0);
	CHECK(rank(test, "unknown/unknown", "linux/amd64") == 0);
}

TEST(platform_parse_says_what_it_wants)
{
	Platform platform;
	CHECK_ERROR(platform_parse("linux", test->arena, &platform, &test->error),
		    "platform 'linux' is not like 'linux/amd64' or 'linux/arm64/v8'");
	CHECK_ERROR(platform_parse("a/b/c/d", test->arena, &platform, &test->error),
		    "platform 'a/b/c/d' is not like 'linux/amd64' or 'linux/arm64/v8'");
}
