#include "pkg/sys/file.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/workers.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool write_text(Test *test, const char *path, const char *text)
{
	return file_replace_volatile(AT_FDCWD, path, text, strlen(text), 0644, &test->error);
}

static const char *text_of(Test *test, const char *path)
{
	CLEANUP_ERROR error = { 0 };
	const char *text = NULL;
	return file_read(AT_FDCWD, path, 1000, test->arena, &text, NULL, &error)
		       ? text
		       : arena_strdup(test->arena, error.message);
}

static const char *names_in(Test *test, const char *path)
{
	Texts names = { 0 };
	return file_list(AT_FDCWD, path, test->arena, &names, &test->error)
		       ? texts_join(&names, " ", test->arena)
		       : test->error.message;
}

// --- whole files

TEST(file_read_stops_at_the_limit)
{
	const char *path = in(test, "f");
	const char *text = NULL;
	size_t length = 0;
	CHECK(file_replace_volatile(AT_FDCWD, path, "a\0bc", 4, 0600, &test->error));
	CHECK(file_read(AT_FDCWD, path, 4, test->arena, &text, &length, &test->error));
	CHECK(length == 4 && memcmp(text, "a\0bc", 5) == 0);
	CHECK_ERROR(file_read(AT_FDCWD, path, 3, test->arena, &text, &length, &test->error),
		    arena_printf(test->arena, "'%s': larger than 3 bytes", path));
	// Endless ones, too.
	CHECK_ERROR(
		file_read(AT_FDCWD, "/dev/zero", 100000, test->arena, &text, NULL, &test->error),
		"'/dev/zero': larger than 100000 bytes");
	CHECK_ERROR(
		file_read(AT_FDCWD, in(test, "none"), 3, test->arena, &text, NULL, &test->error),
		arena_printf(test->arena, "open '%s': No such file or directory",
			     in(test, "none")));
	CHECK_ERROR(file_read(AT_FDCWD, "/", 3, test->arena, &text, NULL, &test->error),
		    "'/': read: Is a directory");
}

TEST(file_read_takes_files_of_any_size_as_they_are)
{
	static const size_t sizes[] = { 0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 100000 };
	for (size_t i = 0; i < COUNT(sizes); i++) {
		char *bytes = arena_alloc(test->arena, sizes[i]);
		memset(bytes, 'x', sizes[i]);
		const char *text = NULL;
		size_t length = 1;
		CHECK(file_replace_volatile(AT_FDCWD, in(test, "f"), bytes, sizes[i], 0600,
					    &test->error));
		CHECK(file_read(AT_FDCWD, in(test, "f"), sizes[i], test->arena, &text, &length,
				&test->error));
		CHECK(length == sizes[i] && strlen(text) == length &&
		      memcmp(text, bytes, length) == 0);
	}
}

TEST(file_replace_sets_content_and_mode_whatever_the_umask)
{
	const char *path = in(test, "f");
	const mode_t before = umask(0077);
	const bool is_done = file_replace(AT_FDCWD, path, "one", 3, 0644, &test->error) &&
			     file_replace(AT_FDCWD, path, "two", 3, 0640, &test->error);
	umask(before);
	struct stat status;
	CHECK(is_done && stat(path, &status) == 0);
	CHECK((status.st_mode & 07777) == 0640);
	CHECK_TEXT(text_of(test, path), "two");
	CHECK_TEXT(names_in(test, test_directory(test)), "f");
}

TEST(file_replace_replaces_a_link_instead_of_following_it)
{
	CHECK(write_text(test, in(test, "target"), "old") &&
	      symlink("target", in(test, "link")) == 0);
	CHECK(file_replace(AT_FDCWD, in(test, "link"), "new", 3, 0600, &test->error));
	CHECK_TEXT(text_of(test, in(test, "target")), "old");
	CHECK_TEXT(text_of(test, in(test, "link")), "new");
}

// A child that may write no more than four bytes: exits with 0 when everything is as promised.
static int replace_on_a_full_disk(Test *test, const char *path)
{
	CLEANUP_ERROR error = { 0 };
	const struct rlimit limit = { 4, 4 };
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
		return 1;
	if (file_replace(AT_FDCWD, path, "new content", 11, 0600, &error))
		return 2;
	if (error.os_errno != EFBIG || !text_ends_with(error.message, "write: File too large"))
		return 3;
	if (!text_equal(text_of(test, path), "old"))
		return 4;
	return text_equal(names_in(test, test_directory(test)), "f") ? 0 : 5;
}

