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
#include <net/if_arp.h>
#include <netinet/if_ether.h>
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

#define FORGED_PORT 7000
#define WITNESS     'w' // what the honest datagram says, which is sent last
#define FORGED      'f'

typedef struct Datagram {
	struct ip ip;
	struct udphdr udp;
	char text[4];
} Datagram;

static Datagram make_datagram(Ipv4 source, Ipv4 target, char text)
{
	Datagram datagram = {
		.ip = { .ip_hl = 5, .ip_v = 4, .ip_ttl = 64, .ip_p = IPPROTO_UDP },
		.udp = { .source = htons(9), .dest = htons(FORGED_PORT), .len = htons(12) },
		.text = { text },
	};
	datagram.ip.ip_len = htons(sizeof(datagram));
	datagram.ip.ip_src.s_addr = htonl(source);
	datagram.ip.ip_dst.s_addr = htonl(target);
	datagram.ip.ip_sum = checksum((const uint16_t *)(const void *)&datagram.ip, 10);
	return datagram;
}

static int packet_socket(int namespace, int home, uint16_t protocol)
{
	if (!lab_enter(namespace))
		return -1;
	const int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, htons(protocol));
	const struct sockaddr_ll link = { .sll_family = AF_PACKET,
					  .sll_protocol = htons(protocol),
					  .sll_ifindex = (int)if_nametoindex("eth0") };
	if (bind(fd, (const struct sockaddr *)&link, sizeof(link)) < 0 || !lab_enter(home))
		return -1;
	return fd;
}

// To a hardware address, as no well-behaved pod would.
static bool send_frame(int fd, uint16_t protocol, const void *bytes, size_t length,
		       HardwareAddress target)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(protocol),
				       .sll_ifindex = 0,
				       .sll_halen = sizeof(target) };
	struct sockaddr_ll own = { 0 };
	socklen_t size = sizeof(own);
	if (getsockname(fd, (struct sockaddr *)&own, &size) < 0)
		return false;
	address.sll_ifindex = own.sll_ifindex;
	memcpy(address.sll_addr, &target, sizeof(target));
	return sendto(fd, bytes, length, 0, (const struct sockaddr *)&address, sizeof(address)) ==
	       (ssize_t)length;
}

static bool send_datagram(int fd, Ipv4 source, Ipv4 target, char text, HardwareAddress hardware)
{
	const Datagram datagram = make_datagram(source, target, text);
	return send_frame(fd, ETH_P_IP, &datagram, sizeof(datagram), hardware);
}

// Every wrong source to every target, to the hardware addresses of the router, of the neighbour, and of everybody; and the
// right source to loopback addresses.
static bool send_forged(int fd, Ipv4 own, Ipv4 gateway, Ipv4 neighbour)
{
	const HardwareAddress hardware[] = { link_hardware_of(gateway),
					     link_hardware_of(neighbour),
					     { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } } };
	const Ipv4 sources[] = { neighbour,   gateway,    own + 99,   gateway - 1,
				 LAB_OUTSIDE, LAB_HOST,   0x7f000001, 0x7f000002,
				 0,           0xffffffff, 0xe0000001 };
	const Ipv4 targets[] = { neighbour, gateway, LAB_HOST, 0xffffffff };
	bool is_sent = true;
	for (size_t i = 0; i < COUNT(hardware); i++) {
		for (size_t source = 0; source < COUNT(sources); source++) {
			for (size_t target = 0; target < COUNT(targets); target++)
				is_sent &= send_datagram(fd, sources[source], targets[target],
							 FORGED, hardware[i]);
		}
		is_sent &= send_datagram(fd, own, 0x7f000001, FORGED, hardware[i]) &&
			   send_datagram(fd, own, 0x7f000fff, FORGED, hardware[i]);
	}
	return is_sent;
}

// Every ARP that would tell the host, the router or the neighbour that somebody else is here; and IPv6.
static bool send_other_protocols(int fd, Ipv4 own, Ipv4 gateway, Ipv4 neighbour)
{
	const HardwareAddress everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
	const Ipv4 victims[] = { neighbour, gateway, own };
	const char ipv6[40] = { 0x60 };
	bool is_sent = send_frame(fd, ETH_P_IPV6, ipv6, sizeof(ipv6), everybody);
	for (size_t i = 0; i < COUNT(victims); i++) {
		for (uint8_t operation = ARPOP_REQUEST; operation <= ARPOP_REPLY; operation++) {
			struct ether_arp arp = {
				.ea_hdr = { htons(ARPHRD_ETHER), htons(ETH_P_IP), 6, 4,
					    htons(operation) },
			};
			const uint32_t sender = htonl(victims[i]), target = htonl(gateway);
			const HardwareAddress hardware = link_hardware_of(own);
			memcpy(arp.arp_sha, &hardware, sizeof(arp.arp_sha));
			memcpy(arp.arp_spa, &sender, sizeof(arp.arp_spa));
			memcpy(arp.arp_tpa, &target, sizeof(arp.arp_tpa));
			is_sent &= send_frame(fd, ETH_P_ARP, &arp, sizeof(arp), everybody) &&
				   send_frame(fd, ETH_P_ARP, &arp, sizeof(arp),
					      link_hardware_of(gateway));
		}
	}
	return is_sent;
}

