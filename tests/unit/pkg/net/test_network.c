#include "pkg/net/network.h"

#include "pkg/net/link.h"
#include "pkg/net/publish.h"
#include "pkg/net/route.h"
#include "pkg/net/sysctl.h"
#include "pkg/net/table.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/nftables.h"
#include "tests/unit/network_lab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sys/wait.h>

static void check_inside(Test *test)
{
	Lab lab;
	if (!lab_make(test, &lab))
		return;
	CHECK(network_ensure(&lab.host, &test->error));
	const PodNetwork pod = { "web", lab_pod_address(&lab, 5) };
	CHECK(network_enter_pod(&lab.host, &pod, NULL, &test->error));

	CLEANUP_NETLINK netlink = NULL;
	Link link = { 0 }, loopback = { 0 };
	Ipv4 address = 0;
	uint32_t uplink = 0;
	CHECK(link_open(&netlink, &test->error));
	CHECK(link_find(netlink, "eth0", &link, &test->error));
	CHECK(link.is_up && link.mtu == LAB_UPLINK_MTU);
	CHECK(link_find(netlink, "lo", &loopback, &test->error) && loopback.is_up);
	CHECK(route_find_address(netlink, link.index, &address, &test->error));
	CHECK_TEXT(ipv4_print(address, test->arena), "10.233.0.7");
	CHECK(route_find_uplink(netlink, &uplink, &test->error) && uplink == link.index);

	CHECK(sysctl_is("ipv4/ip_unprivileged_port_start", "0"));
	CHECK(sysctl_is("ipv4/ping_group_range", "0\t2147483647"));
	CHECK(sysctl_is("ipv6/conf/eth0/disable_ipv6", "1"));
	CHECK(sysctl_is("ipv6/conf/lo/disable_ipv6", "0"));
}

TEST(net_pod_has_its_network_inside)
{
	lab_run_apart(test, check_inside);
}

static void check_private_ways(Test *test)
{
	Lab lab;
	LabPod web, db;
	const PublishedPorts none = { 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(lab_start_pod(&lab, "web", 0, &none, &web) &&
	      lab_start_pod(&lab, "db", 1, &none, &db));
	CHECK(lab_start_server(lab.host_namespace, "host", 7000) > 0);
	CHECK(lab_start_server(lab.outside_namespace, "outside", 7000) > 0);
	const Ipv4 web_address = lab_pod_address(&lab, 0), db_address = lab_pod_address(&lab, 1);
	const Ipv4 gateway = subnet_gateway(&lab.host.subnet);

	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, db_address, 80),
		   "db sees 10.233.0.2");
	CHECK_TEXT(lab_ask(test, &lab, db.namespace, SOCK_DGRAM, web_address, 80),
		   "web sees 10.233.0.3");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, IPV4_LOOPBACK, 80),
		   "web sees 127.0.0.1");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, gateway, 7000),
		   "host sees 10.233.0.2");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, LAB_HOST, 7000),
		   "host sees 10.233.0.2");
	CHECK_TEXT(lab_ask(test, &lab, lab.host_namespace, SOCK_STREAM, web_address, 80),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, LAB_OUTSIDE, 7000),
		   "outside sees 198.51.100.1");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_DGRAM, LAB_OUTSIDE, 7000),
		   "outside sees 198.51.100.1");
	// What is not published is not reachable, even for those who know the way.
	CHECK_TEXT(
		lab_find_nothing(test, &lab, lab.outside_namespace, SOCK_STREAM, web_address, 80),
		"silent");

	Ipv4 address = 0;
	CHECK(network_host_address(&lab.host, &address, &test->error));
	CHECK(address == LAB_HOST);
}

TEST(net_pods_reach_each_other_the_host_and_the_world)
{
	lab_run_apart(test, check_private_ways);
}

static uint16_t checksum(const uint16_t *words, size_t count)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < count; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

// An IPv4 datagram that no well-behaved pod could send, straight to the bridge's hardware address.
static bool send_forged(int namespace, int home, Ipv4 source, Ipv4 target, uint16_t port)
{
	struct {
		struct ip ip;
		struct udphdr udp;
		char text[2];
	} packet = {
		.ip = { .ip_hl = 5, .ip_v = 4, .ip_ttl = 64, .ip_p = IPPROTO_UDP },
		.udp = { .source = htons(9), .dest = htons(port), .len = htons(10) },
		.text = "x",
	};
	packet.ip.ip_len = htons(30);
	packet.ip.ip_src.s_addr = htonl(source);
	packet.ip.ip_dst.s_addr = htonl(target);
	packet.ip.ip_sum = checksum((const uint16_t *)(const void *)&packet.ip, 10);

	if (!lab_enter(namespace))
		return false;
	CLEANUP_FD fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_ll bridge = { .sll_family = AF_PACKET,
					    .sll_protocol = htons(ETH_P_IP),
					    .sll_ifindex = (int)if_nametoindex("eth0"),
					    .sll_halen = 6,
					    .sll_addr = { 0x0a, 0x58, 10, 233, 0, 1 } };
	const bool is_sent =
		sendto(fd, &packet, 30, 0, (const struct sockaddr *)&bridge, sizeof(bridge)) == 30;
	return lab_enter(home) && is_sent;
}

static bool arrives_within(int fd, int timeout_ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[8];
	return poll(&wait, 1, timeout_ms) == 1 && recv(fd, text, sizeof(text), 0) > 0;
}

static bool has_arrived(int fd)
{
	return arrives_within(fd, LAB_IMPATIENCE_MS);
}

