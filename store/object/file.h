// store/object/file.h - the files of ConfigMaps and Secrets: one record each.
// NAME, TYPE, IMMUTABLE, CREATED_AT and GENERATION, then label.KEY and annotation.KEY, then the data in the form of the
// kind. For configmap.c and secret.c.
#ifndef STORE_OBJECT_FILE_H
#define STORE_OBJECT_FILE_H

#include "pkg/base/report.h"
#include "store/object/object.h"
#include "store/state/layout.h"
#include "store/state/lock.h"

typedef struct StoredKind {
	const char *word;   // "secret", as in `secret "db" not found`
	const char *plural; // "secrets", as in `secrets "db" already exists`
	LayoutDirectory directory;
	LockKind lock;
	void (*check)(const StoredObject *object, SourcePos where, Report *report); // check.h
} StoredKind;

// Before `draft` is stored: checks it as a whole, and takes its exclusive lock; waits for other commands to be done with
// it. Fails with ERROR_INVALID, `the secret "db" is invalid: …`, or ERROR_BUSY.
MUST_CHECK bool object_file_begin(const Host *host, const StoredKind *kind,
				  const StoredObject *draft, Lock *ret_lock, Error *error);

// Reads the record, and all of the object but its data. Fails with ERROR_NOT_FOUND, `secret "db" not found`.
MUST_CHECK bool object_file_load(const Host *host, const StoredKind *kind, const char *name,
				 Arena *arena, Pairs *ret_record, StoredObject *ret_object,
				 Error *error);

// Stores what `draft` becomes over `current` (NULL: there is none): its data sorted, creation time and generation set.
// Nothing is written when that is no change. append: adds the data to the record,
// in the form of the kind. ret_change may be NULL. Fails with ERROR_EXISTS (PUT_CREATE), or with the rules of
// object_check_replacement.
typedef bool (*ObjectAppend)(const Host *host, const StoredObject *object, Arena *arena,
			     Pairs *record, Error *error);
MUST_CHECK bool object_file_put(const Host *host, const StoredKind *kind,
				const StoredObject *current, const StoredObject *draft,
				PutMode mode, ObjectAppend append, StoreChange *ret_change,
				Error *error);

// Loads one object.
typedef bool (*ObjectLoad)(const Host *host, const char *name, Arena *arena, StoredObject *ret,
			   Error *error);
// All objects of the kind, by name.
MUST_CHECK bool object_file_list(const Host *host, const StoredKind *kind, ObjectLoad load,
				 Arena *arena, StoredObjects *ret_objects, Error *error);
// Removes it under its lock. Fails with ERROR_NOT_FOUND.
MUST_CHECK bool object_file_remove(const Host *host, const StoredKind *kind, const char *name,
				   Error *error);

#endif
