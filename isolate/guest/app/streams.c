#include "isolate/guest/app/streams.h"

#include "isolate/guest/app/device.h"
#include "isolate/guest/app/terminal.h"
#include "isolate/guest/base/rights.h"

_Static_assert((int)SPEC_STREAMS_MAX <= (int)RIGHTS_MAX, "one message takes all streams");

static bool take(int fd, int target)
{
	const bool is_taken = CALL3(dup3, fd, target, 0) >= 0;
	sys_close(fd);
	return is_taken;
}

// --- pipes

// A pipe that the command's user may open again (/dev/stdout). *ret_other: the end that is not the command's.
static long make_pipe(int target, const SpecHeader *header, int *ret_other)
{
	int ends[2];
	const int own = target == STDIN ? 0 : 1;
	long result = CALL2(pipe2, ends, O_CLOEXEC);
	if (result == 0)
		result = CALL3(fchown, ends[own], header->uid, header->gid);
	if (result == 0 && !take(ends[own], target))
		result = -EMFILE;
	*ret_other = ends[1 - own];
	return result;
}

static bool make_pipes(const SpecHeader *header, size_t count, int others[SPEC_STREAMS_MAX],
		       SpecFailure *failure)
{
	static const int targets[] = {
		[SPEC_STREAM_OUT] = STDOUT,
		[SPEC_STREAM_ERR] = STDERR,
		[SPEC_STREAM_IN] = STDIN,
	};
	for (size_t i = 0; i < count; i++) {
		const long result = make_pipe(targets[i], header, &others[i]);
		if (result < 0)
			return failure_set(failure, result, "make the pipes", "");
	}
	return true;
}

// Nothing to read: /dev/null, or where the application has taken its /dev away, a pipe at its end.
static bool take_nothing(const SpecHeader *header, SpecFailure *failure)
{
	int other = device_open_null();
	if (other >= 0 && take(other, STDIN))
		return true;
	const long result = make_pipe(STDIN, header, &other);
	sys_close(other);
	return result < 0 ? failure_set(failure, result, "make the pipes", "") : true;
}

static bool take_terminal(const SpecExec *exec, const SpecHeader *header, int *ret_master,
			  SpecFailure *failure)
{
	const struct winsize size = { .ws_row = exec->rows, .ws_col = exec->columns };
	int slave = -1;
	if (!terminal_open(header, size, ret_master, &slave, failure))
		return false;
	terminal_take(slave);
	return true;
}

bool streams_open(const SpecExec *exec, const SpecHeader *header, int channel, SpecFailure *failure)
{
	static const size_t counts[] = {
		[SPEC_STREAMS_OUT] = 2, [SPEC_STREAMS_ALL] = 3, [SPEC_STREAMS_TERM] = 1
	};
	const size_t count = counts[exec->streams];
	int others[SPEC_STREAMS_MAX];
	const bool is_made =
		exec->streams == SPEC_STREAMS_TERM
			? take_terminal(exec, header, &others[SPEC_STREAM_OUT], failure)
			: make_pipes(header, count, others, failure) &&
				  (exec->streams == SPEC_STREAMS_ALL ||
				   take_nothing(header, failure));
	if (!is_made)
		return false;
	const long result = rights_send(channel, others, count);
	for (size_t i = 0; i < count; i++)
		sys_close(others[i]);
	return result < 0 ? failure_set(failure, result, "send the streams", "") : true;
}
