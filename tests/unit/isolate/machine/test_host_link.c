#include "isolate/machine/host_link.h"

#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The test's directory, in which nothing is a link, and in it data/ of the host.
static bool make_host(Test *test, Host *ret, const char **ret_directory)
{
	CLEANUP_FD root = -1;
	if (!file_open_directory(AT_FDCWD, "/", &root, &test->error) ||
	    !file_root_resolve(root, test_directory(test), test->arena, ret_directory, NULL,
			       &test->error))
		return false;
	*ret = (Host){ .data_dir = path_join(test->arena, *ret_directory, "data") };
	return layout_prepare(ret, &test->error);
}

static void add(Test *test, MachinePlan *plan, const char *name, const char *path,
		bool is_read_only)
{
	PlanApp *app =
		plan->apps.count ? plan->apps.items : plan_apps_push(test->arena, &plan->apps);
	app->name = "app";
	*plan_volumes_push(test->arena, &plan->volumes) =
		(PlanVolume){ .name = name, .kind = PLAN_VOLUME_HOST_PATH, .path = path };
	*plan_mounts_push(test->arena, &app->mounts) =
		(PlanMount){ .volume = name, .path = "/v", .is_read_only = is_read_only };
}

// Where the volumes of the plan lead, or why not.
static const char *settle(Test *test, const Host *host, MachinePlan *plan)
{
	CLEANUP_ERROR error = { 0 };
	Texts paths = { 0 };
	if (!host_links_settle(host, plan, test->arena, &error))
		return arena_strdup(test->arena, error.message);
	for (size_t i = 0; i < plan->volumes.count; i++)
		texts_add(test->arena, &paths, plan->volumes.items[i].path);
	return texts_join(&paths, " ", test->arena);
}

static const char *settle_one(Test *test, const Host *host, const char *path)
{
	MachinePlan plan = { .name = "web" };
	add(test, &plan, "v", path, true);
	return settle(test, host, &plan);
}

TEST(host_links_are_followed_once)
{
	Host host;
	const char *directory = NULL;
	CHECK(make_host(test, &host, &directory));
	const char *link = path_join(test->arena, directory, "link");
	const char *there = path_join(test->arena, directory, "there");
	CHECK(mkdir(there, 0755) == 0 && symlink("there/.", link) == 0);
	CHECK_TEXT(settle_one(test, &host, link), there);
	CHECK_TEXT(settle_one(test, &host, arena_printf(test->arena, "/.%s//a/./b/", link)),
		   path_join(test->arena, there, "a/b"));
	CHECK_TEXT(settle_one(test, &host, "/"), "/");
	// udev's.
	CHECK_TEXT(settle_one(test, &host, "/dev/fd"), "/dev/fd");
	CHECK_TEXT(settle_one(test, &host, "//dev/./disk/by-id/x"), "/dev/disk/by-id/x");

	CHECK(rmdir(there) == 0);
	CHECK_TEXT(settle_one(test, &host, link),
		   arena_printf(test->arena,
				"volume 'v': hostPath '%s': '%s': No such file or directory", link,
				link));
	CHECK(symlink("link", there) == 0);
	CHECK_TEXT(
		settle_one(test, &host, link),
		arena_printf(test->arena,
			     "volume 'v': hostPath '%s': the symbolic link '%s' leads in a circle",
			     link, link));
}

TEST(host_links_of_other_users_lead_to_what_is_theirs)
{
	Host host;
	const char *directory = NULL;
	if (getuid() != 0)
		SKIP("needs root");
	CHECK(make_host(test, &host, &directory));
	const char *link = path_join(test->arena, directory, "link");
	const char *there = path_join(test->arena, directory, "there");
	CHECK(mkdir(there, 0755) == 0 && symlink("there", link) == 0);
	CHECK(lchown(link, 524288000, 0) == 0);
	CHECK_TEXT(settle_one(test, &host, link),
		   arena_printf(test->arena,
				"volume 'v': hostPath '%s': the symbolic link '%s' belongs to the "
				"user id 524288000, what it leads to does not; name that instead",
				link, link));
	CHECK(chown(there, 524288000, 0) == 0);
	CHECK_TEXT(settle_one(test, &host, link), there);
}

// "db", whose hostPath is `path`.
static bool make_other(Test *test, const Host *host, const char *path, bool is_read_only)
{
	MachinePlan plan = { .name = "db", .machine_id = "" };
	Pairs record = { 0 };
	const char *generation = NULL;
	add(test, &plan, "v", path, is_read_only);
	pairs_set(test->arena, &record, MACHINE_KEY_NAME, "db");
	return generation_write(host, &plan, NULL, 0, test->arena, &generation, &test->error) &&
	       generation_switch(host, "db", generation, &test->error) &&
	       machine_save(host, "db", &record, &test->error);
}

TEST(host_links_that_a_pod_could_change_are_refused)
{
	Host host;
	const char *directory = NULL;
	CHECK(make_host(test, &host, &directory));
	const char *shared = path_join(test->arena, directory, "shared");
	const char *link = path_join(test->arena, shared, "link");
	CHECK(mkdir(shared, 0755) == 0 && symlink("/", link) == 0);
	MachinePlan reader = { .name = "web" }, writer = { .name = "web" };
	add(test, &reader, "link", link, true);
	add(test, &reader, "shared", shared, true);
	CHECK_TEXT(settle(test, &host, &reader), arena_printf(test->arena, "/ %s", shared));
	add(test, &writer, "link", link, true);
	add(test, &writer, "shared", shared, false);
	CHECK_TEXT(
		settle(test, &host, &writer),
		arena_printf(test->arena,
			     "hostPath: the symbolic link '%s' lies where the Pod 'web' can write; "
			     "name what it leads to instead",
			     link));

	// Another Pod.
	CHECK(make_other(test, &host, shared, /* is_read_only= */ true));
	CHECK_TEXT(settle_one(test, &host, link), "/");
	CHECK(make_other(test, &host, shared, /* is_read_only= */ false));
	CHECK_TEXT(
		settle_one(test, &host, link),
		arena_printf(test->arena,
			     "hostPath: the symbolic link '%s' lies where the Pod 'db' can write; "
			     "name what it leads to instead",
			     link));
	CHECK_TEXT(settle_one(test, &host, shared), shared);

	// A claim, or an emptyDir.
	const char *own = path_join(test->arena, host.data_dir, "volumes/link");
	CHECK(symlink("/", own) == 0);
	CHECK_TEXT(settle_one(test, &host, own),
		   arena_printf(
			   test->arena,
			   "volume 'v': hostPath '%s': the symbolic link '%s' lies where Pods can "
			   "write; name what it leads to instead",
			   own, own));
}