TEST(file_replace_that_fails_leaves_the_old_content_and_no_rest)
{
	const char *path = in(test, "f");
	CHECK(write_text(test, path, "old"));
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		_exit(replace_on_a_full_disk(test, path));
	int status = -1;
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);

	CHECK(mkdir(in(test, "d"), 0700) == 0);
	CHECK_ERROR(file_replace(AT_FDCWD, in(test, "d"), "x", 1, 0600, &test->error),
		    arena_printf(test->arena, "replace '%s': Is a directory", in(test, "d")));
	CHECK_TEXT(names_in(test, test_directory(test)), "d f");
}

TEST(file_replace_link_swaps_links)
{
	const char *path = in(test, "current");
	char target[16] = { 0 };
	CHECK(file_replace_link(AT_FDCWD, path, "generations/1", &test->error));
	CHECK(file_replace_link(AT_FDCWD, path, "generations/2", &test->error));
	CHECK(readlink(path, target, sizeof(target) - 1) == 13);
	CHECK_TEXT(target, "generations/2");
	CHECK_TEXT(names_in(test, test_directory(test)), "current");
	CHECK(mkdir(in(test, "d"), 0700) == 0);
	CHECK_ERROR(file_replace_link(AT_FDCWD, in(test, "d"), "x", &test->error),
		    arena_printf(test->arena, "replace '%s': Is a directory", in(test, "d")));
	CHECK_TEXT(names_in(test, test_directory(test)), "current d");
}

TEST(file_make_directories_with_their_parents)
{
	CHECK(file_make_directories(AT_FDCWD, in(test, "a/b/c"), 0750, &test->error));
	CHECK(file_make_directories(AT_FDCWD, in(test, "a/b/c"), 0700, &test->error));
	struct stat status;
	CHECK(stat(in(test, "a/b"), &status) == 0 && (status.st_mode & 07777) == 0750);
	CHECK(write_text(test, in(test, "f"), ""));
	CHECK_ERROR(file_make_directories(AT_FDCWD, in(test, "f/x"), 0700, &test->error),
		    arena_printf(test->arena, "make the directory '%s': Not a directory",
				 in(test, "f/x")));
	CHECK(file_exists(AT_FDCWD, in(test, "a")) && !file_exists(AT_FDCWD, in(test, "A")));
	CHECK(symlink("nowhere", in(test, "dangling")) == 0 &&
	      file_exists(AT_FDCWD, in(test, "dangling")));
}

TEST(file_list_is_sorted_and_complete)
{
	CHECK_TEXT(names_in(test, test_directory(test)), "");
	static const char *const names[] = { "b", "a", ".hidden", "a-b", "B" };
	for (size_t i = 0; i < COUNT(names); i++)
		CHECK(write_text(test, in(test, names[i]), ""));
	CHECK_TEXT(names_in(test, test_directory(test)), ".hidden B a a-b b");
	Texts none = { 0 };
	CHECK_ERROR(file_list(AT_FDCWD, in(test, "a"), test->arena, &none, &test->error),
		    arena_printf(test->arena, "open the directory '%s': Not a directory",
				 in(test, "a")));
}

// --- paths inside a root

// What the file at `path` of the root holds, or why it cannot be opened.
static const char *text_in_root(Test *test, int root, const char *path)
{
	CLEANUP_FD fd = -1;
	CLEANUP_ERROR error = { 0 };
	const char *text = NULL;
	if (!file_open_in_root(root, path, O_RDONLY, 0, &fd, &error) ||
	    !file_read_fd(fd, 100, test->arena, &text, NULL, &error))
		return strerror(error.os_errno);
	return text;
}

