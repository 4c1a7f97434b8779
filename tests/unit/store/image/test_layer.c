#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/layer_verify.h"
#include "store/state/layout.h"
#include "tests/unit/contents.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/wait.h>

#define WRONG "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

typedef struct Fixture {
	Host host;
	Buffer tar;
	LayerBlob blob;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	buffer_clear(&fixture->tar);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

// A data directory and a layer with one file.
static bool prepare(Test *test, Fixture *ret)
{
	ret->host = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	tar_add(&ret->tar, TAR_FILE("etc/motd", "hello"));
	tar_finish(&ret->tar);
	const char *digest = digest_of_bytes(ret->tar.data, ret->tar.length, test->arena);
	ret->blob =
		(LayerBlob){ .digest = digest, .diff_id = digest, .size_bytes = ret->tar.length };
	return layout_prepare(&ret->host, &test->error);
}

static bool unpack(Test *test, const Fixture *fixture)
{
	Source *source = source_of_bytes(fixture->tar.data, fixture->tar.length, 100, test->arena);
	StagedLayers staged = { 0 };
	CLEANUP_FD layers = -1;
	bool is_wrong = false;
	return layer_open_all(&fixture->host, &layers, &test->error) &&
	       layer_stage(&fixture->host, &fixture->blob, source, test->arena,
			   staged_layers_push(test->arena, &staged), &is_wrong, &test->error) &&
	       layer_publish(layers, &staged, &test->error);
}

// What lies in DATADIR/images/layers/sha256, staging included.
static size_t count_directories(Test *test, const Fixture *fixture)
{
	Texts names = { 0 };
	const char *path =
		layout_path_of(&fixture->host, LAYOUT_IMAGES, "layers/sha256", test->arena);
	return file_list(AT_FDCWD, path, test->arena, &names, &test->error) ? names.count : 999;
}

TEST(layer_appears_under_its_diff_id)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	const char *diff_id = fixture.blob.diff_id;
	CHECK(!layer_find(&fixture.host, diff_id, NULL));
	CHECK(unpack(test, &fixture));

	LayerInfo info;
	Texts list = { 0 };
	const char *text = NULL;
	CHECK(layer_find(&fixture.host, diff_id, &info) && info.size_bytes == 5);
	CHECK(!info.is_root_opaque);
	const char *path = layer_path(&fixture.host, diff_id, test->arena);
	CHECK_TEXT(path, arena_printf(test->arena, "%s/images/layers/sha256/%s/fs",
				      fixture.host.data_dir, digest_hex(diff_id)));
	CHECK(file_read(AT_FDCWD, path_join(test->arena, path, "etc/motd"), 100, test->arena, &text,
			NULL, &test->error));
	CHECK_TEXT(text, "hello");
	CHECK(layer_list(&fixture.host, test->arena, &list, &test->error) && list.count == 1);
	CHECK_TEXT(list.items[0], diff_id);
}

TEST(layer_that_is_there_already_stays)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture) && unpack(test, &fixture) && unpack(test, &fixture));
	CHECK(count_directories(test, &fixture) == 1);
	CHECK(layer_find(&fixture.host, fixture.blob.diff_id, NULL));
}

TEST(layer_with_another_digest_leaves_nothing)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	const LayerBlob good = fixture.blob;

	fixture.blob.diff_id = WRONG;
	CHECK(!unpack(test, &fixture));
	CHECK(test->error.code == ERROR_INVALID);
	CHECK_TEXT(
		test->error.message,
		arena_printf(
			test->arena,
			"layer %.12s: the unpacked bytes have the digest %s, not the diff_id " WRONG,
			digest_hex(good.digest), good.digest));
	error_clear(&test->error);

	fixture.blob = good;
	fixture.blob.digest = WRONG;
	CHECK(!unpack(test, &fixture));
	CHECK_TEXT(test->error.message,
		   arena_printf(test->arena,
				"layer e3b0c44298fc: the bytes of the blob have the digest %s",
				good.digest));
	error_clear(&test->error);

	fixture.blob = good;
	fixture.blob.size_bytes--;
	CHECK(!unpack(test, &fixture));
	error_clear(&test->error);
	fixture.blob.size_bytes += 2;
	CHECK(!unpack(test, &fixture));
	error_clear(&test->error);
	CHECK(count_directories(test, &fixture) == 0);
}

TEST(layer_that_is_damaged_on_the_way_is_blamed_on_its_digest)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	fixture.tar.data[148] ^= 1; // the checksum of the first header
	CHECK(!unpack(test, &fixture));
	CHECK(strstr(test->error.message, "the bytes of the blob have the digest sha256:"));
	error_clear(&test->error);
	CHECK(count_directories(test, &fixture) == 0);
}

TEST(layer_that_lost_its_record_is_made_again)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *tree = layer_path(&fixture.host, fixture.blob.diff_id, test->arena);
	const char *record = path_join(test->arena, path_parent(test->arena, tree), "record");
	CHECK(unlink(record) == 0);
	CHECK(!layer_find(&fixture.host, fixture.blob.diff_id, NULL));
	CHECK(unpack(test, &fixture));
	CHECK(layer_find(&fixture.host, fixture.blob.diff_id, NULL));
}

