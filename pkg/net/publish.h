// pkg/net/publish.h - hostPorts: which ports of the host lead to which pod.
// The record RUN_DIR/network.ports says it, one line per port; the maps of the table `inet sdme` are always made from
// the whole of it in one transaction, so they can be made again after someone flushed the rules. Published ports answer
// on the addresses of the host, 127.0.0.1 among them, to the outside, to the host, and to pods.
// All functions run in the network namespace of the host.
#ifndef PKG_NET_PUBLISH_H
#define PKG_NET_PUBLISH_H

#include "pkg/net/pod_network.h"
#include "pkg/net/publication.h"

// Replaces what the pod has published by `ports`. Comes after the pod has entered its network: a pod without a link counts as dead, and
// loses its ports to the first one that wants them.
// Fails: ERROR_EXISTS "hostPort 8080/TCP is already published by pod 'db'"; nothing changed then.
MUST_CHECK bool network_publish(const NetworkHost *host, const PodNetwork *pod,
				const PublishedPorts *ports, Error *error);
// Withdraws all ports of the pod. Nothing published, or no network yet, is fine.
MUST_CHECK bool network_unpublish(const NetworkHost *host, const char *pod, Error *error);

// Before a pod starts: no other pod has published the ports, and no process of the host listens on them
// ("hostPort 8080/TCP is already in use on this host"). The pod's own entries do not count.
MUST_CHECK bool network_check_ports(const NetworkHost *host, const char *pod,
				    const PublishedPorts *ports, Error *error);
// All that is published at the moment, for `ps` and `describe`.
MUST_CHECK bool network_list_ports(const NetworkHost *host, Arena *arena, Publications *ret,
				   Error *error);

#endif
