#include "pkg/base/path.h"
#include "pkg/oci/image_file.h"
#include "pkg/sys/file.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>

// The images as "selector=name", one per line.
static const char *list(Test *test, const char *name)
{
	Reference reference;
	ImageFileEntries entries = { 0 };
	CLEANUP_BUFFER text = { 0 };
	if (!reference_parse(name, NULL, test->arena, &reference, &test->error) ||
	    !image_file_list(&reference, &(FileSetOptions){ 0 }, test->arena, &entries,
			     &test->error))
		return NULL;
	for (size_t i = 0; i < entries.count; i++)
		buffer_printf(&text, "%s%s=%s", i > 0 ? "\n" : "", entries.items[i].selector,
			      entries.items[i].name);
	return buffer_take(&text, test->arena);
}

static bool write_archive(Test *test, const char *path, const char *manifest)
{
	CLEANUP_BUFFER tar = { 0 };
	tar_add(&tar, TAR_FILE("manifest.json", manifest));
	tar_finish(&tar);
	return file_replace_volatile(AT_FDCWD, path, tar.data, tar.length, 0600, &test->error);
}

TEST(image_file_lists_the_names_of_a_docker_archive)
{
	const char *path = path_join(test->arena, test_directory(test), "a.tar");
	const char *name = arena_printf(test->arena, "docker-archive:%s", path);
	CHECK(write_archive(
		test, path,
		"[{\"Config\":\"a\",\"RepoTags\":[\"busybox:1\",\"quay.io/a/b:v1\"]},"
		"{\"Config\":\"b\"},{\"Config\":\"c\",\"RepoTags\":[\"Not A Name\"]}]"));
	CHECK_TEXT(list(test, name), "docker.io/library/busybox:1=docker.io/library/busybox:1\n"
				     "quay.io/a/b:v1=quay.io/a/b:v1\n@1=\n@2=");
}

TEST(image_file_lists_the_names_of_a_layout)
{
	CLEANUP_LAYOUT layout = { .test = test,
				  .directory = path_join(test->arena, test_directory(test), "l") };
	const char *name = arena_printf(test->arena, "oci:%s", layout.directory);
	layout_add_image(&layout, "v1", "");
	layout_add_image(&layout, "v1", "");
	layout_add_image(&layout, "docker.io/library/busybox:1", "");
	layout_add_image(&layout, "", "");
	layout_finish(&layout);
	CHECK_TEXT(list(test, name),
		   "v1=\ndocker.io/library/busybox:1=docker.io/library/busybox:1\n=");
	CHECK_TEXT(list(test, "dir:/nowhere"), "=");
	CHECK(!list(test, "oci:/nowhere"));
	error_clear(&test->error);
}

TEST(image_file_opens_every_kind)
{
	static const char *const names[] = { "oci:/nowhere", "oci-archive:/nowhere",
					     "docker-archive:/nowhere", "dir:/nowhere" };
	for (size_t i = 0; i < COUNT(names); i++) {
		CLEANUP_TRANSPORT transport = NULL;
		Reference reference;
		CHECK(reference_parse(names[i], NULL, test->arena, &reference, &test->error));
		CHECK_ERROR(image_file_open(&reference, &(FileSetOptions){ 0 }, test->arena,
					    &transport, &test->error),
			    "open '/nowhere': No such file or directory");
	}
}
