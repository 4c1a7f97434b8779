#include "pkg/net/publish.h"

#include "pkg/net/sysctl.h"
#include "pkg/sys/file.h"
#include "tests/unit/network_lab.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

// bridge_filter: whether packets between ports of a bridge pass the IP filters (br_netfilter, which Docker and Kubernetes
// load): the translation of published ports takes another way through the kernel then.
static void check_published(Test *test, const char *bridge_filter)
{
	Lab lab;
	LabPod web, db;
	PublishedPort web_ports[] = {
		{ PORT_TCP, 0, 8080, LAB_POD_PORT },
		{ PORT_UDP, 0, 8053, LAB_POD_PORT },
		{ PORT_TCP, IPV4_LOOPBACK, 9090, LAB_POD_PORT },
		{ PORT_SCTP, 0, 9100, 9100 },
	};
	const PublishedPorts ports = { web_ports, COUNT(web_ports), 0 }, none = { 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(sysctl_set_if_known("bridge/bridge-nf-call-iptables", bridge_filter, &test->error));
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &web) &&
	      lab_start_pod(&lab, "db", 1, &none, &db));
	const int host = lab.host_namespace, outside = lab.outside_namespace;

	CHECK_TEXT(lab_ask(test, &lab, outside, SOCK_STREAM, LAB_HOST, 8080),
		   "web sees 198.51.100.2");
	CHECK_TEXT(lab_ask(test, &lab, outside, SOCK_DGRAM, LAB_HOST, 8053),
		   "web sees 198.51.100.2");
	CHECK_TEXT(lab_ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 8080),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, host, SOCK_DGRAM, IPV4_LOOPBACK, 8053),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, host, SOCK_STREAM, LAB_HOST, 8080), "web sees 198.51.100.1");
	CHECK_TEXT(lab_ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 9090),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, web.namespace, SOCK_DGRAM, LAB_HOST, 8053),
		   "web sees 10.233.0.1");
	// Neighbours that know each other, again and again: an ICMP redirect from the host would lead the second one astray.
	CHECK_TEXT(lab_ask(test, &lab, db.namespace, SOCK_STREAM, lab_pod_address(&lab, 0), 80),
		   "web sees 10.233.0.3");
	for (int i = 0; i < 3; i++)
		CHECK_TEXT(lab_ask(test, &lab, db.namespace, SOCK_STREAM, LAB_HOST, 8080),
			   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, db.namespace, SOCK_STREAM, subnet_gateway(&lab.host.subnet),
			   8080),
		   "web sees 10.233.0.1");
	CHECK_TEXT(lab_ask(test, &lab, outside, SOCK_STREAM, LAB_HOST, 9090),
		   "refused"); // for 127.0.0.1 only

	CHECK(network_unpublish(&lab.host, "web", &test->error));
	CHECK_TEXT(lab_ask(test, &lab, outside, SOCK_STREAM, LAB_HOST, 8080), "refused");
	CHECK_TEXT(lab_ask(test, &lab, host, SOCK_STREAM, IPV4_LOOPBACK, 8080), "refused");
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
	lab_run_apart(test, check_published_plain);
}

TEST(net_published_ports_answer_everywhere_with_br_netfilter)
{
	lab_run_apart(test, check_published_with_bridge_filter);
}

// One datagram over a socket that was used before; true when `want` comes back.
static bool knock(int fd, const char *want)
{
	char answer[64] = "";
	(void)send(fd, "hello", 5, 0); // the error is that of the knock before
	return recv(fd, answer, sizeof(answer) - 1, 0) > 0 && strcmp(answer, want) == 0;
}

// Until the answer is the one that must come; a busy machine takes its time.
static bool knock_until(int fd, const char *want)
{
	const time_t deadline = time(NULL) + LAB_PATIENCE_MS / 1000;
	bool is_there = false;
	while (!is_there && time(NULL) < deadline)
		is_there = knock(fd, want);
	return is_there;
}

static void check_flows(Test *test)
{
	Lab lab;
	LabPod web, db;
	PublishedPort item = { PORT_UDP, 0, 8053, LAB_POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 }, none = { 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(lab_start_pod(&lab, "db", 1, &none, &db));
	CHECK(lab_enter(lab.outside_namespace));
	CLEANUP_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const struct sockaddr_in target = { .sin_family = AF_INET,
					    .sin_port = htons(8053),
					    .sin_addr.s_addr = htonl(LAB_HOST) };
	const struct timeval patience = { .tv_usec = LAB_IMPATIENCE_MS * 1000 };
	CHECK(connect(fd, (const struct sockaddr *)&target, sizeof(target)) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	CHECK(lab_enter(lab.host_namespace));

	CHECK(!knock(fd, "nobody is there"));
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &web));
	CHECK(knock_until(fd, "web sees 198.51.100.2"));
	CHECK(network_unpublish(&lab.host, "web", &test->error));
	CHECK(!knock(fd, "web sees 198.51.100.2"));
	const PodNetwork other = { "db", lab_pod_address(&lab, 1) };
	CHECK(network_publish(&lab.host, &other, &ports, &test->error));
	CHECK(knock_until(fd, "db sees 198.51.100.2"));
}

TEST(net_a_client_that_never_falls_silent_follows_the_port)
{
	lab_run_apart(test, check_flows);
}

static bool wait_until_gone(Test *test, const Lab *lab)
{
	for (int i = 0; i < 200 && lab_count_links(test, lab) != 0; i++)
		(void)poll(NULL, 0, 10);
	return lab_count_links(test, lab) == 0;
}

static void check_conflicts(Test *test)
{
	Lab lab;
	LabPod web, db;
	PublishedPort item = { PORT_TCP, 0, 8080, LAB_POD_PORT };
	const PublishedPorts ports = { &item, 1, 0 };
	if (!lab_make(test, &lab))
		return;
	CHECK(network_check_ports(&lab.host, "web", &ports, &test->error));
	CHECK(lab_start_pod(&lab, "web", 0, &ports, &web));
	CHECK(network_check_ports(&lab.host, "web", &ports, &test->error));
	CHECK_ERROR(network_check_ports(&lab.host, "db", &ports, &test->error),
		    "hostPort 8080/TCP is already published by pod 'web'");
	const PodNetwork other = { "db", lab_pod_address(&lab, 1) };
	CHECK_ERROR(network_publish(&lab.host, &other, &ports, &test->error),
		    "hostPort 8080/TCP is already published by pod 'web'");

	// A pod that died without a word loses its ports to the next one.
	lab_end_pod(&web);
	CHECK(wait_until_gone(test, &lab));
	CHECK(lab_start_pod(&lab, "db", 1, &ports, &db));
	CHECK_TEXT(lab_ask(test, &lab, lab.outside_namespace, SOCK_STREAM, LAB_HOST, 8080),
		   "db sees 198.51.100.2");

	PublishedPort taken = { PORT_UDP, 0, 7000, 7000 };
	const PublishedPorts taken_ports = { &taken, 1, 0 };
	CHECK(lab_start_server(lab.host_namespace, "host", 7000) > 0);
	CHECK_ERROR(network_check_ports(&lab.host, "x", &taken_ports, &test->error),
		    "hostPort 7000/UDP is already in use on this host");
	taken.protocol = PORT_TCP;
	CHECK_ERROR(network_check_ports(&lab.host, "x", &taken_ports, &test->error),
		    "hostPort 7000/TCP is already in use on this host");
}

TEST(net_a_port_belongs_to_one_pod)
{
	lab_run_apart(test, check_conflicts);
}
