#include "pkg/base/path.h"
#include "pkg/oci/docker_archive.h"
#include "pkg/oci/platform.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/compressed.h"
#include "tests/unit/tar.h"

#include <fcntl.h>

// Archives as docker save and podman save write them.
typedef struct Save {
	Test *test;
	Buffer tar;
	Buffer diff_ids;
	Buffer layers;
	Buffer images;
} Save;

static void save_clear(Save *save)
{
	buffer_clear(&save->tar);
	buffer_clear(&save->diff_ids);
	buffer_clear(&save->layers);
	buffer_clear(&save->images);
}
#define CLEANUP_SAVE CLEANUP(save_clear) Save

static void add_file(Save *save, const char *path, const void *bytes, size_t length)
{
	tar_add(&save->tar,
		(TarEntry){ .path = path, .type = '0', .content = bytes, .content_size = length });
}

static void add_text(Buffer *list, const char *text)
{
	buffer_printf(list, "%s\"%s\"", list->length > 0 ? "," : "", text);
}

// A layer of one file, stored under `path`. compression NONE: plain. Returns the digest of what is stored.
static const char *add_layer(Save *save, const char *path, const char *content,
			     Compression compression)
{
	Arena *arena = save->test->arena;
	CLEANUP_BUFFER layer = { 0 };
	CLEANUP_BUFFER packed = { 0 };
	tar_add(&layer, TAR_FILE("etc/motd", content));
	tar_finish(&layer);
	add_text(&save->diff_ids, digest_of_bytes(layer.data, layer.length, arena));
	add_text(&save->layers, path);
	const Buffer *stored = &layer;
	if (compression != COMPRESSION_NONE) {
		add_compressed(save->test, compression, layer.data, layer.length, &packed);
		stored = &packed;
	}
	add_file(save, path, stored->data, stored->length);
	return digest_of_bytes(stored->data, stored->length, arena);
}

static void add_image(Save *save, const char *config, const char *tags)
{
	const char *text = arena_printf(
		save->test->arena,
		"{\"architecture\":\"%s\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
		"\"diff_ids\":[%s]}}",
		platform_of_host(save->test->arena).architecture, buffer_text(&save->diff_ids));
	add_file(save, config, text, strlen(text));
	buffer_printf(&save->images, "%s{\"Config\":\"%s\",\"RepoTags\":[%s],\"Layers\":[%s]}",
		      save->images.length > 0 ? "," : "", config, tags, buffer_text(&save->layers));
	buffer_clear(&save->layers);
	buffer_clear(&save->diff_ids);
}

