#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/stream/digest.h"
#include "store/image/layer.h"
#include "store/image/verify.h"
#include "store/state/layout.h"
#include "tests/unit/layout.h"
#include "tests/unit/tar.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

typedef struct Fixture {
	Host host;
	LayoutMaker layout;
	Image image;
	int tree; // of its upper layer
	const char *lower;
	const char *upper;
} Fixture;

static void fixture_clear(Fixture *fixture)
{
	file_close(&fixture->tree);
	layout_clear(&fixture->layout);
}
#define FIXTURE CLEANUP(fixture_clear) Fixture

static void add_layers(LayoutMaker *layout)
{
	CLEANUP_BUFFER lower = { 0 };
	tar_add(&lower, TAR_FILE("usr/bin/tool", "tool"));
	layout_add_layer(layout, &lower);

	CLEANUP_BUFFER upper = { 0 };
	tar_add(&upper, TAR_DIRECTORY("etc"));
	tar_add(&upper, TAR_FILE("etc/motd", "the first"));
	tar_add(&upper, TAR_FILE("etc/motd", "hello"));
	tar_add(&upper, TAR_SYMLINK("etc/link", "motd"));
	tar_add(&upper, TAR_HARD_LINK("etc/hard", "etc/motd"));
	tar_add(&upper, TAR_FILE("usr/bin/.wh.tool", ""));
	tar_add(&upper,
		(TarEntry){ .path = "bin/su", .type = '0', .content = "su", .mode = 04755 });
	layout_add_layer(layout, &upper);
}

// Two layers of an image in the store.
static bool prepare(Test *test, Fixture *ret)
{
	const char *directory = test_directory(test);
	ret->tree = -1;
	ret->host = (Host){ .data_dir = path_join(test->arena, directory, "data"),
			    .config_dir = path_join(test->arena, directory, "etc") };
	ret->layout = (LayoutMaker){ .test = test,
				     .directory = path_join(test->arena, directory, "layout") };
	add_layers(&ret->layout);
	layout_add_image(&ret->layout, "v1", "\"Cmd\":[\"/a\"]");
	layout_finish(&ret->layout);
	const PullOptions options = { .policy = IMAGE_PULL_ALWAYS };
	const char *name = arena_printf(test->arena, "oci:%s:v1", ret->layout.directory);
	if (!layout_prepare(&ret->host, &test->error) ||
	    !image_pull(&ret->host, name, &options, test->arena, &ret->image, &test->error))
		return false;
	ret->upper =
		arena_printf(test->arena, "layer %.12s", digest_hex(ret->image.layers.items[0]));
	ret->lower =
		arena_printf(test->arena, "layer %.12s", digest_hex(ret->image.layers.items[1]));
	return file_open_directory(AT_FDCWD, ret->image.layer_directories.items[0], &ret->tree,
				   &test->error);
}

// All faults of the image, joined by newlines; "(failed)" when there is no telling.
static const char *faults(Test *test, const Fixture *fixture)
{
	ImageChecks checks = { 0 };
	*image_checks_push(test->arena, &checks) =
		(ImageCheck){ .name = "web", .manifest_digest = fixture->image.manifest_digest };
	if (!image_verify(&fixture->host, test->arena, &checks, &test->error))
		return "(failed)";
	return texts_join(&checks.items[0].faults, "\n", test->arena);
}

TEST(image_verify_finds_nothing_wrong_with_what_was_pulled)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	CHECK_TEXT(faults(test, &fixture), "");
}

TEST(image_verify_finds_a_flipped_bit)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	struct stat before;
	CHECK(fstatat(fixture.tree, "etc/motd", &before, 0) == 0);
	const struct timespec times[2] = { before.st_mtim, before.st_mtim };
	CLEANUP_FD fd = openat(fixture.tree, "etc/motd", O_WRONLY | O_CLOEXEC);
	CHECK(pwrite(fd, "j", 1, 0) == 1 && futimens(fd, times) == 0);
	CHECK(text_starts_with(faults(test, &fixture),
			       arena_printf(test->arena, "%s: its contents have the digest sha256:",
					    fixture.upper)));
}

