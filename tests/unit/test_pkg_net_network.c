// The pod network for real: root only, in network namespaces of its own. A "host" with the bridge, joined by `uplink`
// to an "outside" machine; pods are processes that answer on TCP and UDP.
#include "pkg/net/link.h"
#include "pkg/net/publish.h"
#include "pkg/net/route.h"
#include "pkg/net/sysctl.h"
#include "pkg/net/table.h"
#include "pkg/sys/file.h"
#include "pkg/sys/nftables.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOST          0xc6336401 // 198.51.100.1
#define OUTSIDE       0xc6336402 // 198.51.100.2
#define POD_PORT      80
#define UPLINK_MTU    1400
#define PATIENCE_MS   2000
#define IMPATIENCE_MS 250 // for what must not be answered

typedef struct Lab {
	NetworkHost host;
	int host_namespace;
	int outside_namespace;
} Lab;

static bool enter(int namespace)
{
	return setns(namespace, CLONE_NEWNET) == 0;
}

static int own_namespace(void)
{
	return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

// Runs the test's body in a process of its own, so that it may change its network namespace; processes that it leaves
// behind are ended.
static void run_apart(Test *test, void (*body)(Test *test))
{
	if (geteuid() != 0)
		SKIP("needs root");
	(void)test_directory(test);
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		setpgid(0, 0);
		signal(SIGTERM, SIG_IGN); // ends the others only
		body(test);
		fflush(stdout);
		kill(0, SIGTERM);
		_exit(test->has_failed ? 1 : test->skip_reason ? 77 : 0);
	}
	int status = 0;
	CHECK(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		SKIP("no network namespaces here");
	test->has_failed = status != 0;
}

// The bottom half of a process in the lab that only serves.
static void become_servant(void)
{
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static int bound_socket(int type, uint16_t port)
{
	const int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	const int on = 1;
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	if (type == SOCK_STREAM && listen(fd, 64) < 0)
		return -1;
	return fd;
}

static const char *print_answer(Arena *arena, const char *name, const struct sockaddr_in *peer)
{
	return arena_printf(arena, "%s sees %s", name,
			    ipv4_print(ntohl(peer->sin_addr.s_addr), arena));
}

// Answers each connection and each datagram with "NAME sees ADDRESS".
static void serve(const char *name, int tcp, int udp)
{
	struct pollfd fds[] = { { .fd = tcp, .events = POLLIN }, { .fd = udp, .events = POLLIN } };
	while (poll(fds, COUNT(fds), -1) > 0) {
		CLEANUP_ARENA scratch = arena_new();
		struct sockaddr_in peer = { 0 };
		socklen_t size = sizeof(peer);
		char request[16];
		if (fds[0].revents) {
			CLEANUP_FD fd = accept(tcp, (struct sockaddr *)&peer, &size);
			const char *answer = print_answer(scratch, name, &peer);
			(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
		}
		if (fds[1].revents && recvfrom(udp, request, sizeof(request), 0,
					       (struct sockaddr *)&peer, &size) >= 0) {
			const char *answer = print_answer(scratch, name, &peer);
			(void)sendto(udp, answer, strlen(answer), 0, (struct sockaddr *)&peer,
				     size);
		}
	}
	_exit(0);
}

// Starts a process that serves on `port` in `namespace`, once it does.
static pid_t start_server(int namespace, const char *name, uint16_t port)
{
	int ready[2];
	if (pipe2(ready, O_CLOEXEC) < 0)
		return -1;
	const pid_t child = fork();
	if (child == 0) {
		become_servant();
		if (!enter(namespace))
			_exit(1);
		const int tcp = bound_socket(SOCK_STREAM, port),
			  udp = bound_socket(SOCK_DGRAM, port);
		if (tcp < 0 || udp < 0)
			_exit(1);
		(void)!write(ready[1], "r", 1);
		serve(name, tcp, udp);
	}
	close(ready[1]);
	char byte;
	const bool is_ready = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	return is_ready ? child : -1;
}

typedef struct Pod {
	pid_t process;
	int namespace;
} Pod;

// What a pod's process does before it serves; false with the error on standard output.
static bool start_pod_here(const Lab *lab, const PodNetwork *pod, const PublishedPorts *ports)
{
	CLEANUP_ERROR error = { 0 };
	if (network_start_pod(&lab->host, pod, ports, &error))
		return true;
	printf("# %s: %s\n", pod->name, error.message);
	fflush(stdout);
	return false;
}

static bool start_pod(const Lab *lab, const char *name, uint32_t slot, const PublishedPorts *ports,
		      Pod *ret)
{
	const PodNetwork pod = { name, subnet_slot_address(&lab->host.subnet, slot) };
	int ready[2];
	if (pipe2(ready, O_CLOEXEC) < 0)
		return false;
	const pid_t child = fork();
	if (child == 0) {
		become_servant();
		if (!start_pod_here(lab, &pod, ports))
			_exit(1);
		const int tcp = bound_socket(SOCK_STREAM, POD_PORT);
		const int udp = bound_socket(SOCK_DGRAM, POD_PORT);
		(void)!write(ready[1], "r", 1);
		serve(name, tcp, udp);
	}
	close(ready[1]);
	char byte;
	const bool is_ready = read(ready[0], &byte, 1) == 1;
	close(ready[0]);
	if (!is_ready)
		return false;

	char path[sizeof("/proc//ns/net") + DECIMAL_MAX(pid_t)];
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", child);
	*ret = (Pod){ child, open(path, O_RDONLY | O_CLOEXEC) };
	return ret->namespace >= 0;
}

static void end_pod(Pod *pod)
{
	kill(pod->process, SIGKILL);
	waitpid(pod->process, NULL, 0);
	close(pod->namespace);
}

static bool make_uplink(int outside, Error *error)
{
	CLEANUP_NETLINK here = NULL;
	CLEANUP_NETLINK there = NULL;
	Link link = { 0 };
	const int home = own_namespace();
	const VethPair pair = { .name = "uplink",
				.peer = "wire",
				.alias = "test",
				.peer_namespace = outside,
				.mtu = UPLINK_MTU,
				.address = HOST };
	const bool is_done =
		link_open(&here, error) && link_set_up(here, 1, error) &&
		link_make_veth(here, &pair, error) && link_find(here, "uplink", &link, error) &&
		route_add_address(here, link.index, HOST, 24, error) &&
		route_add_default(here, link.index, OUTSIDE, error) && enter(outside) &&
		link_open(&there, error) && link_set_up(there, 1, error) &&
		link_find(there, "wire", &link, error) &&
		route_add_address(there, link.index, OUTSIDE, 24, error) &&
		link_set_up(there, link.index, error) &&
		// The outside knows a way to the pods, and must still not get in by it.
		route_add_default(there, link.index, HOST, error) && enter(home);
	close(home);
	return is_done;
}

static bool make_lab(Test *test, Lab *ret)
{
	if (unshare(CLONE_NEWNET) < 0) {
		test->skip_reason = "no network namespaces";
		return false;
	}
	const int outside = own_namespace();
	if (unshare(CLONE_NEWNET) < 0)
		return false;
	*ret = (Lab){ .host = { .run_dir = test_directory(test),
				.subnet = { .base = 0x0ae90000, .prefix = 16 } },
		      .host_namespace = own_namespace(),
		      .outside_namespace = outside };
	if (make_uplink(outside, &test->error))
		return true;
	test_fail(test, __FILE__, __LINE__, "no lab");
	return false;
}

static bool try_talk(int fd, int type, Ipv4 address, uint16_t port, char *answer, size_t size)
{
	const struct sockaddr_in target = { .sin_family = AF_INET,
					    .sin_port = htons(port),
					    .sin_addr.s_addr = htonl(address) };
	if (connect(fd, (const struct sockaddr *)&target, sizeof(target)) < 0)
		return false;
	if (type == SOCK_DGRAM && send(fd, "hello", 5, 0) < 0)
		return false;
	const ssize_t got = recv(fd, answer, size - 1, 0);
	if (got <= 0)
		return false;
	answer[got] = '\0';
	return true;
}

// What `address`:`port` answers to a client in `namespace`, or why it doesn't: "refused", "silent".
static const char *talk(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
			uint16_t port, int patience_ms)
{
	if (!enter(namespace))
		return "no such namespace";
	CLEANUP_FD fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (!enter(lab->host_namespace))
		return "lost";
	const struct timeval patience = { patience_ms / 1000, patience_ms % 1000 * 1000 };
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));

	char answer[128];
	if (try_talk(fd, type, address, port, answer, sizeof(answer)))
		return arena_strdup(test->arena, answer);
	return errno == ECONNREFUSED ? "refused"
	       : errno == EAGAIN || errno == EINPROGRESS || errno == ETIMEDOUT
		       ? "silent"
		       : arena_printf(test->arena, "%s", strerror(errno));
}

static const char *ask(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
		       uint16_t port)
{
	return talk(test, lab, namespace, type, address, port, PATIENCE_MS);
}

static const char *find_nothing(Test *test, const Lab *lab, int namespace, int type, Ipv4 address,
				uint16_t port)
{
	return talk(test, lab, namespace, type, address, port, IMPATIENCE_MS);
}

static Ipv4 pod_address(const Lab *lab, uint32_t slot)
{
	return subnet_slot_address(&lab->host.subnet, slot);
}

static void check_inside(Test *test)
{
	Lab lab;
	if (!make_lab(test, &lab))
		return;
	CHECK(network_ensure(&lab.host, &test->error));
	const PodNetwork pod = { "web", pod_address(&lab, 5) };
	CHECK(network_enter_pod(&lab.host, &pod, NULL, &test->error));

	CLEANUP_NETLINK netlink = NULL;
	Link link = { 0 }, loopback = { 0 };
	Ipv4 address = 0;
	uint32_t uplink = 0;
	CHECK(link_open(&netlink, &test->error));
	CHECK(link_find(netlink, "eth0", &link, &test->error));
	CHECK(link.is_up && link.mtu == UPLINK_MTU);
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
	run_apart(test, check_inside);
}

static void check_private_ways(Test *test)
{
	Lab lab;
	Pod web, db;
	const PublishedPorts none = { 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(start_pod(&lab, "web", 0, &none, &web) && start_pod(&lab, "db", 1, &none, &db));
	CHECK(start_server(lab.host_namespace, "host", 7000) > 0);
	CHECK(start_server(lab.outside_namespace, "outside", 7000) > 0);
	const Ipv4 web_address = pod_address(&lab, 0), db_address = pod_address(&lab, 1);
	const Ipv4 gateway = subnet_gateway(&lab.host.subnet);

	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, db_address, 80),
		   "db sees 10.233.0.2");
	CHECK_TEXT(ask(test, &lab, db.namespace, SOCK_DGRAM, web_address, 80),
		   "web sees 10.233.0.3");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, IPV4_LOOPBACK, 80),
		   "web sees 127.0.0.1");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, gateway, 7000),
		   "host sees 10.233.0.2");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, HOST, 7000), "host sees 10.233.0.2");
	CHECK_TEXT(ask(test, &lab, lab.host_namespace, SOCK_STREAM, web_address, 80),
		   "web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, OUTSIDE, 7000),
		   "outside sees 198.51.100.1");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_DGRAM, OUTSIDE, 7000),
		   "outside sees 198.51.100.1");
	// What is not published is not reachable, even for those who know the way.
	CHECK_TEXT(find_nothing(test, &lab, lab.outside_namespace, SOCK_STREAM, web_address, 80),
		   "silent");

	Ipv4 address = 0;
	CHECK(network_host_address(&lab.host, &address, &test->error));
	CHECK(address == HOST);
}

