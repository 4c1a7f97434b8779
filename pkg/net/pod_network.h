// pkg/net/pod_network.h - a pod in the network, and what all pods share.
#ifndef PKG_NET_POD_NETWORK_H
#define PKG_NET_POD_NETWORK_H

#include "pkg/net/address.h"

// What all pods share.
typedef struct NetworkHost {
	const char *run_dir; // Host.run_dir; exists
	Subnet subnet;       // setting network_subnet
} NetworkHost;

typedef struct PodNetwork {
	const char *name; // of the machine; only letters, digits, '-', '_', '.', at most 128
	Ipv4 address;     // in the subnet, no other pod's
} PodNetwork;

#endif