// Writes the archive; returns its name as an image.
static const char *finish(Save *save)
{
	Test *test = save->test;
	const char *manifest = arena_printf(test->arena, "[%s]", buffer_text(&save->images));
	const char *path = path_join(test->arena, test_directory(test), "a.tar");
	add_file(save, "manifest.json", manifest, strlen(manifest));
	tar_finish(&save->tar);
	if (!file_replace_volatile(AT_FDCWD, path, save->tar.data, save->tar.length, 0600,
				   &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot write '%s'", path);
	return arena_printf(test->arena, "docker-archive:%s", path);
}

static bool open_archive(Test *test, const char *name, Transport **ret)
{
	Reference *reference = ARENA_NEW(test->arena, Reference);
	const FileSetOptions options = { 0 };
	return reference_parse(name, NULL, test->arena, reference, &test->error) &&
	       docker_archive_open(reference, &options, test->arena, ret, &test->error);
}

static bool read_manifest(Test *test, Transport *transport, Manifest *ret)
{
	ManifestDocument document;
	return transport->read_manifest(transport, NULL, test->arena, &document, &test->error) &&
	       manifest_parse(document.bytes, document.length, document.media_type, test->arena,
			      ret, &test->error);
}

// The digest of the blob as it is read.
static const char *blob_digest(Test *test, Transport *transport, const Descriptor *descriptor)
{
	Source *source = NULL;
	const char *bytes = NULL;
	size_t length = 0;
	if (!transport->open_blob(transport, descriptor, &source, &test->error) ||
	    !source_read_all(source, 1 << 20, test->arena, &bytes, &length, &test->error) ||
	    length != descriptor->size_bytes)
		return NULL;
	return digest_of_bytes(bytes, length, test->arena);
}

TEST(docker_archive_gets_a_manifest_like_that_of_a_registry)
{
	CLEANUP_SAVE save = { .test = test };
	const char *const layers[] = {
		add_layer(&save, "0.tar", "plain", COMPRESSION_NONE),
		add_layer(&save, "1.tar", "gzip", COMPRESSION_GZIP),
		add_layer(&save, "2.tar", "zstd", COMPRESSION_ZSTD),
	};
	add_image(&save, "c.json", "\"busybox:1\"");
	const char *name = finish(&save);
	CLEANUP_TRANSPORT transport = NULL;
	CLEANUP_TRANSPORT again = NULL;
	Manifest manifest;
	CHECK(open_archive(test, name, &transport));
	CHECK(read_manifest(test, transport, &manifest));
	CHECK(!manifest.is_index && manifest.layers.count == 3);
	CHECK_TEXT(blob_digest(test, transport, &manifest.config), manifest.config.digest);
	for (size_t i = 0; i < COUNT(layers); i++) {
		CHECK_TEXT(manifest.layers.items[i].digest, layers[i]);
		CHECK_TEXT(blob_digest(test, transport, &manifest.layers.items[i]), layers[i]);
	}
	CHECK(text_ends_with(manifest.layers.items[1].media_type, "+gzip"));

	// The same archive means the same image: a pull knows that there is nothing to do.
	const char *first = NULL;
	const char *second = NULL;
	CHECK(open_archive(test, arena_printf(test->arena, "%s:busybox:1", name), &again));
	CHECK(transport->find_digest(transport, test->arena, &first, &test->error));
	CHECK(again->find_digest(again, test->arena, &second, &test->error));
	CHECK_TEXT(first, second);
}

TEST(docker_archive_may_link_its_layers)
{
	CLEANUP_SAVE save = { .test = test };
	const char *digest = add_layer(&save, "aa/layer.tar", "shared", COMPRESSION_NONE);
	add_image(&save, "a.json", "\"a:1\"");
	// As old Docker stores a layer that another image has: its path is a link.
	buffer_printf(&save.diff_ids, "\"%s\"", digest);
	add_text(&save.layers, "bb/layer.tar");
	tar_add(&save.tar, TAR_SYMLINK("bb/layer.tar", "../aa/layer.tar"));
	add_image(&save, "b.json", "\"b:1\"");
	const char *name = arena_printf(test->arena, "%s:b:1", finish(&save));
	CLEANUP_TRANSPORT transport = NULL;
	Manifest manifest;
	CHECK(open_archive(test, name, &transport));
	CHECK(read_manifest(test, transport, &manifest));
	CHECK_TEXT(blob_digest(test, transport, &manifest.layers.items[0]), digest);
}

TEST(docker_archive_says_which_images_it_has)
{
	CLEANUP_SAVE save = { .test = test };
	add_layer(&save, "0.tar", "one", COMPRESSION_NONE);
	add_image(&save, "a.json", "\"a:1\",\"a:2\"");
	add_layer(&save, "1.tar", "two", COMPRESSION_NONE);
	add_image(&save, "b.json", "");
	const char *name = finish(&save);
	CLEANUP_TRANSPORT transport = NULL;
	CHECK_ERROR(open_archive(test, name, &transport),
		    "there is more than one image; add one of the names: a:1, a:2, @1");
	CHECK(open_archive(test, arena_printf(test->arena, "%s:@1", name), &transport));

	Reference reference;
	DockerImages images = { 0 };
	CHECK(reference_parse(name, NULL, test->arena, &reference, &test->error));
	CHECK(docker_archive_list(&reference, &(FileSetOptions){ 0 }, test->arena, &images,
				  &test->error));
	CHECK(images.count == 2 && images.items[0].tags.count == 2);
}

TEST(docker_archive_says_what_is_wrong)
{
	CLEANUP_SAVE save = { .test = test };
	CLEANUP_TRANSPORT transport = NULL;
	add_layer(&save, "0.tar", "one", COMPRESSION_NONE);
	add_text(&save.layers, "1.tar");
	add_image(&save, "a.json", "\"a:1\"");
	add_layer(&save, "0.tar", "two", COMPRESSION_NONE);
	buffer_clear(&save.layers);
	add_text(&save.layers, "gone.tar");
	add_image(&save, "b.json", "\"b:1\"");
	const char *name = finish(&save);
	CHECK_ERROR(open_archive(test, arena_printf(test->arena, "%s:a:1", name), &transport),
		    "2 layers, but 1 diff_ids");
	CHECK_ERROR(open_archive(test, arena_printf(test->arena, "%s:b:1", name), &transport),
		    "the archive has no 'gone.tar'");

	// An archive that somebody else wrote.
	CLEANUP_BUFFER other = { 0 };
	tar_add(&other, TAR_FILE("etc/motd", "hello"));
	tar_finish(&other);
	const char *path = path_join(test->arena, test_directory(test), "other.tar");
	CHECK(file_replace_volatile(AT_FDCWD, path, other.data, other.length, 0600, &test->error));
	CHECK_ERROR(open_archive(test, arena_printf(test->arena, "docker-archive:%s", path),
				 &transport),
		    arena_printf(test->arena,
				 "'%s' is no archive of docker save: the archive has no "
				 "'manifest.json'",
				 path));
}
