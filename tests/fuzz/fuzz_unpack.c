// A layer out of any bytes: they are read as a list of entries (or as the archive itself, when the first one says so).
// Whatever it says: nothing appears or changes beside the directory it is unpacked into, the same comes of it twice, no
// descriptor stays open, and what was unpacked with a frame gives the archive again. An ACL that takes the library long is
// refused before it sees it, wherever it stands (pkg/sys/stream/acl_guard.h).
// Run it as root for owners, devices and opaque directories.
#include "pkg/base/text.h"
#include "pkg/oci/layer/frame.h"
#include "pkg/oci/layer/unpack.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define BLOCK ((size_t)512)
// More than pkg/sys/stream/acl_guard.c lets pass. Of what the library has read, pkg/sys/stream/archive.c would speak in other words.
#define LONG_ACL_ENTRIES 8300
#define LONG_ACL_WORDS   "an ACL of more than 8000 entries"

// Where the fields of a header are.
enum {
	MODE = 100,
	UID = 108,
	GID = 116,
	SIZE = 124,
	MODIFIED = 136,
	CHECKSUM = 148,
	TYPE = 156,
	LINK = 157,
	MAGIC = 257,
	MAJOR = 329,
	MINOR = 337,
	SPARSE = 386,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// --- an archive out of bytes

typedef struct Input {
	const uint8_t *at;
	size_t left;
} Input;

static unsigned take(Input *input)
{
	if (input->left == 0)
		return 0;
	input->left--;
	return *input->at++;
}

static const char *take_word(Input *input, const char *const *words, size_t count)
{
	return words[take(input) % count];
}

// Few names, so that entries meet.
static void take_path(Input *input, Buffer *path)
{
	static const char *const parts[] = {
		"a",
		"b",
		"c",
		"a",
		"b",
		"..",
		".",
		"",
		".wh.a",
		".wh.b",
		".wh.c",
		".wh.",
		".wh..",
		".wh...",
		".wh..wh..opq",
		".wh..wh.plnk",
		"\xff\n",
		"canary",
		"fs",
		"kept",
		"0",
	};
	const unsigned shape = take(input);
	if (shape & 0x80)
		buffer_add(path, "/");
	for (unsigned i = 0; i <= (shape & 3); i++)
		buffer_printf(path, "%s%s", i > 0 ? "/" : "",
			      take_word(input, parts, COUNT(parts)));
	if ((shape & 0x60) == 0x60)
		buffer_add(path, "/");
	for (unsigned i = 0; (shape & 0x1c) == 0x1c && i < 60; i++)
		buffer_add(path, "/long");
}

static void take_target(Input *input, Buffer *target)
{
	static const char *const targets[] = { "..", "/",    "../canary",      "../../canary",
					       ".",  "/tmp", "/proc/self/root" };
	if (take(input) & 1)
		take_path(input, target);
	else
		buffer_add(target, take_word(input, targets, COUNT(targets)));
}

static void put_octal(char *field, size_t size, uint64_t number)
{
	for (size_t i = size - 1; i-- > 0; number /= 8)
		field[i] = (char)('0' + number % 8);
}

static void put_text(char *field, size_t size, const char *text)
{
	const size_t length = strlen(text);
	memcpy(field, text, length < size ? length : size);
}

static void pad(Buffer *tar)
{
	while (tar->length % BLOCK)
		buffer_add_char(tar, '\0');
}

// A header and its content, which need not fit together.
static void add_entry(Buffer *tar, char type, const char *path, const char *link,
		      const Buffer *content)
{
	char header[BLOCK] = { 0 };
	put_text(header, 100, path);
	put_octal(header + MODE, 8, 0644);
	put_octal(header + UID, 8, 0);
	put_octal(header + GID, 8, 0);
	put_octal(header + SIZE, 12, content->length);
	put_octal(header + MODIFIED, 12, 1000000000);
	header[TYPE] = type;
	put_text(header + LINK, 100, link);
	memcpy(header + MAGIC, "ustar\00000", 8);
	buffer_add_bytes(tar, header, BLOCK);
	buffer_add_bytes(tar, content->data, content->length);
	pad(tar);
}

// Numbers as they stand in headers, good and absurd.
static void change_field(Input *input, char *header)
{
	static const uint16_t fields[] = { MODE,        UID,         GID,         SIZE,
					   MODIFIED,    TYPE,        MAJOR,       MINOR,
					   SPARSE,      SPARSE + 12, SPARSE + 24, SPARSE + 36,
					   SPARSE + 96, SPARSE + 97 };
	const size_t field = fields[take(input) % COUNT(fields)];
	const unsigned how = take(input);
	if (field == TYPE)
		header[TYPE] = (char)take(input);
	else if (how & 1)
		put_octal(header + field, field < SIZE || field == MAJOR || field == MINOR ? 8 : 12,
			  (uint64_t)take(input) << (how / 8));
	else
		memset(header + field, (int)take(input), how % 13);
	if (how & 2)
		memcpy(header + MAGIC, "ustar  ", 8);
}

// Longer than what the library may come to see.
static void add_long_acl(Buffer *value)
{
	for (unsigned i = 0; i < LONG_ACL_ENTRIES; i++)
		buffer_printf(value, "u:%u:r,", i);
}

// "LENGTH KEY=VALUE\n", where LENGTH counts itself; mostly.
static void take_record(Input *input, Buffer *records)
{
	static const char *const keys[] = { "path",
					    "linkpath",
					    "size",
					    "uid",
					    "gid",
					    "mtime",
					    "SCHILY.xattr.user.x",
					    "SCHILY.xattr.security.capability",
					    "SCHILY.xattr.trusted.overlay.opaque",
					    "SCHILY.xattr.system.posix_acl_default",
					    "SCHILY.acl.access",
					    "SCHILY.acl.default",
					    "LIBARCHIVE.xattr.user.y",
					    "GNU.sparse.size",
					    "GNU.sparse.realsize",
					    "GNU.sparse.map",
					    "GNU.sparse.major",
					    "GNU.sparse.minor",
					    "GNU.sparse.name",
					    "GNU.sparse.numblocks",
					    "GNU.sparse.offset",
					    "GNU.sparse.numbytes",
					    "SCHILY.realsize",
					    "SCHILY.devmajor",
					    "SCHILY.devminor",
					    "hdrcharset",
					    "SUN.holesdata",
					    "" };
	static const char *const values[] = { "0",
					      "1",
					      "4",
					      "100",
					      "-1",
					      "9223372036854775807",
					      "4294967295",
					      "0,4",
					      "4,4,100,0",
					      "100,1,0,1",
					      "u::rwx,u:1:r,g::r,m::rwx,o::r",
					      "BINARY",
					      "a/b",
					      "AQAAAg==",
					      "1.5",
					      "" };
	CLEANUP_BUFFER line = { 0 };
	const unsigned how = take(input);
	const char *key = take_word(input, keys, COUNT(keys));
	buffer_printf(&line, "%s=", key);
	if (strstr(key, "SCHILY.acl") && (how & 0x80))
		add_long_acl(&line);
	else if (how & 1)
		take_path(input, &line);
	else if (how & 2)
		buffer_add(&line, take_word(input, values, COUNT(values)));
	for (unsigned i = 0; i < (how >> 4); i++)
		buffer_add_char(&line, (char)take(input));
	const size_t length = line.length + 2 +
			      (line.length > 9000       ? 5
			       : line.length + 4 >= 100 ? 3
							: 2);
	buffer_printf(records, "%zu ", how & 4 ? length : length + (how & 8));
	buffer_add_bytes(records, line.data, line.length);
	buffer_add_char(records, '\n');
}

static void take_entry(Input *input, Buffer *tar, unsigned depth);

// Some bytes, or an archive of its own.
static void take_content(Input *input, Buffer *content, unsigned depth)
{
	const unsigned how = take(input);
	for (unsigned i = 0; depth < 2 && (how & 0x60) == 0x60 && i <= (how & 3); i++)
		take_entry(input, content, depth + 1);
	if (content->length > 0)
		return;
	const unsigned length = how & 0x80 ? (how & 0x7f) * 40 : how & 0x1f;
	for (unsigned i = 0; i < length; i++)
		buffer_add_char(content, how & 0x20 ? (char)take(input) : (char)('0' + i % 10));
}

static void take_entry(Input *input, Buffer *tar, unsigned depth)
{
	static const char types[] = "0000111122255555346xxxgLKS";
	CLEANUP_BUFFER path = { 0 }, target = { 0 }, content = { 0 };
	const size_t header = tar->length;
	const char type = types[take(input) % (sizeof(types) - 1)];
	take_path(input, &path);
	if (type == '1' || type == '2')
		take_target(input, &target);
	else if (type == 'x' || type == 'g')
		for (unsigned i = take(input) % 6; i > 0; i--)
			take_record(input, &content);
	else if (type == 'L' || type == 'K')
		take_path(input, &content);
	else if (type == '0' || type == 'S')
		take_content(input, &content, depth);
	add_entry(tar, type, buffer_text(&path), buffer_text(&target), &content);
	for (unsigned i = take(input); (i & 0xc0) == 0xc0; i = take(input))
		change_field(input, tar->data + header);
}

static void fix_checksums(Buffer *tar)
{
	for (size_t at = 0; at + BLOCK <= tar->length; at += BLOCK) {
		char *header = tar->data + at;
		unsigned sum = 0;
		if (memcmp(header + MAGIC, "ustar", 5) != 0)
			continue;
		memset(header + CHECKSUM, ' ', 8);
		for (size_t i = 0; i < BLOCK; i++)
			sum += (unsigned char)header[i];
		put_octal(header + CHECKSUM, 7, sum);
		header[CHECKSUM + 6] = '\0';
	}
}

static void make_archive(Input *input, unsigned how, Buffer *tar)
{
	if (how & 1) {
		buffer_add_bytes(tar, input->at, input->left);
	} else {
		while (input->left > 0)
			take_entry(input, tar, 0);
	}
	fix_checksums(tar);
	if (how & 2)
		for (size_t i = 0; i < 2 * BLOCK; i++)
			buffer_add_char(tar, '\0');
	if ((how & 0x0c) == 0x0c && tar->length > how)
		tar->length -= how; // cut off
}

// --- what comes of it

static void require(bool is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "violated: %s\n", what);
	abort();
}

