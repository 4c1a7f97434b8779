#include "store/object/kube_volume.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static int open_directory(Test *test)
{
	return open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void add(Test *test, VolumeFiles *files, const char *path, const char *text)
{
	*volume_files_push(test->arena, files) = (VolumeFile){ path, { text, strlen(text) }, 0644 };
}

static bool write_files(Test *test, int directory, const VolumeFiles *files, bool *changed)
{
	return kube_volume_write(directory, files, getuid(), getgid(), changed, &test->error);
}

static const char *content(Test *test, int directory, const char *path)
{
	const char *text = NULL;
	return file_read(directory, path, 4096, test->arena, &text, NULL, &test->error) ? text
											: NULL;
}

static const char *listing(Test *test, int directory)
{
	CLEANUP_BUFFER text = { 0 };
	Texts names = { 0 };
	if (!file_list(directory, ".", test->arena, &names, &test->error))
		return NULL;
	for (size_t i = 0; i < names.count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? " " : "",
			      text_starts_with(names.items[i], "..2") ? "..V" : names.items[i]);
	return buffer_take(&text, test->arena);
}

TEST(kube_volume_looks_as_the_kubelet_makes_it)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	bool changed = false;
	add(test, &files, "app.conf", "a=1");
	add(test, &files, "conf.d/x", "x");
	add(test, &files, "conf.d/deep/y", "y");
	files.items[0].mode = 0400;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(listing(test, directory), "..V ..data app.conf conf.d");
	CHECK_TEXT(content(test, directory, "app.conf"), "a=1");
	CHECK_TEXT(content(test, directory, "conf.d/deep/y"), "y");
	char target[64] = "";
	struct stat status;
	CHECK(readlinkat(directory, "conf.d", target, sizeof(target) - 1) > 0);
	CHECK_TEXT(target, "..data/conf.d");
	CHECK(fstatat(directory, "app.conf", &status, 0) == 0 && (status.st_mode & 07777) == 0400);
	CHECK(fstatat(directory, "..data/conf.d", &status, 0) == 0);
	CHECK((status.st_mode & 07777) == 0755);
}

TEST(kube_volume_writes_nothing_when_equal)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	bool changed = false;
	char before[64] = "", after[64] = "";
	add(test, &files, "a", "1");
	add(test, &files, "b/c", "2");
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK(readlinkat(directory, "..data", before, sizeof(before) - 1) > 0);
	CHECK(write_files(test, directory, &files, &changed) && !changed);
	CHECK(readlinkat(directory, "..data", after, sizeof(after) - 1) > 0);
	CHECK_TEXT(after, before);

	files.items[0].mode = 0600;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	files.items[0].content = (Blob){ "2", 1 };
	CHECK(write_files(test, directory, &files, &changed) && changed);
	files.count = 1;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(listing(test, directory), "..V ..data a");
	files.count = 0;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(listing(test, directory), "..V ..data");
	CHECK(write_files(test, directory, &files, &changed) && !changed);
}

// A reader sees one set or the other, never a mixture and never nothing.
TEST(kube_volume_switches_at_once)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	add(test, &files, "a", "0");
	add(test, &files, "b", "0");
	CHECK(write_files(test, directory, &files, NULL));
	const pid_t writer = fork();
	if (writer == 0) {
		for (int i = 1; i <= 300; i++) {
			const char *text = arena_printf(test->arena, "%d", i);
			files.items[0].content = files.items[1].content =
				(Blob){ text, strlen(text) };
			if (!write_files(test, directory, &files, NULL))
				_exit(1);
		}
		_exit(0);
	}
	int status = 0;
	size_t seen = 0;
	while (waitpid(writer, &status, WNOHANG) == 0) {
		CLEANUP_FD version = openat(directory, "..data", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (version < 0 && errno == ENOENT) // removed between the link and what it says
			continue;
		CHECK(version >= 0);
		const char *a = content(test, version, "a");
		const char *b = a ? content(test, version, "b") : NULL;
		error_clear(&test->error);
		if (a && b) { // the version may have been removed meanwhile
			CHECK_TEXT(b, a);
			seen++;
		}
	}
	CHECK(status == 0 && seen > 0);
	CHECK_TEXT(content(test, directory, "a"), "300");
}

