#include "pkg/sys/interrupt.h"

#include "tests/unit/test.h"

#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The handlers and the flag belong to the whole process: each test has one of its own.
static int status_in_child(int (*run)(void))
{
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0) {
		interrupt_install();
		_exit(run());
	}
	int status = -1;
	return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static int64_t now_ms(void)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void signal_after_ms(long ms)
{
	const struct itimerval timer = { .it_value = { .tv_usec = ms * 1000 } };
	signal(SIGALRM, SIG_DFL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static int answer(void)
{
	Error error = { 0 };
	if (!interrupt_check(&error) || interrupt_signal() != 0)
		return 1;
	raise(SIGTERM);
	if (interrupt_check(&error) || error.code != ERROR_INTERRUPTED)
		return 2;
	return interrupt_signal() == SIGTERM && strcmp(error.message, "interrupted") == 0 ? 0 : 3;
}

TEST(interrupt_is_a_question_that_the_first_signal_answers)
{
	CHECK(status_in_child(answer) == 0);
}

static int raise_twice(void)
{
	raise(SIGINT);
	raise(SIGINT);
	return 1;
}

TEST(interrupt_second_signal_ends_the_process)
{
	const int status = status_in_child(raise_twice);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
}

static int poll_ready(void)
{
	int ends[2];
	int ready = -1;
	Error error = { 0 };
	if (pipe(ends) < 0)
		return 1;
	struct pollfd poll = { .fd = ends[0], .events = POLLIN };
	if (!interrupt_poll(&poll, 1, 0, &ready, &error) || ready != 0)
		return 2;
	const int64_t start = now_ms();
	if (!interrupt_poll(&poll, 1, 30000, &ready, &error) || ready != 0)
		return 3;
	if (now_ms() - start < 29)
		return 4;
	if (write(ends[1], "x", 1) != 1)
		return 5;
	if (!interrupt_poll(&poll, 1, UINT64_MAX, &ready, &error) || ready != 1)
		return 6;
	return poll.revents == POLLIN ? 0 : 7;
}

TEST(interrupt_poll_waits_for_descriptors_and_time)
{
	CHECK(status_in_child(poll_ready) == 0);
}

static int poll_interrupted(void)
{
	int ready = -1;
	Error error = { 0 };
	const pid_t parent = getpid();
	const pid_t child = fork();
	if (child == 0) {
		usleep(20000);
		kill(parent, SIGINT);
		_exit(0);
	}
	if (interrupt_poll(NULL, 0, 10 * 1000000, &ready, &error) ||
	    error.code != ERROR_INTERRUPTED)
		return 1;
	Error again = { 0 };
	// It arrived before: there is no sleep at all.
	if (interrupt_poll(NULL, 0, UINT64_MAX, &ready, &again))
		return 2;
	waitpid(child, NULL, 0);
	return ready == -1 ? 0 : 3;
}

TEST(interrupt_poll_ends_with_the_signal)
{
	const int64_t start = now_ms();
	CHECK(status_in_child(poll_interrupted) == 0);
	CHECK(now_ms() - start < 5000);
}

static void nothing(int signal_number)
{
	(void)signal_number; // the signature of a handler
}

static int poll_other_signal(void)
{
	int ready = -1;
	Error error = { 0 };
	const struct sigaction action = { .sa_handler = nothing };
	signal_after_ms(10);
	sigaction(SIGALRM, &action, NULL);
	const int64_t start = now_ms();
	if (!interrupt_poll(NULL, 0, 50000, &ready, &error) || ready != 0)
		return 1;
	return now_ms() - start >= 49 ? 0 : 2;
}

TEST(interrupt_poll_sleeps_on_after_other_signals)
{
	CHECK(status_in_child(poll_other_signal) == 0);
}
