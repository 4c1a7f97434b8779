#include "isolate/guest/app/pump.h"

#include "isolate/guest/app/outlet.h"
#include "isolate/guest/base/line.h"
#include "isolate/guest/mark.h"

enum {
	OUT,
	ERR,
	WRITE_BYTES = 4096, // what a socket or pipe that polls as writable takes without blocking
	PREFIX_BYTES = 3,
	EXTRA_BYTES = 1 + PREFIX_BYTES + LINE_MARK_BYTES + 1, // with the ends of two lines
	FINISH_READS = 256,                                   // 2 MiB of what was left in the pipes
};

void pump_init(Pump *pump, int out, int err)
{
	pump->streams[OUT].fd = out;
	pump->streams[OUT].prefix = "<6>";
	pump->streams[ERR].fd = err;
	pump->streams[ERR].prefix = "<3>";
	for (int i = 0; i < PUMP_STREAMS; i++) {
		pump->streams[i].length = 0;
		pump->streams[i].is_inside = false;
	}
	pump->unfinished = NULL;
	pump->output_length = pump->output_done = 0;
	pump->is_broken = false;
}

static bool has_output(const Pump *pump)
{
	return pump->output_done < pump->output_length;
}

static void add(Pump *pump, const char *bytes, size_t size)
{
	memcpy(pump->output + pump->output_length, bytes, size);
	pump->output_length += size;
}

static size_t line_end(const PumpStream *stream, size_t from)
{
	for (size_t i = from; i < stream->length; i++) {
		if (stream->data[i] == '\n')
			return i + 1;
	}
	return 0;
}

// Ends the other stream's unfinished line, if there is one; it goes on in a line of its own later.
static void interrupt_other(Pump *pump, const PumpStream *stream)
{
	if (!pump->unfinished || pump->unfinished == stream)
		return;
	add(pump, "\n", 1);
	pump->unfinished->is_inside = false;
	pump->unfinished = NULL;
}

static bool ends_with_mark(const char *bytes, size_t size)
{
	return size >= LINE_MARK_BYTES &&
	       memcmp(bytes + size - LINE_MARK_BYTES, LINE_MARK, LINE_MARK_BYTES) == 0;
}

static void add_line_end(Pump *pump, const PumpStream *stream, const char *bytes, size_t size)
{
	const bool is_empty = size == 0 && !stream->is_inside;
	if (is_empty || ends_with_mark(bytes, size) ||
	    (size > 0 && (bytes[size - 1] == ' ' || bytes[size - 1] == '\t')))
		add(pump, LINE_MARK, LINE_MARK_BYTES);
	add(pump, "\n", 1);
}

