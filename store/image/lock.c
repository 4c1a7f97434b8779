#include "store/image/lock.h"

// Removals take moments; a pull may take minutes, and is told about then.
#define LOCK_TIMEOUT_MS 60000

static bool take(const Host *host, bool is_shared, Lock *ret_lock, Error *error)
{
	const LockRequest request = { .kind = LOCK_IMAGES,
				      .name = "images",
				      .is_shared = is_shared,
				      .timeout_ms = LOCK_TIMEOUT_MS };
	return lock_take(host, &request, ret_lock, error);
}

bool image_lock_shared(const Host *host, Lock *ret_lock, Error *error)
{
	return take(host, /* is_shared= */ true, ret_lock, error);
}

bool image_lock_exclusive(const Host *host, Lock *ret_lock, Error *error)
{
	return take(host, /* is_shared= */ false, ret_lock, error);
}
