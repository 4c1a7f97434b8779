#include "pkg/net/resolver.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

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
					      "search example.com.  corp.example.. ..\n"
					      "sortlist 1.2.3.4\n"
					      "options ndots:2 rotate :3\n"
					      "nameserver\n"
					      "options ndots:5");
	CHECK_TEXT(resolver_print(&resolver, test->arena), "nameserver 192.0.2.1\n"
							   "nameserver 192.0.2.2\n"
							   "search example.com corp.example .\n"
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

TEST(resolver_counts_a_domain_once_and_drops_what_is_too_much)
{
	const Resolver host = parse(test, "search a.example. . b.example a.example .\n");
	Resolver merged = { 0 };
	resolver_merge(&host, &(Resolver){ 0 }, test->arena, &merged);
	CHECK_TEXT(texts_join(&merged.searches, " ", test->arena), "a.example . b.example");

	// Nine domains of 249 characters do not fit into 2048, eight do.
	Resolver large = { 0 };
	for (int i = 0; i < 9; i++)
		texts_add(test->arena, &large.searches,
			  arena_printf(test->arena, "%d%0248d", i, 0));
	resolver_merge(&host, &large, test->arena, &merged);
	CHECK(merged.searches.count == 3 + 8);
	large.searches.count = 0;
	for (int i = 0; i < 40; i++)
		texts_add(test->arena, &large.searches, arena_printf(test->arena, "d%d", i));
	resolver_merge(&host, &large, test->arena, &merged);
	CHECK(merged.searches.count == 32);
}

// --- what a pod gets

static void put(Test *test, int root, const char *path, const char *text)
{
	CHECK(file_make_directories(root, "etc", 0755, &test->error));
	CHECK(file_make_directories(root, "run/systemd/resolve", 0755, &test->error));
	CHECK(file_replace_volatile(root, path, text, strlen(text), 0644, &test->error));
}

#define HOST     "etc/resolv.conf"
#define RESOLVED "run/systemd/resolve/resolv.conf"
#define NO_SERVER                                                                                  \
	"# No name server of the host can be reached from this pod: set dnsConfig.nameservers.\n"

static const char *of_pod(Test *test, int root, bool is_shared, const char *config)
{
	const Resolver own = parse(test, config);
	const ResolverPod pod = { .is_shared = is_shared, .config = &own };
	const char *text = "";
	return resolver_print_pod(root, &pod, test->arena, &text, &test->error)
		       ? text
		       : test->error.message;
}

TEST(resolver_of_a_pod_asks_no_server_on_a_loopback_address)
{
	static const char *const local[] = { "127.0.0.53", "127.0.0.54", "127.0.0.1", "127.1.2.3",
					     "::1",        "0.0.0.0",    "::" };
	CLEANUP_FD root = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (size_t i = 0; i < COUNT(local); i++) {
		const char *host = arena_printf(test->arena, "nameserver %s\nsearch a\n", local[i]);
		put(test, root, HOST, host);
		// systemd-resolved runs: what it asks itself.
		put(test, root, RESOLVED, "nameserver 192.0.2.1\nnameserver ::1\nsearch b\n");
		CHECK_TEXT(of_pod(test, root, false, ""), "nameserver 192.0.2.1\nsearch b\n");
		// The loopback addresses of the host are those of a pod in its network.
		CHECK_TEXT(of_pod(test, root, true, ""), host);
		CHECK_TEXT(of_pod(test, root, true, "nameserver 192.0.2.9\noptions ndots:5"),
			   arena_printf(test->arena,
					"nameserver %s\nnameserver 192.0.2.9\nsearch a\noptions "
					"ndots:5\n",
					local[i]));
		// It knows no server either.
		put(test, root, RESOLVED, "# No DNS servers known.\nsearch b\n");
		CHECK_TEXT(of_pod(test, root, false, ""), NO_SERVER "search a\n");
		CHECK_TEXT(of_pod(test, root, false, "nameserver 192.0.2.9"),
			   "nameserver 192.0.2.9\nsearch a\n");
		CHECK(unlinkat(root, RESOLVED, 0) == 0);
		CHECK_TEXT(of_pod(test, root, false, ""), NO_SERVER "search a\n");
		// One of two is of use.
		put(test, root, HOST,
		    arena_printf(test->arena, "nameserver %s\nnameserver 192.0.2.7\n", local[i]));
		CHECK_TEXT(of_pod(test, root, false, ""), "nameserver 192.0.2.7\n");
	}
}

TEST(resolver_of_a_pod_without_a_resolver_of_the_host)
{
	CLEANUP_FD root = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK_TEXT(of_pod(test, root, false, ""), NO_SERVER);
	CHECK_TEXT(of_pod(test, root, true, ""), "");
	CHECK_TEXT(of_pod(test, root, false, "nameserver 192.0.2.9"), "nameserver 192.0.2.9\n");
	put(test, root, HOST, "");
	CHECK_TEXT(of_pod(test, root, false, ""), NO_SERVER);
	put(test, root, RESOLVED, "nameserver 192.0.2.1\n");
	CHECK_TEXT(of_pod(test, root, false, ""), "nameserver 192.0.2.1\n");
	// A link to a stub that is not there.
	CHECK(unlinkat(root, HOST, 0) == 0 && unlinkat(root, RESOLVED, 0) == 0);
	CHECK(symlinkat("../run/systemd/resolve/stub-resolv.conf", root, HOST) == 0);
	CHECK_TEXT(of_pod(test, root, false, ""), NO_SERVER);
	put(test, root, "run/systemd/resolve/stub-resolv.conf", "nameserver 127.0.0.53\n");
	put(test, root, RESOLVED, "nameserver 192.0.2.1\n");
	CHECK_TEXT(of_pod(test, root, false, ""), "nameserver 192.0.2.1\n");
}

TEST(resolver_of_a_pod_that_ignores_the_host)
{
	CLEANUP_FD root = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put(test, root, HOST, "nameserver 192.0.2.1\nsearch a\noptions rotate\n");
	const Resolver own = parse(test, "nameserver 127.0.0.1\nnameserver 2001:db8::1\n");
	for (int is_shared = 0; is_shared < 2; is_shared++) {
		const ResolverPod pod = { .is_shared = is_shared,
					  .ignores_host = true,
					  .config = &own };
		const char *text = "";
		CHECK(resolver_print_pod(root, &pod, test->arena, &text, &test->error));
		CHECK_TEXT(text, "nameserver 127.0.0.1\nnameserver 2001:db8::1\n");
	}
}
