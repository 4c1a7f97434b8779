#include "store/rootfs/source.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TEST(rootfs_source_kinds)
{
	static const struct {
		const char *source;
		RootfsSourceKind kind;
	} cases[] = {
		{ "debian", ROOTFS_SOURCE_IMAGE },
		{ "debian:12", ROOTFS_SOURCE_IMAGE },
		{ "quay.io/fedora/fedora:40", ROOTFS_SOURCE_IMAGE },
		{ "docker://debian", ROOTFS_SOURCE_IMAGE },
		{ "oci:/srv/layout:1", ROOTFS_SOURCE_IMAGE },
		{ "oci-archive:x.tar", ROOTFS_SOURCE_IMAGE },
		{ "docker-archive:/x.tar", ROOTFS_SOURCE_IMAGE },
		{ "https://example.org/x.tar", ROOTFS_SOURCE_URL },
		{ "http://example.org/x.tar", ROOTFS_SOURCE_URL },
		{ "/not/there", ROOTFS_SOURCE_PATH },
		{ "./debian", ROOTFS_SOURCE_PATH },
		{ "../debian", ROOTFS_SOURCE_PATH },
		{ ".", ROOTFS_SOURCE_PATH },
		{ "..", ROOTFS_SOURCE_PATH },
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (rootfs_source_kind(cases[i].source) != cases[i].kind)
			test_fail(test, __FILE__, __LINE__, "%s", cases[i].source);
	}
}

// A file wins over an image of its name.
TEST(rootfs_source_sees_files)
{
	CLEANUP_FD here = -1;
	CHECK(file_open_directory(AT_FDCWD, ".", &here, &test->error));
	CHECK(chdir(test_directory(test)) == 0 && mkdir("debian", 0755) == 0);
	const RootfsSourceKind word = rootfs_source_kind("debian");
	const RootfsSourceKind image = rootfs_source_kind("docker://debian");
	CHECK(fchdir(here) == 0);
	CHECK(word == ROOTFS_SOURCE_PATH && image == ROOTFS_SOURCE_IMAGE);
}

TEST(rootfs_source_names)
{
	static const char *const cases[][2] = {
		{ "/srv/debian-12.tar.xz", "debian-12" },
		{ "/srv/trees/Bookworm/", "bookworm" },
		{ "./fedora.tgz", "fedora" },
		{ "/x/cloud.qcow2", "cloud" },
		{ "/x/cloud.raw.zst", "cloud" },
		{ "/x/.tar", ".tar" },
		{ "/", "" },
		{ "https://example.org/a/Debian-12.tar.gz?token=a/b.tar#c", "debian-12" },
		{ "https://example.org", "" },
		{ "https://example.org/", "" },
		{ "docker.io/library/debian:12", "debian" },
		{ "debian", "debian" },
		{ "docker://quay.io/fedora/fedora@sha256:"
		  "0123456789012345678901234567890123456789012345678901234567890123",
		  "fedora" },
		{ "oci:/srv/layout:tag", "layout" },
		{ "oci-archive:/srv/image.tar:tag", "image" },
		{ "No Image", "" },
	};
	for (size_t i = 0; i < COUNT(cases); i++)
		CHECK_TEXT(rootfs_source_name(cases[i][0], test->arena), cases[i][1]);
}
