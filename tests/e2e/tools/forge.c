// A container that turns hostile, as its neighbours on the wire see it. Static: it runs in any Pod.
//     forge send LINK GATEWAY GATEWAY-MAC NEIGHBOUR NEIGHBOUR-MAC
//         every frame with a source that is not its own, then two honest datagrams to the gateway and the neighbour
//     forge hear LINK
//         prints "ready", each frame that comes in by the link before such an honest datagram, and how many
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/if_ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define HONEST_PORT  9999
#define FORGED_PORT  9998
#define PATIENCE_MS  20000

typedef struct Mac {
	uint8_t bytes[6];
} Mac;

static const Mac everybody = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };
static const Mac all_bridges = { { 0x01, 0x80, 0xc2, 0, 0, 0 } };
static const Mac all_ipv6_nodes = { { 0x33, 0x33, 0, 0, 0, 1 } };

typedef struct Wire {
	int fd;
	Mac own_mac, gateway_mac, neighbour_mac;
	uint32_t own, gateway, neighbour; // network byte order
	unsigned sent;
} Wire;

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "forge: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_link(const char *link, uint16_t protocol)
{
	const int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	const struct sockaddr_ll address = { .sll_family = AF_PACKET,
					     .sll_protocol = htons(protocol),
					     .sll_ifindex = (int)if_nametoindex(link) };
	if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		die(link);
	return fd;
}

static uint32_t ask_address(const char *link)
{
	struct ifreq request = { 0 };
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strncpy(request.ifr_name, link, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFADDR, &request) < 0)
		die("the address of the link");
	close(fd);
	struct sockaddr_in address;
	memcpy(&address, &request.ifr_addr, sizeof(address));
	return address.sin_addr.s_addr;
}

static Mac ask_mac(int fd)
{
	struct sockaddr_ll address = { 0 };
	socklen_t size = sizeof(address);
	Mac mac;
	if (getsockname(fd, (struct sockaddr *)&address, &size) < 0)
		die("the hardware address of the link");
	memcpy(&mac, address.sll_addr, sizeof(mac));
	return mac;
}

