#include "isolate/app/user.h"

#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
			     "# a comment\n"
			     "broken line\n"
			     "app:x:1000:1001:The app,,,:/home/app:/bin/ash\n"
			     "+::::::\n"
			     "nohome:x:7:7:::";
static const char group[] = "root:x:0:root\nwheel:x:10:root,app\naudio:x:29:apps,app2\n"
			    "video:x:44:app\nempty:x:50:\n";

#define RESOLVE(text)                                                                              \
	User user = { 0 };                                                                         \
	CHECK(user_resolve_text(passwd, group, (text), test->arena, &user, &test->error))

TEST(user_by_name_has_its_groups)
{
	RESOLVE("app");
	CHECK(user.uid == 1000 && user.gid == 1001 && user.groups.count == 2);
	CHECK(user.groups.items[0] == 10 && user.groups.items[1] == 44);
	CHECK_TEXT(user.home, "/home/app");
	CHECK_TEXT(user.shell, "/bin/ash");
}

TEST(user_by_uid_is_looked_up_too)
{
	RESOLVE("1000");
	CHECK(user.gid == 1001 && user.groups.count == 2);
	CHECK_TEXT(user.name, "app");
}

TEST(user_unknown_uid_has_gid_0)
{
	RESOLVE("4242");
	CHECK(user.uid == 4242 && user.gid == 0 && user.groups.count == 0);
	CHECK_TEXT(user.home, "/");
}

TEST(user_empty_is_root)
{
	RESOLVE("");
	CHECK(user.uid == 0 && user.gid == 0 && user.groups.count == 2);
	CHECK_TEXT(user.home, "/root");
}

TEST(user_with_a_group_has_no_others)
{
	RESOLVE("app:video");
	CHECK(user.uid == 1000 && user.gid == 44 && user.groups.count == 0);
}

TEST(user_with_a_numeric_group)
{
	RESOLVE("55:66");
	CHECK(user.uid == 55 && user.gid == 66 && user.groups.count == 0);
}

TEST(user_without_a_home_starts_at_the_root)
{
	RESOLVE("nohome");
	CHECK_TEXT(user.home, "/");
}

TEST(user_that_is_not_there)
{
	User user = { 0 };
	CHECK_ERROR(user_resolve_text(passwd, group, "nobody", test->arena, &user, &test->error),
		    "unable to find user 'nobody': no matching entries in passwd file");
	CHECK_ERROR(user_resolve_text(passwd, group, "app:staff", test->arena, &user, &test->error),
		    "unable to find group 'staff': no matching entries in group file");
	CHECK_ERROR(user_resolve_text("", "", "4294967295", test->arena, &user, &test->error),
		    "unable to find user '4294967295': no matching entries in passwd file");
}

TEST(user_files_stay_inside_the_root)
{
	const char *root = test_directory(test);
	CLEANUP_FD fd = -1;
	CHECK(file_open_directory(AT_FDCWD, root, &fd, &test->error));
	User user = { 0 };
	CHECK(user_resolve(fd, "12", test->arena, &user, &test->error));
	CHECK_TEXT(user.name, "");

	// The link leads to the root's own /secret, not to the host's.
	CHECK(file_make_directories(fd, "etc", 0755, &test->error));
	CHECK(file_replace_link(fd, "etc/passwd", "../../../../secret", &test->error));
	CHECK(file_replace_volatile(fd, "secret", "in:x:12:13::/:\n", 15, 0644, &test->error));
	CHECK(user_resolve(fd, "in", test->arena, &user, &test->error));
	CHECK(user.uid == 12 && user.gid == 13);

	CHECK(mkfifoat(fd, "etc/group", 0644) == 0);
	CHECK_ERROR(user_resolve(fd, "in", test->arena, &user, &test->error),
		    "'/etc/group' is not a file");
}
