// pkg/sys/kernel/netlink.h - requests to the kernel over netlink. The only user of libmnl.
// A message is built in the caller's memory, sent, and answered: by an acknowledgement (netlink_request) or by objects
// (netlink_query). A socket stays in the network namespace in which it was opened, wherever its process goes.
// What the numbers mean is in the kernel's headers <linux/rtnetlink.h>, <linux/netfilter/…>, which callers include.
#ifndef PKG_SYS_KERNEL_NETLINK_H
#define PKG_SYS_KERNEL_NETLINK_H

#include "pkg/base/error.h"

#include <stdint.h>

typedef struct Netlink Netlink;

// protocol: NETLINK_ROUTE, NETLINK_NETFILTER …, in the network namespace of the calling thread.
MUST_CHECK bool netlink_open(int protocol, Netlink **ret, Error *error);
void netlink_close(Netlink **netlink); // a NULL inside is accepted
#define CLEANUP_NETLINK CLEANUP(netlink_close) Netlink *

// A request under construction. What does not fit ends the process in an assertion: our requests are small.
typedef struct NetlinkMessage {
	_Alignas(8) char bytes[2048];
} NetlinkMessage;

// flags: NLM_F_CREATE, NLM_F_DUMP …; NLM_F_REQUEST and, for netlink_request, NLM_F_ACK are added. `header` is the fixed
// part of the type (struct ifinfomsg …), copied.
void netlink_message_start(NetlinkMessage *message, uint16_t type, uint16_t flags,
			   const void *header, size_t header_size);
void netlink_add_u8(NetlinkMessage *message, uint16_t type, uint8_t value);
void netlink_add_u32(NetlinkMessage *message, uint16_t type, uint32_t value);
void netlink_add_bytes(NetlinkMessage *message, uint16_t type, const void *bytes, size_t length);
void netlink_add_text(NetlinkMessage *message, uint16_t type, const char *text); // with its NUL
// Bytes without an attribute header around them: the struct ifinfomsg inside VETH_INFO_PEER.
void netlink_add_header(NetlinkMessage *message, const void *header, size_t size);
void *netlink_nest_start(NetlinkMessage *message, uint16_t type);
void netlink_nest_end(NetlinkMessage *message, void *nest);

// Sends and waits for the acknowledgement. The error carries the errno of the kernel and its words, when it has some.
MUST_CHECK bool netlink_request(Netlink *netlink, NetlinkMessage *message, Error *error);

// One object of an answer.
typedef struct NetlinkObject {
	uint16_t type; // RTM_NEWLINK …
	const void *header;
	const void *message; // opaque: for the functions below
	size_t header_size;
} NetlinkObject;

// The number in attribute `type`, 0 when it is missing.
uint32_t netlink_attribute_u32(const NetlinkObject *object, uint16_t type);

// Bytes of an attribute; ptr is NULL when it is missing. Aligned to 4 bytes only.
typedef struct NetlinkBytes {
	const void *ptr;
	size_t length;
} NetlinkBytes;

// The payload of an attribute inside attributes: `types` from the outermost in, `depth` of them.
NetlinkBytes netlink_attribute_inside(const NetlinkObject *object, const uint16_t *types,
				      size_t depth);

// Called for each object of the answer; the object lives only during the call.
typedef void (*NetlinkVisit)(const NetlinkObject *object, void *context);

// Sends and hands each object of the answer to `visit`. header_size: of the fixed part of the answer's objects. A dump
// during which the objects change is started again: `visit` may see an object twice.
MUST_CHECK bool netlink_query(Netlink *netlink, NetlinkMessage *message, size_t header_size,
			      NetlinkVisit visit, void *context, Error *error);

#endif
