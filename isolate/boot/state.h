// isolate/boot/state.h - what the steps of one boot share. Private to isolate/boot.
#ifndef ISOLATE_BOOT_STATE_H
#define ISOLATE_BOOT_STATE_H

#include "isolate/machine/restart.h"
#include "isolate/plan/plan.h"
#include "pkg/net/address.h"
#include "pkg/sys/host.h"
#include "store/state/config.h"

typedef struct Boot {
	const Host *host;
	const Config *config;
	Arena *arena;
	StartCause cause;
	MachinePlan plan;
	const char *generation; // directory of the plan
	const char *state;      // DATADIR/containers/NAME
	const char *run;        // RUNDIR/machines/NAME
	const char *root_path;  // where the machine's root is mounted
	int root;               // the mounted root, opened
	uint32_t
		id_base; // first id of the user namespace; 0 = none: also the owner of what the machine owns
	Ipv4 address;     // of the pod, with PLAN_NETWORK_POD
	int lower_id_map; // for mounts that are only read; -1 without user namespace
	int upper_id_map; // for mounts that the host's root writes to, too
} Boot;

// write_skeleton.c: RUNDIR/machines/NAME/{skeleton,generation}, made from the plan at every start.
MUST_CHECK bool boot_write_skeleton(const Boot *boot, Error *error);

// library.c: what `make install` put into LIBDIR/machine, copied to RUNDIR once for all machines that start before it changes.
// A machine has what its units were made for, whatever is installed while it runs.
MUST_CHECK bool boot_open_library(const Boot *boot, int *ret_library, Error *error);

// root.c: the machine's root and the apps' roots.
MUST_CHECK bool boot_mount_root(Boot *boot, Error *error);
MUST_CHECK bool boot_mount_apps(const Boot *boot, Error *error);
// The app's mounted root directory.
MUST_CHECK bool boot_open_app_root(const Boot *boot, const PlanApp *app, int *ret_root,
				   Error *error);

// volume.c: /oci/volumes.
MUST_CHECK bool boot_mount_volumes(const Boot *boot, Error *error);
// app_mount.c: what the apps mount from there, and their /etc/hosts and its like. A link of the image or in a volume leads
// nowhere else, and not to what is the container's own.
MUST_CHECK bool boot_mount_into_apps(const Boot *boot, Error *error);

// files.c: /oci/run: specs, records, /etc/hosts and its like.
MUST_CHECK bool boot_write_files(const Boot *boot, Error *error);

// log.c: the logs of the apps, on disk; `run` is the machine's /oci/run.
MUST_CHECK bool boot_mount_logs(const Boot *boot, int run, Error *error);

#endif