// DIRECTORY/canary, DIRECTORY/plain and DIRECTORY/framed, and nothing else.
static void check_outside(int outer, Arena *arena)
{
	Texts names = { 0 };
	Error error = { 0 };
	struct stat canary;
	require(file_list(outer, ".", arena, &names, &error) && names.count == 3,
		"nothing appears outside");
	require(fstatat(outer, "canary", &canary, AT_SYMLINK_NOFOLLOW) == 0 &&
			canary.st_size == 4 && canary.st_nlink == 1 &&
			canary.st_mode == (S_IFREG | 0640) && canary.st_mtime == 1,
		"nothing changes outside");
}

static int make_outer(Arena *arena)
{
	Error error = { 0 };
	int outer = -1;
	const char *temporary = getenv("TMPDIR");
	char *path = arena_printf(arena, "%s/sdme-fuzz-XXXXXX", temporary ? temporary : "/tmp");
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	if (!mkdtemp(path) || !file_open_directory(AT_FDCWD, path, &outer, &error) ||
	    !file_replace_volatile(outer, "canary", "safe", 4, 0640, &error) ||
	    utimensat(outer, "canary", times, 0) < 0)
		abort();
	return outer;
}

static UnpackOptions options_of(FrameWriter *frame)
{
	const bool is_root = geteuid() == 0;
	return (UnpackOptions){
		.whiteouts = true,
		.owners = is_root,
		.devices = is_root,
		.entries_max = 1000,
		.bytes_max = 1 << 20,
		.frame = frame,
	};
}