static Mac parse_mac(const char *text)
{
	Mac mac;
	uint8_t *b = mac.bytes;
	if (sscanf(text, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", b, b + 1, b + 2, b + 3, b + 4, b + 5) !=
	    6)
		die(text);
	return mac;
}

// tags: how many VLAN tags stand before the protocol.
static void send_frame(Wire *wire, Mac to, Mac from, unsigned tags, uint16_t protocol,
		       const void *bytes, size_t length)
{
	static const uint16_t tag_protocols[] = { 0x8100, 0x88a8 };
	uint8_t frame[256];
	size_t used = 0;
	memcpy(frame, &to, 6);
	memcpy(frame + 6, &from, 6);
	used = 12;
	for (unsigned i = 0; i < tags; i++) {
		const uint16_t tag[] = { htons(tag_protocols[i % 2]), htons((uint16_t)i) };
		memcpy(frame + used, tag, sizeof(tag));
		used += sizeof(tag);
	}
	protocol = htons(protocol);
	memcpy(frame + used, &protocol, 2);
	memcpy(frame + used + 2, bytes, length);
	used += 2 + length;
	if (send(wire->fd, frame, used, 0) != (ssize_t)used)
		die("send");
	wire->sent++;
}

static uint16_t checksum(const void *bytes, size_t length)
{
	const uint16_t *words = bytes;
	uint32_t sum = 0;
	for (size_t i = 0; i < length / 2; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

static void send_datagram(Wire *wire, Mac to, Mac from, unsigned tags, uint32_t source,
			  uint32_t target, uint16_t port)
{
	struct {
		struct ip ip;
		struct udphdr udp;
		char text[20];
	} packet = { .ip = { .ip_hl = 5, .ip_v = 4, .ip_ttl = 64, .ip_p = IPPROTO_UDP } };
	packet.ip.ip_len = htons(sizeof(packet));
	packet.ip.ip_src.s_addr = source;
	packet.ip.ip_dst.s_addr = target;
	packet.ip.ip_sum = checksum(&packet.ip, sizeof(packet.ip));
	packet.udp = (struct udphdr){ .uh_sport = htons(port),
				      .uh_dport = htons(port),
				      .uh_ulen = htons(sizeof(packet) - sizeof(packet.ip)) };
	send_frame(wire, to, from, tags, ETH_P_IP, &packet, sizeof(packet));
}

static void send_honest(Wire *wire, uint32_t target)
{
	send_datagram(wire, wire->gateway_mac, wire->own_mac, 0, wire->own, target, HONEST_PORT);
}

// Ports: a name server's answer, both sides of DHCP, and a free one.
static void send_forged_datagrams(Wire *wire, Mac to, Mac from, unsigned tags)
{
	const uint32_t sources[] = { wire->neighbour,
				     wire->gateway,
				     wire->own + htonl(90),
				     inet_addr("8.8.8.8"),
				     inet_addr("127.0.0.1"),
				     inet_addr("0.0.0.0"),
				     inet_addr("255.255.255.255"),
				     inet_addr("224.0.0.251"),
				     inet_addr("169.254.1.1") };
	const uint32_t targets[] = { wire->neighbour, wire->gateway, inet_addr("255.255.255.255"),
				     inet_addr("224.0.0.251"), inet_addr("127.0.0.1") };
	const uint16_t ports[] = { 53, 67, 68, FORGED_PORT };
	for (size_t i = 0; i < COUNT(sources) * COUNT(targets) * COUNT(ports); i++)
		send_datagram(wire, to, from, tags, sources[i % COUNT(sources)],
			      targets[i / COUNT(sources) % COUNT(targets)],
			      ports[i / COUNT(sources) / COUNT(targets)]);
	// With its own address, but to the loopback of whoever takes it.
	send_datagram(wire, to, from, tags, wire->own, inet_addr("127.0.0.1"), FORGED_PORT);
	send_datagram(wire, to, from, tags, wire->own, inet_addr("127.1.2.3"), FORGED_PORT);
}

static void send_forged_arp(Wire *wire, Mac to, Mac from, unsigned tags)
{
	const uint32_t claims[] = { wire->neighbour, wire->gateway, wire->own };
	for (unsigned i = 0; i < COUNT(claims) * 4; i++) {
		const uint16_t operation = i < COUNT(claims) * 2 ? ARPOP_REQUEST : ARPOP_REPLY;
		const uint32_t asked = i / COUNT(claims) % 2 ? wire->gateway : wire->neighbour;
		struct ether_arp arp = { .ea_hdr = { htons(ARPHRD_ETHER), htons(ETH_P_IP), 6, 4,
						     htons(operation) } };
		memcpy(arp.arp_sha, &wire->own_mac, 6);
		memcpy(arp.arp_spa, &claims[i % COUNT(claims)], 4);
		memcpy(arp.arp_tpa, &asked, 4);
		send_frame(wire, to, from, tags, ETH_P_ARP, &arp, sizeof(arp));
	}
}

// Spanning tree, LLDP, EAPOL, MPLS, PPPoE discovery, FCoE, AoE, a protocol for experiments: the bytes do not matter.
// IPv6 is a router advertisement without a valid checksum.
static void send_other_protocols(Wire *wire, Mac to, Mac from, unsigned tags)
{
	static const uint16_t protocols[] = { 0x0026, 0x88cc, 0x888e, 0x8847,
					      0x8863, 0x8906, 0x88a2, 0x88b5 };
	const uint8_t bytes[60] = { 0x42, 0x42, 0x03 };
	const uint8_t advertisement[56] = {
		0x60, 0,    0,        0,           0,        16,       58,        255,
		0xfe, 0x80, [23] = 1, [24] = 0xff, [25] = 2, [39] = 1, [40] = 134
	};
	for (size_t i = 0; i < COUNT(protocols); i++)
		send_frame(wire, to, from, tags, protocols[i], bytes, sizeof(bytes));
	send_frame(wire, to, from, tags, ETH_P_IPV6, advertisement, sizeof(advertisement));
}

static void send_all(Wire *wire)
{
	const Mac targets[] = { wire->gateway_mac, wire->neighbour_mac, everybody, all_bridges,
				all_ipv6_nodes };
	const Mac sources[] = { wire->own_mac, wire->gateway_mac, wire->neighbour_mac, everybody };
	for (unsigned i = 0; i < COUNT(targets) * COUNT(sources) * 3; i++) {
		const Mac to = targets[i % COUNT(targets)];
		const Mac from = sources[i / COUNT(targets) % COUNT(sources)];
		const unsigned tags = i / COUNT(targets) / COUNT(sources);
		send_forged_datagrams(wire, to, from, tags);
		send_forged_arp(wire, to, from, tags);
		send_other_protocols(wire, to, from, tags);
	}
	// What would push everybody out of a switch's memory.
	for (uint32_t i = 0; i < 512; i++)
		send_forged_arp(wire, everybody,
				(Mac){ { 2, 0, 0, 0, (uint8_t)(i >> 8), (uint8_t)i } }, 0);
}

static void run_send(char **arguments)
{
	Wire wire = {
		.fd = open_link(arguments[0], 0),
		.own = ask_address(arguments[0]),
		.gateway = inet_addr(arguments[1]),
		.gateway_mac = parse_mac(arguments[2]),
		.neighbour = inet_addr(arguments[3]),
		.neighbour_mac = parse_mac(arguments[4]),
	};
	wire.own_mac = ask_mac(wire.fd);
	send_all(&wire);
	send_honest(&wire, wire.gateway);
	send_honest(&wire, wire.neighbour);
	printf("sent %u\n", wire.sent);
}

// IPv4, UDP to the port that nothing forged goes to.
static bool is_honest(const uint8_t *frame, size_t length)
{
	return length >= 42 && frame[12] == 0x08 && frame[13] == 0x00 && frame[23] == IPPROTO_UDP &&
	       frame[36] == HONEST_PORT >> 8 && frame[37] == (HONEST_PORT & 0xff);
}

static bool receive(int fd, uint8_t *frame, size_t size, size_t *ret_length)
{
	struct sockaddr_ll from = { 0 };
	do {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		socklen_t from_size = sizeof(from);
		if (poll(&wait, 1, PATIENCE_MS) != 1)
			return false;
		const ssize_t got =
			recvfrom(fd, frame, size, 0, (struct sockaddr *)&from, &from_size);
		if (got < 0)
			die("recv");
		*ret_length = (size_t)got;
	} while (from.sll_pkttype == PACKET_OUTGOING);
	return true;
}

static void print_frame(const uint8_t *frame, size_t length)
{
	for (size_t i = 0; i < length && i < 48; i++)
		printf("%s%02x", i == 6 || i == 12 || i == 14 ? " " : "", frame[i]);
	putchar('\n');
}

static void run_hear(char **arguments)
{
	const int fd = open_link(arguments[0], ETH_P_ALL);
	const struct packet_mreq all = { .mr_ifindex = (int)if_nametoindex(arguments[0]),
					 .mr_type = PACKET_MR_PROMISC };
	uint8_t frame[2048];
	size_t length = 0;
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) < 0)
		die("listen to all");
	puts("ready");
	fflush(stdout);
	for (unsigned heard = 0; receive(fd, frame, sizeof(frame), &length); heard++) {
		if (is_honest(frame, length)) {
			print_frame(frame, length);
			printf("heard %u\n", heard);
			return;
		}
		if (heard < 20)
			print_frame(frame, length);
	}
	puts("heard no honest one");
}

int main(int count, char **arguments)
{
	if (count == 7 && strcmp(arguments[1], "send") == 0)
		run_send(arguments + 2);
	else if (count == 3 && strcmp(arguments[1], "hear") == 0)
		run_hear(arguments + 2);
	else
		return fputs("usage: see the first lines of forge.c\n", stderr), 2;
	return 0;
}
