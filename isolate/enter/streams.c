#include "isolate/enter/streams.h"

#include <errno.h>
#include <fcntl.h>

static void unblock(int fd)
{
	const int flags = fcntl(fd, F_GETFL);
	if (flags >= 0)
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static void open_pipes(Streams *streams, const int own[SPEC_STREAMS_MAX])
{
	passage_out(&streams->passages[SPEC_STREAM_OUT], own[SPEC_STREAM_OUT], STDOUT_FILENO);
	passage_out(&streams->passages[SPEC_STREAM_ERR], own[SPEC_STREAM_ERR], STDERR_FILENO);
	const int in = own[SPEC_STREAM_IN];
	passage_in(&streams->passages[SPEC_STREAM_IN], in < 0 ? -1 : STDIN_FILENO, in,
		   /* sends_end= */ false);
}

// Both ways lead through the master; each closes its own.
static bool open_terminal(Streams *streams, int master, Error *error)
{
	passage_out(&streams->passages[SPEC_STREAM_OUT], master, STDOUT_FILENO);
	passage_out(&streams->passages[SPEC_STREAM_ERR], -1, STDERR_FILENO);
	const int in = fcntl(master, F_DUPFD_CLOEXEC, 0);
	passage_in(&streams->passages[SPEC_STREAM_IN], STDIN_FILENO, in, /* sends_end= */ true);
	if (in < 0)
		return error_set_errno(error, errno, "keep the terminal");
	terminal_resize(master);
	return terminal_open(&streams->terminal, error);
}

bool streams_open(Streams *streams, const int own[SPEC_STREAMS_MAX], bool has_terminal,
		  Error *error)
{
	streams->has_terminal = has_terminal;
	streams->terminal = (Terminal){ 0 };
	for (size_t i = 0; i < SPEC_STREAMS_MAX; i++)
		unblock(own[i]);
	if (has_terminal)
		return open_terminal(streams, own[SPEC_STREAM_OUT], error);
	open_pipes(streams, own);
	return true;
}

void streams_close(Streams *streams)
{
	for (size_t i = 0; i < SPEC_STREAMS_MAX; i++)
		passage_close(&streams->passages[i]);
	terminal_close(&streams->terminal);
}

void streams_resize(const Streams *streams)
{
	if (streams->has_terminal)
		terminal_resize(streams->passages[SPEC_STREAM_OUT].own);
}

void streams_watch(const Streams *streams, struct pollfd fds[STREAMS_FDS])
{
	for (size_t i = 0; i < SPEC_STREAMS_MAX; i++)
		passage_watch(&streams->passages[i], fds + i * PASSAGE_FDS);
	if (terminal_is_others())
		fds[SPEC_STREAM_IN * PASSAGE_FDS + PASSAGE_FROM].fd = -1;
}

void streams_work(Streams *streams, const struct pollfd fds[STREAMS_FDS])
{
	for (size_t i = 0; i < SPEC_STREAMS_MAX; i++)
		passage_work(&streams->passages[i], fds + i * PASSAGE_FDS);
	// Without somebody to look at it a terminal hangs up.
	if (streams->has_terminal && streams->passages[SPEC_STREAM_OUT].from < 0)
		passage_close(&streams->passages[SPEC_STREAM_IN]);
}

void streams_end(Streams *streams)
{
	passage_close(&streams->passages[SPEC_STREAM_IN]);
	streams->passages[SPEC_STREAM_OUT].takes_most = PASSAGE_REST_MAX;
	streams->passages[SPEC_STREAM_ERR].takes_most = PASSAGE_REST_MAX;
}

bool streams_have_bytes(const Streams *streams)
{
	return passage_has_bytes(&streams->passages[SPEC_STREAM_OUT]) ||
	       passage_has_bytes(&streams->passages[SPEC_STREAM_ERR]);
}
