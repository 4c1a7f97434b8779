#include "store/state/slot.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

static bool make_host(Test *test, Host *ret)
{
	*ret = (Host){ .data_dir = path_join(test->arena, test_directory(test), "data") };
	return layout_prepare(ret, &test->error);
}

static bool allocate(Test *test, const Host *host, const char *machine, uint32_t count,
		     uint32_t *ret)
{
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = machine };
	CLEANUP_LOCK lock = LOCK_NONE;
	return lock_take(host, &request, &lock, &test->error) &&
	       slot_allocate(host, &lock, machine, count, ret, &test->error);
}

static bool release(Test *test, const Host *host, const char *machine)
{
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = machine };
	CLEANUP_LOCK lock = LOCK_NONE;
	return lock_take(host, &request, &lock, &test->error) &&
	       slot_free(host, &lock, machine, &test->error);
}

TEST(slot_is_given_once_and_the_lowest_first)
{
	Host host;
	uint32_t slot = 99;
	CHECK(make_host(test, &host));
	CHECK(allocate(test, &host, "a", 65533, &slot) && slot == 0);
	CHECK(allocate(test, &host, "b", 65533, &slot) && slot == 1);
	CHECK(allocate(test, &host, "a", 65533, &slot) && slot == 0);
	CHECK(slot_find(&host, "b", &slot, &test->error) && slot == 1);
	CHECK(release(test, &host, "a") && release(test, &host, "a"));
	CHECK_ERROR(slot_find(&host, "a", &slot, &test->error), "'a' has no slot");
	CHECK(allocate(test, &host, "c", 65533, &slot) && slot == 0);
}

TEST(slot_ids_follow)
{
	CHECK(slot_first_id(0) == 0x10000000);
	CHECK(slot_first_id(3) == 0x10030000);
	CHECK(slot_first_id(SLOT_MAX) == 0x6FFF0000);
}

TEST(slot_passes_over_ids_of_others)
{
	Host host;
	uint32_t slot = 99;
	CHECK(make_host(test, &host));
	host.subuid_path = path_join(test->arena, host.data_dir, "subuid");
	host.subgid_path = path_join(test->arena, host.data_dir, "missing");
	host.nspawn_uid_dir = path_join(test->arena, host.data_dir, "nspawn-uid");
	// The second line ends one id into slot 1; the rest says nothing about ours.
	static const char subuid[] =
		"alice:100000:65536\nbob:268435456:65537\n# x\ncarol:1\nd:x:y\n"
		"e:4000000000:65536\n";
	CHECK(file_replace(AT_FDCWD, host.subuid_path, subuid, strlen(subuid), 0644, &test->error));
	CHECK(mkdir(host.nspawn_uid_dir, 0755) == 0);
	// 268566528 is slot 2.
	CHECK(file_replace(AT_FDCWD, path_join(test->arena, host.nspawn_uid_dir, "268566528"), "",
			   0, 0600, &test->error));
	CHECK(allocate(test, &host, "a", 65533, &slot));
	CHECK(slot == 3);
}

TEST(slot_says_when_all_are_taken)
{
	Host host;
	uint32_t slot = 99;
	CHECK(make_host(test, &host));
	CHECK(allocate(test, &host, "a", 1, &slot) && slot == 0);
	CHECK(file_replace(AT_FDCWD, layout_path_of(&host, LAYOUT_STATE, "a", test->arena), "", 0,
			   0600, &test->error));
	CHECK_ERROR(allocate(test, &host, "b", 1, &slot),
		    "all 1 slots for machines are taken: remove machines, or set a larger "
		    "network_subnet");
	CHECK(slot == 0);
}

TEST(slot_reclaims_those_of_machines_that_are_gone)
{
	Host host;
	uint32_t slot = 99;
	CHECK(make_host(test, &host));
	CHECK(allocate(test, &host, "dead", 1, &slot) && slot == 0);
	// Still being made: its lock is held.
	const LockRequest request = { .kind = LOCK_CONTAINERS, .name = "dead" };
	CLEANUP_LOCK lock = LOCK_NONE;
	size_t count = 99;
	CHECK(lock_take(&host, &request, &lock, &test->error));
	CHECK(slot_collect(&host, &count, &test->error) && count == 0);
	lock_release(&lock);
	CHECK(allocate(test, &host, "next", 1, &slot) && slot == 0);
	CHECK(!slot_find(&host, "dead", &slot, &test->error));
	error_clear(&test->error);
}

TEST(slot_is_unique_among_many_processes)
{
	enum {
		PROCESSES = 20,
		EACH = 5
	};
	Host host;
	CHECK(make_host(test, &host));
	for (int i = 0; i < PROCESSES; i++) {
		if (fork() != 0)
			continue;
		for (int j = 0; j < EACH; j++) {
			uint32_t slot = 0;
			const char *name = arena_printf(test->arena, "m-%d-%d", i, j);
			if (!allocate(test, &host, name, 65533, &slot))
				_exit(1);
		}
		_exit(0);
	}
	int status = 0;
	for (int i = 0; i < PROCESSES; i++)
		CHECK(wait(&status) > 0 && status == 0);

	bool is_seen[PROCESSES * EACH] = { false };
	for (int i = 0; i < PROCESSES; i++) {
		for (int j = 0; j < EACH; j++) {
			uint32_t slot = 0;
			const char *name = arena_printf(test->arena, "m-%d-%d", i, j);
			CHECK(slot_find(&host, name, &slot, &test->error));
			CHECK(slot < PROCESSES * EACH && !is_seen[slot]);
			is_seen[slot] = true;
		}
	}
}
