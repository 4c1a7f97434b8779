#include "isolate/machine/generation.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static const char *in_machine(Test *test, const Host *host, const char *name)
{
	return path_join(test->arena, layout_path_of(host, LAYOUT_CONTAINERS, "web", test->arena),
			 name);
}

static const char *names_in(Test *test, const char *path)
{
	Texts names = { 0 };
	return file_list(AT_FDCWD, path, test->arena, &names, &test->error)
		       ? texts_join(&names, " ", test->arena)
		       : test->error.message;
}

static const char *target_of(Test *test, const char *path)
{
	char *target = arena_alloc(test->arena, 100);
	return readlink(path, target, 99) < 0 ? "no link" : target;
}

// Writes one with this host name and a file beside it; its name, or the error.
static const char *write_one(Test *test, const Host *host, const char *hostname)
{
	const MachinePlan plan = { .name = "web", .hostname = hostname };
	const GenerationFile files[] = { { "filters/app.bpf", "\0\1", 2 },
					 { GENERATION_POD_NAME, hostname, strlen(hostname) } };
	const char *name = NULL;
	return generation_write(host, &plan, files, COUNT(files), test->arena, &name, &test->error)
		       ? name
		       : test->error.message;
}

static const char *current_of(Test *test, const Host *host)
{
	CLEANUP_ERROR error = { 0 };
	MachinePlan plan = { 0 };
	return generation_load_current(host, "web", test->arena, NULL, &plan, &error)
		       ? plan.hostname
		       : arena_strdup(test->arena, error.message);
}

TEST(generation_is_not_current_before_the_switch)
{
	Host host;
	CHECK(make_host(test, &host));
	CHECK_TEXT(current_of(test, &host), "no machine 'web'");
	CHECK_TEXT(write_one(test, &host, "one"), "1");
	CHECK_TEXT(current_of(test, &host), "'web' has no configuration");
	CHECK(generation_switch(&host, "web", "1", &test->error));
	CHECK_TEXT(current_of(test, &host), "one");
	CHECK_TEXT(target_of(test, in_machine(test, &host, "current")), "generations/1");
	CHECK_TEXT(names_in(test, in_machine(test, &host, "generations/1")),
		   "filters plan.json pod.json");
	CHECK(!file_exists(AT_FDCWD, in_machine(test, &host, "previous")));
}

TEST(generation_keeps_the_current_and_the_previous_one)
{
	Host host;
	CHECK(make_host(test, &host));
	static const char *const hostnames[] = { "one", "two", "three" };
	for (size_t i = 0; i < COUNT(hostnames); i++)
		CHECK(generation_switch(&host, "web", write_one(test, &host, hostnames[i]),
					&test->error));
	CHECK_TEXT(current_of(test, &host), "three");
	CHECK_TEXT(names_in(test, in_machine(test, &host, "generations")), "2 3");
	CHECK_TEXT(target_of(test, in_machine(test, &host, "previous")), "generations/2");

	// Back, and forth.
	CHECK(generation_switch(&host, "web", "2", &test->error));
	CHECK_TEXT(current_of(test, &host), "two");
	CHECK_TEXT(target_of(test, in_machine(test, &host, "previous")), "generations/3");
	CHECK_TEXT(write_one(test, &host, "four"), "4");
	// The same again is no reason to forget the previous one.
	CHECK(generation_switch(&host, "web", "4", &test->error) &&
	      generation_switch(&host, "web", "4", &test->error));
	CHECK_TEXT(target_of(test, in_machine(test, &host, "previous")), "generations/2");
	CHECK_TEXT(names_in(test, in_machine(test, &host, "generations")), "2 4");
}

TEST(generation_that_is_discarded_leaves_nothing)
{
	Host host;
	CHECK(make_host(test, &host));
	CHECK(generation_switch(&host, "web", write_one(test, &host, "one"), &test->error));
	CHECK_TEXT(write_one(test, &host, "two"), "2");
	CHECK(generation_discard(&host, "web", "2", &test->error));
	CHECK_TEXT(names_in(test, in_machine(test, &host, "generations")), "1");
	CHECK_TEXT(current_of(test, &host), "one");
	CHECK(generation_discard(&host, "web", "1", &test->error));
	CHECK_TEXT(current_of(test, &host), "one");
}

TEST(generation_has_files_of_the_caller)
{
	Host host;
	CHECK(make_host(test, &host));
	const char *bytes = NULL;
	size_t length = 0;
	CHECK(generation_switch(&host, "web", write_one(test, &host, "one"), &test->error));
	CHECK(generation_read_file(&host, "web", "filters/app.bpf", test->arena, &bytes, &length,
				   &test->error));
	CHECK(length == 2 && bytes[0] == 0 && bytes[1] == 1);
	CHECK(generation_read_file(&host, "web", GENERATION_POD_NAME, test->arena, &bytes, &length,
				   &test->error));
	CHECK_TEXT(bytes, "one");
	CHECK(!generation_read_file(&host, "web", "none", test->arena, &bytes, &length,
				    &test->error));
	CHECK(test->error.code == ERROR_NOT_FOUND);
	error_clear(&test->error);

	struct stat status;
	CHECK(stat(in_machine(test, &host, "generations/1/plan.json"), &status) == 0);
	CHECK((status.st_mode & 07777) == 0600);
}

TEST(generation_with_a_broken_plan_says_so)
{
	Host host;
	CHECK(make_host(test, &host));
	CHECK(generation_switch(&host, "web", write_one(test, &host, "one"), &test->error));
	CHECK(file_replace_volatile(AT_FDCWD, in_machine(test, &host, "generations/1/plan.json"),
				    "{\"x\": 1}", 8, 0600, &test->error));
	CHECK_TEXT(current_of(test, &host), "understand the plan: unknown member 'x'");
}
