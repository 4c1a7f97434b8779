// store/state/lock.h - one lock per object: flock(2) on DATADIR/locks/KIND/NAME.lock.
// Exclusive for whoever changes the object, shared for whoever needs it to stay. A lock is released by closing it, so
// the death of its holder releases it too. Who holds several takes them in the order of LockKind, and by name within a
// kind; lock_take asserts it. Stopping a machine takes no lock.
#ifndef STORE_STATE_LOCK_H
#define STORE_STATE_LOCK_H

#include "pkg/base/error.h"
#include "pkg/sys/host.h"

#include <stdint.h>

// The order is the locking order.
typedef enum LockKind {
	LOCK_FS,         // a root file system
	LOCK_CONTAINERS, // a machine: its state record, directory, slot
	LOCK_PODS,       // a pod network
	LOCK_SECRETS,
	LOCK_CONFIGMAPS,
	LOCK_VOLUMES,
	LOCK_IMAGES,
	LOCK_LAYERS, // a layer that is being fetched
	LOCK_KIND_COUNT,
} LockKind;

#define LOCK_NAME_MAX 253

// A held lock; {.fd = -1} holds nothing.
typedef struct Lock {
	int fd;
	LockKind kind;
	bool is_exclusive;
	char name[LOCK_NAME_MAX + 1];
} Lock;

#define LOCK_NONE                                                                                  \
	{                                                                                          \
		.fd = -1                                                                           \
	}

typedef struct LockRequest {
	LockKind kind;
	const char *name; // checked by the caller's name_check_*; again here
	bool is_shared;
	uint64_t timeout_ms; // 0: fail at once when another holds it
	const Lock *outer;   // the lock taken last before this one and still held; NULL: none
} LockRequest;

// Takes the lock. Fails with ERROR_BUSY, "'web' is locked by process 123 (sdme kube apply)", when another process holds
// it past timeout_ms, and with ERROR_INTERRUPTED when a signal ends the wait.
MUST_CHECK bool lock_take(const Host *host, const LockRequest *request, Lock *ret_lock,
			  Error *error);
// Releases the lock; one that holds nothing is accepted.
void lock_release(Lock *lock);
#define CLEANUP_LOCK CLEANUP(lock_release) Lock
// Releases an exclusive lock and removes its file: for an object that is gone.
void lock_release_and_remove(const Host *host, Lock *lock);

// "containers": the word in paths.
const char *lock_kind_to_text(LockKind kind);

#endif
