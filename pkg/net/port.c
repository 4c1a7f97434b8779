#include "pkg/net/port.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

typedef struct ProtocolRow {
	const char *text; // Kubernetes' word
	const char *word; // nftables' word
	int socket_type;
	int number; // IPPROTO_*
} ProtocolRow;

// clang-format off
static const ProtocolRow protocols[PORT_PROTOCOL_COUNT] = {
	[PORT_TCP]  = { "TCP",  "tcp",  SOCK_STREAM, IPPROTO_TCP },
	[PORT_UDP]  = { "UDP",  "udp",  SOCK_DGRAM,  IPPROTO_UDP },
	[PORT_SCTP] = { "SCTP", "sctp", SOCK_STREAM, IPPROTO_SCTP },
};
// clang-format on

const char *port_protocol_to_text(PortProtocol protocol)
{
	return protocols[protocol].text;
}

const char *port_protocol_to_word(PortProtocol protocol)
{
	return protocols[protocol].word;
}

int port_protocol_to_number(PortProtocol protocol)
{
	return protocols[protocol].number;
}

bool port_protocol_from_text(const char *text, PortProtocol *ret, Error *error)
{
	for (PortProtocol i = 0; i < PORT_PROTOCOL_COUNT; i++) {
		if (text_equal(text, protocols[i].text)) {
			*ret = i;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID, "protocol: '%s' is not TCP, UDP or SCTP", text);
}

bool port_protocol_from_word(const char *word, PortProtocol *ret, Error *error)
{
	for (PortProtocol i = 0; i < PORT_PROTOCOL_COUNT; i++) {
		if (text_equal(word, protocols[i].word)) {
			*ret = i;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID, "protocol: '%s' is not tcp, udp or sctp", word);
}

bool port_parse_host_address(const char *text, Ipv4 *ret, Error *error)
{
	if (text_is_empty(text)) {
		*ret = 0;
		return true;
	}
	struct in6_addr unused;
	if (inet_pton(AF_INET6, text, &unused) == 1)
		return error_set(error, ERROR_UNSUPPORTED,
				 "hostIP: '%s' is an IPv6 address, but pods have IPv4 only", text);
	return ipv4_parse(text, "hostIP", ret, error);
}

const char *port_print(const PublishedPort *port, Arena *arena)
{
	const char *protocol = protocols[port->protocol].text;
	if (port->host_address == 0)
		return arena_printf(arena, "%u/%s", port->host_port, protocol);
	return arena_printf(arena, "%s:%u/%s", ipv4_print(port->host_address, arena),
			    port->host_port, protocol);
}

bool port_clashes(const PublishedPort *left, const PublishedPort *right)
{
	return left->protocol == right->protocol && left->host_port == right->host_port &&
	       (left->host_address == right->host_address || left->host_address == 0 ||
		right->host_address == 0);
}

bool port_is_in_use(const PublishedPort *port)
{
	const ProtocolRow *row = &protocols[port->protocol];
	CLEANUP_FD fd = socket(AF_INET, row->socket_type | SOCK_CLOEXEC, row->number);
	if (fd < 0)
		return false;

	// Lets us bind beside connections that linger after their listener is gone (TIME_WAIT), but not beside a listener.
	// A UDP socket would get past another one that set the option, too.
	const int on = 1;
	if (port->protocol != PORT_UDP &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return false;
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port->host_port),
		.sin_addr.s_addr = htonl(port->host_address),
	};
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 &&
	       errno == EADDRINUSE;
}
