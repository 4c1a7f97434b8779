// pkg/sys/acl_guard.h - refuses archives whose ACLs would keep libarchive busy for hours.
// For each entry of an ACL the library goes through those before it, and nothing interrupts it: the largest pax header
// that it takes costs 10 s, and a few megabytes hold thousands of them once they are compressed.
#ifndef PKG_SYS_ACL_GUARD_H
#define PKG_SYS_ACL_GUARD_H

#include "pkg/base/error.h"

#include <stddef.h>
#include <stdint.h>

#define ACL_GUARD_BLOCK 512

// Zeroed for the start of an archive.
typedef struct AclGuard {
	uint64_t position;
	unsigned char block[ACL_GUARD_BLOCK]; // the current one, when it comes in pieces
	size_t filled;
	// What may be ACLs: from the first header that announces some to the end of all that were announced meanwhile.
	uint64_t end;
	size_t matched; // of the key that we look for
	bool has_acl;
	uint64_t entries;
	uint64_t steps; // of the library's, for the ACLs before this one
} AclGuard;

// Is shown all bytes of the plain archive, in order and before the library. Fails with ERROR_LIMIT.
// Whatever may be the header of an ACL counts, also in the content of a file: what the library takes for one is never
// missed, however the archive tries to have the two of us disagree.
MUST_CHECK bool acl_guard_pass(AclGuard *guard, const void *bytes, size_t length, Error *error);
// Content of files that nobody looks at.
void acl_guard_skip(AclGuard *guard, uint64_t count);

#endif