TEST(image_verify_names_what_is_not_as_it_was)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	CHECK(fchmodat(fixture.tree, "bin/su", 0777, 0) == 0);
	CHECK(fchownat(fixture.tree, "etc/link", 7, 0, AT_SYMLINK_NOFOLLOW) == 0);
	CHECK(unlinkat(fixture.tree, "etc/hard", 0) == 0);
	CHECK(file_replace_volatile(fixture.tree, "etc/more", "", 0, 0644, &test->error));
	CHECK_TEXT(faults(test, &fixture),
		   arena_printf(test->arena,
				"%s: 'bin/su': mode 777, not 4755\n%s: 'etc/hard': missing\n"
				"%s: 'etc/link': user 7, not 0\n"
				"%s: 'etc/more': not part of the image\n"
				"%s: 'etc/motd': links 1, not 2",
				fixture.upper, fixture.upper, fixture.upper, fixture.upper,
				fixture.upper));
}

TEST(image_verify_tells_of_missing_parts)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	CHECK(unlinkat(fixture.tree, "etc/motd", 0) == 0);
	CHECK(layer_remove(&fixture.host, fixture.image.layers.items[1], &test->error));
	const char *blob =
		arena_printf(test->arena, "%s/images/blobs/sha256/%s", fixture.host.data_dir,
			     digest_hex(fixture.image.config_digest));
	CHECK_TEXT(
		faults(test, &fixture),
		arena_printf(test->arena,
			     "%s: layer %.12s is not here\n%s: 'etc/motd': open 'etc/motd' in its "
			     "root: No such file or directory",
			     fixture.lower, digest_hex(fixture.image.layers.items[1]),
			     fixture.upper));
	CHECK(file_replace_volatile(AT_FDCWD, blob, "{}", 2, 0600, &test->error));
	CHECK_TEXT(faults(test, &fixture), "config: missing, or its bytes have another digest");
}

TEST(image_verify_finds_what_became_something_else)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	CHECK(renameat(fixture.tree, "etc", fixture.tree, "gone") == 0);
	CHECK(file_replace_volatile(fixture.tree, "etc", "", 0, 0644, &test->error));
	CHECK_TEXT(faults(test, &fixture),
		   arena_printf(test->arena,
				"%s: 'etc/motd': open 'etc/motd' in its root: Not a directory",
				fixture.upper));
	CHECK(unlinkat(fixture.tree, "etc", 0) == 0 && symlinkat("etc", fixture.tree, "etc") == 0);
	CHECK_TEXT(faults(test, &fixture),
		   arena_printf(test->arena,
				"%s: 'etc/motd': open 'etc/motd' in its root: Too many levels of "
				"symbolic links",
				fixture.upper));
}

static bool pull(Test *test, Fixture *fixture, ImagePull policy)
{
	const PullOptions options = { .policy = policy };
	return image_pull(&fixture->host, fixture->image.reference, &options, test->arena,
			  &fixture->image, &test->error);
}

TEST(image_verify_has_the_next_pull_mend_what_is_damaged)
{
	FIXTURE fixture = { 0 };
	CHECK(prepare(test, &fixture));
	CHECK(unlinkat(fixture.tree, "etc/motd", 0) == 0);
	// Nobody knows of it yet.
	CHECK(pull(test, &fixture, IMAGE_PULL_ALWAYS));
	CHECK(!text_equal(faults(test, &fixture), ""));
	// A Pod starts with what there is.
	CHECK(pull(test, &fixture, IMAGE_PULL_IF_NOT_PRESENT));
	CHECK(!text_equal(faults(test, &fixture), ""));
	CHECK(pull(test, &fixture, IMAGE_PULL_ALWAYS));
	CHECK_TEXT(faults(test, &fixture), "");

	const char *blob =
		arena_printf(test->arena, "%s/images/blobs/sha256/%s", fixture.host.data_dir,
			     digest_hex(fixture.image.config_digest));
	CHECK(file_replace_volatile(AT_FDCWD, blob, "{}", 2, 0600, &test->error));
	CHECK(!text_equal(faults(test, &fixture), ""));
	CHECK(pull(test, &fixture, IMAGE_PULL_ALWAYS));
	CHECK_TEXT(faults(test, &fixture), "");
}

TEST(image_verify_forgets_what_somebody_else_mended)
{
	FIXTURE fixture = { 0 };
	LayerInfo info;
	CHECK(prepare(test, &fixture));
	CHECK(fchmodat(fixture.tree, "bin/su", 0777, 0) == 0);
	CHECK(!text_equal(faults(test, &fixture), ""));
	CHECK(layer_find(&fixture.host, fixture.image.layers.items[0], &info) && info.is_damaged);
	CHECK(fchmodat(fixture.tree, "bin/su", 04755, 0) == 0);
	CHECK_TEXT(faults(test, &fixture), "");
	CHECK(layer_find(&fixture.host, fixture.image.layers.items[0], &info) && !info.is_damaged);
}