TEST(net_pods_reach_each_other_the_host_and_the_world)
{
	run_apart(test, check_private_ways);
}

// bridge_filter: whether packets between ports of a bridge pass the IP filters (br_netfilter, which Docker and Kubernetes
// load): the translation of published ports takes another way through the kernel then.
static void check_published(Test *test, const char *bridge_filter)
{
	Lab lab;
	Pod web, db;
	PublishedPort web_ports[] = {
		{ PORT_TCP, 0, 8080, POD_PORT },
		{ PORT_UDP, 0, 8053, POD_PORT },
		{ PORT_TCP, IPV4_LOOPBACK, 9090, POD_PORT },
		{ PORT_SCTP, 0, 9100, 9100 },
	};
	const PublishedPorts ports = { web_ports, COUNT(web_ports), 0 }, none = { 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(sysctl_set_if_known("bridge/bridge-nf-call-iptables", bridge_filter, &test->error));
	CHECK(start_pod(&lab, "web", 0, &ports, &web) && start_pod(&lab, "db", 1, &none, &db));
	const int host = lab.host_namespace, outside = lab.outside_namespace;

	CHECK_TEXT(ask(test, &lab, outside, SOCK_STREAM, HOST, 8080), "web sees 198.51.100.2");
	CHECK_TEXT(ask(test, &lab, outside, SOCK_DGRAM, HOST, 8053), "web sees 198.51.100.2");
	CHECK_TEXT(ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 8080), "web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, host, SOCK_DGRAM, IPV4_LOOPBACK, 8053), "web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, host, SOCK_STREAM, HOST, 8080), "web sees 198.51.100.1");
	CHECK_TEXT(ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 9090), "web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_STREAM, HOST, 8080), "web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, web.namespace, SOCK_DGRAM, HOST, 8053), "web sees 10.233.0.1");
	// Neighbours that know each other, again and again: an ICMP redirect from the host would lead the second one astray.
	CHECK_TEXT(ask(test, &lab, db.namespace, SOCK_STREAM, pod_address(&lab, 0), 80),
		   "web sees 10.233.0.3");
	for (int i = 0; i < 3; i++)
		CHECK_TEXT(ask(test, &lab, db.namespace, SOCK_STREAM, HOST, 8080),
			   "web sees 10.233.0.1");
	CHECK_TEXT(
		ask(test, &lab, db.namespace, SOCK_STREAM, subnet_gateway(&lab.host.subnet), 8080),
		"web sees 10.233.0.1");
	CHECK_TEXT(ask(test, &lab, outside, SOCK_STREAM, HOST, 9090),
		   "refused"); // for 127.0.0.1 only

	CHECK(network_unpublish(&lab.host, "web", &test->error));
	CHECK_TEXT(ask(test, &lab, outside, SOCK_STREAM, HOST, 8080), "refused");
	CHECK_TEXT(ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 8080), "refused");
	CHECK(network_unpublish(&lab.host, "web", &test->error)); // nothing there: fine
}

