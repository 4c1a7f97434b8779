// store/object/volume.h - claims: directories of the host that outlive the pods that use them.
// volumes/CLAIM/data is what a pod mounts; volumes/CLAIM/record says what was asked for. A claim is removed by name and
// never because nothing uses it at the moment.
#ifndef STORE_OBJECT_VOLUME_H
#define STORE_OBJECT_VOLUME_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"
#include "store/object/object.h"

#include <stdint.h>

typedef struct VolumeClaim {
	const char *name;
	uint64_t size_bytes; // requested; 0: nothing was. Recorded, not enforced
	const char *
		access_modes; // "ReadWriteOnce", several joined by commas; "" when made on first use
	Pairs labels;
	Pairs annotations;
	const char *path;   // of its data directory; set by the store
	int64_t created_at; // seconds since the epoch; set by the store
} VolumeClaim;

VEC_DECLARE(VolumeClaims, volume_claims, VolumeClaim);

// Makes the claim if there is none: a data directory of root, mode 0777, so that whatever user a container runs as can
// write. An existing claim may grow; ERROR_INVALID when it would shrink or change its access modes (a claim made on
// first use takes any). Wanted without access modes, it is left as it is. Takes the claim's lock itself. ret_claim and
// ret_change may be NULL.
MUST_CHECK bool volume_ensure(const Host *host, const VolumeClaim *wanted, Arena *arena,
			      VolumeClaim *ret_claim, StoreChange *ret_change, Error *error);
// Fails with ERROR_NOT_FOUND, `persistentvolumeclaim "data" not found`.
MUST_CHECK bool volume_get(const Host *host, const char *name, Arena *arena, VolumeClaim *ret_claim,
			   Error *error);
// All claims, by name.
MUST_CHECK bool volume_list(const Host *host, Arena *arena, VolumeClaims *ret_claims, Error *error);
// Removes the claim and its data. That nothing uses it is the caller's to know.
MUST_CHECK bool volume_remove(const Host *host, const char *name, Error *error);

#endif
