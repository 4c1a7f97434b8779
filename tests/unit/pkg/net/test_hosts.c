#include "pkg/net/hosts.h"
#include "tests/unit/test.h"

static HostAliases two_aliases(Arena *arena)
{
	HostAliases aliases = { 0 };
	HostAlias *foo = host_aliases_push(arena, &aliases);
	foo->ip = "127.0.0.1";
	texts_add(arena, &foo->names, "foo.local");
	texts_add(arena, &foo->names, "bar.local");
	HostAlias *remote = host_aliases_push(arena, &aliases);
	remote->ip = "10.1.2.3";
	texts_add(arena, &remote->names, "foo.remote");
	return aliases;
}

TEST(hosts_of_a_plain_pod)
{
	const HostAliases none = { 0 };
	CHECK_TEXT(hosts_print(0x0ae90005, "web", "", &none, test->arena),
		   "# Kubernetes-managed hosts file.\n"
		   "127.0.0.1\tlocalhost\n"
		   "::1\tlocalhost ip6-localhost ip6-loopback\n"
		   "fe00::0\tip6-localnet\n"
		   "fe00::0\tip6-mcastprefix\n"
		   "fe00::1\tip6-allnodes\n"
		   "fe00::2\tip6-allrouters\n"
		   "10.233.0.5\tweb\n");
}

TEST(hosts_with_a_domain_and_aliases)
{
	const HostAliases aliases = two_aliases(test->arena);
	const char *text = hosts_print(0x0ae90005, "web", "sub.default.svc.cluster.local", &aliases,
				       test->arena);
	CHECK_TEXT(strstr(text, "10.233"), "10.233.0.5\tweb.sub.default.svc.cluster.local\tweb\n"
					   "\n"
					   "# Entries added by HostAliases.\n"
					   "127.0.0.1\tfoo.local\tbar.local\n"
					   "10.1.2.3\tfoo.remote\n");
}

TEST(hosts_of_a_pod_with_host_network)
{
	const HostAliases aliases = two_aliases(test->arena), none = { 0 };
	CHECK_TEXT(
		hosts_print_host_network("127.0.0.1 localhost\n", "localhost", &none, test->arena),
		"# Kubernetes-managed hosts file (host network).\n"
		"127.0.0.1 localhost\n");
	CHECK_TEXT(
		hosts_print_host_network("127.0.0.1 localhost", "localhost", &aliases, test->arena),
		"# Kubernetes-managed hosts file (host network).\n"
		"127.0.0.1 localhost\n"
		"\n"
		"# Entries added by HostAliases.\n"
		"127.0.0.1\tfoo.local\tbar.local\n"
		"10.1.2.3\tfoo.remote\n");
}

TEST(hosts_of_the_host_name_the_host)
{
	static const struct {
		const char *text;
		bool is_named;
	} rows[] = {
		{ "127.0.1.1 node", true },
		{ "10.0.0.1\tnode.example.com  node # x\n", true },
		{ "10.0.0.1 other\n127.0.1.1 node\n10.0.0.2 x\n", true },
		{ "", false },
		{ "node\n", false },
		{ "node 10.0.0.1\n", false },
		{ "# 127.0.1.1 node\n", false },
		{ "127.0.1.1 other # node\n127.0.1.1 nodes node2\n", false },
		{ "127.0.1.1 \r\n", false },
		{ "127.0.1.1 node.example.com", false },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		const HostAliases none = { 0 };
		const char *text =
			hosts_print_host_network(rows[i].text, "node", &none, test->arena);
		CHECK((strstr(text, "\n127.0.1.1\tnode\n") != NULL) == !rows[i].is_named);
		CHECK(strstr(text, rows[i].text));
	}
}
