#include "pkg/sys/workers.h"

#include "pkg/base/arena.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

typedef struct Workers {
	size_t count;
	void (*work)(void *context, size_t worker, size_t index);
	void *context;
	atomic_size_t next;
} Workers;

typedef struct Worker {
	Workers *all;
	size_t number;
	pthread_t thread;
} Worker;

static void *run(void *argument)
{
	const Worker *worker = argument;
	Workers *all = worker->all;
	for (size_t i = 0; (i = atomic_fetch_add(&all->next, 1)) < all->count;)
		all->work(all->context, worker->number, i);
	return NULL;
}

void workers_run(size_t count, size_t threads,
		 void (*work)(void *context, size_t worker, size_t index), void *context)
{
	CLEANUP_ARENA arena = arena_new();
	Workers all = { .count = count, .work = work, .context = context };
	const size_t wanted = threads < count ? threads : count;
	Worker *workers = arena_array(arena, wanted + 1, sizeof(Worker));
	size_t started = 1;
	sigset_t signals, before;
	sigfillset(&signals);
	pthread_sigmask(SIG_SETMASK, &signals, &before);
	for (; started < wanted; started++) {
		workers[started] = (Worker){ .all = &all, .number = started };
		if (pthread_create(&workers[started].thread, NULL, run, &workers[started]) != 0)
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	workers[0] = (Worker){ .all = &all };
	run(&workers[0]);
	for (size_t i = 1; i < started; i++)
		pthread_join(workers[i].thread, NULL);
}

size_t workers_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) < 1)
		return 1;
	return (size_t)CPU_COUNT(&set);
}