// A piece of a line, or its end, with or without the newline.
static void add_piece(Pump *pump, PumpStream *stream, size_t begin, size_t size, bool is_end)
{
	const char *bytes = stream->data + begin;
	while (is_end && size > 0 && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
		size--;
	interrupt_other(pump, stream);
	if (!stream->is_inside)
		add(pump, stream->prefix, PREFIX_BYTES);
	add(pump, bytes, size);
	if (is_end)
		add_line_end(pump, stream, bytes, size);
	stream->is_inside = !is_end;
	pump->unfinished = is_end ? NULL : stream;
}

// Whole lines, as many as the output has room for; the beginning of a line only when nothing more fits behind it.
static void format(Pump *pump, PumpStream *stream)
{
	size_t begin = 0;
	for (;;) {
		const size_t end = line_end(stream, begin);
		const bool is_full = begin == 0 && stream->length == PUMP_INPUT_BYTES;
		const size_t size = (end ? end : stream->length) - begin;
		if (!end && !is_full)
			break;
		if (pump->output_length + size + EXTRA_BYTES > PUMP_OUTPUT_BYTES)
			break;
		add_piece(pump, stream, begin, size, end != 0);
		begin += size;
	}
	memmove(stream->data, stream->data + begin, stream->length - begin);
	stream->length -= begin;
}

static void format_all(Pump *pump)
{
	if (has_output(pump))
		return;
	pump->output_length = pump->output_done = 0;
	for (int i = 0; i < PUMP_STREAMS; i++)
		format(pump, &pump->streams[i]);
}

// False when nothing came: the pipe is empty, at its end, or our buffer is full.
static bool fill(PumpStream *stream)
{
	if (stream->fd < 0 || stream->length == PUMP_INPUT_BYTES)
		return false;
	const long got = sys_read(stream->fd, stream->data + stream->length,
				  PUMP_INPUT_BYTES - stream->length);
	if (got > 0) {
		stream->length += (size_t)got;
		return true;
	}
	if (got != -EAGAIN && got != -EINTR) {
		sys_close(stream->fd);
		stream->fd = -1;
	}
	return false;
}

static void drain(Pump *pump)
{
	size_t size = pump->output_length - pump->output_done;
	if (size > WRITE_BYTES)
		size = WRITE_BYTES;
	const long put = pump->is_broken
				 ? (long)size
				 : sys_write(STDOUT, pump->output + pump->output_done, size);
	if (put > 0)
		pump->output_done += (size_t)put;
	else if (put != -EAGAIN && put != -EINTR)
		pump->is_broken = true;
}

void pump_watch(const Pump *pump, struct pollfd fds[PUMP_FDS])
{
	for (int i = 0; i < PUMP_STREAMS; i++) {
		const PumpStream *stream = &pump->streams[i];
		const bool has_room = stream->length < PUMP_INPUT_BYTES;
		fds[i] = (struct pollfd){ .fd = has_room ? stream->fd : -1, .events = POLLIN };
	}
	fds[PUMP_STREAMS] =
		(struct pollfd){ .fd = has_output(pump) ? STDOUT : -1, .events = POLLOUT };
}

void pump_work(Pump *pump, const struct pollfd fds[PUMP_FDS])
{
	for (int i = 0; i < PUMP_STREAMS; i++) {
		if (fds[i].fd >= 0 && fds[i].revents)
			fill(&pump->streams[i]);
	}
	if (fds[PUMP_STREAMS].fd >= 0 && fds[PUMP_STREAMS].revents)
		drain(pump);
	format_all(pump);
	while (pump->is_broken && has_output(pump)) {
		drain(pump);
		format_all(pump);
	}
}

// Writes all that is formatted. False when the reader does not take it.
static bool flush(Pump *pump)
{
	while (has_output(pump)) {
		if (!pump->is_broken && !outlet_wait_for_room())
			return false;
		drain(pump);
	}
	return true;
}

static bool move(Pump *pump)
{
	bool has_moved = false;
	for (int i = 0; i < PUMP_STREAMS; i++)
		has_moved |= fill(&pump->streams[i]);
	do {
		if (!flush(pump))
			return false;
		format_all(pump);
		has_moved |= has_output(pump); // which made room for more
	} while (has_output(pump));
	return has_moved;
}

static void complete(Pump *pump, PumpStream *stream)
{
	if (stream->length > 0 || pump->unfinished == stream)
		add_piece(pump, stream, 0, stream->length, /* is_end= */ true);
	stream->length = 0;
}

// Reads what is left, and completes the last lines. False when the reader does not take them.
static bool finish_lines(Pump *pump)
{
	int reads = 0;
	while (reads < FINISH_READS && move(pump))
		reads++;
	for (int i = 0; i < PUMP_STREAMS; i++) {
		if (!flush(pump))
			return false;
		pump->output_length = pump->output_done = 0;
		complete(pump, &pump->streams[i]);
	}
	return flush(pump);
}

bool pump_finish(Pump *pump)
{
	const bool is_written = finish_lines(pump) && !pump->is_broken;
	for (int i = 0; i < PUMP_STREAMS; i++) {
		if (pump->streams[i].fd >= 0)
			sys_close(pump->streams[i].fd);
		pump->streams[i].fd = -1;
	}
	return is_written && outlet_settle();
}
