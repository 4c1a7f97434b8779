#include "kube/apply/host_limits.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/manifest.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static const char manifest[] =
	"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n"
	"  initContainers:\n"
	"  - {name: setup, image: a, resources: {limits: {memory: 1Mi}}}\n"
	"  containers:\n"
	"  - {name: app, image: a, resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 100m}}}\n"
	"  - {name: plain, image: a}\n";

static const char *place(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool write_text(Test *test, const char *name, const char *text)
{
	const char *path = place(test, name);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error);
}

// The files that init.scope has, apart by blanks.
static bool make_groups(Test *test, const char *controllers, const char *files)
{
	bool is_done = write_text(test, "cgroup/cgroup.controllers", controllers) &&
		       write_text(test, "cgroup/init.scope/cgroup.controllers", controllers);
	while (is_done && *files) {
		const size_t length = strcspn(files, " ");
		const char *name =
			arena_printf(test->arena, "cgroup/init.scope/%.*s", (int)length, files);
		is_done = write_text(test, name, "max\n");
		files += length + (files[length] ? 1 : 0);
	}
	return is_done;
}

// One line for each finding, without the place.
static const char *check(Test *test, bool is_strict, bool has_swap, size_t *ret_errors)
{
	const Host host = { .cgroup_dir = place(test, "cgroup"),
			    .swaps_path = place(test, "swaps") };
	const char *title = "Filename Type Size Used Priority\n";
	if (!write_text(test, "swaps",
			has_swap
				? arena_printf(test->arena, "%s/dev/sda2 partition 1 0 -2\n", title)
				: title))
		return "";
	Report report;
	report_init(&report, test->arena);
	const Manifest *read = manifest_of(test, manifest);
	host_limits_check(&host, &read->objects.items[0].pod->spec, is_strict, &report);
	Texts lines = { 0 };
	for (size_t i = 0; i < report.findings.count; i++)
		texts_add(test->arena, &lines,
			  finding_print(&report.findings.items[i], test->arena));
	*ret_errors = report.error_count;
	return texts_join(&lines, "\n", test->arena);
}

#define ALL_FILES "cpu.max cpu.weight memory.max memory.low memory.swap.max pids.max"

TEST(host_limits_hold_where_all_is_there)
{
	size_t errors = 0;
	CHECK(make_groups(test, "cpuset cpu io memory hugetlb pids\n", ALL_FILES));
	CHECK_TEXT(check(test, /* is_strict= */ true, /* has_swap= */ true, &errors), "");
	// Nobody has asked for the controllers yet: their files are nowhere.
	CHECK(write_text(test, "cgroup/init.scope/cgroup.controllers", "\n") &&
	      unlink(place(test, "cgroup/init.scope/cpu.max")) == 0);
	CHECK_TEXT(check(test, /* is_strict= */ true, /* has_swap= */ true, &errors), "");
}

TEST(host_limits_of_missing_controllers)
{
	size_t errors = 0;
	CHECK(make_groups(test, "cpuset io memory_x pids\n", "pids.max"));
	CHECK_TEXT(check(test, /* is_strict= */ false, /* has_swap= */ false, &errors),
		   "p:6:58: spec.initContainers[0].resources.limits[memory]: not enforced: the "
		   "control groups of this host have no memory controller\n"
		   "p:8:53: spec.containers[0].resources.limits[cpu]: not enforced: the control "
		   "groups of this host have no cpu controller\n"
		   "p:8:64: spec.containers[0].resources.limits[memory]: not enforced: the "
		   "control groups of this host have no memory controller\n"
		   "p:8:86: spec.containers[0].resources.requests[cpu]: not enforced: the control "
		   "groups of this host have no cpu controller");
	CHECK(errors == 0);
	CHECK(strstr(check(test, /* is_strict= */ true, /* has_swap= */ false, &errors),
		     "limits[cpu]: not enforced: the control groups of this host have no cpu "
		     "controller, and the setting strict_limits is on\n"));
	CHECK(errors == 4);
}

TEST(host_limits_of_files_that_a_kernel_was_built_without)
{
	size_t errors = 0;
	CHECK(make_groups(test, "cpu memory pids\n", "cpu.weight memory.max memory.low pids.max"));
	CHECK_TEXT(check(test, /* is_strict= */ false, /* has_swap= */ false, &errors),
		   "p:8:53: spec.containers[0].resources.limits[cpu]: not enforced: the control "
		   "groups of this host have no cpu.max");
	CHECK(strstr(
		check(test, /* is_strict= */ false, /* has_swap= */ true, &errors),
		"spec.containers[0].resources.limits[memory]: not enforced: the control groups "
		"of this host have no memory.swap.max"));
}

TEST(host_limits_of_tasks)
{
	size_t errors = 0;
	CHECK(make_groups(test, "cpu memory\n", ALL_FILES));
	CHECK_TEXT(check(test, /* is_strict= */ false, /* has_swap= */ true, &errors),
		   "the setting tasks_max is not enforced: the control groups of this host have no "
		   "pids controller");
}

TEST(host_limits_without_control_groups_of_version_2)
{
	size_t errors = 0;
	CHECK(strstr(check(test, /* is_strict= */ true, /* has_swap= */ false, &errors),
		     "the setting tasks_max is not enforced"));
	CHECK(errors == 5);
}
