#include "pkg/sys/kernel/nftables.h"
#include "tests/unit/test.h"

#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// In a process of its own: it changes its network namespace. The status names the step that failed.
static int change_rules(Test *test)
{
	const char *output = NULL;
	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	if (!nftables_run("add table inet one\nadd table inet two", test->arena, NULL,
			  &test->error))
		return 1;
	if (!nftables_run("list tables", test->arena, &output, &test->error) ||
	    strcmp(output, "table inet one\ntable inet two\n") != 0)
		return 2;

	// All or nothing.
	if (nftables_run("delete table inet one\ndelete table inet three", test->arena, NULL,
			 &test->error))
		return 3;
	if (!strstr(test->error.message, "nftables: ") || strchr(test->error.message, '\n'))
		return 4;
	error_clear(&test->error);
	if (!nftables_run("list tables", test->arena, &output, &test->error) ||
	    strcmp(output, "table inet one\ntable inet two\n") != 0)
		return 5;
	return 0;
}

TEST(nftables_changes_all_or_nothing)
{
	if (geteuid() != 0)
		SKIP("needs root");
	const pid_t child = fork();
	if (child == 0)
		_exit(change_rules(test));
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		SKIP("no network namespaces here");
	CHECK(WEXITSTATUS(status) == 0);
}
