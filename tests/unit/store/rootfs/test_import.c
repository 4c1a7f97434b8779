#include "store/rootfs/import.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/rootfs/image.h"
#include "store/state/layout.h"
#include "tests/unit/http_server.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

typedef struct Fixture {
	Host host;
	LayoutMaker layout;
	Buffer said;
	RootfsImport import;
	PullOptions pull;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	layout_clear(&fixture->layout);
	buffer_clear(&fixture->said);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

static void tell(void *data, const char *words)
{
	buffer_printf(data, "%s\n", words);
}

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool prepare(Test *test, Fixture *ret)
{
	ret->host = (Host){ .data_dir = in(test, "data"), .config_dir = in(test, "etc") };
	ret->layout = (LayoutMaker){ .test = test, .directory = in(test, "layout") };
	ret->import.name = "it";
	ret->import.pull = &ret->pull;
	ret->import.hooks = (RootfsImportHooks){ .data = &ret->said, .tell = tell };
	return layout_prepare(&ret->host, &test->error);
}

// In a child: an import may enter a mount namespace.
static bool import(Test *test, Fixture *fixture, const char *source)
{
	fixture->import.source = source;
	return rootfs_import(&fixture->host, &fixture->import, &test->error);
}

static const char *read_back(Test *test, const Fixture *fixture, const char *path)
{
	const char *text = NULL;
	const char *whole =
		path_join(test->arena,
			  layout_path_of(&fixture->host, LAYOUT_ROOTFS, "it", test->arena), path);
	return file_read(AT_FDCWD, whole, 1000, test->arena, &text, NULL, &test->error) ? text
											: NULL;
}

static const char *listing(Test *test, const Fixture *fixture)
{
	Texts names = { 0 };
	const char *path = layout_path(&fixture->host, LAYOUT_ROOTFS, test->arena);
	if (!file_list(AT_FDCWD, path, test->arena, &names, &test->error))
		return NULL;
	return texts_join(&names, " ", test->arena);
}

// What every root file system must have.
static void add_system(Buffer *tar)
{
	TarEntry program = TAR_FILE("usr/lib/systemd/systemd", "x");
	program.mode = 0755;
	tar_add(tar, program);
	program.path = "usr/bin/dbus-daemon";
	tar_add(tar, program);
}

// Runs `body` where it may mount, with the data directory on a file system that an overlay can be on.
static int status_in_child(Test *test, TestFunction body)
{
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		body(test);
		fflush(stdout);
		_exit(test->has_failed ? 1 : 0);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

#define MOUNT_TEST(name)                                                                           \
	static void body_##name(Test *test);                                                       \
	TEST(name)                                                                                 \
	{                                                                                          \
		if (getuid() != 0)                                                                 \
			SKIP("needs root");                                                        \
		test_directory(test);                                                              \
		CHECK(status_in_child(test, body_##name) == 0);                                    \
	}                                                                                          \
	static void body_##name(Test *test)

MOUNT_TEST(rootfs_import_flattens_an_image)
{
	FIXTURE fixture = { 0 };
	CLEANUP_BUFFER lower = { 0 };
	CLEANUP_BUFFER upper = { 0 };
	CHECK(prepare(test, &fixture));
	add_system(&lower);
	tar_add(&lower, TAR_FILE("etc/gone", "lower"));
	tar_add(&lower, TAR_FILE("etc/changed", "lower"));
	tar_add(&lower, TAR_FILE("opaque/below", "lower"));
	tar_add(&lower, TAR_FILE("one", "linked"));
	tar_add(&lower, TAR_HARD_LINK("two", "one"));
	// Nothing is below it, and overlayfs lists it all the same.
	tar_add(&lower, TAR_FILE("alone/.wh.phantom", ""));
	layout_add_layer(&fixture.layout, &lower);
	tar_add(&upper, TAR_FILE("etc/.wh.gone", ""));
	tar_add(&upper, TAR_FILE("etc/changed", "upper"));
	tar_add(&upper, TAR_FILE("opaque/.wh..wh..opq", ""));
	tar_add(&upper, TAR_FILE("opaque/above", "upper"));
	layout_add_layer(&fixture.layout, &upper);
	layout_add_image(&fixture.layout, "v1", "\"Cmd\":[\"/bin/bash\"]");
	layout_finish(&fixture.layout);

	// A layout is seen to be one without its transport, too.
	CHECK(import(test, &fixture, fixture.layout.directory));
	CHECK_TEXT(buffer_text(&fixture.said), "OCI image: base OS\n");
	CHECK_TEXT(read_back(test, &fixture, "etc/changed"), "upper");
	CHECK_TEXT(read_back(test, &fixture, "opaque/above"), "upper");
	CHECK(!read_back(test, &fixture, "etc/gone"));
	error_clear(&test->error);
	CHECK(!read_back(test, &fixture, "opaque/below"));
	error_clear(&test->error);
	struct stat one, two;
	CHECK(stat(in(test, "data/fs/it/one"), &one) == 0 &&
	      stat(in(test, "data/fs/it/two"), &two) == 0 && one.st_ino == two.st_ino);
	CHECK_TEXT(listing(test, &fixture), "it");
}

MOUNT_TEST(rootfs_import_of_an_application_wants_a_base)
{
	FIXTURE fixture = { 0 };
	CLEANUP_BUFFER tar = { 0 };
	CHECK(prepare(test, &fixture));
	tar_add(&tar, TAR_FILE("app", "x"));
	layout_add_layer(&fixture.layout, &tar);
	layout_add_image(&fixture.layout, "v1", "\"Entrypoint\":[\"/app\"]");
	layout_finish(&fixture.layout);
	CHECK_ERROR(import(test, &fixture, fixture.layout.directory),
		    arena_printf(test->arena,
				 "import '%s': it is the image of an application: --base-fs NAME "
				 "says which root file system is to run it, --oci-mode=base takes "
				 "its files as they are",
				 fixture.layout.directory));
	CHECK_TEXT(listing(test, &fixture), "");
	fixture.import.image_mode = ROOTFS_IMAGE_BASE;
	CHECK(!import(test, &fixture, fixture.layout.directory));
	CHECK(strstr(test->error.message, "neither systemd nor a D-Bus daemon"));
	error_clear(&test->error);
	CHECK_TEXT(listing(test, &fixture), "");
}

static void answer(const char *request, const void *context, Buffer *response)
{
	const Buffer *tar = context;
	if (text_starts_with(request, "GET /system.tar "))
		http_server_reply(response, "200 OK", "", tar->data, tar->length);
	else
		http_server_reply(response, "404 No", "", "", 0);
}

TEST(rootfs_import_takes_urls)
{
	if (geteuid() != 0)
		SKIP("needs root");
	FIXTURE fixture = { 0 };
	CLEANUP_BUFFER tar = { 0 };
	CLEANUP_HTTP_SERVER server = { 0 };
	CHECK(prepare(test, &fixture));
	add_system(&tar);
	tar_add(&tar, TAR_FILE("from", "the web"));
	tar_finish(&tar);
	CHECK(http_server_start(&server, test, answer, &tar));
	const char *url = arena_printf(test->arena, "http://127.0.0.1:%u/system.tar", server.port);
	fixture.pull.download_bytes_max = tar.length - 1;
	CHECK_ERROR(import(test, &fixture, url),
		    arena_printf(test->arena,
				 "import '%s': it has more than the %zu bytes allowed "
				 "(max_download_size)",
				 url, tar.length - 1));
	CHECK_TEXT(listing(test, &fixture), "");
	fixture.pull.download_bytes_max = tar.length;
	CHECK(import(test, &fixture, url));
	CHECK_TEXT(read_back(test, &fixture, "from"), "the web");
	CHECK_TEXT(listing(test, &fixture), "it");
}

static bool is_base(Test *test, const char *entrypoint, const char *port, const char *command,
		    const char *argument)
{
	ImageConfig config = { 0 };
	if (entrypoint)
		texts_add(test->arena, &config.entrypoint, entrypoint);
	if (port)
		texts_add(test->arena, &config.exposed_ports, port);
	if (command)
		texts_add(test->arena, &config.command, command);
	if (argument)
		texts_add(test->arena, &config.command, argument);
	return rootfs_image_is_base(&config);
}

TEST(rootfs_image_of_a_base_or_an_application)
{
	CHECK(is_base(test, NULL, NULL, "bash", NULL));
	CHECK(is_base(test, NULL, NULL, "/bin/sh", NULL));
	CHECK(is_base(test, NULL, NULL, "/usr/bin/zsh", NULL));
	CHECK(is_base(test, NULL, NULL, NULL, NULL));
	CHECK(!is_base(test, NULL, NULL, "sh", "-c"));
	CHECK(!is_base(test, NULL, NULL, "nginx", NULL));
	CHECK(!is_base(test, NULL, NULL, "shine", NULL));
	CHECK(!is_base(test, "tini", NULL, "bash", NULL));
	CHECK(!is_base(test, NULL, "80/tcp", "bash", NULL));
}
