#include "store/state/lock.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static Host make_host(Test *test)
{
	return (Host){ .data_dir = test_directory(test) };
}

static bool take(Test *test, const Host *host, const LockRequest *request, Lock *lock)
{
	return lock_take(host, request, lock, &test->error);
}

// A child that takes the lock, says so, and holds it until it is killed.
static pid_t start_holder(Test *test, const Host *host, const LockRequest *request)
{
	int ready[2];
	if (pipe(ready) < 0)
		return -1;
	const pid_t child = fork();
	if (child == 0) {
		Lock lock = LOCK_NONE;
		const bool is_taken = take(test, host, request, &lock);
		if (is_taken && write(ready[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	close(ready[1]);
	char byte = 0;
	const ssize_t got = read(ready[0], &byte, 1);
	close(ready[0]);
	return got == 1 ? child : -1;
}

static void end(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

// What the error says about this test program.
static const char *self_words(Test *test)
{
	const char *command = NULL;
	size_t length = 0;
	if (!file_read(AT_FDCWD, "/proc/self/cmdline", 65536, test->arena, &command, &length,
		       &test->error))
		return NULL;
	char *words = arena_strdup(test->arena, path_name(command));
	for (size_t i = strlen(command) + 1; i < length; i += strlen(command + i) + 1) {
		if (command[i] == '-')
			break;
		words = arena_printf(test->arena, "%s %s", words, command + i);
	}
	return words;
}

TEST(lock_names_its_holder)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = "web" };
	const pid_t holder = start_holder(test, &host, &request);
	CHECK(holder > 0);
	const char *want = arena_printf(test->arena, "'web' is locked by process %d (%s)", holder,
					self_words(test));

	CLEANUP_LOCK lock = LOCK_NONE;
	const bool is_taken = take(test, &host, &request, &lock);
	end(holder);
	CHECK_ERROR(is_taken, want);
	CHECK(lock.fd == -1);
}

TEST(lock_death_of_the_holder_releases)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_FS, .name = "debian" };
	const pid_t holder = start_holder(test, &host, &request);
	CHECK(holder > 0);
	end(holder);
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(take(test, &host, &request, &lock));
}

TEST(lock_is_shared_by_readers)
{
	const Host host = make_host(test);
	const LockRequest shared = { .kind = LOCK_FS, .name = "debian", .is_shared = true };
	const LockRequest exclusive = { .kind = LOCK_FS, .name = "debian" };
	CLEANUP_LOCK first = LOCK_NONE;
	CLEANUP_LOCK second = LOCK_NONE;
	CLEANUP_LOCK writer = LOCK_NONE;
	CHECK(take(test, &host, &shared, &first));
	CHECK(take(test, &host, &shared, &second));
	CHECK_ERROR(take(test, &host, &exclusive, &writer),
		    arena_printf(test->arena, "'debian' is locked by process %d (%s)", getpid(),
				 self_words(test)));
	lock_release(&first);
	lock_release(&second);
	CHECK(take(test, &host, &exclusive, &writer));
	CHECK(!take(test, &host, &shared, &first));
	CHECK(test->error.code == ERROR_BUSY);
	error_clear(&test->error);
}

TEST(lock_waits_for_its_turn)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_PODS, .name = "net" };
	const LockRequest patient = { .kind = LOCK_PODS, .name = "net", .timeout_ms = 10000 };
	const pid_t holder = start_holder(test, &host, &request);
	CHECK(holder > 0);
	const pid_t killer = fork();
	if (killer == 0) {
		usleep(60 * 1000);
		kill(holder, SIGKILL);
		_exit(0);
	}
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(take(test, &host, &patient, &lock));
	waitpid(killer, NULL, 0);
	waitpid(holder, NULL, 0);
}

TEST(lock_gives_up_after_its_timeout)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_PODS, .name = "net" };
	const LockRequest patient = { .kind = LOCK_PODS, .name = "net", .timeout_ms = 30 };
	CLEANUP_LOCK holder = LOCK_NONE;
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(take(test, &host, &request, &holder));
	CHECK(!take(test, &host, &patient, &lock));
	CHECK(test->error.code == ERROR_BUSY);
	error_clear(&test->error);
}

TEST(lock_follows_a_removed_file)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_SECRETS, .name = "db" };
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(take(test, &host, &request, &lock));
	CHECK(file_exists(AT_FDCWD,
			  path_join(test->arena, host.data_dir, "locks/secrets/db.lock")));
	lock_release_and_remove(&host, &lock);
	CHECK(!file_exists(AT_FDCWD,
			   path_join(test->arena, host.data_dir, "locks/secrets/db.lock")));
	CHECK(take(test, &host, &request, &lock));
}

// Every process counts in a file that only the lock protects, and removes the lock's file half of the time.
TEST(lock_excludes_under_contention)
{
	enum {
		PROCESSES = 8,
		ROUNDS = 25
	};
	const Host host = make_host(test);
	const char *path = path_join(test->arena, host.data_dir, "counter");
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = "c", .timeout_ms = 60000 };
	CHECK(file_replace_volatile(AT_FDCWD, path, "", 0, 0600, &test->error));
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (int round = 0; round < ROUNDS; round++) {
			Lock lock = LOCK_NONE;
			const char *text = NULL;
			size_t length = 0;
			if (!take(test, &host, &request, &lock) ||
			    !file_read(AT_FDCWD, path, 4096, test->arena, &text, &length,
				       &test->error))
				_exit(1);
			const char *more = arena_printf(test->arena, "%sx", text);
			if (!file_replace_volatile(AT_FDCWD, path, more, length + 1, 0600,
						   &test->error))
				_exit(1);
			if (round % 2 == 0)
				lock_release_and_remove(&host, &lock);
			else
				lock_release(&lock);
		}
		_exit(0);
	}
	int status = 0;
	for (int i = 0; i < PROCESSES; i++)
		CHECK(wait(&status) > 0 && status == 0);
	const char *text = NULL;
	size_t length = 0;
	CHECK(file_read(AT_FDCWD, path, 4096, test->arena, &text, &length, &test->error));
	CHECK(length == PROCESSES * ROUNDS);
}

TEST(lock_refuses_paths)
{
	const Host host = make_host(test);
	const LockRequest request = { .kind = LOCK_SECRETS, .name = "../state/web" };
	Lock lock = LOCK_NONE;
	CHECK_ERROR(take(test, &host, &request, &lock), "'../state/web' cannot be a name");
}

TEST(lock_takes_the_longest_name)
{
	const Host host = make_host(test);
	char name[254] = { 0 };
	memset(name, 'a', 253);
	const LockRequest request = { .kind = LOCK_SECRETS, .name = name };
	CLEANUP_LOCK lock = LOCK_NONE;
	CHECK(take(test, &host, &request, &lock));
}
