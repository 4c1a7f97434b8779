// pkg/net/route.h - addresses, routes and neighbours over rtnetlink, as typed requests.
// The socket comes from link_open; each function works in the network namespace in which it was opened.
#ifndef PKG_NET_ROUTE_H
#define PKG_NET_ROUTE_H

#include "pkg/net/link.h"

// An address that is there already is fine.
MUST_CHECK bool route_add_address(Netlink *netlink, uint32_t index, Ipv4 address, unsigned prefix,
				  Error *error);

// Where packets to target/prefix go; all zero is the default route.
typedef struct Route {
	Ipv4 target;
	unsigned prefix;
	Ipv4 gateway;  // 0: the target is a neighbour on the link. Needs no route of its own
	Ipv4 source;   // of what the host itself sends there; 0: the link's own
	uint32_t link; // 0: nowhere; the sender is told that the target cannot be reached
} Route;

// Replaces the route to the same target.
MUST_CHECK bool route_set(Netlink *netlink, const Route *route, Error *error);
// The gateway on the way to `target`, 0 when there is no way or nobody stands between.
MUST_CHECK bool route_find_gateway(Netlink *netlink, Ipv4 target, Ipv4 *ret, Error *error);
// Says for good which hardware address a neighbour has: nobody is asked, and no answer changes it.
MUST_CHECK bool route_set_neighbour(Netlink *netlink, uint32_t index, Ipv4 address,
				    HardwareAddress hardware, Error *error);
// The first address of the link with global scope, 0 when it has none.
MUST_CHECK bool route_find_address(Netlink *netlink, uint32_t index, Ipv4 *ret, Error *error);
// The index of the link behind the default route of least metric, 0 when there is none.
MUST_CHECK bool route_find_uplink(Netlink *netlink, uint32_t *ret_index, Error *error);
// The index of another link than `index` to which a part of the subnet is routed, 0 when there is none. A wider route
// that happens to contain the subnet does not count: ours is more specific.
MUST_CHECK bool route_find_rival(Netlink *netlink, const Subnet *subnet, uint32_t index,
				 uint32_t *ret_index, Error *error);

#endif
