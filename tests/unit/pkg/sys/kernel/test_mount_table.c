#include "pkg/sys/kernel/mount_table.h"

#include "pkg/base/text.h"
#include "tests/unit/test.h"

#define TABLE                                                                                      \
	"21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"                                           \
	"22 21 0:20 / /proc rw - proc proc rw\n"                                                   \
	"23 21 0:30 / /srv/media rw,noatime master:1 propagate_from:2 - btrfs /dev/sdb rw\n"       \
	"24 23 0:31 / /srv/media/disk\\0401 ro - tmpfs tmpfs rw\n"                                 \
	"25 21 0:32 / /srv/mediaother rw - nfs4 host:/x rw\n"                                      \
	"26 23 0:33 / /srv/media/a\\134b rw - fuse.sshfs x rw"

static const char *below(Test *test, const char *path)
{
	MountEntries mounts = { 0 };
	Texts texts = { 0 };
	mount_table_parse(TABLE, path, test->arena, &mounts);
	for (size_t i = 0; i < mounts.count; i++)
		texts_add(test->arena, &texts,
			  arena_printf(test->arena, "%s:%s", mounts.items[i].path,
				       mounts.items[i].type));
	return texts_join(&texts, " ", test->arena);
}

TEST(mount_table_has_what_a_path_lies_on_and_what_lies_below)
{
	static const char *const rows[][2] = {
		{ "/srv/media",
		  "/srv/media:btrfs /srv/media/disk 1:tmpfs /srv/media/a\\b:fuse.sshfs" },
		{ "/srv/media/x", "/srv/media:btrfs" },
		{ "/srv/media/disk 1/x", "/srv/media/disk 1:tmpfs" },
		{ "/srv", "/:ext4 /srv/media:btrfs /srv/media/disk 1:tmpfs /srv/mediaother:nfs4 "
			  "/srv/media/a\\b:fuse.sshfs" },
		{ "/home", "/:ext4" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(below(test, rows[i][0]), rows[i][1]);
}

TEST(mount_table_is_read_from_the_kernel)
{
	MountEntries mounts = { 0 };
	CHECK(mount_table_below("/proc", test->arena, &mounts, &test->error));
	CHECK(mounts.count > 0);
	CHECK_TEXT(mounts.items[0].type, "proc");
}
