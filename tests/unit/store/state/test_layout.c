#include "store/state/layout.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

static Host make_host(Test *test)
{
	return (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
}

static unsigned mode_of(Test *test, const Host *host, const char *name)
{
	struct stat status;
	if (stat(path_join(test->arena, host->data_dir, name), &status) < 0)
		return 0;
	return status.st_mode & 07777;
}

TEST(layout_makes_the_directories)
{
	const Host host = make_host(test);
	CHECK(layout_prepare(&host, &test->error));
	CHECK(mode_of(test, &host, "") == 0700);
	CHECK(mode_of(test, &host, "secrets") == 0700);
	CHECK(mode_of(test, &host, "state") == 0700);
	CHECK(mode_of(test, &host, "volumes") == 0700);
	CHECK_TEXT(layout_path_of(&host, LAYOUT_ROOTFS, "debian", test->arena),
		   path_join(test->arena, host.data_dir, "fs/debian"));
	CHECK(layout_prepare(&host, &test->error));
}

TEST(layout_narrows_what_is_too_open)
{
	const Host host = make_host(test);
	CHECK(layout_prepare(&host, &test->error));
	CHECK(chmod(layout_path(&host, LAYOUT_SECRETS, test->arena), 0777) == 0);
	CHECK(chmod(layout_path(&host, LAYOUT_VOLUMES, test->arena), 0500) == 0);
	CHECK(layout_prepare(&host, &test->error));
	CHECK(mode_of(test, &host, "secrets") == 0700);
	CHECK(mode_of(test, &host, "volumes") == 0500);
}

TEST(layout_closes_the_run_directory)
{
	const Host host = { .run_dir = path_join(test->arena, test_directory(test), "run") };
	struct stat status;
	CHECK(mkdir(host.run_dir, 0711) == 0); // of an earlier version
	CHECK(layout_prepare_run(&host, &test->error));
	CHECK(stat(host.run_dir, &status) == 0 && (status.st_mode & 07777) == 0700);
	CHECK(layout_prepare_run(&host, &test->error));
}

TEST(layout_refuses_the_directory_of_a_newer_version)
{
	const Host host = make_host(test);
	CHECK(layout_prepare(&host, &test->error));
	const char *path = path_join(test->arena, host.data_dir, "version");
	CHECK(file_replace(AT_FDCWD, path, "2\n", 2, 0644, &test->error));
	CHECK_ERROR(layout_prepare(&host, &test->error),
		    arena_printf(test->arena,
				 "use the data directory '%s': a newer sdme made it (version 2, "
				 "this one knows 1): update sdme",
				 host.data_dir));
}

TEST(layout_leaves_directories_of_others_alone)
{
	const Host host = make_host(test);
	const char *other = path_join(test->arena, host.data_dir, "letter");
	CHECK(mkdir(host.data_dir, 0755) == 0);
	CHECK(file_replace(AT_FDCWD, other, "x", 1, 0644, &test->error));
	CHECK_ERROR(
		layout_prepare(&host, &test->error),
		arena_printf(test->arena,
			     "use the data directory '%s': 'letter' is in it, which is not ours; "
			     "give a new or an empty directory",
			     host.data_dir));
	CHECK(mode_of(test, &host, "") == 0755);
	CHECK(unlink(other) == 0);
	// A new disk, and an administrator's profiles.
	CHECK(mkdir(path_join(test->arena, host.data_dir, "lost+found"), 0700) == 0);
	CHECK(mkdir(path_join(test->arena, host.data_dir, "seccomp"), 0700) == 0);
	CHECK(layout_prepare(&host, &test->error));
	// Ours from now on, whatever comes to be in it.
	CHECK(file_replace(AT_FDCWD, other, "x", 1, 0644, &test->error));
	CHECK(layout_prepare(&host, &test->error));
}

TEST(layout_has_an_id_for_good)
{
	const Host host = make_host(test);
	CHECK_TEXT(layout_id(host.data_dir, test->arena), "");
	CHECK(layout_prepare(&host, &test->error));
	const char *id = layout_id(host.data_dir, test->arena);
	CHECK(strlen(id) == 36);
	CHECK(layout_prepare(&host, &test->error));
	CHECK_TEXT(layout_id(host.data_dir, test->arena), id);
	const char *second = path_join(test->arena, test_directory(test), "second");
	const Host other = { .data_dir = second };
	CHECK(layout_prepare(&other, &test->error));
	CHECK(!text_equal(layout_id(second, test->arena), id));
	CHECK(!layout_is_same(second, host.data_dir) && layout_is_same(second, second));
	CHECK(!layout_is_same("/nowhere", "/nowhere"));
}

TEST(layout_machine_names)
{
	CHECK(name_check_machine("web", &test->error));
	CHECK(name_check_machine("0-9", &test->error));
	CHECK(name_check_machine("a", &test->error));
	// What was given, and how the error shows it.
	static const char *const bad[][2] = {
		{ "", "" },         { ".", "." },          { "..", ".." }, { "a/b", "a/b" },
		{ "../x", "../x" }, { "Web", "Web" },      { "-a", "-a" }, { "a-", "a-" },
		{ "a.b", "a.b" },   { "a\nb", "a\\x0ab" },
	};
	for (size_t i = 0; i < COUNT(bad); i++)
		CHECK_ERROR(name_check_machine(bad[i][0], &test->error),
			    arena_printf(
				    test->arena,
				    "'%s' cannot be a name: it must be 1 to 63 lower case letters, "
				    "digits and '-', with a letter or digit at both ends",
				    bad[i][1]));
	char name[65] = { 0 };
	memset(name, 'a', 63);
	CHECK(name_check_machine(name, &test->error));
	memset(name, 'a', 64);
	CHECK(!name_check_machine(name, &test->error));
	error_clear(&test->error);
}

TEST(layout_rootfs_names)
{
	CHECK(name_check_rootfs("debian-12.5_minimal", &test->error));
	CHECK_ERROR(
		name_check_rootfs(".import-1", &test->error),
		"'.import-1' cannot be a name: it must be 1 to 63 lower case letters, digits, '-', '.' "
		"and '_', with a letter or digit at both ends");
	CHECK(!name_check_rootfs("../state", &test->error));
	error_clear(&test->error);
}

TEST(layout_object_names)
{
	CHECK(name_check_object("app.example.com", &test->error));
	CHECK_ERROR(
		name_check_object("../pods/X", &test->error),
		"metadata.name: Invalid value: \"../pods/X\": a lowercase RFC 1123 subdomain must consist "
		"of lower case alphanumeric characters, '-' or '.', and must start and end with an "
		"alphanumeric character (e.g. 'example.com', regex used for validation is "
		"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
	CHECK(name_problem_subdomain("a..b"));
	CHECK(name_problem_subdomain(".key"));
	CHECK(name_problem_subdomain(""));
	char name[255] = { 0 };
	memset(name, 'a', 254);
	CHECK_TEXT(name_problem_subdomain(name), "must be no more than 253 characters");
	CHECK_TEXT(name_problem_label(name), "must be no more than 63 characters");
}

TEST(layout_file_names_fit)
{
	char left[254] = { 0 }, right[254] = { 0 };
	memset(left, 'a', 253);
	memset(right, 'a', 253);
	right[252] = 'b';
	const char *first = layout_file_name(left, test->arena);
	const char *second = layout_file_name(right, test->arena);
	CHECK(strlen(first) < 200 && strlen(second) < 200);
	CHECK(strcmp(first, second) != 0);
	CHECK(strstr(first, ".."));
	CHECK_TEXT(layout_file_name("web", test->arena), "web");
}
