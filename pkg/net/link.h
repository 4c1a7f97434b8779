// pkg/net/link.h - links over rtnetlink, as typed requests.
// Each function works in the network namespace in which its socket was opened.
#ifndef PKG_NET_LINK_H
#define PKG_NET_LINK_H

#include "pkg/net/address.h"
#include "pkg/sys/kernel/netlink.h"

#define LINK_NAME_MAX 15

typedef struct HardwareAddress {
	uint8_t bytes[6];
} HardwareAddress;

typedef struct Link {
	uint32_t index;
	uint32_t mtu;
	uint32_t bridge; // that it is a port of; 0: none
	bool is_up;
	bool is_bridge;
} Link;

// Locally administered, and as distinct as IPv4 addresses are: 0a:58:0a:e9:00:05 for 10.233.0.5.
HardwareAddress link_hardware_of(Ipv4 address);

MUST_CHECK bool link_open(Netlink **ret, Error *error);
// ret->index is 0 when there is no link of the name.
MUST_CHECK bool link_find(Netlink *netlink, const char *name, Link *ret, Error *error);
MUST_CHECK bool link_find_mtu(Netlink *netlink, uint32_t index, uint32_t *ret_mtu, Error *error);
MUST_CHECK bool link_set_up(Netlink *netlink, uint32_t index, Error *error);
// Up, without ARP: it sends what has no known neighbour to its own hardware address, and ignores whatever ARP it gets.
MUST_CHECK bool link_set_up_without_arp(Netlink *netlink, uint32_t index, Error *error);
MUST_CHECK bool link_delete(Netlink *netlink, uint32_t index, Error *error);

// A bridge that is up and does not snoop multicast. An existing one is kept. mtu: 0 = the kernel's default.
MUST_CHECK bool link_make_bridge(Netlink *netlink, const char *name, HardwareAddress hardware,
				 uint32_t mtu, Error *error);

// One veth pair: `name` here, up, in the bridge with index `bridge` (0: in none); `peer` in the network namespace behind the descriptor, still down. Hardware addresses
// are given, so that udev has nothing to change. alias: shown by `ip link`.
typedef struct VethPair {
	const char *name;
	const char *peer;
	const char *alias;
	int peer_namespace;
	uint32_t bridge;
	uint32_t mtu;
	HardwareAddress hardware;
	HardwareAddress peer_hardware;
	bool has_no_arp; // the end called `name`
} VethPair;

// A link called `name` that is there already is deleted first.
MUST_CHECK bool link_make_veth(Netlink *netlink, const VethPair *pair, Error *error);

#endif
