#include "pkg/net/firewall.h"
#include "pkg/sys/kernel/nftables.h"
#include "tests/unit/test.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static const char docker[] = "table inet sdme {\n"
			     "\tchain forward {\n"
			     "\t\ttype filter hook forward priority filter; policy drop;\n"
			     "\t}\n"
			     "}\n"
			     "table ip filter {\n"
			     "\tchain DOCKER {\n"
			     "\t}\n"
			     "\tchain FORWARD {\n"
			     "\t\ttype filter hook forward priority filter; policy drop;\n"
			     "\t}\n"
			     "}\n";

TEST(firewall_names_the_chain_in_the_way)
{
	CHECK_TEXT(firewall_parse_obstacle(docker, test->arena), "ip filter FORWARD");
	CHECK(!firewall_parse_obstacle("", test->arena));
	CHECK(!firewall_parse_obstacle(
		"table ip filter {\n\tchain FORWARD {\n"
		"\t\ttype filter hook forward priority filter; policy accept;\n"
		"\t}\n\tchain INPUT {\n"
		"\t\ttype filter hook input priority filter; policy drop;\n",
		test->arena));
}

// In a process of its own: it changes its network namespace.
static int find_real_obstacle(Test *test)
{
	const char *chain = NULL;
	if (unshare(CLONE_NEWNET) < 0)
		return 77;
	if (!firewall_find_obstacle(test->arena, &chain, &test->error) || chain)
		return 1;
	if (!nftables_run(
		    "add table ip filter\n"
		    "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }",
		    test->arena, NULL, &test->error))
		return 2;
	if (!firewall_find_obstacle(test->arena, &chain, &test->error) || !chain)
		return 3;
	return strcmp(chain, "ip filter FORWARD") == 0 ? 0 : 4;
}

TEST(firewall_finds_a_real_chain)
{
	if (geteuid() != 0)
		SKIP("needs root");
	const pid_t child = fork();
	if (child == 0)
		_exit(find_real_obstacle(test));
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		SKIP("no network namespaces here");
	CHECK(WEXITSTATUS(status) == 0);
}
