#include "isolate/machine/app_import.h"

#include "isolate/app/spec.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool put(Test *test, const char *path, const char *text)
{
	return file_make_directories(AT_FDCWD, path_parent(test->arena, in(test, path)), 0755,
				     &test->error) &&
	       file_replace_volatile(AT_FDCWD, in(test, path), text, strlen(text), 0644,
				     &test->error);
}

static const char *get(Test *test, const char *path, size_t *ret_length)
{
	const char *text = NULL;
	return file_read(AT_FDCWD, in(test, path), 1 << 20, test->arena, &text, ret_length,
			 &test->error)
		       ? text
		       : NULL;
}

static bool prepare(Test *test, Host *ret_host, int *ret_root)
{
	*ret_host = (Host){ .library_dir = in(test, "lib") };
	return put(test, "lib/machine/sdme-isolate", "program") &&
	       put(test, "lib/seccomp-default.bpf", "12345678") &&
	       put(test, "lib/seccomp-app.bpf", "87654321") &&
	       put(test, "tree/oci/apps/web/root/etc/passwd", "www:x:33:44::/var/www:/bin/sh\n") &&
	       file_open_directory(AT_FDCWD, in(test, "tree"), ret_root, &test->error);
}

static ImageConfig config_of(Test *test)
{
	ImageConfig config = { .user = "www", .working_directory = "srv", .stop_signal = "3" };
	texts_add(test->arena, &config.entrypoint, "/bin/web");
	texts_add(test->arena, &config.command, "100% $(HOME)\n");
	texts_add(test->arena, &config.environment, "PATH=/opt");
	texts_add(test->arena, &config.environment, "no variable");
	return config;
}

TEST(app_import_makes_a_service)
{
	if (geteuid() != 0)
		SKIP("needs root");
	Host host;
	CLEANUP_FD root = -1;
	CHECK(prepare(test, &host, &root));
	const ImageConfig config = config_of(test);
	CHECK(app_import(&host, &config, "web", root, &test->error));

	const char *unit = get(test, "tree/etc/systemd/system/sdme-oci-web.service", NULL);
	CHECK(unit && strstr(unit, "\nExecStart=/sdme/library/sdme-isolate app web\n"));
	CHECK(strstr(unit, "\nKillMode=mixed\nKillSignal=SIGQUIT\n"));
	CHECK(strstr(unit, "\nRestart=on-failure\n"));
	CHECK(!strstr(unit, "100%"));
	CHECK(get(test, "tree/etc/systemd/system/multi-user.target.wants/sdme-oci-web.service",
		  NULL));
	CHECK_TEXT(get(test, "tree/sdme/library/sdme-isolate", NULL), "program");
	struct stat status;
	CHECK(stat(in(test, "tree/oci/run/status/web"), &status) == 0 && S_ISDIR(status.st_mode));
	CHECK(stat(in(test, "tree/oci/run/specs/web"), &status) == 0 &&
	      (status.st_mode & 07777) == 0600);

	size_t length = 0;
	AppSpec spec;
	const char *bytes = get(test, "tree/oci/run/specs/web", &length);
	CHECK(spec_parse(bytes, length, test->arena, &spec, &test->error));
	CHECK(spec.uid == 33 && spec.gid == 44 && spec.no_new_privileges);
	CHECK_TEXT(texts_join(&spec.arguments, "|", test->arena), "/bin/web|100% $(HOME)\n");
	CHECK_TEXT(spec.working_directory, "/srv");
	CHECK(spec.filter.len == 16 && memcmp(spec.filter.ptr, "8765432112345678", 16) == 0);
	CHECK(spec.mounts.count == 3 && spec.mounts.items[0].is_read_only &&
	      spec.mounts.items[0].is_optional);
	CHECK_TEXT(spec.mounts.items[0].target, "/etc/hosts");
	Texts environment = { 0 };
	spec_environment(&spec, test->arena, &environment);
	CHECK_TEXT(texts_join(&environment, "|", test->arena), "PATH=/opt|HOME=/var/www");
}

TEST(app_import_refuses_what_cannot_run)
{
	Host host;
	CLEANUP_FD root = -1;
	CHECK(prepare(test, &host, &root));
	ImageConfig config = config_of(test);
	config.user = "nobody-here";
	CHECK(!app_import(&host, &config, "web", root, &test->error));
	CHECK(strstr(test->error.message, "unable to find user 'nobody-here'"));
	error_clear(&test->error);
	config = config_of(test);
	config.entrypoint = config.command = (Texts){ 0 };
	CHECK_ERROR(app_import(&host, &config, "web", root, &test->error),
		    "the image has no command to run");
}
