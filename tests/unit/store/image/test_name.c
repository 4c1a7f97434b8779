#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/image/name.h"
#include "tests/unit/test.h"

#include <fcntl.h>

static const char *name_of(Test *test, const Host *host, const char *name)
{
	Reference reference;
	return image_name_parse(host, name, NULL, test->arena, &reference, &test->error)
		       ? reference.text
		       : NULL;
}

TEST(image_name_follows_the_hosts_aliases)
{
	const Host host = { .config_dir = test_directory(test) };
	static const char conf[] = "[aliases]\napp = 'quay.io/team/app'\n";
	CHECK_TEXT(name_of(test, &host, "app:1"), "docker.io/library/app:1");
	CHECK(file_replace_volatile(AT_FDCWD,
				    path_join(test->arena, host.config_dir, "registries.conf"),
				    conf, sizeof(conf) - 1, 0644, &test->error));
	CHECK_TEXT(name_of(test, &host, "app:1"), "quay.io/team/app:1");
	CHECK_TEXT(name_of(test, &host, "docker.io/app:1"), "docker.io/library/app:1");
}

TEST(image_name_in_full_needs_no_file)
{
	const Host host = { .config_dir = test_directory(test) };
	CHECK(file_replace_volatile(AT_FDCWD,
				    path_join(test->arena, host.config_dir, "registries.conf"),
				    "broken", 6, 0644, &test->error));
	CHECK_TEXT(name_of(test, &host, "docker.io/app:1"), "docker.io/library/app:1");
	CHECK(!name_of(test, &host, "app:1"));
	CHECK(strstr(test->error.message, "registries.conf:1:"));
	error_clear(&test->error);
}
