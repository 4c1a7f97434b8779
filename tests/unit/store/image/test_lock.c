#include "pkg/base/text.h"
#include "store/image/lock.h"
#include "store/state/layout.h"
#include "tests/unit/test.h"

#include <signal.h>
#include <sys/wait.h>

TEST(image_lock_is_shared_by_those_who_keep_images)
{
	const Host host = { .data_dir = test_directory(test) };
	CLEANUP_LOCK first = LOCK_NONE;
	CLEANUP_LOCK second = LOCK_NONE;
	CHECK(layout_prepare(&host, &test->error));
	CHECK(image_lock_shared(&host, &first, &test->error));
	CHECK(image_lock_shared(&host, &second, &test->error));
	CHECK(!first.is_exclusive && first.kind == LOCK_IMAGES);
}

TEST(image_lock_for_removals_waits_for_them)
{
	const Host host = { .data_dir = test_directory(test) };
	CLEANUP_LOCK kept = LOCK_NONE;
	int answer[2];
	char byte = 0;
	CHECK(layout_prepare(&host, &test->error) && pipe(answer) == 0);
	CHECK(image_lock_shared(&host, &kept, &test->error));
	const pid_t child = fork();
	if (child == 0) {
		Lock alone = LOCK_NONE;
		lock_release(&kept); // the descriptor that fork(2) copied
		const bool is_taken = image_lock_exclusive(&host, &alone, &test->error);
		_exit(is_taken && write(answer[1], "x", 1) == 1 ? 0 : 1);
	}
	CHECK(child > 0 && close(answer[1]) == 0);
	CHECK(waitpid(child, NULL, WNOHANG) == 0);
	lock_release(&kept);
	const bool has_answered = read(answer[0], &byte, 1) == 1;
	close(answer[0]);
	CHECK(waitpid(child, NULL, 0) == child);
	CHECK(has_answered);
}
