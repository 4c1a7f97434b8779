#include "store/rootfs/format.h"

#include "pkg/base/text.h"
#include "tests/unit/tar.h"
#include "tests/unit/test.h"

static RootfsFormat format_with(Test *test, size_t offset, const char *mark, size_t length)
{
	char *bytes = arena_alloc(test->arena, ROOTFS_FORMAT_BYTES);
	memcpy(bytes + offset, mark, length);
	return rootfs_format_of(bytes, ROOTFS_FORMAT_BYTES);
}

TEST(rootfs_format_by_marks)
{
	CHECK(format_with(test, 0, "QFI\xfb", 4) == ROOTFS_FORMAT_QCOW2);
	CHECK(format_with(test, 0, "\xfd\x37zXZ", 6) == ROOTFS_FORMAT_COMPRESSED);
	CHECK(format_with(test, 0, "BZh9", 4) == ROOTFS_FORMAT_COMPRESSED);
	CHECK(format_with(test, 512, "EFI PART", 8) == ROOTFS_FORMAT_DISK);
	CHECK(format_with(test, 510, "\x55\xaa", 2) == ROOTFS_FORMAT_DISK);
	CHECK(format_with(test, 1080, "\x53\xef", 2) == ROOTFS_FORMAT_DISK);
	CHECK(format_with(test, 65600, "_BHRfS_M", 8) == ROOTFS_FORMAT_DISK);
	CHECK(format_with(test, 0, "hsqs", 4) == ROOTFS_FORMAT_DISK);
	CHECK(format_with(test, 257, "ustar", 5) == ROOTFS_FORMAT_TAR);
	CHECK(format_with(test, 0, "whatever", 8) == ROOTFS_FORMAT_TAR);
	CHECK(rootfs_format_of("", 0) == ROOTFS_FORMAT_TAR);
	CHECK(rootfs_format_of("QFI", 3) == ROOTFS_FORMAT_TAR);
}

static RootfsFormat format_of_tar(const char *const *names)
{
	CLEANUP_BUFFER tar = { 0 };
	for (size_t i = 0; names[i]; i++)
		tar_add(&tar, text_ends_with(names[i], "/") ? TAR_DIRECTORY(names[i])
							    : TAR_FILE(names[i], "x"));
	tar_finish(&tar);
	return rootfs_format_of(tar.data, tar.length);
}

#define TAR(...) format_of_tar((const char *const[]){ __VA_ARGS__, NULL })
#define HEX      "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(rootfs_format_knows_archives_of_images)
{
	CHECK(TAR("blobs/", "blobs/sha256/") == ROOTFS_FORMAT_OCI_ARCHIVE);
	CHECK(TAR("./", "./oci-layout") == ROOTFS_FORMAT_OCI_ARCHIVE);
	CHECK(TAR("index.json") == ROOTFS_FORMAT_OCI_ARCHIVE);
	CHECK(TAR("manifest.json") == ROOTFS_FORMAT_DOCKER_ARCHIVE);
	CHECK(TAR(HEX ".tar") == ROOTFS_FORMAT_DOCKER_ARCHIVE);
	CHECK(TAR(HEX "/", HEX "/layer.tar") == ROOTFS_FORMAT_DOCKER_ARCHIVE);
	CHECK(TAR("./", "./bin/") == ROOTFS_FORMAT_TAR);
	CHECK(TAR("etc/", "blobs/") == ROOTFS_FORMAT_TAR);
	CHECK(TAR("./") == ROOTFS_FORMAT_TAR);
}
