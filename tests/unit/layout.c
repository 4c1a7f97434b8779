#include "tests/unit/layout.h"

#include "pkg/base/path.h"
#include "pkg/oci/platform.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/tar.h"

#include <fcntl.h>

#define OCI "application/vnd.oci.image."

static void write_file(LayoutMaker *layout, const char *name, const void *bytes, size_t length)
{
	Test *test = layout->test;
	const char *path = path_join(test->arena, layout->directory, name);
	if (!file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755, &test->error) ||
	    !file_replace_volatile(AT_FDCWD, path, bytes, length, 0644, &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot write '%s'", path);
}

// A descriptor of the bytes, which become a blob.
static const char *add_blob(LayoutMaker *layout, const char *media_type, const void *bytes,
			    size_t length)
{
	Arena *arena = layout->test->arena;
	layout->last_digest = digest_of_bytes(bytes, length, arena);
	write_file(layout, arena_printf(arena, "blobs/sha256/%s", digest_hex(layout->last_digest)),
		   bytes, length);
	return arena_printf(arena, "\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%zu",
			    media_type, layout->last_digest, length);
}

void layout_add_false_layer(LayoutMaker *layout, Buffer *tar, const char *diff_id)
{
	const char *descriptor = add_blob(layout, OCI "layer.v1.tar", tar->data, tar->length);
	const char *comma = layout->layers.length > 0 ? "," : "";
	buffer_printf(&layout->layers, "%s{%s}", comma, descriptor);
	buffer_printf(&layout->diff_ids, "%s\"%s\"", comma, diff_id);
}

void layout_add_layer(LayoutMaker *layout, Buffer *tar)
{
	tar_finish(tar);
	layout_add_false_layer(layout, tar,
			       digest_of_bytes(tar->data, tar->length, layout->test->arena));
}

void layout_add_image(LayoutMaker *layout, const char *tag, const char *config)
{
	Arena *arena = layout->test->arena;
	const Platform host = platform_of_host(arena);
	const char *architecture = layout->architecture ? layout->architecture : host.architecture;
	const char *text = arena_printf(arena,
					"{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{%s},"
					"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}",
					architecture, config, buffer_text(&layout->diff_ids));
	const char *descriptor = add_blob(layout, OCI "config.v1+json", text, strlen(text));
	text = arena_printf(arena, "{\"schemaVersion\":2,\"config\":{%s},\"layers\":[%s]}",
			    descriptor, buffer_text(&layout->layers));
	descriptor = add_blob(layout, OCI "manifest.v1+json", text, strlen(text));
	buffer_printf(&layout->manifests,
		      "%s{%s,\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"},"
		      "\"annotations\":{\"org.opencontainers.image.ref.name\":\"%s\"}}",
		      layout->manifests.length > 0 ? "," : "", descriptor, architecture, tag);
	buffer_clear(&layout->layers);
	buffer_clear(&layout->diff_ids);
}

void layout_finish(LayoutMaker *layout)
{
	static const char version[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
	const char *index =
		arena_printf(layout->test->arena, "{\"schemaVersion\":2,\"manifests\":[%s]}",
			     buffer_text(&layout->manifests));
	write_file(layout, "index.json", index, strlen(index));
	write_file(layout, "oci-layout", version, sizeof(version) - 1);
}

void layout_clear(LayoutMaker *layout)
{
	buffer_clear(&layout->layers);
	buffer_clear(&layout->diff_ids);
	buffer_clear(&layout->manifests);
}
