// pkg/net/link.h - links over rtnetlink, as typed requests.
// Each function works in the network namespace in which its socket was opened.
#ifndef PKG_NET_LINK_H
#define PKG_NET_LINK_H

#include "pkg/net/address.h"
#include "pkg/sys/kernel/netlink.h"

#define LINK_NAME_MAX 15

typedef struct Link {
	uint32_t index;
	uint32_t mtu;
	bool is_up;
	bool is_bridge;
} Link;

MUST_CHECK bool link_open(Netlink **ret, Error *error);
// ret->index is 0 when there is no link of the name.
MUST_CHECK bool link_find(Netlink *netlink, const char *name, Link *ret, Error *error);
MUST_CHECK bool link_find_mtu(Netlink *netlink, uint32_t index, uint32_t *ret_mtu, Error *error);
MUST_CHECK bool link_set_up(Netlink *netlink, uint32_t index, Error *error);
MUST_CHECK bool link_delete(Netlink *netlink, uint32_t index, Error *error);

// A bridge that is up, does not snoop multicast, and has the hardware address of `address`. An existing one is kept.
// mtu: 0 = the kernel's default.
MUST_CHECK bool link_make_bridge(Netlink *netlink, const char *name, Ipv4 address, uint32_t mtu,
				 Error *error);

// One veth pair: `name` here, up, in the bridge with index `bridge` (0: in none); `peer` in the network namespace behind
// the descriptor, still down. Hardware addresses follow from `address`, so that a pod that comes back with its address is known to its
// neighbours at once, and udev has nothing to change. alias: shown by `ip link`.
typedef struct VethPair {
	const char *name;
	const char *peer;
	const char *alias;
	int peer_namespace;
	uint32_t bridge;
	uint32_t mtu;
	Ipv4 address;
} VethPair;

// A link called `name` that is there already is deleted first.
MUST_CHECK bool link_make_veth(Netlink *netlink, const VethPair *pair, Error *error);

#endif
