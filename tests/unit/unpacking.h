// tests/unit/unpacking.h - unpacking archives made in memory, and looking at what came of it.
#ifndef TESTS_UNIT_UNPACKING_H
#define TESTS_UNIT_UNPACKING_H

#include "pkg/base/text.h"
#include "pkg/oci/layer/unpack.h"
#include "tests/unit/test.h"

#include <sys/stat.h>

// The entries go into DIRECTORY/fs, which lies beside DIRECTORY/outside. `root` stays open for looks.
typedef struct Unpacking {
	Buffer tar;
	UnpackOptions options;
	UnpackResult result;
	int outer;
	int root;
} Unpacking;

// Options of a layer, with low bounds. Without root, owners and devices stay out of it.
Unpacking layer(void);
void unpacking_cleanup(Unpacking *unpacking);
#define UNPACKING CLEANUP(unpacking_cleanup) Unpacking

// Ends the archive and unpacks it.
bool unpack(Test *test, Unpacking *unpacking);
// The same with exactly the bytes that are there, in blocks of `block`.
bool unpack_bytes(Test *test, Unpacking *unpacking, size_t block);

// The text of a file, or the word of the error code.
const char *content(Test *test, const Unpacking *unpacking, const char *path);
// st_mode is 0 when there is none.
struct stat look(const Unpacking *unpacking, const char *path);
bool is_whiteout(const Unpacking *unpacking, const char *path);
bool is_opaque(const Unpacking *unpacking, const char *path);
// The names in a directory, with blanks between.
const char *names(Test *test, const Unpacking *unpacking, const char *path);
// Nothing changed, vanished or appeared beside DIRECTORY/fs.
bool is_outside_safe(Test *test, const Unpacking *unpacking);

#endif
