#include "isolate/machine/owner.h"

#include "isolate/machine/machine.h"
#include "isolate/machine/place.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>

static const char *place(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static Host host_of(Test *test, const char *data_dir)
{
	return (Host){ .data_dir = place(test, data_dir),
		       .unit_dir = place(test, "units"),
		       .drop_in_dir = place(test, "attached") };
}

static bool make_host(Test *test, const char *data_dir, Host *ret)
{
	*ret = host_of(test, data_dir);
	return layout_prepare(ret, &test->error);
}

static bool mark(Test *test, const Host *host, const char *name)
{
	const MachinePlan plan = { .name = name, .grace_seconds = 75 };
	const UnitHost unit_host = {
		.home = { host->data_dir, layout_id(host->data_dir, test->arena) },
		.mounts_dir = host->data_dir,
	};
	const char *text = unit_print_drop_in(&plan, &unit_host, test->arena);
	const char *path = place_path(host, PLACE_DROP_IN, name, test->arena);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error);
}

static bool rename_data(Test *test, const char *from, const char *to)
{
	return rename(place(test, from), place(test, to)) == 0;
}

// A copy is another directory with the same id.
static bool copy_data(Test *test, const char *from, const char *to)
{
	const char *id =
		arena_printf(test->arena, "%s\n", layout_id(place(test, from), test->arena));
	return mkdir(place(test, to), 0700) == 0 &&
	       file_replace_volatile(AT_FDCWD, place(test, arena_printf(test->arena, "%s/id", to)),
				     id, strlen(id), 0644, &test->error);
}

TEST(owner_is_the_data_directory_that_the_mark_names)
{
	Host first, second;
	UnitHome home = { 0 };
	CHECK(make_host(test, "first", &first) && make_host(test, "second", &second));
	CHECK(machine_owner(&first, "web", test->arena, NULL) == OWNER_NONE);
	CHECK(mark(test, &first, "web"));
	CHECK(machine_owner(&first, "web", test->arena, &home) == OWNER_OURS);
	CHECK_TEXT(home.data_dir, first.data_dir);
	CHECK(machine_owner(&second, "web", test->arena, NULL) == OWNER_OTHER);
	CHECK(machine_check_owner(&first, "web", &test->error));
	CHECK_ERROR(machine_check_owner(&second, "web", &test->error),
		    arena_printf(test->arena, "sdme@web.service is of the data directory '%s'",
				 first.data_dir));
}

TEST(owner_is_the_same_by_another_path)
{
	Host first;
	CHECK(make_host(test, "first", &first) && mark(test, &first, "web"));
	CHECK(symlink("first", place(test, "link")) == 0);
	const Host by_link = host_of(test, "link"), by_slash = host_of(test, "first/");
	CHECK(machine_owner(&by_link, "web", test->arena, NULL) == OWNER_OURS);
	CHECK(machine_owner(&by_slash, "web", test->arena, NULL) == OWNER_OURS);
}

TEST(owner_of_a_copy_is_the_original_and_of_what_was_moved_the_new_place)
{
	Host first;
	CHECK(make_host(test, "first", &first) && mark(test, &first, "web") &&
	      copy_data(test, "first", "copy"));
	const Host copy = host_of(test, "copy"), moved = host_of(test, "moved");
	CHECK(machine_owner(&copy, "web", test->arena, NULL) == OWNER_OTHER);
	CHECK(rename_data(test, "first", "moved"));
	CHECK(machine_owner(&moved, "web", test->arena, NULL) == OWNER_OURS);
}

TEST(owner_is_lost_when_its_disk_is_not_mounted)
{
	Host first, second, empty;
	Texts lost = { 0 };
	CHECK(make_host(test, "first", &first) && make_host(test, "second", &second) &&
	      mark(test, &first, "web"));
	CHECK(rename_data(test, "first", "elsewhere"));
	CHECK(machine_owner(&second, "web", test->arena, NULL) == OWNER_LOST);
	// What is below the mount point is not what was mounted.
	CHECK(make_host(test, "first", &empty));
	CHECK(machine_owner(&empty, "web", test->arena, NULL) == OWNER_LOST);
	CHECK_ERROR(
		machine_check_rivals(&empty, NULL, &test->error),
		arena_printf(test->arena,
			     "machines of this host are of the data directory '%s', which is not "
			     "there: web. Mount it and use it, or take away what is left of them: "
			     "sdme rm web",
			     first.data_dir));
	CHECK(machine_list_lost(&empty, test->arena, &lost, &test->error));
	CHECK_TEXT(texts_join(&lost, " ", test->arena), "web");
}

TEST(owner_refuses_machines_beside_those_of_another)
{
	Host first, second;
	CHECK(make_host(test, "first", &first) && make_host(test, "second", &second));
	CHECK(machine_check_rivals(&second, NULL, &test->error));
	CHECK(mark(test, &first, "db") && mark(test, &first, "web"));
	CHECK(machine_check_rivals(&first, NULL, &test->error));
	CHECK_ERROR(machine_check_rivals(&second, NULL, &test->error),
		    arena_printf(
			    test->arena,
			    "machines of this host are of the data directory '%s': db, web. A host "
			    "keeps its machines in one: use that, or remove them first: sdme "
			    "--datadir '%s' rm --all --force",
			    first.data_dir, first.data_dir));
}

TEST(owner_leaves_what_another_has_to_it)
{
	Host first, second;
	Texts names = { 0 };
	CHECK(make_host(test, "first", &first) && make_host(test, "second", &second) &&
	      mark(test, &first, "web"));
	CHECK(machine_list_removable(&second, test->arena, &names, &test->error) &&
	      names.count == 0);
	CHECK_ERROR(machine_has_leftovers(&second, "web", &test->error), "no machine 'web'");
	// No record was written: it is what a killed command left.
	CHECK(machine_has_leftovers(&first, "web", &test->error));
}

TEST(owner_is_read_from_what_systemd_reads)
{
	static const char *const paths[] = { "/var/lib/sdme",    "/mnt/a b",
					     "/mnt/100%",        "/mnt/%i%%n",
					     "/mnt/a\"b",        "/mnt/a\\",
					     "/mnt/\\\"%\\\\\"", "/mnt/SDME_DATADIR_ID=x",
					     "/mnt/'$HOME' ä" };
	const MachinePlan plan = { .name = "web" };
	for (size_t i = 0; i < COUNT(paths); i++) {
		const UnitHost host = { .home = { paths[i], "id" }, .mounts_dir = paths[i] };
		UnitHome home = { 0 };
		CHECK(unit_parse_home(unit_print_drop_in(&plan, &host, test->arena), test->arena,
				      &home));
		CHECK_TEXT(home.data_dir, paths[i]);
		CHECK_TEXT(home.id, "id");
	}
	UnitHome none = { 0 };
	CHECK(!unit_parse_home("", test->arena, &none));
	CHECK(!unit_parse_home("[Service]\nTimeoutStopSec=40\n", test->arena, &none));
	CHECK(!unit_parse_home("[Service]\nEnvironment=\"SDME_DATADIR=/x", test->arena, &none));
	CHECK(!unit_parse_home("[Service]\nEnvironment=\"SDME_DATADIR=/x\"\n", test->arena, &none));
}
