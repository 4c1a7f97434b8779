#include "pkg/net/port.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <sys/socket.h>

TEST(port_protocols_have_two_spellings)
{
	PortProtocol protocol = PORT_TCP;
	CHECK(port_protocol_from_text("SCTP", &protocol, &test->error) && protocol == PORT_SCTP);
	CHECK_TEXT(port_protocol_to_text(PORT_UDP), "UDP");
	CHECK(port_protocol_from_word("udp", &protocol, &test->error) && protocol == PORT_UDP);
	CHECK_TEXT(port_protocol_to_word(PORT_TCP), "tcp");
	CHECK(port_protocol_to_number(PORT_UDP) == 17);
	CHECK_ERROR(port_protocol_from_text("tcp", &protocol, &test->error),
		    "protocol: 'tcp' is not TCP, UDP or SCTP");
	CHECK_ERROR(port_protocol_from_word("UDP", &protocol, &test->error),
		    "protocol: 'UDP' is not tcp, udp or sctp");
}

TEST(port_host_addresses)
{
	Ipv4 address = 1;
	CHECK(port_parse_host_address("", &address, &test->error) && address == 0);
	CHECK(port_parse_host_address("0.0.0.0", &address, &test->error) && address == 0);
	CHECK(port_parse_host_address("127.0.0.1", &address, &test->error));
	CHECK(address == IPV4_LOOPBACK);
	CHECK_ERROR(port_parse_host_address("::1", &address, &test->error),
		    "hostIP: '::1' is an IPv6 address, but pods have IPv4 only");
	CHECK_ERROR(port_parse_host_address("localhost", &address, &test->error),
		    "hostIP: 'localhost' is not an IPv4 address");
}

TEST(port_prints)
{
	const PublishedPort any = { PORT_TCP, 0, 8080, 80 }, one = { PORT_UDP, 0x0a000005, 53, 53 };
	CHECK_TEXT(port_print(&any, test->arena), "8080/TCP");
	CHECK_TEXT(port_print(&one, test->arena), "10.0.0.5:53/UDP");
}

TEST(port_clash_looks_at_all_three)
{
	const PublishedPort any = { PORT_TCP, 0, 8080, 80 }, same = { PORT_TCP, 0, 8080, 81 };
	const PublishedPort one = { PORT_TCP, 0x0a000005, 8080, 80 },
			    two = { PORT_TCP, 0x0a000006, 8080, 80 };
	const PublishedPort udp = { PORT_UDP, 0, 8080, 80 }, other = { PORT_TCP, 0, 8081, 80 };
	CHECK(port_clashes(&any, &same) && port_clashes(&any, &one) && port_clashes(&one, &any));
	CHECK(!port_clashes(&one, &two) && !port_clashes(&any, &udp) &&
	      !port_clashes(&any, &other));
}

TEST(port_in_use_is_seen)
{
	const struct sockaddr_in loopback = { .sin_family = AF_INET,
					      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in got = { 0 };
	socklen_t size = sizeof(got);
	CLEANUP_FD fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(bind(fd, (const struct sockaddr *)&loopback, sizeof(loopback)) == 0);
	CHECK(listen(fd, 1) == 0 && getsockname(fd, (struct sockaddr *)&got, &size) == 0);

	PublishedPort port = { PORT_TCP, 0, ntohs(got.sin_port), 80 };
	CHECK(port_is_in_use(&port));
	port.host_address = IPV4_LOOPBACK;
	CHECK(port_is_in_use(&port));
	port.host_address = IPV4_LOOPBACK + 1;
	CHECK(!port_is_in_use(&port));
	port.host_address = 0xc6336401; // no address of this host
	CHECK(!port_is_in_use(&port));
	file_close(&fd);
	port.host_address = 0;
	CHECK(!port_is_in_use(&port));
}
