#include "pkg/sys/process.h"

#include "tests/unit/test.h"

#include <signal.h>
#include <time.h>

// The tests need some program; what they say about it holds for any.
static Process shell(const char *const argv[static 4])
{
	return (Process){ .argv = argv, .timeout_ms = 10000 };
}

#define SHELL(script) shell((const char *const[]){ "/bin/sh", "-c", (script), NULL })

TEST(process_collects_output)
{
	ProcessResult result;
	Process process = SHELL("cat; echo words >&2; exit 3");
	process.input = "given";
	CHECK(process_run(&process, test->arena, &result, &test->error));
	CHECK(result.exit_status == 3 && result.signal_number == 0);
	CHECK_TEXT(result.output, "given");
	CHECK_TEXT(result.errors, "words\n");
}

TEST(process_passes_arguments_and_environment_untouched)
{
	ProcessResult result;
	const char *const argv[] = { "/bin/sh", "-c",         "echo \"$1|$A|$HOME\"",
				     "sh",      "a $(b) 'c'", NULL };
	const char *const environment[] = { "A=x y", NULL };
	const Process process = { .argv = argv, .environment = environment };
	CHECK(process_run(&process, test->arena, &result, &test->error));
	CHECK_TEXT(result.output, "a $(b) 'c'|x y|\n");
}

TEST(process_takes_large_output_of_both_kinds)
{
	ProcessResult result;
	Process process = SHELL("head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2");
	CHECK(process_run(&process, test->arena, &result, &test->error));
	CHECK(result.output_length == 300000);
	process.output_max = 1000;
	CHECK_ERROR(process_run(&process, test->arena, &result, &test->error),
		    "run '/bin/sh': it prints more than 1000 bytes");
}

TEST(process_ends_what_takes_too_long)
{
	ProcessResult result;
	// The child of the shell holds the pipes open: it has to go as well.
	Process process = SHELL("sleep 100 & sleep 100");
	process.timeout_ms = 50;
	const time_t before = time(NULL);
	CHECK_ERROR(process_run(&process, test->arena, &result, &test->error),
		    "run '/bin/sh': it did not end within 50 ms");
	CHECK(time(NULL) - before < 5);
	Process silent = SHELL("exec >&- 2>&-; sleep 100");
	silent.timeout_ms = 50;
	CHECK_ERROR(process_run(&silent, test->arena, &result, &test->error),
		    "run '/bin/sh': it did not end within 50 ms");
}

TEST(process_says_what_failed)
{
	ProcessResult result;
	const char *const argv[] = { "/nonexistent/tool", NULL };
	const Process missing = { .argv = argv };
	CHECK_ERROR(process_run(&missing, test->arena, &result, &test->error),
		    "run '/nonexistent/tool': No such file or directory");
	const Process failing = SHELL("echo first >&2; echo 'it broke' >&2; exit 2");
	CHECK_ERROR(process_run_checked(&failing, test->arena, &result, &test->error),
		    "'/bin/sh' failed with status 2: it broke");
	const Process killed = SHELL("kill -9 $$");
	CHECK_ERROR(process_run_checked(&killed, test->arena, &result, &test->error),
		    "'/bin/sh' was ended by signal 9");
	CHECK(process_run(&killed, test->arena, &result, &test->error));
	CHECK(result.exit_status == -1 && result.signal_number == SIGKILL);
}

TEST(process_visible_takes_all_with_it)
{
	if (geteuid() != 0)
		SKIP("needs root");
	const char *const good[] = { "/bin/sh", "-c", "[ $$ = 1 ] && sleep 1000 & exit 0", NULL };
	CHECK(process_run_visibly(&(Process){ .argv = good }, &test->error));
	const char *const bad[] = { "/bin/sh", "-c", "exit 7", NULL };
	CHECK_ERROR(process_run_visibly(&(Process){ .argv = bad }, &test->error),
		    "'/bin/sh' failed with status 7");
	const char *const killed[] = { "/bin/sh", "-c", "sh -c 'kill -9 1'; exit 4", NULL };
	CHECK_ERROR(process_run_visibly(&(Process){ .argv = killed }, &test->error),
		    "'/bin/sh' failed with status 4");
}
