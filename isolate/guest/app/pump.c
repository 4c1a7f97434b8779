#include "isolate/guest/app/pump.h"

enum {
	OUT,
	ERR,
	FINISH_READS = 64, // 4 MiB of what was left in the pipes
};

void pump_init(Pump *pump, int out, int err, Log *log, Outlet *outlet)
{
	pump->streams[OUT].fd = out;
	pump->streams[OUT].name = LOG_STDOUT;
	pump->streams[OUT].prefix = "<6>";
	pump->streams[ERR].fd = err;
	pump->streams[ERR].name = LOG_STDERR;
	pump->streams[ERR].prefix = "<3>";
	for (int i = 0; i < PUMP_STREAMS; i++)
		pump->streams[i].length = 0;
	pump->log = log;
	pump->outlet = outlet;
}

static void pass_on(Pump *pump, const PumpStream *stream, size_t begin, size_t size, bool is_end)
{
	log_add(pump->log, stream->name, stream->data + begin, size, is_end);
	outlet_add(pump->outlet, stream->prefix, stream->data + begin, size);
}

// The length of the line that begins there, or of a piece of it; false when more of it must come first.
static bool find_piece(const PumpStream *stream, size_t begin, size_t *ret_size, bool *ret_is_end)
{
	const size_t rest = stream->length - begin;
	const size_t limit = rest < LOG_PIECE_BYTES ? rest : LOG_PIECE_BYTES;
	size_t size = 0;
	while (size < limit && stream->data[begin + size] != '\n')
		size++;
	*ret_size = size;
	*ret_is_end = size < rest && stream->data[begin + size] == '\n';
	return *ret_is_end || size == LOG_PIECE_BYTES;
}

static void pass_on_lines(Pump *pump, PumpStream *stream)
{
	size_t begin = 0, size = 0;
	bool is_end = false;
	while (find_piece(stream, begin, &size, &is_end)) {
		pass_on(pump, stream, begin, size, is_end);
		begin += size + (is_end ? 1 : 0);
	}
	memmove(stream->data, stream->data + begin, stream->length - begin);
	stream->length -= begin;
}

// False when nothing came: the pipe is empty, or at its end.
static bool take_input(PumpStream *stream)
{
	if (stream->fd < 0)
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

void pump_watch(const Pump *pump, struct pollfd fds[PUMP_FDS])
{
	for (int i = 0; i < PUMP_STREAMS; i++)
		fds[i] = (struct pollfd){ .fd = pump->streams[i].fd, .events = POLLIN };
	const bool has_output = outlet_has_output(pump->outlet);
	fds[PUMP_STREAMS] = (struct pollfd){ .fd = has_output ? STDOUT : -1, .events = POLLOUT };
}

void pump_work(Pump *pump, const struct pollfd fds[PUMP_FDS])
{
	log_note_time(pump->log);
	for (int i = 0; i < PUMP_STREAMS; i++) {
		PumpStream *stream = &pump->streams[i];
		if (fds[i].fd >= 0 && fds[i].revents && take_input(stream))
			pass_on_lines(pump, stream);
	}
	log_flush(pump->log);
	outlet_flush(pump->outlet);
}

// An end without a newline.
static void complete(Pump *pump, PumpStream *stream)
{
	if (stream->length > 0)
		pass_on(pump, stream, 0, stream->length, /* is_end= */ false);
	stream->length = 0;
}

static void finish(Pump *pump, PumpStream *stream)
{
	for (int reads = 0; reads < FINISH_READS && take_input(stream); reads++)
		pass_on_lines(pump, stream);
	complete(pump, stream);
	if (stream->fd >= 0)
		sys_close(stream->fd);
	stream->fd = -1;
}

void pump_finish(Pump *pump)
{
	log_note_time(pump->log);
	for (int i = 0; i < PUMP_STREAMS; i++)
		finish(pump, &pump->streams[i]);
	log_flush(pump->log);
	outlet_finish(pump->outlet);
}
