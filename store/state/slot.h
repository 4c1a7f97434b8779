// store/state/slot.h - one number per machine, and what follows from it: user ids, and the address in the pod subnet.
// A slot is given once and kept until the machine is removed, so ids on disk and the address stay the same over
// restarts. DATADIR/slots/NUMBER is a symlink to the machine's name: making it is atomic, so any number of processes
// can allocate at once.
//
// Ids: SLOT_IDS_BASE + slot * 65536. systemd reserves 0x00080000..0x6FFFFFFF for containers
// <https://systemd.io/UIDS-GIDS/>; nspawn's own --private-users=pick takes ranges from all of it. Slots whose range
// meets an entry of /etc/subuid or /etc/subgid, or a range that nspawn has marked in /run/systemd/nspawn-uid, are
// passed over.
#ifndef STORE_STATE_SLOT_H
#define STORE_STATE_SLOT_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"
#include "store/state/lock.h"

#include <stdint.h>

#define SLOT_IDS_BASE  0x10000000u
#define SLOT_IDS_COUNT 65536u
// The last range ends at 0x6FFFFFFF.
#define SLOT_MAX 24575u

// The slot of `machine`, allocated now if it has none: the lowest free one below `count`.
// `lock`: the machine's exclusive lock. count: how many the pod subnet has addresses for (pkg/net/address.h:
// subnet_slots); there are never more than SLOT_MAX + 1.
// Fails with ERROR_LIMIT when all are taken.
MUST_CHECK bool slot_allocate(const Host *host, const Lock *lock, const char *machine,
			      uint32_t count, uint32_t *ret_slot, Error *error);
// The slot that `machine` has. ERROR_NOT_FOUND when it has none.
MUST_CHECK bool slot_find(const Host *host, const char *machine, uint32_t *ret_slot, Error *error);
// Gives the machine's slot back; one without a slot is fine. `lock`: the machine's exclusive lock.
MUST_CHECK bool slot_free(const Host *host, const Lock *lock, const char *machine, Error *error);
// Frees slots whose machine has neither a state record nor a directory and is locked by nobody. ret_count may be NULL.
MUST_CHECK bool slot_collect(const Host *host, size_t *ret_count, Error *error);

// The first user and group id of the slot's range.
uint32_t slot_first_id(uint32_t slot);

#endif
