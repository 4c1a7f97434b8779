#include "isolate/enter/passage.h"

#include "pkg/sys/file.h"

#include <errno.h>
#include <limits.h>

// What a terminal driver takes for the end of input (^D).
static const char end_of_input = 4;

void passage_out(Passage *passage, int own, int to)
{
	*passage = (Passage){ .from = own, .to = to, .own = own, .takes_most = SIZE_MAX };
}

void passage_in(Passage *passage, int from, int own, bool sends_end)
{
	*passage = (Passage){
		.from = from, .to = own, .own = own, .sends_end = sends_end, .takes_most = SIZE_MAX
	};
}

void passage_close(Passage *passage)
{
	file_close(&passage->own);
	passage->from = passage->to = -1;
	passage->length = passage->done = 0;
}

bool passage_has_bytes(const Passage *passage)
{
	return passage->done < passage->length;
}

void passage_watch(const Passage *passage, struct pollfd fds[PASSAGE_FDS])
{
	const bool is_full = passage_has_bytes(passage);
	const bool takes = !is_full && passage->takes_most > 0;
	fds[PASSAGE_FROM] = (struct pollfd){ .fd = takes ? passage->from : -1, .events = POLLIN };
	fds[PASSAGE_TO] = (struct pollfd){ .fd = is_full ? passage->to : -1, .events = POLLOUT };
}

static void put_end(Passage *passage)
{
	passage->from = -1;
	passage->data[0] = end_of_input;
	passage->length = passage->sends_end ? 1 : 0;
	passage->done = 0;
}

static void fill(Passage *passage)
{
	const size_t most =
		passage->takes_most < PASSAGE_BYTES ? passage->takes_most : (size_t)PASSAGE_BYTES;
	const ssize_t got = read(passage->from, passage->data, most);
	if (got > 0) {
		passage->length = (size_t)got;
		passage->done = 0;
		passage->takes_most -= passage->takes_most == SIZE_MAX ? 0 : (size_t)got;
	} else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
		put_end(passage);
	}
}

// A pipe of ours that has room takes this much without making us wait.
static void drain(Passage *passage)
{
	const size_t left = passage->length - passage->done;
	const ssize_t put = write(passage->to, passage->data + passage->done,
				  left < PIPE_BUF ? left : PIPE_BUF);
	if (put > 0)
		passage->done += (size_t)put;
	else if (put < 0 && errno != EINTR && errno != EAGAIN)
		passage_close(passage);
}

void passage_work(Passage *passage, const struct pollfd fds[PASSAGE_FDS])
{
	if (fds[PASSAGE_TO].fd >= 0 && fds[PASSAGE_TO].revents)
		drain(passage);
	if (fds[PASSAGE_FROM].fd >= 0 && fds[PASSAGE_FROM].revents)
		fill(passage);
	if (passage->from < 0 && !passage_has_bytes(passage))
		passage_close(passage);
}
