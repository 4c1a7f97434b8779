// pkg/net/port.h - ports of the host that lead to a port of a pod.
#ifndef PKG_NET_PORT_H
#define PKG_NET_PORT_H

#include "pkg/base/vec.h"
#include "pkg/net/address.h"

typedef enum PortProtocol {
	PORT_TCP, // Kubernetes' default
	PORT_UDP,
	PORT_SCTP,
	PORT_PROTOCOL_COUNT,
} PortProtocol;

typedef struct PublishedPort {
	PortProtocol protocol;
	Ipv4 host_address; // 0: every address of the host
	uint16_t host_port;
	uint16_t pod_port;
} PublishedPort;

VEC_DECLARE(PublishedPorts, published_ports, PublishedPort);

// The word of Kubernetes: "TCP". Comparison is exact.
const char *port_protocol_to_text(PortProtocol protocol);
MUST_CHECK bool port_protocol_from_text(const char *text, PortProtocol *ret, Error *error);
// The word of nftables and of our records: "tcp".
const char *port_protocol_to_word(PortProtocol protocol);
MUST_CHECK bool port_protocol_from_word(const char *word, PortProtocol *ret, Error *error);
// The number in IP headers: 6.
int port_protocol_to_number(PortProtocol protocol);

// hostIP of a manifest: "" and "0.0.0.0" are any. IPv6 is ERROR_UNSUPPORTED: pods have IPv4 only.
MUST_CHECK bool port_parse_host_address(const char *text, Ipv4 *ret, Error *error);
// "8080/TCP", or "10.0.0.5:8080/TCP" for one address.
const char *port_print(const PublishedPort *port, Arena *arena);
// True when one packet could be meant for both: same protocol and port, and same address or one of them any.
bool port_clashes(const PublishedPort *left, const PublishedPort *right);

// True when a process listens on the host port (or has it bound), in the network namespace of the caller. Tries to bind
// it, so it needs CAP_NET_BIND_SERVICE below 1024 and sees dual-stack IPv6 listeners too. What cannot be tried (no SCTP
// in the kernel, no such address) counts as free.
bool port_is_in_use(const PublishedPort *port);

#endif
