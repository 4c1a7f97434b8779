// isolate/boot/boot.h - the last steps before a machine runs: what ExecStart of sdme@NAME.service does.
// The helper mounts what the plan names in a mount namespace of its own, enters the pod's network, and becomes
// systemd-nspawn. When the service ends, however it ends, the kernel removes every mount with the namespace: there is
// nothing to clean up.
#ifndef ISOLATE_BOOT_BOOT_H
#define ISOLATE_BOOT_BOOT_H

#include "isolate/machine/restart.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"
#include "store/state/config.h"

// Becomes the machine. Returns true only when there is nothing to start: the machine has ended for good, and nobody wants
// another run (isolate/machine/ending.h). systemd has been told that the service is up then, and *ret_words says why
// nothing runs. cause: of restart_wait_turn.
MUST_CHECK bool machine_boot(const Host *host, const Config *config, const char *name,
			     StartCause cause, Arena *arena, const char **ret_words, Error *error);
// ExecStopPost: takes back what outlives the machine's namespaces, the published ports.
MUST_CHECK bool machine_after_stop(const Host *host, const Config *config, const char *name,
				   Error *error);

#endif