// Whoever uses the damaged one keeps it, the next one gets the new.
TEST(layer_that_is_damaged_is_replaced)
{
	FIXTURE fixture = { 0 };
	LayerInfo info;
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *diff_id = fixture.blob.diff_id;
	const char *tree = layer_path(&fixture.host, diff_id, test->arena);
	CLEANUP_FD old = -1;
	CHECK(file_open_directory(AT_FDCWD, tree, &old, &test->error));
	CHECK(unlinkat(old, "etc/motd", 0) == 0);
	CHECK(layer_mark(&fixture.host, diff_id, true, &test->error));
	CHECK(layer_find(&fixture.host, diff_id, &info) && info.is_damaged);
	CHECK(!layer_is_good(&fixture.host, diff_id));
	CHECK(unpack(test, &fixture) && layer_is_good(&fixture.host, diff_id));
	CHECK(file_exists(AT_FDCWD, path_join(test->arena, tree, "etc/motd")));
	CHECK(layer_collect(&fixture.host, NULL, &test->error));
	CHECK(file_exists(old, "etc") && count_directories(test, &fixture) == 2);

	CHECK(layer_mark(&fixture.host, diff_id, true, &test->error) &&
	      layer_mark(&fixture.host, diff_id, false, &test->error));
	CHECK(layer_is_good(&fixture.host, diff_id));
	CHECK(layer_remove(&fixture.host, diff_id, &test->error) &&
	      layer_mark(&fixture.host, diff_id, true, &test->error));
	CHECK(!layer_find(&fixture.host, diff_id, NULL));
}

TEST(layer_may_be_unpacked_by_several_processes_at_once)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	pid_t children[4];
	for (size_t i = 0; i < COUNT(children); i++) {
		children[i] = fork();
		CHECK(children[i] >= 0);
		if (children[i] == 0)
			_exit(unpack(test, &fixture) ? 0 : 1);
	}
	bool is_right = true;
	for (size_t i = 0; i < COUNT(children); i++) {
		int status = 0;
		is_right =
			waitpid(children[i], &status, 0) == children[i] && status == 0 && is_right;
	}
	CHECK(is_right);
	CHECK(layer_find(&fixture.host, fixture.blob.diff_id, NULL));
	CHECK(count_directories(test, &fixture) == 1);
}

TEST(layer_of_a_killed_process_is_collected)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *stale =
		layout_path_of(&fixture.host, LAYOUT_IMAGES,
			       "layers/sha256/.layer-4194304-1-0a0b0c0d/fs/deep", test->arena);
	CHECK(file_make_directories(AT_FDCWD, stale, 0700, &test->error));
	CHECK(count_directories(test, &fixture) == 2);
	CHECK(layer_collect(&fixture.host, NULL, &test->error));
	CHECK(count_directories(test, &fixture) == 1);
	CHECK(layer_remove(&fixture.host, fixture.blob.diff_id, &test->error));
	CHECK(count_directories(test, &fixture) == 0);
}

// What the first versions of sdme stored: a tree and a record without the diff_id, no frame.
TEST(layer_of_the_first_version_is_used_on)
{
	FIXTURE fixture = { 0 };
	Texts faults = { 0 };
	LayerInfo info;
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *directory = path_parent(
		test->arena, layer_path(&fixture.host, fixture.blob.diff_id, test->arena));
	const char *record = "ENTRIES=1\nROOT_OPAQUE=no\nSIZE_BYTES=5\n";
	CHECK(file_replace_volatile(AT_FDCWD, path_join(test->arena, directory, "record"), record,
				    strlen(record), 0600, &test->error));
	CHECK(unlink(path_join(test->arena, directory, "frame")) == 0);
	CHECK(layer_find(&fixture.host, fixture.blob.diff_id, &info) && info.is_damaged);
	CHECK(info.size_bytes == 5 && info.disk_bytes == 5);
	CHECK(layer_verify(&fixture.host, fixture.blob.diff_id, test->arena, &faults,
			   &test->error));
	CHECK(faults.count == 1 && text_starts_with(faults.items[0], "an older sdme stored it"));
}

// A directory that was moved to the name of another layer is not that layer.
TEST(layer_under_another_name_is_none)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *from = path_parent(
		test->arena, layer_path(&fixture.host, fixture.blob.diff_id, test->arena));
	const char *to = path_parent(test->arena, layer_path(&fixture.host, WRONG, test->arena));
	CHECK(rename(from, to) == 0);
	CHECK(!layer_find(&fixture.host, WRONG, NULL));
	CHECK(!layer_find(&fixture.host, fixture.blob.diff_id, NULL));
	CHECK(unpack(test, &fixture) && layer_find(&fixture.host, fixture.blob.diff_id, NULL));
}

// No memory, no descriptors, a failing disk: the directory that is there stays.
TEST(layer_that_cannot_be_read_does_not_make_way)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture) && unpack(test, &fixture));
	const char *record =
		path_join(test->arena,
			  path_parent(test->arena,
				      layer_path(&fixture.host, fixture.blob.diff_id, test->arena)),
			  "record");
	CHECK(unlink(record) == 0 && symlink("record", record) == 0); // ELOOP
	CHECK(!unpack(test, &fixture));
	error_clear(&test->error);
	CHECK(file_exists(AT_FDCWD, layer_path(&fixture.host, fixture.blob.diff_id, test->arena)));
	CHECK(unlink(record) == 0);
	CHECK(unpack(test, &fixture) && layer_find(&fixture.host, fixture.blob.diff_id, NULL));
}

// In short what `make soak` does at length.
TEST(layer_may_have_content_of_every_kind)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	for (unsigned i = 0; i < CONTENT_KIND_COUNT; i++) {
		ContentLayer content = { .kind = (ContentKind)i,
					 .compression = (Compression)(i % 3),
					 .size_bytes = (4 << 20) + i,
					 .seed = i + 1 };
		CHECK(content_layer_pass(&fixture.host, &content, &test->error));
	}
}
