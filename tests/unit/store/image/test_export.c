#include "store/image/export.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/archive.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/state/layout.h"
#include "tests/unit/image_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG "\"Cmd\":[\"/a\"],\"Env\":[\"A=1\"]"

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool write_image(ImageStore *store, const char *name, ImageExport export, const char *path,
			bool is_forced)
{
	Test *test = store->test;
	ImageInventory inventory = { 0 };
	return image_store_load(store, &(ImageUses){ 0 }, &inventory) &&
	       image_inventory_find(&inventory, name, NULL, test->arena, &export.image,
				    &export.reference, &test->error) &&
	       image_export(&store->host, &export, in(test, path), is_forced, &test->error);
}

// Pulls from what was written into another store, and gives the id there.
static const char *pull_back(Test *test, const char *transport, const char *path)
{
	static unsigned number;
	const Host host = { .data_dir = arena_printf(test->arena, "%s/again%u",
						     test_directory(test), number++),
			    .config_dir = in(test, "etc") };
	const PullOptions options = { .policy = IMAGE_PULL_ALWAYS };
	Image image = { 0 };
	const char *name = arena_printf(test->arena, "%s:%s", transport, in(test, path));
	return layout_prepare(&host, &test->error) &&
			       image_pull(&host, name, &options, test->arena, &image, &test->error)
		       ? image.config_digest
		       : test->error.message;
}

static const char *digest_of_file(Test *test, const char *path)
{
	const char *bytes = NULL;
	size_t length = 0;
	return file_read(AT_FDCWD, in(test, path), 1 << 20, test->arena, &bytes, &length,
			 &test->error)
		       ? digest_of_bytes(bytes, length, test->arena)
		       : test->error.message;
}

// Everything in the test's directory but the stores and layouts that it began with.
static const char *outputs(Test *test)
{
	Texts names = { 0 }, shown = { 0 };
	if (!file_list(AT_FDCWD, test_directory(test), test->arena, &names, &test->error))
		return test->error.message;
	for (size_t i = 0; i < names.count; i++) {
		if (!text_equal(names.items[i], "data") &&
		    !text_starts_with(names.items[i], "layout"))
			texts_add(test->arena, &shown, names.items[i]);
	}
	return texts_join(&shown, " ", test->arena);
}

TEST(image_export_keeps_the_id)
{
	static const struct {
		const char *transport;
		ImageExport export;
	} kinds[] = {
		{ "oci-archive",
		  { .format = IMAGE_EXPORT_OCI_ARCHIVE, .compression = COMPRESSION_GZIP } },
		{ "oci-archive",
		  { .format = IMAGE_EXPORT_OCI_ARCHIVE, .compression = COMPRESSION_ZSTD } },
		{ "docker-archive", { .format = IMAGE_EXPORT_DOCKER_ARCHIVE } },
		{ "oci", { .format = IMAGE_EXPORT_OCI, .compression = COMPRESSION_NONE } },
	};
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	// A layer that comes twice is written once.
	const char *id = image_store_add(&store, "web:1", "a b a", CONFIG);
	CHECK(id);
	for (size_t i = 0; i < COUNT(kinds); i++) {
		const char *path = arena_printf(test->arena, "out%zu", i);
		CHECK(write_image(&store, "web:1", kinds[i].export, path, false));
		CHECK_TEXT(pull_back(test, kinds[i].transport, path), id);
	}
}

// "NAME NAME …" of the files in an archive, digits of digests left out.
static const char *names_in(Test *test, const char *path)
{
	CLEANUP_FD fd = open(in(test, path), O_RDONLY | O_CLOEXEC);
	CLEANUP_ARCHIVE archive = NULL;
	const ArchiveEntry *entry = NULL;
	Texts names = { 0 };
	if (!archive_open(source_of_fd(fd, test->arena), ARCHIVE_PLAIN, &archive, &test->error))
		return test->error.message;
	while (archive_next(archive, &entry, &test->error) && entry) {
		const char *end = strchr(entry->path, '.');
		const bool is_digest = end && end - entry->path == DIGEST_HEX_LENGTH;
		texts_add(test->arena, &names,
			  arena_strdup(test->arena, is_digest ? end : entry->path));
	}
	return texts_join(&names, " ", test->arena);
}

