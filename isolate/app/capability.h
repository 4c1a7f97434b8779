// isolate/app/capability.h - Linux capabilities: names, sets, and what a container gets.
// A set is a uint64_t, bit N for capability N. Names are those of capabilities(7), with or without "CAP_" and in any
// case, as Kubernetes and Docker accept them ("NET_ADMIN", "cap_net_admin"); "ALL" stands for all of them.
#ifndef ISOLATE_APP_CAPABILITY_H
#define ISOLATE_APP_CAPABILITY_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

#include <stdint.h>

// Linux 5.9 and later have these (CAP_CHOWN … CAP_CHECKPOINT_RESTORE).
#define CAPABILITY_COUNT       41
#define CAPABILITY_ALL         ((UINT64_C(1) << CAPABILITY_COUNT) - 1)
#define CAPABILITY_BIT(number) (UINT64_C(1) << (number))
// Those that code of ours names.
#define CAPABILITY_SYS_ADMIN 21
#define CAPABILITY_SETFCAP   31

// The 14 that Docker and containerd give a container: oci/caps/defaults.go of moby.
extern const uint64_t capability_default;

typedef struct CapabilitySets {
	uint64_t bounding;
	uint64_t permitted;
	uint64_t effective;
	uint64_t inheritable;
	uint64_t ambient;
} CapabilitySets;

// "CAP_NET_ADMIN"; NULL for a number that has no name.
const char *capability_to_text(unsigned number);
// The set of one name; "ALL" gives all. Fails with ERROR_INVALID, naming the nearest capability.
MUST_CHECK bool capability_parse(const char *name, uint64_t *ret, Error *error);
// The names in `set`, in the order of their numbers ("CAP_CHOWN", …).
void capability_print(uint64_t set, Arena *arena, Texts *ret);

// What `securityContext.capabilities` makes of the set `base` (capability_default): "ALL" in drop or add first, then
// the single names; added wins over dropped, as in containerd. Fails with ERROR_INVALID for an unknown name.
MUST_CHECK bool capability_resolve(uint64_t base, const Texts *add, const Texts *drop,
				   uint64_t *ret, Error *error);

// The five sets of a process of `uid` that may use `allowed`: root has it permitted and effective; any other user has
// it in the bounding set only (what set-uid programs may regain), unless `is_ambient`. Nothing is inheritable, unless
// ambient needs it. docs: kubernetes.io/docs/tasks/configure-pod-container/security-context
CapabilitySets capability_sets(uint64_t allowed, uint32_t uid, bool is_ambient);

// What the unit that runs sdme-isolate needs in its bounding set: `allowed` and what isolation itself takes
// (CAP_SYS_ADMIN to mount, SETPCAP, SETUID, SETGID, CHOWN to give the pipes away, KILL to end another user's process).
uint64_t capability_unit_bounding(uint64_t allowed);

#endif