static void check_published_plain(Test *test)
{
	check_published(test, "0");
}

static void check_published_with_bridge_filter(Test *test)
{
	check_published(test, "1");
}

TEST(net_published_ports_answer_everywhere)
{
	run_apart(test, check_published_plain);
}

TEST(net_published_ports_answer_everywhere_with_br_netfilter)
{
	run_apart(test, check_published_with_bridge_filter);
}

// One datagram over a socket that was used before; true when `want` comes back.
static bool knock(int fd, const char *want)
{
	char answer[64] = "";
	(void)send(fd, "hello", 5, 0); // the error is that of the knock before
	return recv(fd, answer, sizeof(answer) - 1, 0) > 0 && strcmp(answer, want) == 0;
}

static void check_flows(Test *test)
{
	Lab lab;
	Pod web, db;
	PublishedPort item = { PORT_UDP, 0, 8053, POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 }, none = { 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(start_pod(&lab, "db", 1, &none, &db));
	CHECK(enter(lab.outside_namespace));
	CLEANUP_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in target = { .sin_family = AF_INET,
					    .sin_port = htons(8053),
					    .sin_addr.s_addr = htonl(HOST) };
	const struct timeval patience = { .tv_usec = IMPATIENCE_MS * 1000 };
	CHECK(connect(fd, (const struct sockaddr *)&target, sizeof(target)) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	CHECK(enter(lab.host_namespace));

	CHECK(!knock(fd, "nobody is there"));
	CHECK(start_pod(&lab, "web", 0, &ports, &web));
	CHECK(knock(fd, "web sees 198.51.100.2"));
	CHECK(network_unpublish(&lab.host, "web", &test->error));
	CHECK(!knock(fd, "web sees 198.51.100.2"));
	const PodNetwork other = { "db", pod_address(&lab, 1) };
	CHECK(network_publish(&lab.host, &other, &ports, &test->error));
	CHECK(knock(fd, "db sees 198.51.100.2"));
}

TEST(net_a_client_that_never_falls_silent_follows_the_port)
{
	run_apart(test, check_flows);
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

	if (!enter(namespace))
		return false;
	CLEANUP_FD fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_ll bridge = { .sll_family = AF_PACKET,
					    .sll_protocol = htons(ETH_P_IP),
					    .sll_ifindex = (int)if_nametoindex("eth0"),
					    .sll_halen = 6,
					    .sll_addr = { 0x0a, 0x58, 10, 233, 0, 1 } };
	const bool is_sent =
		sendto(fd, &packet, 30, 0, (const struct sockaddr *)&bridge, sizeof(bridge)) == 30;
	return enter(home) && is_sent;
}

static bool has_arrived(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char text[8];
	return poll(&wait, 1, IMPATIENCE_MS) == 1 && recv(fd, text, sizeof(text), 0) > 0;
}

static void check_guard(Test *test)
{
	Lab lab;
	Pod web;
	const PublishedPorts none = { 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(start_pod(&lab, "web", 0, &none, &web));
	CLEANUP_FD fd = bound_socket(SOCK_DGRAM, 7000);
	const Ipv4 own = pod_address(&lab, 0), gateway = subnet_gateway(&lab.host.subnet);

	CHECK(send_forged(web.namespace, lab.host_namespace, own, gateway, 7000));
	CHECK(has_arrived(fd)); // an honest one does
	CHECK(send_forged(web.namespace, lab.host_namespace, own, IPV4_LOOPBACK, 7000));
	CHECK(!has_arrived(fd));
	CHECK(send_forged(web.namespace, lab.host_namespace, IPV4_LOOPBACK, gateway, 7000));
	CHECK(!has_arrived(fd));
	CHECK(send_forged(web.namespace, lab.host_namespace, OUTSIDE, gateway, 7000));
	CHECK(!has_arrived(fd));
}

TEST(net_a_pod_cannot_reach_the_loopback_of_the_host)
{
	run_apart(test, check_guard);
}

static bool wait_until_gone(const char *link)
{
	for (int i = 0; i < 200 && if_nametoindex(link) != 0; i++)
		(void)poll(NULL, 0, 10);
	return if_nametoindex(link) == 0;
}

static void check_conflicts(Test *test)
{
	Lab lab;
	Pod web, db;
	PublishedPort item = { PORT_TCP, 0, 8080, POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(network_check_ports(&lab.host, "web", &ports, &test->error));
	CHECK(start_pod(&lab, "web", 0, &ports, &web));
	CHECK(network_check_ports(&lab.host, "web", &ports, &test->error));
	CHECK_ERROR(network_check_ports(&lab.host, "db", &ports, &test->error),
		    "hostPort 8080/TCP is already published by pod 'web'");
	const PodNetwork other = { "db", pod_address(&lab, 1) };
	CHECK_ERROR(network_publish(&lab.host, &other, &ports, &test->error),
		    "hostPort 8080/TCP is already published by pod 'web'");

	// A pod that died without a word loses its ports to the next one.
	end_pod(&web);
	CHECK(wait_until_gone("sdme0ae90002"));
	CHECK(start_pod(&lab, "db", 1, &ports, &db));
	CHECK_TEXT(ask(test, &lab, lab.outside_namespace, SOCK_STREAM, HOST, 8080),
		   "db sees 198.51.100.2");

	PublishedPort taken = { PORT_UDP, 0, 7000, 7000 };
	const PublishedPorts taken_ports = { &taken, 1, 0 };
	CHECK(start_server(lab.host_namespace, "host", 7000) > 0);
	CHECK_ERROR(network_check_ports(&lab.host, "x", &taken_ports, &test->error),
		    "hostPort 7000/UDP is already in use on this host");
	taken.protocol = PORT_TCP;
	CHECK_ERROR(network_check_ports(&lab.host, "x", &taken_ports, &test->error),
		    "hostPort 7000/TCP is already in use on this host");
}

TEST(net_a_port_belongs_to_one_pod)
{
	run_apart(test, check_conflicts);
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
	Pod web, again;
	PublishedPort item = { PORT_TCP, 0, 8080, POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	if (!make_lab(test, &lab))
		return;
	CHECK(start_pod(&lab, "web", 0, &ports, &web));
	CHECK(count_links(test->arena, &test->error) == 2);

	// A second start with the first one's link still there: the old link goes.
	CHECK(start_pod(&lab, "web", 0, &ports, &again));
	CHECK(count_links(test->arena, &test->error) == 2);
	CHECK_TEXT(ask(test, &lab, lab.outside_namespace, SOCK_STREAM, HOST, 8080),
		   "web sees 198.51.100.2");

	end_pod(&again);
	end_pod(&web);
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
	run_apart(test, check_leftovers);
}

static void check_repair(Test *test)
{
	Lab lab;
	Pod web;
	PublishedPort item = { PORT_TCP, 0, 8080, POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	uint64_t before = 0, after = 0;
	if (!make_lab(test, &lab))
		return;
	CHECK(start_pod(&lab, "web", 0, &ports, &web));
	CHECK(table_find(&before, &test->error) && before != 0);
	CHECK(network_ensure(&lab.host, &test->error));
	CHECK(table_find(&after, &test->error) && after == before);

	CHECK(nftables_run("flush ruleset", test->arena, NULL, &test->error));
	CHECK_TEXT(ask(test, &lab, lab.outside_namespace, SOCK_STREAM, HOST, 8080), "refused");
	CHECK(sysctl_set("ipv4/ip_forward", "0", &test->error));
	CHECK(network_ensure(&lab.host, &test->error));
	CHECK_TEXT(ask(test, &lab, lab.outside_namespace, SOCK_STREAM, HOST, 8080),
		   "web sees 198.51.100.2");
}

TEST(net_flushed_rules_come_back)
{
	run_apart(test, check_repair);
}

static void check_crowd(Test *test)
{
	enum {
		CROWD = 20
	};
	Lab lab;
	pid_t processes[CROWD];
	if (!make_lab(test, &lab))
		return;
	for (uint32_t i = 0; i < CROWD; i++) {
		processes[i] = fork();
		if (processes[i] != 0)
			continue;
		become_servant();
		PublishedPort item = { PORT_TCP, 0, (uint16_t)(8000 + i), POD_PORT };
		const PublishedPorts ports = { &item, 1, 0 };
		const PodNetwork pod = { arena_printf(test->arena, "web-%u", i),
					 pod_address(&lab, i) };
		_exit(start_pod_here(&lab, &pod, &ports) ? 0 : 1);
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
	run_apart(test, check_crowd);
}

static void check_refusals(Test *test)
{
	Lab lab;
	if (!make_lab(test, &lab))
		return;
	lab.host.subnet = (Subnet){ .base = 0xc6336400, .prefix = 24 };
	CHECK_ERROR(
		network_ensure(&lab.host, &test->error),
		"set up the pod network: the pod network 198.51.100.0/24 is in use on the link 'uplink' of this "
		"host; choose another one with the setting network_subnet");
}

TEST(net_a_subnet_in_use_is_refused)
{
	run_apart(test, check_refusals);
}
