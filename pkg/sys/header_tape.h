// pkg/sys/header_tape.h - the bytes of the header that libarchive is reading, for what it does not tell.
// Go's archive/tar, and so docker, buildkit and podman, leave out of a header what is not ASCII, and put the whole into
// a pax record. Of a link whose target has nothing else libarchive (3.6, 3.7) gives no target at all.
#ifndef PKG_SYS_HEADER_TAPE_H
#define PKG_SYS_HEADER_TAPE_H

#include "pkg/base/text.h"

#include <stdint.h>

// Zeroed at the start of the archive.
typedef struct HeaderTape {
	bool is_running;
	uint64_t begin;    // of the header, in bytes from the start of the archive
	Buffer carried;    // its bytes in earlier blocks
	const char *block; // the last that was read, up to `seen`
	size_t length;
	uint64_t seen;
} HeaderTape;

// The header begins here.
void header_tape_start(HeaderTape *tape, uint64_t begin);
void header_tape_stop(HeaderTape *tape);
// The last block is about to be overwritten.
void header_tape_turn(HeaderTape *tape);
void header_tape_add(HeaderTape *tape, const void *block, size_t length);
void header_tape_skip(HeaderTape *tape, uint64_t count);
void header_tape_clear(HeaderTape *tape);

// The target of a link that has one in a pax record only. end: of the header. NULL: it is no such link.
const char *header_tape_find_link(const HeaderTape *tape, uint64_t end, Arena *arena,
				  bool *ret_is_hard);

#endif