static bool unpack(Source *source, FrameWriter *frame, int root, Error *error)
{
	const UnpackOptions options = options_of(frame);
	CLEANUP_ARCHIVE archive = NULL;
	if (!archive_open(source, ARCHIVE_PLAIN, &archive, error))
		return false;
	if (frame)
		frame_writer_follow(frame, archive);
	return unpack_tar(archive, root, &options, NULL, error) &&
	       (!frame || frame_writer_finish(frame, error));
}

static void check_frame(int layer, int root, int fd, const Buffer *tar, Arena *arena)
{
	CLEANUP_ERROR error = { 0 };
	const char *again = NULL;
	size_t length = 0;
	CLEANUP_FD kept = openat(layer, FRAME_KEPT_NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_FRAME_READER reader = frame_reader_open(fd, root, kept);
	if (!source_read_all(frame_reader_source(reader), tar->length, arena, &again, &length,
			     &error)) {
		fprintf(stderr, "%s\n", error.message);
		require(false, "a frame can be read");
	}
	require(length == tar->length && memcmp(again, buffer_text(tar), length) == 0,
		"a frame gives the archive");
}

static bool unpack_framed(int outer, const Buffer *tar, size_t block, Arena *arena, Error *error)
{
	CLEANUP_FD layer = -1, root = -1;
	if (!file_open_directory(outer, "framed", &layer, error) ||
	    !file_make_directories(layer, "fs", 0755, error) ||
	    !file_open_directory(layer, "fs", &root, error))
		abort();
	CLEANUP_FD fd = openat(layer, "frame", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	CLEANUP_FRAME_WRITER frame =
		frame_writer_open(source_of_bytes(buffer_text(tar), tar->length, block, arena),
				  sink_of_fd(fd, arena), layer);
	if (!unpack(frame_writer_source(frame), frame, root, error))
		return false;
	check_frame(layer, root, fd, tar, arena);
	return true;
}

static bool unpack_plainly(int outer, const Buffer *tar, size_t block, Arena *arena, Error *error)
{
	CLEANUP_FD root = -1;
	if (!file_make_directories(outer, "plain/fs", 0755, error) ||
	    !file_open_directory(outer, "plain/fs", &root, error))
		abort();
	return unpack(source_of_bytes(buffer_text(tar), tar->length, block, arena), NULL, root,
		      error);
}

static void compare_attributes(const char *one, const char *two)
{
	char names[2][4096], values[2][4096];
	const ssize_t length = llistxattr(one, names[0], sizeof(names[0]));
	require(llistxattr(two, names[1], sizeof(names[1])) == length, "the same attributes");
	for (const char *name = names[0]; name < names[0] + length; name += strlen(name) + 1) {
		const ssize_t size = lgetxattr(one, name, values[0], sizeof(values[0]));
		require(lgetxattr(two, name, values[1], sizeof(values[1])) == size,
			"the same size of attributes");
		require(size <= 0 || memcmp(values[0], values[1], (size_t)size) == 0,
			"the same values of attributes");
		require(strncmp(name, "trusted.", 8) != 0 ||
				strcmp(name, "trusted.overlay.opaque") == 0 ||
				(strcmp(name, "trusted.overlay.origin") == 0 && size == 0),
			"no foreign trusted attribute");
	}
}

static void compare_files(const char *one, const char *two, size_t size, Arena *arena)
{
	CLEANUP_ERROR error = { 0 };
	const char *texts[2] = { NULL, NULL };
	const bool is_read = file_read(AT_FDCWD, one, size + 1, arena, &texts[0], NULL, &error) &&
			     file_read(AT_FDCWD, two, size + 1, arena, &texts[1], NULL, &error);
	require(is_read && memcmp(texts[0], texts[1], size) == 0, "the same content");
}

static void compare(const char *one, const char *two, Arena *arena)
{
	CLEANUP_ERROR error = { 0 };
	struct stat status[2];
	Texts names[2] = { { 0 } };
	require(lstat(one, &status[0]) == 0 && lstat(two, &status[1]) == 0, "the same names");
	require(status[0].st_mode == status[1].st_mode && status[0].st_uid == status[1].st_uid &&
			status[0].st_gid == status[1].st_gid &&
			status[0].st_rdev == status[1].st_rdev,
		"the same kind, mode and owner");
	compare_attributes(one, two);
	if (S_ISREG(status[0].st_mode)) {
		require(status[0].st_size == status[1].st_size, "the same size");
		compare_files(one, two, (size_t)status[0].st_size, arena);
	}
	if (!S_ISDIR(status[0].st_mode))
		return;
	require(file_list(AT_FDCWD, one, arena, &names[0], &error) &&
			file_list(AT_FDCWD, two, arena, &names[1], &error) &&
			names[0].count == names[1].count,
		"as many names");
	for (size_t i = 0; i < names[0].count; i++)
		compare(arena_printf(arena, "%s/%s", one, names[0].items[i]),
			arena_printf(arena, "%s/%s", two, names[1].items[i]), arena);
}

static void check_both(int outer, const Buffer *tar, size_t block, Arena *arena)
{
	CLEANUP_ERROR plain = { 0 };
	CLEANUP_ERROR framed = { 0 };
	const bool is_done = unpack_plainly(outer, tar, 0, arena, &plain);
	require(is_done == (plain.code == ERROR_NONE) && plain.code != ERROR_UNSUPPORTED,
		"a failure has a reason");
	const bool is_framed = unpack_framed(outer, tar, block, arena, &framed);
	require(is_framed == (framed.code == ERROR_NONE), "a failure has a reason");
	require(is_done || !strstr(plain.message, LONG_ACL_WORDS), "no long ACL is read");
	if (is_done != is_framed)
		fprintf(stderr, "plain: %s\nframed: %s\n", plain.message, framed.message);
	require(is_done == is_framed, "twice the same result");
	check_outside(outer, arena);
	if (is_done)
		compare(arena_printf(arena, "/proc/self/fd/%d/plain/fs", outer),
			arena_printf(arena, "/proc/self/fd/%d/framed/fs", outer), arena);
}

static void start_over(int outer)
{
	CLEANUP_ERROR error = { 0 };
	if (!file_tree_remove_path(outer, "plain", &error) ||
	    !file_tree_remove_path(outer, "framed", &error) ||
	    !file_make_directories(outer, "plain", 0755, &error) ||
	    !file_make_directories(outer, "framed", 0755, &error)) {
		fprintf(stderr, "%s\n", error.message);
		require(false, "a tree can be removed");
	}
}

static int lowest_free_descriptor(void)
{
	const int fd = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int outer = -1;
	CLEANUP_ARENA arena = arena_new();
	if (outer < 0)
		outer = make_outer(arena);
	const int free_before = lowest_free_descriptor();
	Input input = { data, size };
	CLEANUP_BUFFER tar = { 0 };
	const unsigned how = take(&input);
	make_archive(&input, how, &tar);
	static const size_t blocks[] = { 0, 1000, 512, 77 };
	start_over(outer);
	check_both(outer, &tar, blocks[how >> 6], arena);
	require(lowest_free_descriptor() == free_before, "no descriptor stays open");
	return 0;
}
