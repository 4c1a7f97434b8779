#include "pkg/base/path.h"
#include "pkg/oci/image_directory.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static const char *write_file(Test *test, const char *name, const char *text)
{
	const char *path = path_join(test->arena, test_directory(test), name);
	if (!file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0600, &test->error))
		test_fail(test, __FILE__, __LINE__, "cannot write '%s'", path);
	return digest_of_bytes(text, strlen(text), test->arena);
}

static bool open_directory(Test *test, Transport **ret)
{
	Reference *reference = ARENA_NEW(test->arena, Reference);
	return reference_parse(arena_printf(test->arena, "dir:%s", test_directory(test)), NULL,
			       test->arena, reference, &test->error) &&
	       image_directory_open(reference, test->arena, ret, &test->error);
}

TEST(image_directory_gives_manifest_and_blobs)
{
	CLEANUP_TRANSPORT transport = NULL;
	ManifestDocument document;
	const char *digest = NULL;
	Source *source = NULL;
	const char *text = NULL;
	const char *manifest = write_file(test, "manifest.json", "{\"a\":1}");
	const char *blob = digest_of_bytes("blob", 4, test->arena);
	write_file(test, digest_hex(blob), "blob");
	CHECK(open_directory(test, &transport));
	CHECK(transport->find_digest(transport, test->arena, &digest, &test->error));
	CHECK_TEXT(digest, manifest);
	CHECK(transport->read_manifest(transport, NULL, test->arena, &document, &test->error));
	CHECK_TEXT(document.bytes, "{\"a\":1}");
	const Descriptor descriptor = { .digest = blob, .size_bytes = 4 };
	CHECK(transport->open_blob(transport, &descriptor, &source, &test->error));
	CHECK(source_read_all(source, 10, test->arena, &text, NULL, &test->error));
	CHECK_TEXT(text, "blob");
}

TEST(image_directory_gives_the_manifests_of_an_index)
{
	CLEANUP_TRANSPORT transport = NULL;
	ManifestDocument document;
	const char *digest = digest_of_bytes("{}", 2, test->arena);
	const char *name = arena_printf(test->arena, "%s.manifest.json", digest_hex(digest));
	write_file(test, name, "{}");
	CHECK(open_directory(test, &transport));
	CHECK(transport->read_manifest(transport, digest, test->arena, &document, &test->error));
	CHECK_TEXT(document.bytes, "{}");
	write_file(test, name, "{ }");
	CHECK_ERROR(
		transport->read_manifest(transport, digest, test->arena, &document, &test->error),
		arena_printf(test->arena, "'%s': its bytes have another digest", name));
}