TEST(file_open_in_root_never_leaves_the_root)
{
	CHECK(write_text(test, in(test, "outside"), "outside"));
	CHECK(file_make_directories(AT_FDCWD, in(test, "root/etc"), 0755, &test->error));
	CHECK(write_text(test, in(test, "root/etc/passwd"), "inside"));
	static const char *const links[][2] = {
		{ "/etc/passwd", "absolute" }, { "../../../../../etc/passwd", "climbing" },
		{ "../outside", "beside" },    { "/", "top" },
		{ "etc", "directory" },        { "loop", "loop" },
	};
	for (size_t i = 0; i < COUNT(links); i++)
		CHECK(symlink(links[i][0], path_join(test->arena, in(test, "root"), links[i][1])) ==
		      0);

	CLEANUP_FD root = open(in(test, "root"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(root >= 0);
	static const char *const rows[][2] = {
		{ "etc/passwd", "inside" },
		{ "/etc/passwd", "inside" },
		{ "../etc/passwd", "inside" },
		{ "../../../etc/passwd", "inside" },
		{ "etc/../../etc/passwd", "inside" },
		{ "absolute", "inside" },
		{ "climbing", "inside" },
		{ "top/etc/passwd", "inside" },
		{ "top/../top/directory/passwd", "inside" },
		{ "../outside", "No such file or directory" },
		{ "beside", "No such file or directory" },
		{ "loop", "Too many levels of symbolic links" },
		{ "", "No such file or directory" },
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		CHECK_TEXT(text_in_root(test, root, rows[i][0]), rows[i][1]);

	CLEANUP_FD fd = -1;
	CHECK_ERROR(file_open_in_root(root, "etc/shadow", O_RDONLY, 0, &fd, &test->error),
		    "open 'etc/shadow' in its root: No such file or directory");
	CHECK(file_open_in_root(root, "/etc/new", O_WRONLY | O_CREAT, 0600, &fd, &test->error));
	CHECK(file_exists(AT_FDCWD, in(test, "root/etc/new")));
}

TEST(file_open_in_root_takes_no_magic_links)
{
	CLEANUP_FD proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(proc >= 0);
	CHECK_TEXT(text_in_root(test, proc, "root/etc/passwd"),
		   "Too many levels of symbolic links");
	CHECK_TEXT(text_in_root(test, proc, "exe"), "Too many levels of symbolic links");
	CHECK_TEXT(text_in_root(test, proc, "cwd/Makefile"), "Too many levels of symbolic links");
}

TEST(file_in_root_is_opened_only_when_it_is_a_file)
{
	CLEANUP_FD root = -1, fd = -1, watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	struct inotify_event event;
	CHECK(file_open_directory(AT_FDCWD, test_directory(test), &root, &test->error));
	CHECK(mkfifoat(root, "fifo", 0600) == 0 && symlinkat("/fifo", root, "link") == 0);
	const char *fifo = arena_printf(test->arena, "%s/fifo", test_directory(test));
	CHECK(inotify_add_watch(watch, fifo, IN_OPEN) >= 0);
	CHECK_ERROR(file_open_plain_in_root(root, "/fifo", &fd, &test->error),
		    "'/fifo' is not a file");
	CHECK_ERROR(file_open_plain_in_root(root, "link", &fd, &test->error),
		    "'link' is not a file");
	CHECK_ERROR(file_open_plain_in_root(root, "/", &fd, &test->error), "'/' is not a file");
	// Opening a device may do something; what is no file is looked at only.
	CHECK(read(watch, &event, sizeof(event)) < 0 && errno == EAGAIN);
	CHECK(file_replace_volatile(root, "file", "text", 4, 0600, &test->error));
	CHECK(file_open_plain_in_root(root, "/../file", &fd, &test->error));
}

typedef struct Replacers {
	int directory;
	bool is_done[2000];
} Replacers;

static void replace_one(void *context, size_t worker, size_t index)
{
	(void)worker; // all write the same
	CLEANUP_ERROR failure = { 0 };
	Replacers *self = context;
	self->is_done[index] =
		file_replace_volatile(self->directory, "same", "text", 4, 0644, &failure);
}

TEST(file_replace_works_in_several_threads_at_once)
{
	CLEANUP_FD directory = open(test_directory(test), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	Replacers replacers = { .directory = directory };
	workers_run(COUNT(replacers.is_done), 4, replace_one, &replacers);
	for (size_t i = 0; i < COUNT(replacers.is_done); i++)
		CHECK(replacers.is_done[i]);
}

TEST(file_modified_says_when)
{
	const struct timespec times[] = { { .tv_sec = 1 },
					  { .tv_sec = 1700000000, .tv_nsec = 5000 } };
	const char *path = in(test, "a");
	CHECK(file_modified_us(AT_FDCWD, path) == 0);
	CHECK(file_replace(AT_FDCWD, path, "x", 1, 0644, &test->error));
	CHECK(utimensat(AT_FDCWD, path, times, 0) == 0);
	CHECK(file_modified_us(AT_FDCWD, path) == 1700000000000005);
}

TEST(file_discard_does_not_wait)
{
	char byte = 0;
	int ends[2];
	CHECK(pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
	CLEANUP_FD from = ends[0];
	CLEANUP_FD to = ends[1];
	file_discard(from);
	CHECK(file_write_fd(to, "abc", 3, &test->error));
	file_discard(from);
	CHECK(read(from, &byte, 1) < 0 && errno == EAGAIN);
}
