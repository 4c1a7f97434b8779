// pkg/sys/stream/acl_guard.h - refuses archives whose ACLs would keep libarchive busy for hours.
// For each entry of an ACL the library goes through those before it, and nothing interrupts it: the largest pax header
// that it takes costs 10 s, and a few megabytes hold thousands of them once they are compressed.
#ifndef PKG_SYS_STREAM_ACL_GUARD_H
#define PKG_SYS_STREAM_ACL_GUARD_H

#include "pkg/base/error.h"

#include <stddef.h>
#include <stdint.h>

// Zeroed for the start of an archive.
typedef struct AclGuard {
	size_t seen;      // of the current header
	size_t matched;   // of the key that we look for
	bool has_acl;     // from here on there may be one
	uint64_t entries; // of it, at most
	uint64_t steps;   // of the library's, for the headers before this one
} AclGuard;

// Another header begins: of an entry, with all that belongs to it.
void acl_guard_begin(AclGuard *guard);
// Is shown what the library has been given of the header, from its beginning on, and what it is given next, before that
// happens. Fails with ERROR_LIMIT. Does not understand the header, so that there is nothing for the library to understand
// in another way: all that may be an ACL counts.
MUST_CHECK bool acl_guard_pass(AclGuard *guard, const void *header, size_t length, Error *error);

#endif
