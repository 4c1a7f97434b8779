#include "pkg/sys/workers.h"
#include "tests/unit/test.h"

#include <stdatomic.h>

#define PIECES 1000

typedef struct Tally {
	atomic_int done[PIECES];
	atomic_bool is_used[4];
	atomic_bool is_wrong;
} Tally;

static void work(void *context, size_t worker, size_t index)
{
	Tally *tally = context;
	tally->is_wrong = tally->is_wrong || worker >= 4;
	tally->is_used[worker % 4] = true;
	tally->done[index]++;
}

TEST(workers_do_each_piece_once)
{
	Tally tally = { 0 };
	workers_run(PIECES, 4, work, &tally);
	for (size_t i = 0; i < PIECES; i++)
		CHECK(tally.done[i] == 1);
	CHECK(!tally.is_wrong);
}

TEST(workers_with_little_to_do)
{
	Tally tally = { 0 };
	workers_run(0, 4, work, &tally);
	CHECK(!tally.is_used[0] || tally.done[0] == 0);
	workers_run(1, 0, work, &tally);
	CHECK(tally.done[0] == 1 && !tally.is_used[1]);
	CHECK(workers_processors() >= 1);
}
