// isolate/machine/object_volume.h - volumes whose files come from a ConfigMap or Secret.
// They are written when a machine starts, and again when the object changes while it runs: store/object/kube_volume.h makes
// the change one for the apps, too.
#ifndef ISOLATE_MACHINE_OBJECT_VOLUME_H
#define ISOLATE_MACHINE_OBJECT_VOLUME_H

#include "isolate/plan/plan.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

// Makes `directory`, a tmpfs, what the object in the store says now, and large enough for it. owner: of the files, user and group.
// Fails with the kubelet's words: "configmap \"x\" not found", "references non-existent config key: k".
MUST_CHECK bool object_volume_write(const Host *host, const PlanVolume *volume, uint32_t owner,
				    int directory, Arena *arena, Error *error);

// Makes the object's volumes in all running machines what it says now. kind: CONFIG_MAP or SECRET. To be called after each
// put, of what is stored already, too: the command that stored it may have been killed before this. A volume that
// cannot be written stays as it was and is an error after all others are done.
MUST_CHECK bool object_volumes_refresh(const Host *host, PlanVolumeKind kind, const char *object,
				       Error *error);

#endif
