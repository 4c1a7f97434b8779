// tests/unit/tar.h - tar archives made in memory, good ones and hostile ones.
#ifndef TESTS_UNIT_TAR_H
#define TESTS_UNIT_TAR_H

#include "pkg/base/text.h"

#include <stdint.h>

typedef struct TarEntry {
	const char *path;
	char type; // '0' file, '1' hard link, '2' symlink, '3' and '4' devices, '5' directory, '6' FIFO
	const char *link;
	const char *content;
	size_t content_size; // 0: the content is a text
	unsigned mode;       // 0: 0644, directories 0755
	unsigned uid;
	unsigned gid;
	unsigned long modified_s;
	unsigned major;
	unsigned minor;
	const char *attribute; // name of an extended attribute
	const void *value;
	size_t value_size;
	const char *record; // key of any other pax record, with a text
	const char *record_value;
} TarEntry;

// Appends one entry; long paths get a pax header.
void tar_add(Buffer *tar, TarEntry entry);
// Only the header of an entry, for `size` bytes of content that the caller puts behind it.
void tar_add_header(Buffer *tar, TarEntry entry, size_t size);
// The two empty blocks at the end.
void tar_finish(Buffer *tar);

// Where the fields of a header are.
enum {
	TAR_UID = 108,
	TAR_SIZE = 124,
	TAR_TIME = 136,
	TAR_TYPE = 156,
	TAR_MAGIC = 257,
	TAR_MAJOR = 329,
	TAR_SPARSE =
		386, // of GNU: four times offset and size of 12 bytes, a flag that more follow, the real size
};
// Overwrites a field of the header that begins at `header` in the archive, and makes its checksum right again.
void tar_patch(Buffer *tar, size_t header, size_t field, const void *bytes, size_t size);

#define TAR_FILE(name, text)        ((TarEntry){ .path = (name), .type = '0', .content = (text) })
#define TAR_DIRECTORY(name)         ((TarEntry){ .path = (name), .type = '5' })
#define TAR_SYMLINK(name, target)   ((TarEntry){ .path = (name), .type = '2', .link = (target) })
#define TAR_HARD_LINK(name, target) ((TarEntry){ .path = (name), .type = '1', .link = (target) })

#endif
