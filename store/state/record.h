// store/state/record.h - KEY=VALUE records: what the store remembers of a thing.
// A record is Pairs. On disk it is one line per pair; backslash, newline and carriage return in a value are written
// \\, \n and \r, so that any text survives. Keys that this version does not know are kept. Empty lines and lines that
// start with # are skipped.
#ifndef STORE_STATE_RECORD_H
#define STORE_STATE_RECORD_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"
#include "pkg/base/text.h"
#include "store/state/lock.h"

#include <stdint.h>
#include <sys/types.h>

// The largest record file: an object of 1 MiB, escaped or in base64, and its labels.
#define RECORD_BYTES_MAX (4u * 1024 * 1024)

// Fails with ERROR_INVALID, naming the line: a line without '=', a key with bytes other than [A-Za-z0-9._/-], a key
// that comes twice, a NUL byte, an unknown escape.
MUST_CHECK bool record_parse(const char *text, size_t length, Arena *arena, Pairs *ret_record,
			     Error *error);
// True for what can be a key: [A-Za-z0-9._/-]+.
bool record_is_key(const char *key);
// The text of the record; keys are asserted to be valid.
void record_print(const Pairs *record, Buffer *buffer);

// Reads `name` in `directory`. A missing one is ERROR_NOT_FOUND.
MUST_CHECK bool record_load(int directory, const char *name, Arena *arena, Pairs *ret_record,
			    Error *error);
// Replaces `name` as a whole (file_replace).
MUST_CHECK bool record_save(int directory, const char *name, const Pairs *record, mode_t mode,
			    Error *error);
// Reads `name`, sets the pairs of `changes` (a NULL value removes the key), and replaces it, mode 0600. `lock` is the exclusive
// lock of the object that the record belongs to: a record is never changed without it.
MUST_CHECK bool record_update(const Lock *lock, int directory, const char *name,
			      const Pairs *changes, Error *error);

// Values with a type: the fallback for an absent key, ERROR_INVALID for one that cannot be read. Truth is yes or no.
MUST_CHECK bool record_get_bool(const Pairs *record, const char *key, bool fallback, bool *ret,
				Error *error);
MUST_CHECK bool record_get_u64(const Pairs *record, const char *key, uint64_t fallback,
			       uint64_t *ret, Error *error);
void record_set_bool(Arena *arena, Pairs *record, const char *key, bool value);
void record_set_u64(Arena *arena, Pairs *record, const char *key, uint64_t value);

// Maps in a record: the pairs whose key starts with `prefix`, without it; and the other way.
Pairs record_get_map(const Pairs *record, const char *prefix, Arena *arena);
void record_add_map(Arena *arena, Pairs *record, const char *prefix, const Pairs *map);

#endif
