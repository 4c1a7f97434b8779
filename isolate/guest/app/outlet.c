#include "isolate/guest/app/outlet.h"

#include "isolate/guest/base/line.h"

enum {
	PREFIX_BYTES = 3,
	NOTICE_BYTES = 128,
	// Twice what journald lets services write by default (journald.conf(5), RateLimitIntervalSec=): beside a flood the
	// lines of others stay for minutes.
	LINES_PER_WINDOW = 20000,
	WINDOW_US = 30 * 1000000,
};

void outlet_open(Outlet *outlet)
{
	// Not the buffer: what is never touched takes no memory.
	outlet->is_broken = false;
	outlet->window_end_us = 0;
	outlet->left_out = 0;
	outlet->length = outlet->done = 0;
	const long flags = CALL2(fcntl, STDOUT, F_GETFL);
	CALL3(fcntl, STDOUT, F_SETFL, flags | O_NONBLOCK);
}

bool outlet_has_output(const Outlet *outlet)
{
	return outlet->done < outlet->length;
}

void outlet_flush(Outlet *outlet)
{
	while (outlet_has_output(outlet)) {
		const long put = sys_write(STDOUT, outlet->buffer + outlet->done,
					   outlet->length - outlet->done);
		if (put == -EAGAIN)
			return;
		if (put > 0)
			outlet->done += (size_t)put;
		else if (put != -EINTR)
			outlet->is_broken = true;
		if (outlet->is_broken)
			break;
	}
	outlet->length = outlet->done = 0;
}

static void add(Outlet *outlet, const char *bytes, size_t size)
{
	memcpy(outlet->buffer + outlet->length, bytes, size);
	outlet->length += size;
}

static bool has_room(Outlet *outlet, size_t size)
{
	if (outlet->length + size > OUTLET_BYTES)
		outlet_flush(outlet);
	return outlet->length + size <= OUTLET_BYTES;
}

static bool may_take(Outlet *outlet)
{
	const int64_t now_us = sys_clock(CLOCK_SINCE_BOOT);
	if (now_us >= outlet->window_end_us) {
		outlet->window_end_us = now_us + WINDOW_US;
		outlet->lines_left = LINES_PER_WINDOW;
	}
	return outlet->lines_left > 0;
}

static void say_left_out(Outlet *outlet)
{
	Line line;
	line.length = 0;
	line_add(&line, "<5>sdme-isolate: ");
	line_add_number(&line, outlet->left_out);
	line_add(&line, " lines are left out here; sdme kube logs has them\n");
	add(outlet, line.text, line.length);
	outlet->left_out = 0;
}

void outlet_add(Outlet *outlet, const char *prefix, const char *text, size_t size)
{
	if (outlet->is_broken)
		return;
	if (!may_take(outlet) || !has_room(outlet, NOTICE_BYTES + PREFIX_BYTES + size + 1)) {
		outlet->left_out++;
		return;
	}
	if (outlet->left_out > 0)
		say_left_out(outlet);
	add(outlet, prefix, PREFIX_BYTES);
	add(outlet, text, size);
	add(outlet, "\n", 1);
	outlet->lines_left--;
}

void outlet_finish(Outlet *outlet)
{
	if (outlet->left_out > 0 && has_room(outlet, NOTICE_BYTES))
		say_left_out(outlet);
	outlet_flush(outlet);
}
