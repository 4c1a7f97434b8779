// pkg/machine/boot.h - the last steps before a machine runs: what ExecStart of sdme@NAME.service does.
// The helper mounts what the plan names in a mount namespace of its own, enters the pod's network, and becomes
// systemd-nspawn. When the service ends, however it ends, the kernel removes every mount with the namespace: there is
// nothing to clean up.
#ifndef PKG_MACHINE_BOOT_H
#define PKG_MACHINE_BOOT_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"
#include "store/config.h"

// The file in the machine's run directory that tells why its last start failed; absent when it did not.
#define MACHINE_BOOT_ERROR_NAME "boot-error"

// The plan that the machine runs by, as plan_print writes it: a new generation may be the current one already.
#define MACHINE_RUNNING_PLAN_NAME "plan.json"

// Becomes the machine. Returns true only when there is nothing to start: the host boots, and the machine has ended for
// good (ending.h). systemd has been told that the service is up then, and *ret_words says why nothing runs.
MUST_CHECK bool machine_boot(const Host *host, const Config *config, const char *name, Arena *arena,
			     const char **ret_words, Error *error);
// ExecStopPost: takes back what outlives the machine's namespaces, the published ports.
MUST_CHECK bool machine_after_stop(const Host *host, const Config *config, const char *name,
				   Error *error);

#endif
