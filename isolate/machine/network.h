// isolate/machine/network.h - the pod network, as the host and its settings describe it.
#ifndef ISOLATE_MACHINE_NETWORK_H
#define ISOLATE_MACHINE_NETWORK_H

#include "pkg/net/network.h"
#include "pkg/sys/host.h"
#include "store/state/config.h"

MUST_CHECK bool machine_network(const Host *host, const Config *config, NetworkHost *ret,
				Error *error);
// After somebody flushed the rules: what machines that were started since the boot need is whole again. Some 0.1 ms when
// it is already.
MUST_CHECK bool machine_network_restore(const Host *host, const Config *config, Error *error);

#endif
