// pkg/net/router.h - the network namespace between the host and its pods.
//     host: sdme0 (bridge) - pods0    router: host, and a link of each pod    pod: eth0
// It forwards IPv4 and does nothing else: a packet passes only when the answer to its source would leave by the link that
// it came by (rp_filter), so that a pod speaks with its own address or not at all, and never to 127.0.0.1 of anybody.
// There is no Ethernet that pods share: no ARP, no broadcast, no other protocol. None of this is a rule that somebody could
// flush, and the host's firewall, sysctls and udev have no say here.
// It lives as long as it is mounted on the file RUN_DIR-network.
#ifndef PKG_NET_ROUTER_H
#define PKG_NET_ROUTER_H

#include "pkg/net/address.h"
#include "pkg/sys/kernel/netlink.h"

#define ROUTER_BRIDGE "sdme0" // of the host: where firewalls and people find the pods
#define ROUTER_LINK   "host"  // in the router, towards the host

// The number of the namespace, 0 when it has not been made since the boot: one that was made again has another one.
MUST_CHECK bool router_find(const char *run_dir, uint64_t *ret_number, Error *error);
// For rtnetlink in the namespace; NULL when there is none.
MUST_CHECK bool router_open_link(const char *run_dir, Netlink **ret, Error *error);
// Makes what is missing of the namespace, the links, and the ways from the host to `subnet` and back. For one caller at a
// time, in the network namespace of the host, where `netlink` is open.
// Fails: ERROR_EXISTS when the host has a link `sdme0` that is no bridge.
MUST_CHECK bool router_ensure(const char *run_dir, const Subnet *subnet, Netlink *netlink,
			      Error *error);

// Name of the router's end of the pod's veth pair: "sdme0ae90005" for 10.233.0.5. Distinct because addresses are.
const char *router_link_name(Ipv4 address, Arena *arena);

#endif
