#include "cmd/docs.h"

#include "pkg/base/text.h"
#include "tests/unit/golden.h"

TEST(docs_reference_golden)
{
	const Pairs files = docs_make(test->arena);
	CHECK_GOLDEN("docs/cli.md", pairs_get(&files, "cli.md"));
}

TEST(docs_errors_golden)
{
	const Pairs files = docs_make(test->arena);
	CHECK_GOLDEN("docs/errors.md", pairs_get(&files, "errors.md"));
}

TEST(docs_have_a_page_per_command)
{
	const Pairs files = docs_make(test->arena);
	CHECK(text_starts_with(pairs_get(&files, "man/sdme-config-set.1"), ".Dd "));
	CHECK(strstr(pairs_get(&files, "man/sdme.conf.5"), ".It Ic boot_timeout\n"));
	CHECK(!pairs_get(&files, "man/sdme-__docs.1"));
	CHECK(strstr(pairs_get(&files, "completions/sdme.bash"), "complete -F _sdme sdme\n"));
}
