#include "pkg/base/path.h"
#include "pkg/oci/layout.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>

static bool open_transport(Test *test, const char *name, Transport **ret)
{
	Reference *reference = ARENA_NEW(test->arena, Reference);
	return reference_parse(name, NULL, test->arena, reference, &test->error) &&
	       oci_layout_open(reference, &(FileSetOptions){ 0 }, test->arena, ret, &test->error);
}

static void add_files(Test *test, Buffer *tar, const char *root, const char *directory)
{
	Texts names = { 0 };
	const char *path = path_join(test->arena, root, directory);
	if (!file_list(AT_FDCWD, path, test->arena, &names, &test->error))
		return;
	for (size_t i = 0; i < names.count; i++) {
		const char *name = path_join(test->arena, directory, names.items[i]);
		const char *bytes = NULL;
		size_t length = 0;
		CLEANUP_ERROR is_directory = { 0 };
		if (!file_read(AT_FDCWD, path_join(test->arena, root, name), 1 << 20, test->arena,
			       &bytes, &length, &is_directory))
			add_files(test, tar, root, name);
		else
			tar_add(tar, (TarEntry){ .path = arena_printf(test->arena, "./%s", name),
						 .type = '0',
						 .content = bytes,
						 .content_size = length });
	}
}

// A layout with one image of one layer, the file "etc/motd", as a directory and as an archive.
static const char *make_layout(Test *test, const char **ret_archive, const char **ret_layer)
{
	CLEANUP_LAYOUT layout = { .test = test,
				  .directory = path_join(test->arena, test_directory(test), "l") };
	CLEANUP_BUFFER layer = { 0 };
	CLEANUP_BUFFER archive = { 0 };
	tar_add(&layer, TAR_FILE("etc/motd", "hello"));
	layout_add_layer(&layout, &layer);
	*ret_layer = layout.last_digest;
	layout_add_image(&layout, "v1", "");
	layout_finish(&layout);
	add_files(test, &archive, layout.directory, ".");
	tar_finish(&archive);
	*ret_archive = path_join(test->arena, test_directory(test), "l.tar");
	return file_replace_volatile(AT_FDCWD, *ret_archive, archive.data, archive.length, 0600,
				     &test->error)
		       ? layout.directory
		       : NULL;
}

static const char *blob_digest(Test *test, Transport *transport, const char *digest)
{
	const Descriptor descriptor = { .digest = digest };
	Source *source = NULL;
	const char *bytes = NULL;
	size_t length = 0;
	if (!transport->open_blob(transport, &descriptor, &source, &test->error) ||
	    !source_read_all(source, 1 << 20, test->arena, &bytes, &length, &test->error))
		return NULL;
	return digest_of_bytes(bytes, length, test->arena);
}

TEST(oci_layout_is_the_same_as_directory_and_as_archive)
{
	const char *archive = NULL;
	const char *layer = NULL;
	const char *directory = make_layout(test, &archive, &layer);
	CHECK(directory);
	const char *const names[] = { arena_printf(test->arena, "oci:%s", directory),
				      arena_printf(test->arena, "oci:%s:v1", directory),
				      arena_printf(test->arena, "oci-archive:%s", archive),
				      arena_printf(test->arena, "oci-archive:%s:v1", archive) };
	for (size_t i = 0; i < COUNT(names); i++) {
		CLEANUP_TRANSPORT transport = NULL;
		ManifestDocument document;
		Manifest manifest;
		CHECK(open_transport(test, names[i], &transport));
		CHECK(transport->read_manifest(transport, NULL, test->arena, &document,
					       &test->error));
		CHECK(manifest_parse(document.bytes, document.length, document.media_type,
				     test->arena, &manifest, &test->error));
		CHECK(!manifest.is_index && manifest.layers.count == 1);
		CHECK_TEXT(blob_digest(test, transport, layer), layer);
		CHECK_TEXT(blob_digest(test, transport, manifest.config.digest),
			   manifest.config.digest);
	}
}

TEST(oci_layout_says_what_is_wrong)
{
	const char *archive = NULL;
	const char *layer = NULL;
	const char *directory = make_layout(test, &archive, &layer);
	CLEANUP_TRANSPORT transport = NULL;
	CHECK(directory);
	CHECK_ERROR(open_transport(test, "oci:/nowhere/at/all", &transport),
		    "open '/nowhere/at/all': No such file or directory");
	const char *version = path_join(test->arena, directory, "oci-layout");
	CHECK(unlink(version) == 0);
	CHECK_ERROR(
		open_transport(test, arena_printf(test->arena, "oci:%s", directory), &transport),
		arena_printf(test->arena,
			     "'%s' is no OCI image layout: open 'oci-layout' in its root: No "
			     "such file or directory",
			     directory));
	CHECK(open_transport(test, arena_printf(test->arena, "oci-archive:%s", archive),
			     &transport));
	const char *absent = digest_of_bytes("absent", 6, test->arena);
	CHECK(!blob_digest(test, transport, absent));
	CHECK_TEXT(test->error.message,
		   arena_printf(test->arena, "the archive has no 'blobs/sha256/%s'",
				digest_hex(absent)));
	error_clear(&test->error);
}

TEST(oci_layout_is_not_left_through_a_symlink)
{
	const char *archive = NULL;
	const char *layer = NULL;
	const char *directory = make_layout(test, &archive, &layer);
	CLEANUP_TRANSPORT transport = NULL;
	ManifestDocument document;
	CHECK(directory);
	CHECK(file_replace_link(AT_FDCWD, path_join(test->arena, directory, "index.json"),
				"/etc/hostname", &test->error));
	CHECK(open_transport(test, arena_printf(test->arena, "oci:%s", directory), &transport));
	CHECK(!transport->read_manifest(transport, NULL, test->arena, &document, &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);
}