TEST(kube_volume_survives_killed_writers)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	add(test, &files, "a", "good");
	CHECK(write_files(test, directory, &files, NULL));
	// Killed before the switch, and between the new link and the rename.
	CHECK(file_make_directories(directory, "..2026_01_31_12_00_00.000000001/a", 0755,
				    &test->error));
	CHECK(symlinkat("..2026_01_31_12_00_00.000000001", directory, "..data_tmp") == 0);
	CHECK_TEXT(content(test, directory, "a"), "good");
	files.items[0].content = (Blob){ "next", 4 };
	CHECK(write_files(test, directory, &files, NULL));
	CHECK_TEXT(listing(test, directory), "..V ..data a");
	CHECK_TEXT(content(test, directory, "a"), "next");
}

// What they left takes no room from the next version.
TEST(kube_volume_is_swept_before_it_grows)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	bool is_current = true;
	add(test, &files, "a", "good");
	CHECK(kube_volume_sweep(directory, &files, getuid(), getgid(), &is_current, &test->error));
	CHECK(!is_current);
	CHECK(write_files(test, directory, &files, NULL));
	CHECK(file_make_directories(directory, "..2026_01_31_12_00_00.000000001/a", 0755,
				    &test->error));
	CHECK(kube_volume_sweep(directory, &files, getuid(), getgid(), &is_current, &test->error));
	CHECK(is_current);
	CHECK_TEXT(listing(test, directory), "..V ..data a");
	files.items[0].content = (Blob){ "next", 4 };
	CHECK(kube_volume_sweep(directory, &files, getuid(), getgid(), &is_current, &test->error));
	CHECK(!is_current);
	CHECK_TEXT(content(test, directory, "a"), "good");

	// Another writer took away what is shown.
	char version[64] = "";
	CHECK(readlinkat(directory, "..data", version, sizeof(version) - 1) > 0);
	CHECK(file_tree_remove(directory, version, &test->error));
	CHECK(kube_volume_sweep(directory, &files, getuid(), getgid(), &is_current, &test->error));
	CHECK(!is_current);
	CHECK(write_files(test, directory, &files, NULL));
	CHECK_TEXT(content(test, directory, "a"), "next");
}

