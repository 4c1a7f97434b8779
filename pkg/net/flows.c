#include "pkg/net/flows.h"

#include "pkg/base/arena.h"
#include "pkg/sys/kernel/netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <netinet/in.h>

// Names a flow to the kernel: the addresses and ports of its first packet, as the kernel wrote them.
VEC_DECLARE(Tuples, tuples, NetlinkBytes);

typedef struct FlowSearch {
	const PublishedPorts *ports;
	Arena *arena;
	Tuples found;
} FlowSearch;

// Copies the attribute CTA_TUPLE_ORIG / outer / inner; false when it has another size.
static bool read_tuple(const NetlinkObject *flow, uint16_t outer, uint16_t inner, void *ret,
		       size_t size)
{
	const uint16_t path[] = { CTA_TUPLE_ORIG, outer, inner };
	const NetlinkBytes bytes = netlink_attribute_inside(flow, path, COUNT(path));
	if (bytes.length != size)
		return false;
	memcpy(ret, bytes.ptr, size);
	return true;
}

static bool is_wanted(const PublishedPorts *ports, Ipv4 address, uint16_t number)
{
	for (size_t i = 0; i < ports->count; i++) {
		const PublishedPort *port = &ports->items[i];
		if (port->protocol == PORT_UDP && port->host_port == number &&
		    (port->host_address == 0 || port->host_address == address))
			return true;
	}
	return false;
}

static void collect_flow(const NetlinkObject *object, void *context)
{
	static const uint16_t tuple_path[] = { CTA_TUPLE_ORIG };
	FlowSearch *search = context;
	uint8_t protocol = 0;
	uint16_t port = 0;
	uint32_t address = 0;
	if (!read_tuple(object, CTA_TUPLE_PROTO, CTA_PROTO_NUM, &protocol, sizeof(protocol)) ||
	    protocol != IPPROTO_UDP ||
	    !read_tuple(object, CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT, &port, sizeof(port)) ||
	    !read_tuple(object, CTA_TUPLE_IP, CTA_IP_V4_DST, &address, sizeof(address)) ||
	    !is_wanted(search->ports, ntohl(address), ntohs(port)))
		return;
	const NetlinkBytes tuple = netlink_attribute_inside(object, tuple_path, COUNT(tuple_path));
	const char *copy = arena_strndup(search->arena, tuple.ptr, tuple.length);
	*tuples_push(search->arena, &search->found) = (NetlinkBytes){ copy, tuple.length };
}

static void start_message(NetlinkMessage *message, uint16_t type, uint16_t flags)
{
	const struct nfgenmsg header = { .nfgen_family = AF_INET };
	netlink_message_start(message, (uint16_t)(NFNL_SUBSYS_CTNETLINK << 8 | type), flags,
			      &header, sizeof(header));
}

static bool collect_flows(Netlink *netlink, FlowSearch *search, Error *error)
{
	NetlinkMessage message;
	start_message(&message, IPCTNL_MSG_CT_GET, NLM_F_DUMP);
	if (netlink_query(netlink, &message, sizeof(struct nfgenmsg), collect_flow, search, error))
		return true;
	if (error->os_errno != EINVAL && error->os_errno != EOPNOTSUPP)
		return error_wrap(error, "list the flows of this host");
	error_clear(
		error); // a kernel that cannot be asked; all it costs is the wait for the flow to end
	return true;
}

static bool forget_flow(Netlink *netlink, NetlinkBytes tuple, Error *error)
{
	NetlinkMessage message;
	start_message(&message, IPCTNL_MSG_CT_DELETE, 0);
	netlink_add_bytes(&message, NLA_F_NESTED | CTA_TUPLE_ORIG, tuple.ptr, tuple.length);
	if (netlink_request(netlink, &message, error))
		return true;
	if (error->os_errno != ENOENT)
		return error_wrap(error, "forget a flow");
	error_clear(error); // it ended by itself
	return true;
}

static bool has_udp(const PublishedPorts *ports)
{
	for (size_t i = 0; i < ports->count; i++) {
		if (ports->items[i].protocol == PORT_UDP)
			return true;
	}
	return false;
}

bool flows_forget(const PublishedPorts *ports, Error *error)
{
	if (!has_udp(ports))
		return true;

	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_NETLINK netlink = NULL;
	FlowSearch search = { .ports = ports, .arena = scratch };
	if (!netlink_open(NETLINK_NETFILTER, &netlink, error) ||
	    !collect_flows(netlink, &search, error))
		return false;
	for (size_t i = 0; i < search.found.count; i++) {
		if (!forget_flow(netlink, search.found.items[i], error))
			return false;
	}
	return true;
}
