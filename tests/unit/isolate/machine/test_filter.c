#include "isolate/machine/filter.h"

#include "isolate/app/seccomp.h"
#include "isolate/guest/spec.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

#define PROFILE "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}"

static const char *in(Test *test, const char *path)
{
	return path_join(test->arena, test_directory(test), path);
}

static bool write_text(Test *test, const char *path, const char *text)
{
	return file_make_directories(AT_FDCWD, path_parent(test->arena, in(test, path)), 0700,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, in(test, path), text, strlen(text), 0600,
				     &test->error);
}

// One app with this profile.
static bool compile(Test *test, PlanSeccomp seccomp, const char *profile, GenerationFiles *ret)
{
	const Host host = { .data_dir = in(test, "data"), .library_dir = in(test, "lib") };
	MachinePlan plan = { .name = "web" };
	*plan_apps_push(test->arena, &plan.apps) =
		(PlanApp){ .name = "app", .seccomp = seccomp, .seccomp_profile = profile };
	return filters_compile(&host, &plan, test->arena, ret, &test->error);
}

TEST(filters_are_of_apps_that_have_their_own)
{
	GenerationFiles files = { 0 };
	CHECK(write_text(test, "data/seccomp/profiles/mine.json", PROFILE));
	CHECK(compile(test, PLAN_SECCOMP_DEFAULT, "", &files));
	CHECK(compile(test, PLAN_SECCOMP_UNCONFINED, "", &files));
	CHECK(files.count == 0);
	CHECK(compile(test, PLAN_SECCOMP_COMPILED, "profiles/mine.json", &files));
	CHECK(files.count == 1);
	CHECK_TEXT(files.items[0].name, "filters/app.bpf");
	CHECK(files.items[0].length > 0 && files.items[0].length % SPEC_FILTER_BYTES == 0);
}

TEST(filters_without_a_profile_are_of_the_default_one)
{
	GenerationFiles files = { 0 };
	CHECK(write_text(test, "lib/" SECCOMP_PROFILE_NAME, PROFILE));
	CHECK(compile(test, PLAN_SECCOMP_COMPILED, "", &files));
	CHECK(files.count == 1 && files.items[0].length > 0);
}

TEST(filters_that_cannot_be_had_name_the_container)
{
	GenerationFiles files = { 0 };
	CHECK(write_text(test, "data/seccomp/none.json", "{}"));
	CHECK(write_text(test, "outside.json", PROFILE));
	CHECK(symlink("../../outside.json", in(test, "data/seccomp/link.json")) == 0);
	CHECK_ERROR(compile(test, PLAN_SECCOMP_COMPILED, "absent.json", &files),
		    "seccomp profile of container 'app': open 'absent.json' in its root: No such "
		    "file or directory");
	// No link leads out of the directory.
	CHECK_ERROR(compile(test, PLAN_SECCOMP_COMPILED, "link.json", &files),
		    "seccomp profile of container 'app': open 'link.json' in its root: No such "
		    "file or directory");
	CHECK(!compile(test, PLAN_SECCOMP_COMPILED, "none.json", &files));
	CHECK(test->error.code == ERROR_INVALID && files.count == 0);
	error_clear(&test->error);
}