TEST(image_export_as_docker_writes_it)
{
	ImageStore store;
	const ImageExport export = { .format = IMAGE_EXPORT_DOCKER_ARCHIVE };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a b a", CONFIG));
	CHECK(write_image(&store, "web:1", export, "out", false));
	CHECK_TEXT(names_in(test, "out"), ".tar .tar .json manifest.json");
}

TEST(image_export_is_the_same_every_time)
{
	ImageStore store;
	const ImageExport export = { .compression = COMPRESSION_GZIP };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a b", CONFIG));
	CHECK(write_image(&store, "web:1", export, "one.tar", false));
	CHECK(write_image(&store, "web:1", export, "two.tar", false));
	CHECK_TEXT(digest_of_file(test, "one.tar"), digest_of_file(test, "two.tar"));
	struct stat status;
	CHECK(stat(in(test, "one.tar"), &status) == 0 && status.st_size % 512 == 0);
}

TEST(image_export_replaces_files_only_when_told)
{
	ImageStore store;
	const ImageExport export = { .compression = COMPRESSION_GZIP };
	const ImageExport directory = { .format = IMAGE_EXPORT_OCI };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", ""));
	CHECK(file_replace(AT_FDCWD, in(test, "out"), "x", 1, 0600, &test->error));
	CHECK_ERROR(write_image(&store, "web:1", export, "out", false),
		    arena_printf(test->arena, "'%s': it exists already; --force replaces it",
				 in(test, "out")));
	CHECK(write_image(&store, "web:1", export, "out", true));
	CHECK(mkdir(in(test, "dir"), 0755) == 0);
	CHECK_ERROR(write_image(&store, "web:1", directory, "dir", true),
		    arena_printf(test->arena, "'%s': it exists already", in(test, "dir")));
	CHECK(!write_image(&store, "web:1", export, "missing/out", false));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	CHECK_TEXT(outputs(test), "dir out");
}

// The directory is the user's: files there may have the names of what this program leaves elsewhere.
TEST(image_export_removes_only_what_killed_exports_left)
{
	ImageStore store;
	const ImageExport export = { .compression = COMPRESSION_GZIP };
	static const char *const names[] = { ".web.4194399.new", ".layer-4194399-1-0badcafe",
					     ".export-4194399-1-0badcafe" };
	CHECK(image_store_prepare(test, &store));
	CHECK(image_store_add(&store, "web:1", "a", ""));
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(file_replace_volatile(AT_FDCWD, in(test, names[i]), "", 0, 0644,
					    &test->error));
	CHECK(write_image(&store, "web:1", export, "out", false));
	CHECK(file_exists(AT_FDCWD, in(test, names[0])));
	CHECK(file_exists(AT_FDCWD, in(test, names[1])));
	CHECK(!file_exists(AT_FDCWD, in(test, names[2])));
}

TEST(image_export_of_a_damaged_layer_leaves_nothing)
{
	ImageStore store;
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id);
	const Image *image = image_store_get(&store, id);
	const char *file = path_join(test->arena, image->layer_directories.items[0], "a");
	CHECK(file_replace_volatile(AT_FDCWD, file, "b", 1, 0644, &test->error));
	const ImageExport exports[] = { { .compression = COMPRESSION_GZIP },
					{ .format = IMAGE_EXPORT_OCI } };
	for (size_t i = 0; i < COUNT(exports); i++) {
		CHECK(!write_image(&store, "web:1", exports[i], "out", false));
		CHECK(test->error.code == ERROR_INVALID &&
		      strstr(test->error.message, "it is damaged: its archive has the digest"));
		error_clear(&test->error);
		CHECK_TEXT(outputs(test), "");
	}
	CHECK(layer_remove(&store.host, image->layers.items[0], &test->error));
	CHECK(!write_image(&store, "web:1", exports[0], "out", false));
	CHECK(strstr(test->error.message, "the image is not complete; pull it again first"));
}

TEST(image_export_to_a_pipe)
{
	ImageStore store;
	ImageInventory inventory = { 0 };
	ImageExport export = { .compression = COMPRESSION_GZIP };
	CHECK(image_store_prepare(test, &store));
	const char *id = image_store_add(&store, "web:1", "a", "");
	CHECK(id && image_store_load(&store, &(ImageUses){ 0 }, &inventory));
	export.image = &inventory.images.items[0];
	CLEANUP_FD fd = open(in(test, "out"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CHECK(fd >= 0 && image_export_to(&store.host, &export, fd, &test->error));
	CHECK_TEXT(pull_back(test, "oci-archive", "out"), id);
}
