// pkg/net/route.h - addresses and routes over rtnetlink, as typed requests.
// The socket comes from link_open; each function works in the network namespace in which it was opened.
#ifndef PKG_NET_ROUTE_H
#define PKG_NET_ROUTE_H

#include "pkg/net/address.h"
#include "pkg/sys/kernel/netlink.h"

// An address that is there already is fine.
MUST_CHECK bool route_add_address(Netlink *netlink, uint32_t index, Ipv4 address, unsigned prefix,
				  Error *error);
MUST_CHECK bool route_add_default(Netlink *netlink, uint32_t index, Ipv4 gateway, Error *error);
// The first address of the link with global scope, 0 when it has none.
MUST_CHECK bool route_find_address(Netlink *netlink, uint32_t index, Ipv4 *ret, Error *error);
// The index of the link behind the default route of least metric, 0 when there is none.
MUST_CHECK bool route_find_uplink(Netlink *netlink, uint32_t *ret_index, Error *error);
// The index of another link than `index` to which a part of the subnet is routed, 0 when there is none. A wider route
// that happens to contain the subnet does not count: ours is more specific.
MUST_CHECK bool route_find_rival(Netlink *netlink, const Subnet *subnet, uint32_t index,
				 uint32_t *ret_index, Error *error);

#endif
