// pkg/net/flows.h - the kernel's memory of UDP flows (connection tracking), in the network namespace of the caller.
// Where the packets of a flow go is decided at its first one. A client that never falls silent (syslog, statsd) would
// miss a pod that was started after it, or keep sending to one that is gone: such flows are forgotten when the
// published ports change, and their next packet decides anew. TCP needs no such help: connections end.
#ifndef PKG_NET_FLOWS_H
#define PKG_NET_FLOWS_H

#include "pkg/net/port.h"

// Forgets the UDP flows to the host ports; entries of other protocols are passed over. Takes time in proportion to all
// flows of the host, and none when no port is UDP.
MUST_CHECK bool flows_forget(const PublishedPorts *ports, Error *error);

#endif