// How many datagrams or frames came before the honest one; SIZE_MAX when that does not come.
static size_t count_before_witness(int fd)
{
	for (size_t count = 0;; count++) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		char bytes[2048];
		ssize_t got = 0;
		if (poll(&wait, 1, LAB_PATIENCE_MS) != 1 ||
		    (got = recv(fd, bytes, sizeof(bytes), 0)) < 4)
			return SIZE_MAX;
		if (bytes[got - 4] == WITNESS)
			return count;
	}
}

static void attack(Test *test, const Lab *lab, const LabPod *web, const LabPod *db)
{
	const Ipv4 own = lab_pod_address(lab, 0), neighbour = lab_pod_address(lab, 1);
	const Ipv4 gateway = subnet_gateway(&lab->host.subnet);
	const HardwareAddress router = link_hardware_of(gateway);
	CLEANUP_FD in_host = lab_bound_socket(SOCK_DGRAM, FORGED_PORT);
	CLEANUP_FD attacker = packet_socket(web->namespace, lab->host_namespace, 0);
	// Hears every frame that reaches the neighbour.
	CLEANUP_FD wiretap = packet_socket(db->namespace, lab->host_namespace, ETH_P_ALL);
	CHECK(in_host >= 0 && attacker >= 0 && wiretap >= 0);

	CHECK(send_forged(attacker, own, gateway, neighbour));
	CHECK(send_other_protocols(attacker, own, gateway, neighbour));
	CHECK(send_datagram(attacker, own, gateway, WITNESS, router));
	CHECK(count_before_witness(in_host) == 0);
	CHECK(send_datagram(attacker, own, neighbour, WITNESS, router));
	CHECK(count_before_witness(wiretap) == 0);
	CHECK_TEXT(lab_ask(test, lab, lab->host_namespace, SOCK_DGRAM, neighbour, LAB_POD_PORT),
		   "db sees 10.233.0.1");
}

static void check_forgery(Test *test)
{
	Lab lab;
	LabPod web, db;
	const PublishedPorts none = { 0 };
	if (!lab_make(test, &lab))
		return;
	// As loose as a host can be; the router is what it has to be.
	CHECK(sysctl_set("ipv4/conf/all/rp_filter", "2", &test->error) &&
	      sysctl_set("ipv4/conf/default/rp_filter", "2", &test->error));
	CHECK(lab_start_pod(&lab, "web", 0, &none, &web) &&
	      lab_start_pod(&lab, "db", 1, &none, &db));
	attack(test, &lab, &web, &db);
	CHECK(nftables_run("flush ruleset", test->arena, NULL, &test->error));
	attack(test, &lab, &web, &db);
}

TEST(net_a_pod_speaks_with_its_own_address_or_not_at_all)
{
	lab_run_apart(test, check_forgery);
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
	CHECK(lab_count_links(test, &lab) == 1);

	// A second start with the first one's link still there: the old link goes.
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &again));
	CHECK(lab_count_links(test, &lab) == 1);
	CHECK_TEXT(lab_ask(test, &lab, lab.outside_namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "web sees 198.51.100.2");

	lab_end_pod(&again);
	lab_end_pod(&web);
	CHECK(network_unpublish(&lab.host, "web", &test->error));
	for (int i = 0; i < 200 && lab_count_links(test, &lab) > 0; i++)
		(void)poll(NULL, 0, 10);
	CHECK(lab_count_links(test, &lab) == 0);
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

static void check_other_subnet(Test *test)
{
	Lab lab;
	LabPod web;
	const PublishedPorts none = { 0 };
	uint64_t before = 0, after = 0;
	if (!lab_make(test, &lab))
		return;
	CHECK(network_ensure(&lab.host, &test->error));
	lab.host.subnet = (Subnet){ .base = 0x0a630000, .prefix = 24 };
	CHECK(lab_start_pod(&lab, "web", 0, &none, &web));
	CHECK_TEXT(lab_ask(test, &lab, lab.host_namespace, SOCK_STREAM, 0x0a630002, 80),
		   "web sees 10.99.0.1");
	// All is ready for the next Pod: nothing is made again.
	CHECK(table_find(&before, &test->error));
	CHECK(network_ensure(&lab.host, &test->error));
	CHECK(table_find(&after, &test->error) && after == before);
}

TEST(net_another_subnet_takes_over)
{
	lab_run_apart(test, check_other_subnet);
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
