#include "pkg/sys/bus/watch.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static const char *in(Test *test, const char *name)
{
	return path_join(test->arena, test_directory(test), name);
}

static bool make(Test *test, const char *name)
{
	return file_make_directories(AT_FDCWD, in(test, name), 0755, &test->error);
}

static bool replace(Test *test, const char *name, const char *text)
{
	return file_replace_volatile(AT_FDCWD, in(test, name), text, strlen(text), 0644,
				     &test->error);
}

// What is new is looked at once more, and then there is nothing new.
static bool settle(Watch *watch, Test *test, const char *name)
{
	return watch_add_directory(watch, in(test, name), &test->error) &&
	       watch_wait(watch, &test->error) &&
	       watch_add_directory(watch, in(test, name), &test->error);
}

// Would wait for ever if the change were not seen: the test would end at the alarm.
static bool sees(Watch *watch, Test *test)
{
	alarm(10);
	const bool is_seen = watch_wait(watch, &test->error);
	alarm(0);
	return is_seen;
}

TEST(watch_sees_files_come_go_and_be_replaced)
{
	CLEANUP_WATCH watch = NULL;
	CHECK(make(test, "a") && watch_open(NULL, &watch, &test->error));
	CHECK(settle(watch, test, "a"));
	CHECK(replace(test, "a/file", "1") && sees(watch, test));
	CHECK(replace(test, "a/file", "2") && sees(watch, test));
	CHECK(unlink(in(test, "a/file")) == 0 && sees(watch, test));
	CHECK(make(test, "a/below") && sees(watch, test));
}

TEST(watch_sees_a_directory_that_is_not_there_yet)
{
	CLEANUP_WATCH watch = NULL;
	CHECK(watch_open(NULL, &watch, &test->error));
	CHECK(settle(watch, test, "a/b/c"));
	CHECK(make(test, "a") && sees(watch, test));
	// Each look adds what has come, until the directory itself is watched.
	CHECK(settle(watch, test, "a/b/c"));
	CHECK(make(test, "a/b/c") && sees(watch, test));
	CHECK(settle(watch, test, "a/b/c"));
	CHECK(replace(test, "a/b/c/file", "1") && sees(watch, test));
}

TEST(watch_sees_a_directory_that_was_made_anew)
{
	CLEANUP_WATCH watch = NULL;
	CHECK(make(test, "a/b") && watch_open(NULL, &watch, &test->error));
	CHECK(settle(watch, test, "a") && settle(watch, test, "a/b"));
	CHECK(rmdir(in(test, "a/b")) == 0 && make(test, "a/b") && sees(watch, test));
	CHECK(settle(watch, test, "a/b"));
	CHECK(replace(test, "a/b/file", "1") && sees(watch, test));
}

TEST(watch_follows_no_link)
{
	CLEANUP_WATCH watch = NULL;
	CHECK(make(test, "a") && make(test, "other") && watch_open(NULL, &watch, &test->error));
	CHECK(symlink("../other", in(test, "a/link")) == 0);
	CHECK(settle(watch, test, "a/link"));
	CHECK(replace(test, "other/file", "1"));
	CHECK(unlink(in(test, "a/link")) == 0 && sees(watch, test));
}

static void *replace_soon(void *data)
{
	Test *test = data;
	usleep(20000);
	return replace(test, "a/file", "1") ? data : NULL;
}

TEST(watch_waits)
{
	CLEANUP_WATCH watch = NULL;
	pthread_t thread;
	void *is_done = NULL;
	CHECK(make(test, "a") && watch_open(NULL, &watch, &test->error));
	CHECK(settle(watch, test, "a"));
	in(test, "a/file"); // the directory's name is made here, not in the thread
	CHECK(pthread_create(&thread, NULL, replace_soon, test) == 0);
	const bool is_seen = sees(watch, test);
	CHECK(pthread_join(thread, &is_done) == 0 && is_done && is_seen);
	CHECK(file_exists(AT_FDCWD, in(test, "a/file")));
}
