// isolate/machine/memory_volume.h - emptyDirs of medium Memory.
// Each is a tmpfs of the host's, RUNDIR/machines/NAME/memory/ID.INCARNATION/VOLUME: the only mounts of a machine that outlive
// it. They are as old as the Pod, also when the machine is stopped, dies or fails to start, and go with it, or with the host's
// next boot.
#ifndef ISOLATE_MACHINE_MEMORY_VOLUME_H
#define ISOLATE_MACHINE_MEMORY_VOLUME_H

#include "isolate/plan/plan.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

// Mounts those of the plan that are not there yet, and takes away those of Pods that had the name before. owner: of new
// ones, user and group. To be called in the host's mount namespace.
MUST_CHECK bool memory_volumes_mount(const Host *host, const MachinePlan *plan, uint32_t owner,
				     Error *error);
const char *memory_volume_path(const Host *host, const MachinePlan *plan, const PlanVolume *volume,
			       Arena *arena);
// Takes away all of the machine.
MUST_CHECK bool memory_volumes_remove(const Host *host, const char *machine, Error *error);

#endif
