#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/layer_verify.h"
#include "store/state/layout.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

#define ENTRIES  60
#define ARCHIVES 16 // each is synced to the disk

// The archive as a layer of a store of its own; false when it cannot be unpacked.
static bool store(Test *test, const Host *host, const Buffer *tar, const char **ret_diff_id,
		  Error *error)
{
	StagedLayers staged = { 0 };
	const char *digest = digest_of_bytes(tar->data, tar->length, test->arena);
	const LayerBlob blob = { .digest = digest, .diff_id = digest, .size_bytes = tar->length };
	Source *source = source_of_bytes(tar->data, tar->length, 700, test->arena);
	*ret_diff_id = digest;
	CLEANUP_FD layers = -1;
	bool is_wrong = false;
	return layer_open_all(host, &layers, error) &&
	       layer_stage(host, &blob, source, test->arena,
			   staged_layers_push(test->arena, &staged), &is_wrong, error) &&
	       layer_publish(layers, &staged, error);
}

// What is found wrong with a layer that has just been unpacked, joined by newlines.
static const char *faults_of(Test *test, const Buffer *tar, bool *ret_is_stored)
{
	const Host host = { .data_dir = path_join(test->arena, test_directory(test), "data") };
	const char *diff_id = NULL;
	Texts faults = { 0 };
	CLEANUP_ERROR failure = { 0 };
	*ret_is_stored =
		layout_prepare(&host, &failure) && store(test, &host, tar, &diff_id, &failure);
	if (!*ret_is_stored)
		return arena_strdup(test->arena, failure.message);
	if (!layer_verify(&host, diff_id, test->arena, &faults, &test->error) ||
	    !layer_remove(&host, diff_id, &test->error))
		return test->error.message;
	return texts_join(&faults, "\n", test->arena);
}

static const char *check(Test *test, Buffer *tar)
{
	bool is_stored = false;
	tar_finish(tar);
	return faults_of(test, tar, &is_stored);
}

// --- archives by chance: few names, so that entries meet

typedef struct Dice {
	Test *test;
	uint64_t state;
} Dice;

static unsigned roll(Dice *dice, unsigned sides)
{
	dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(dice->state >> 33) % sides;
}

static const char *some_path(Dice *dice)
{
	static const char *const names[] = { "a", "b", "c", "long" };
	CLEANUP_BUFFER path = { 0 };
	for (unsigned i = 0, depth = 1 + roll(dice, 3); i < depth; i++) {
		const char *name = names[roll(dice, COUNT(names))];
		buffer_printf(&path, "%s%s", i > 0 ? "/" : "", name);
		if (text_equal(name, "long"))
			buffer_printf(&path, "%0120d", 7);
	}
	return buffer_take(&path, dice->test->arena);
}

static const char *some_content(Dice *dice, size_t *ret_size)
{
	static const size_t sizes[] = { 0, 1, 511, 512, 513, 5000, 70000 };
	const size_t size = sizes[roll(dice, COUNT(sizes))];
	char *content = arena_alloc(dice->test->arena, size + 1);
	for (size_t i = 0; i < size; i++)
		content[i] = (char)('a' + roll(dice, 26));
	*ret_size = size;
	return content;
}

static const char *hide(Dice *dice, const char *path)
{
	Arena *arena = dice->test->arena;
	const char *parent = path_parent(arena, path);
	return path_join(arena, parent, arena_printf(arena, ".wh.%s", path_name(path)));
}

static TarEntry some_entry(Dice *dice, const char *earlier)
{
	TarEntry entry = { .path = some_path(dice), .type = '0', .modified_s = roll(dice, 100) };
	const unsigned kind = roll(dice, 16);
	entry.uid = roll(dice, 3);
	if (kind < 6)
		entry.content = some_content(dice, &entry.content_size);
	else if (kind < 8)
		entry.type = '5';
	else if (kind < 10)
		entry = TAR_HARD_LINK(entry.path, earlier);
	else if (kind == 10)
		entry = TAR_SYMLINK(entry.path, some_path(dice));
	else if (kind == 11)
		entry.type = '6';
	else if (kind == 12) // a 0/0 device among them
		entry = (TarEntry){ .path = entry.path, .type = '3', .minor = roll(dice, 3) };
	else if (kind == 13)
		entry = TAR_FILE(hide(dice, entry.path), "");
	else if (kind == 14)
		entry = TAR_FILE(path_join(dice->test->arena, entry.path, ".wh..wh..opq"), "");
	else
		entry.record = "comment", entry.record_value = some_path(dice);
	if (entry.content_size == 0)
		entry.content = "";
	return entry;
}

static void add_some_entries(Dice *dice, Buffer *tar)
{
	const char *earlier = "a";
	for (unsigned i = 0, count = 2 + roll(dice, ENTRIES); i < count; i++) {
		const TarEntry entry = some_entry(dice, earlier);
		if (entry.type == '1' && !earlier)
			continue;
		tar_add(tar, entry);
		if (entry.type == '0' && !strstr(entry.path, ".wh."))
			earlier = entry.path;
	}
}

TEST(layer_verify_agrees_with_archives_of_every_kind)
{
	size_t stored = 0;
	for (unsigned i = 0; i < ARCHIVES; i++) {
		CLEANUP_BUFFER tar = { 0 };
		Dice dice = { .test = test, .state = i };
		bool is_stored = false;
		add_some_entries(&dice, &tar);
		tar_finish(&tar);
		const char *faults = faults_of(test, &tar, &is_stored);
		CHECK_TEXT(is_stored ? faults : "", "");
		stored += is_stored;
	}
	CHECK(stored > ARCHIVES / 4);
}

TEST(layer_verify_accepts_links_to_what_was_replaced)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("file", "the first"));
	tar_add(&tar, TAR_HARD_LINK("link", "file"));
	tar_add(&tar, TAR_FILE("file", "the second"));
	CHECK_TEXT(check(test, &tar), "");
}

// Sparse as GNU tar writes it: the file begins with a hole, and the archive has its last four bytes.
static void add_sparse(Buffer *tar)
{
	static const char map[] = "00000010000\0"
				  "00000000004\0";
	static const char size[] = "00000010004\0";
	const size_t header = tar->length;
	tar_add(tar, (TarEntry){ .path = "sparse", .type = 'S', .content = "abcd" });
	tar_patch(tar, header, TAR_MAGIC, "ustar  ", 8);
	tar_patch(tar, header, TAR_SPARSE, map, 24);
	tar_patch(tar, header, TAR_SPARSE + 97, size, 12);
}

TEST(layer_verify_accepts_what_is_in_no_file_of_the_tree)
{
	CLEANUP_BUFFER tar = { 0 };
	const char *name = arena_printf(test->arena, "%0200d", 7);
	tar_add(&tar, TAR_FILE("file", "content"));
	tar_add(&tar, (TarEntry){ .path = "link",
				  .type = '1',
				  .link = "file",
				  .record = "comment",
				  .record_value = "pax",
				  .content = "content" });
	tar_add(&tar, (TarEntry){ .path = "././@LongLink",
				  .type = 'L',
				  .content = name,
				  .content_size = 201 });
	tar_add(&tar, TAR_FILE("short", "under a long name"));
	add_sparse(&tar);
	tar_add(&tar, (TarEntry){ .path = "file", .type = '7', .content = "contiguous" });
	tar_add(&tar, TAR_FILE("last", "last"));
	CHECK_TEXT(check(test, &tar), "");
}
