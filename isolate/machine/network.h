// isolate/machine/network.h - the pod network, as the host and its settings describe it.
#ifndef ISOLATE_MACHINE_NETWORK_H
#define ISOLATE_MACHINE_NETWORK_H

#include "pkg/net/network.h"
#include "pkg/sys/host.h"
#include "store/state/config.h"

MUST_CHECK bool machine_network(const Host *host, const Config *config, NetworkHost *ret,
				Error *error);

#endif
