// pkg/oci/platform.h - what a program in an image runs on: "linux/arm64/v8".
// Names are Go's. Spec: <https://github.com/opencontainers/image-spec/blob/v1.1.0/image-index.md#platform-variants>
#ifndef PKG_OCI_PLATFORM_H
#define PKG_OCI_PLATFORM_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

typedef struct Platform {
	const char *os;           // "linux"
	const char *architecture; // "amd64"
	const char *variant;      // "v8", or ""
} Platform;

// The platform of this host, from the machine name of uname(2): "x86_64" is linux/amd64. Unknown names stand for
// themselves.
Platform platform_of_machine(const char *machine);
Platform platform_of_host(Arena *arena);
// "linux/arm64/v8" or "linux/amd64".
MUST_CHECK bool platform_parse(const char *text, Arena *arena, Platform *ret, Error *error);
const char *platform_print(const Platform *platform, Arena *arena);

// How well a program for `image` runs on `host`: 0 not at all, more is better. An equal variant is best, then an older
// one, then one that is not said. Parts of `image` that are "" fit, but worst.
unsigned platform_rank(const Platform *image, const Platform *host);

#endif
