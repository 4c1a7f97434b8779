#include "pkg/net/resolver.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>

static Resolver parse(Test *test, const char *text)
{
	Resolver resolver = { 0 };
	resolver_parse(text, test->arena, &resolver);
	return resolver;
}

TEST(resolver_prints_what_it_reads)
{
	const Resolver resolver = parse(test, "# made by hand\n"
					      "domain old.example\n"
					      "nameserver 192.0.2.1\r\n"
					      "nameserver\t192.0.2.2 trailing\n"
					      "search example.com  corp.example\n"
					      "sortlist 1.2.3.4\n"
					      "options ndots:2 rotate :3\n"
					      "nameserver\n"
					      "options ndots:5");
	CHECK_TEXT(resolver_print(&resolver, test->arena), "nameserver 192.0.2.1\n"
							   "nameserver 192.0.2.2\n"
							   "search example.com corp.example\n"
							   "options ndots:5 rotate\n");
}

TEST(resolver_keeps_servers_that_a_pod_can_reach)
{
	const Resolver host =
		parse(test, "nameserver 127.0.0.1\nnameserver ::1\nnameserver 2001:db8::1\n"
			    "nameserver 0.0.0.0\nnameserver 192.0.2.1\nsearch example.com\n");
	Resolver pod = { 0 };
	resolver_keep_reachable(&host, test->arena, &pod);
	CHECK_TEXT(resolver_print(&pod, test->arena), "nameserver 192.0.2.1\nsearch example.com\n");

	const Resolver local = parse(test, "nameserver 127.0.0.1\n");
	resolver_keep_reachable(&local, test->arena, &pod);
	CHECK_TEXT(resolver_print(&pod, test->arena),
		   "# No name server of the host can be reached from this pod: set "
		   "dnsConfig.nameservers.\n");
}

TEST(resolver_merges_the_config_of_the_pod)
{
	const Resolver policy =
		parse(test, "nameserver 192.0.2.1\nnameserver 192.0.2.2\nsearch a.example\n"
			    "options ndots:1 rotate\n");
	const Resolver config = parse(test, "nameserver 192.0.2.2\nnameserver 2001:db8::1\n"
					    "nameserver 192.0.2.9\nsearch b.example a.example\n"
					    "options ndots:5 edns0\n");
	Resolver merged = { 0 };
	resolver_merge(&policy, &config, test->arena, &merged);
	CHECK_TEXT(resolver_print(&merged, test->arena), "nameserver 192.0.2.1\n"
							 "nameserver 192.0.2.2\n"
							 "nameserver 2001:db8::1\n"
							 "search a.example b.example\n"
							 "options ndots:5 rotate edns0\n");
}

static bool put(int root, const char *path, const char *text, Error *error)
{
	return file_replace_volatile(root, path, text, strlen(text), 0644, error);
}

TEST(resolver_looks_behind_the_stub_of_resolved)
{
	const char *text = NULL;
	CLEANUP_FD root = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(resolver_read_host(root, false, test->arena, &text, &test->error));
	CHECK_TEXT(text, "");

	CHECK(file_make_directories(root, "etc", 0755, &test->error));
	CHECK(put(root, "etc/resolv.conf", "nameserver 127.0.0.53\n", &test->error));
	CHECK(resolver_read_host(root, false, test->arena, &text, &test->error));
	CHECK_TEXT(text, "nameserver 127.0.0.53\n");

	CHECK(file_make_directories(root, "run/systemd/resolve", 0755, &test->error));
	CHECK(put(root, "run/systemd/resolve/resolv.conf", "nameserver 192.0.2.1\n", &test->error));
	CHECK(resolver_read_host(root, false, test->arena, &text, &test->error));
	CHECK_TEXT(text, "nameserver 192.0.2.1\n");
	CHECK(resolver_read_host(root, true, test->arena, &text, &test->error));
	CHECK_TEXT(text, "nameserver 127.0.0.53\n");
}