TEST(kube_volume_is_safe_in_a_hostile_directory)
{
	CLEANUP_FD above = open_directory(test);
	CHECK(mkdirat(above, "outside", 0755) == 0 && mkdirat(above, "volume", 0755) == 0);
	CHECK(file_replace(above, "outside/a", "1", 1, 0644, &test->error));
	CLEANUP_FD directory = openat(above, "volume", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	VolumeFiles files = { 0 };
	add(test, &files, "a", "1");

	// ..data leads out, to a directory that even holds the right content.
	CHECK(symlinkat("../outside", directory, "..data") == 0);
	CHECK(symlinkat("..data/a", directory, "a") == 0);
	bool changed = false;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(content(test, above, "outside/a"), "1");

	// ..data leads to a link that leads out.
	CHECK(symlinkat("../outside", directory, "..2x") == 0);
	CHECK(unlinkat(directory, "..data", 0) == 0 && symlinkat("..2x", directory, "..data") == 0);
	files.items[0].content = (Blob){ "2", 1 };
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(content(test, above, "outside/a"), "1");

	// A whole tree, and a FIFO, where links should be.
	CHECK(unlinkat(directory, "..data", 0) == 0 && unlinkat(directory, "a", 0) == 0);
	CHECK(file_make_directories(directory, "..data/x", 0755, &test->error));
	CHECK(mkfifoat(directory, "a", 0666) == 0);
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(content(test, directory, "a"), "2");
	CHECK_TEXT(content(test, above, "outside/a"), "1");
	CHECK_TEXT(listing(test, directory), "..V ..data a");
}

// What is mounted there would be gone with it.
TEST(kube_volume_leaves_mount_points)
{
	CLEANUP_FD directory = open_directory(test);
	VolumeFiles files = { 0 };
	bool changed = false;
	add(test, &files, "a", "1");
	add(test, &files, "deep/b", "1");
	CHECK(write_files(test, directory, &files, NULL));
	CHECK(mkdirat(directory, "volume", 0755) == 0);
	CHECK(file_replace_volatile(directory, "file", "", 0, 0644, &test->error));
	add(test, &files, "volume", "2");
	add(test, &files, "file", "2");
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(listing(test, directory), "..V ..data a deep file volume");
	CHECK_TEXT(content(test, directory, "file"), "");
	CHECK_TEXT(content(test, directory, "..data/volume"), "2");
	CHECK(write_files(test, directory, &files, &changed) && !changed);
	files.count = 1;
	CHECK(write_files(test, directory, &files, &changed) && changed);
	CHECK_TEXT(listing(test, directory), "..V ..data a file volume");
}

TEST(kube_volume_refuses_paths_as_the_kubelet_does)
{
	CLEANUP_FD directory = open_directory(test);
	static const char *const rows[][2] = {
		{ "", "invalid path: must not be empty: \"\"" },
		{ "/etc/passwd", "invalid path: must be relative path: /etc/passwd" },
		{ "a/../b", "invalid path: must not contain '..': a/../b" },
		{ "..", "invalid path: must not contain '..': .." },
		{ "..data", "invalid path: must not start with '..': ..data" },
		{ "./", "invalid path: must name a file: ./" },
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		VolumeFiles files = { 0 };
		add(test, &files, rows[i][0], "x");
		CHECK_ERROR(write_files(test, directory, &files, NULL), rows[i][1]);
	}
	VolumeFiles both = { 0 };
	add(test, &both, "a", "x");
	add(test, &both, "a/b", "y");
	CHECK(!write_files(test, directory, &both, NULL));
	CHECK_TEXT(listing(test, directory), "");
	error_clear(&test->error);
}

TEST(kube_volume_projects_keys)
{
	StoredData data = { 0 };
	*stored_data_push(test->arena, &data) = (StoredItem){ "k1", { "1", 1 }, false };
	*stored_data_push(test->arena, &data) = (StoredItem){ "k2", { "2", 1 }, true };
	VolumeFiles files = { 0 };
	VolumeProjection projection = { .data = &data, .default_mode = 0644 };
	CHECK(kube_volume_project(&projection, test->arena, &files, &test->error));
	CHECK(files.count == 2);
	CHECK_TEXT(files.items[1].path, "k2");

	VolumeKeys items = { 0 };
	*volume_keys_push(test->arena, &items) = (VolumeKey){ "k2", "dir/two", 0400 };
	*volume_keys_push(test->arena, &items) = (VolumeKey){ "k1", "k2", -1 };
	projection.items = &items;
	CHECK(kube_volume_project(&projection, test->arena, &files, &test->error));
	CHECK(files.count == 3);
	CHECK_TEXT(files.items[2].path, "dir/two");
	CHECK(files.items[2].mode == 0400);
	CHECK(memcmp(files.items[1].content.bytes, "1", 1) == 0); // the later source wins the path

	*volume_keys_push(test->arena, &items) = (VolumeKey){ "k3", "three", -1 };
	CHECK_ERROR(kube_volume_project(&projection, test->arena, &files, &test->error),
		    "references non-existent config key: k3");
	projection.is_secret = true;
	CHECK_ERROR(kube_volume_project(&projection, test->arena, &files, &test->error),
		    "references non-existent secret key: k3");
	projection.is_optional = true;
	CHECK(kube_volume_project(&projection, test->arena, &files, &test->error));
	projection.data = NULL;
	CHECK(kube_volume_project(&projection, test->arena, &files, &test->error));
	CHECK(files.count == 3);
}

TEST(kube_volume_room_counts_pages_links_and_directories)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	VolumeFiles files = { 0 };
	const VolumeRoom least = kube_volume_room(&files);
	*volume_files_push(test->arena, &files) = (VolumeFile){ "small", { "x", 1 }, 0644 };
	*volume_files_push(test->arena, &files) = (VolumeFile){ "empty", { "", 0 }, 0644 };
	char *bytes = arena_alloc(test->arena, page + 1);
	*volume_files_push(test->arena, &files) =
		(VolumeFile){ "a/b/c", { bytes, page + 1 }, 0644 };
	const VolumeRoom room = kube_volume_room(&files);
	CHECK(room.bytes - least.bytes == (2 + 1 + 3) * page);
	CHECK(room.inodes - least.inodes == 2 + 2 + 4);
}
