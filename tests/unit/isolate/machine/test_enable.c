#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <unistd.h>

// A link, below the units' directory; its own directory is made.
static bool link_in(Test *test, const Host *host, const char *target, const char *name)
{
	const char *path = path_join(test->arena, host->unit_dir, name);
	return file_make_directories(AT_FDCWD, path_parent(test->arena, path), 0755,
				     &test->error) &&
	       symlink(target, path) == 0;
}

TEST(machine_starts_with_the_host_when_a_link_says_so)
{
	const char *template = "/usr/lib/systemd/system/sdme@.service";
	const Host host = { .unit_dir = path_join(test->arena, test_directory(test), "units"),
			    .drop_in_dir =
				    path_join(test->arena, test_directory(test), "attached") };
	Texts names = { 0 };
	CHECK(machine_list_enabled(&host, test->arena, &names, &test->error) && names.count == 0);

	static const char *const links[] = {
		"multi-user.target.wants/sdme@web.service",
		"other.target.requires/sdme@db.service",
		"other.target.wants/sdme@web.service",
		"third.target.upholds/sdme@held.service",
		// none of ours, and no links
		"multi-user.target.wants/sdme@.service",
		"multi-user.target.wants/sdme@a.b.service",
		"multi-user.target.wants/ssh.service",
		"sdme@plain.service.d/sdme@plain.service",
	};
	for (size_t i = 0; i < COUNT(links); i++)
		CHECK(link_in(test, &host, template, links[i]));
	CHECK(machine_list_enabled(&host, test->arena, &names, &test->error));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "db held web");

	// Masked: a link to /dev/null, or an empty file. Another file is an administrator's unit.
	const char *empty = path_join(test->arena, host.unit_dir, "sdme@db.service");
	const char *own = path_join(test->arena, host.unit_dir, "sdme@held.service");
	CHECK(link_in(test, &host, "/dev/null", "sdme@web.service"));
	CHECK(file_replace_volatile(AT_FDCWD, empty, "", 0, 0644, &test->error));
	CHECK(file_replace_volatile(AT_FDCWD, own, "[Unit]\n", 7, 0644, &test->error));
	CHECK(machine_list_enabled(&host, test->arena, &names, &test->error));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "held");
	CHECK(machine_list_linked(&host, test->arena, &names, &test->error));
	CHECK_TEXT(texts_join(&names, " ", test->arena), "db held web web");
}