static void check_guard(Test *test)
{
	Lab lab;
	LabPod web;
	const PublishedPorts none = { 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(lab_start_pod(&lab, "web", 0, &none, &web));
	CLEANUP_FD fd = lab_bound_socket(SOCK_DGRAM, 7000);
	const Ipv4 own = lab_pod_address(&lab, 0), gateway = subnet_gateway(&lab.host.subnet);

	// An honest one does; the first ones are lost while the link is not up yet.
	bool is_there = false;
	for (int waited_ms = 0; !is_there && waited_ms < LAB_PATIENCE_MS;
	     waited_ms += LAB_IMPATIENCE_MS) {
		CHECK(send_forged(web.namespace, lab.host_namespace, own, gateway, 7000));
		is_there = has_arrived(fd);
	}
	CHECK(is_there);
	while (has_arrived(fd))
		continue; // those that were only late
	CHECK(send_forged(web.namespace, lab.host_namespace, own, IPV4_LOOPBACK, 7000));
	CHECK(!has_arrived(fd));
	CHECK(send_forged(web.namespace, lab.host_namespace, IPV4_LOOPBACK, gateway, 7000));
	CHECK(!has_arrived(fd));
	CHECK(send_forged(web.namespace, lab.host_namespace, LAB_OUTSIDE, gateway, 7000));
	CHECK(!has_arrived(fd));
}

TEST(net_a_pod_cannot_reach_the_loopback_of_the_host)
{
	lab_run_apart(test, check_guard);
}

static size_t count_links(Arena *arena, Error *error)
{
	Texts names = { 0 };
	size_t count = 0;
	if (!file_list(AT_FDCWD, "/proc/sys/net/ipv4/conf", arena, &names, error))
		return 0;
	for (size_t i = 0; i < names.count; i++)
		count += strncmp(names.items[i], "sdme", 4) == 0;
	return count;
}

static void check_leftovers(Test *test)
{
	Lab lab;
	LabPod web, again;
	PublishedPort item = { PORT_TCP, 0, 8080, LAB_POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &web));
	CHECK(count_links(test->arena, &test->error) == 2);

	// A second start with the first one's link still there: the old link goes.
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &again));
	CHECK(count_links(test->arena, &test->error) == 2);
	CHECK_TEXT(lab_ask(test, &lab, lab.outside_namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "web sees 198.51.100.2");

	lab_end_pod(&again);
	lab_end_pod(&web);
	CHECK(network_unpublish(&lab.host, "web", &test->error));
	for (int i = 0; i < 200 && count_links(test->arena, &test->error) > 1; i++)
		(void)poll(NULL, 0, 10);
	CHECK(count_links(test->arena, &test->error) == 1);
	Publications left = { 0 };
	CHECK(network_list_ports(&lab.host, test->arena, &left, &test->error) && left.count == 0);
	const char *maps = NULL;
	CHECK(nftables_run("list map inet sdme ports", test->arena, &maps, &test->error));
	CHECK(!strstr(maps, "elements"));
}

TEST(net_a_dead_pod_leaves_nothing_behind)
{
	lab_run_apart(test, check_leftovers);
}

static void check_repair(Test *test)
{
	Lab lab;
	LabPod web;
	PublishedPort item = { PORT_TCP, 0, 8080, LAB_POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	uint64_t before = 0, after = 0;
	if (!lab_make(test, &lab))
		return;
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &web));
	CHECK(table_find(&before, &test->error) && before != 0);
	CHECK(network_ensure(&lab.host, &test->error));
	CHECK(table_find(&after, &test->error) && after == before);

	CHECK(nftables_run("flush ruleset", test->arena, NULL, &test->error));
	CHECK_TEXT(lab_ask(test, &lab, lab.outside_namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "refused");
	CHECK(sysctl_set("ipv4/ip_forward", "0", &test->error));
	CHECK(network_ensure(&lab.host, &test->error));
	CHECK_TEXT(lab_ask(test, &lab, lab.outside_namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "web sees 198.51.100.2");
}

TEST(net_flushed_rules_come_back)
{
	lab_run_apart(test, check_repair);
}

static void check_crowd(Test *test)
{
	enum {
		CROWD = 20
	};
	Lab lab;
	pid_t processes[CROWD];
	if (!lab_make(test, &lab))
		return;
	for (uint32_t i = 0; i < CROWD; i++) {
		processes[i] = fork();
		if (processes[i] != 0)
			continue;
		lab_become_servant();
		PublishedPort item = { PORT_TCP, 0, (uint16_t)(8000 + i), LAB_POD_PORT };
		const PublishedPorts ports = { &item, 1, 0 };
		const PodNetwork pod = { arena_printf(test->arena, "web-%u", i),
					 lab_pod_address(&lab, i) };
		_exit(lab_start_pod_here(&lab, &pod, &ports) ? 0 : 1);
	}
	for (uint32_t i = 0; i < CROWD; i++) {
		int status = 1;
		CHECK(waitpid(processes[i], &status, 0) == processes[i] && status == 0);
	}
	// A pod that is dead by then loses only ports that others want.
	Publications all = { 0 };
	CHECK(network_list_ports(&lab.host, test->arena, &all, &test->error));
	CHECK(all.count == CROWD);
}

TEST(net_many_pods_start_at_once)
{
	lab_run_apart(test, check_crowd);
}

static void check_refusals(Test *test)
{
	Lab lab;
	if (!lab_make(test, &lab))
		return;
	lab.host.subnet = (Subnet){ .base = 0xc6336400, .prefix = 24 };
	CHECK_ERROR(
		network_ensure(&lab.host, &test->error),
		"set up the pod network: the pod network 198.51.100.0/24 is in use on the link 'uplink' of this "
		"host; choose another one with the setting network_subnet");
}

TEST(net_a_subnet_in_use_is_refused)
{
	lab_run_apart(test, check_refusals);
}
