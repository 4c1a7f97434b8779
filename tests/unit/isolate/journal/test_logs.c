#include "isolate/journal/logs.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "tests/unit/test.h"

#include <string.h>

static bool collect(const char *bytes, size_t length, void *context)
{
	buffer_add_bytes(context, bytes, length);
	return true;
}

TEST(logs_of_a_machine_that_never_ran_are_empty)
{
	CLEANUP_BUFFER text = { 0 };
	const LogSource source = {
		.directory = path_join(test->arena, test_directory(test), "journal"),
		.unit = "sdme-oci-web.service",
		.scope = LOG_SCOPE_APP,
		.prefix = "",
	};
	const LogOptions options = { .tail = LOG_TAIL_ALL, .until_fd = -1 };
	CHECK(logs_print(&source, 1, &options, collect, &text, &test->error));
	CHECK_TEXT(buffer_text(&text), "");

	Texts lines = { 0 };
	CHECK(logs_last_lines(source.directory, source.unit, /* is_waiting= */ false, 5,
			      test->arena, &lines, &test->error));
	CHECK(lines.count == 0);
}

TEST(logs_without_an_earlier_run_say_so)
{
	const LogSource source = {
		.directory = test_directory(test),
		.unit = "sdme-oci-web.service",
		.scope = LOG_SCOPE_APP,
		.instance = LOG_INSTANCE_PREVIOUS,
		.prefix = "",
	};
	const LogOptions options = { .tail = LOG_TAIL_ALL, .until_fd = -1 };
	CHECK_ERROR(logs_print(&source, 1, &options, collect, NULL, &test->error),
		    "unit 'sdme-oci-web.service' has no earlier run in the journal");
}
