// pkg/net/network.h - the default network of pods: a veth pair for each of them, a router, NAT.
// Each pod has a network namespace of its own with lo and eth0; the other end of eth0 is in the router (router.h), which
// forwards between pods, and between pods and the host. The host's bridge `sdme0` leads to it and carries the first address of
// the subnet (10.233.0.1/16), the gateway of all pods. Outbound connections are masqueraded by the host; published ports lead in
// (publish.h). IPv4 only: eth0 has IPv6 switched off, lo keeps ::1. A pod's links die with its namespace, that is with its
// last process: there is nothing to clean up but the published ports.
//
// The boot helper, root and single-threaded, in the network namespace of the host, calls network_start_pod.
#ifndef PKG_NET_NETWORK_H
#define PKG_NET_NETWORK_H

#include "pkg/net/pod_network.h"
#include "pkg/net/port.h"

#define NETWORK_POD_LINK "eth0"

// The router is there, the bridge is up with its address, forwarding and the nftables table `inet sdme` are there. Safe to call from many
// processes at once; some 0.1 ms when all is in place already, also after the admin's `nft flush ruleset`.
// Writes only sysctls of the calling network namespace.
// Fails: ERROR_BUSY when another link of the host uses part of the subnet.
MUST_CHECK bool network_ensure(const NetworkHost *host, Error *error);

// What network_ensure made since the boot is whole again, whatever somebody took away of it: the rules above all. Where
// nothing was made, nothing is.
MUST_CHECK bool network_restore(const NetworkHost *host, Error *error);

// Moves the calling process into a new network namespace with everything in place: lo, eth0 with the address and the
// default route, ports from 1 on open to all users, and ping sockets for all groups. A left-over link of the same
// address is replaced. network_ensure has succeeded. After a failure the caller may be in either namespace.
// ret_host_namespace: the namespace left behind, for setns(2); the caller closes it. May be NULL.
MUST_CHECK bool network_enter_pod(const NetworkHost *host, const PodNetwork *pod,
				  int *ret_host_namespace, Error *error);

// network_ensure, network_enter_pod and network_publish in one, each in the right namespace: the caller is in the pod's
// namespace afterwards. Without ports nothing is published, and what an earlier run left is withdrawn. After a failure
// the caller may be in either namespace and should end: what was made of the pod's network ends with it.
MUST_CHECK bool network_start_pod(const NetworkHost *host, const PodNetwork *pod,
				  const PublishedPorts *ports, Error *error);

// The address by which the outside reaches this host (status.hostIP): the first of the link that has the default route,
// else the gateway's.
MUST_CHECK bool network_host_address(const NetworkHost *host, Ipv4 *ret, Error *error);

#endif
