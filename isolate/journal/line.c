#include "isolate/journal/line.h"

#include <string.h>
#include <time.h>

// Foreign bytes for a terminal: everything but tabs and printable characters is escaped.
static void add_safe(Buffer *buffer, Span bytes)
{
	size_t start = 0;
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] != '\t')
			continue;
		buffer_add_printable(buffer, bytes.ptr + start, i - start);
		buffer_add_char(buffer, '\t');
		start = i + 1;
	}
	buffer_add_printable(buffer, bytes.ptr + start, bytes.len - start);
}

static void add_bytes(Buffer *buffer, Span bytes, bool is_for_terminal)
{
	if (is_for_terminal)
		add_safe(buffer, bytes);
	else
		buffer_add_bytes(buffer, bytes.ptr, bytes.len);
}

// "Jan 31 12:00:00 web nginx[12]: ", local time, as journalctl.
static void add_short_head(Buffer *buffer, const LogEntry *entry, bool is_for_terminal)
{
	const time_t seconds = (time_t)(entry->time_us / 1000000);
	struct tm local = { 0 };
	char text[sizeof("Jan 31 12:00:00")] = "";
	localtime_r(&seconds, &local);
	strftime(text, sizeof(text), "%b %d %H:%M:%S", &local);

	buffer_printf(buffer, "%s ", text);
	if (entry->hostname.len > 0) {
		add_bytes(buffer, entry->hostname, is_for_terminal);
		buffer_add_char(buffer, ' ');
	}
	if (entry->identifier.len > 0)
		add_bytes(buffer, entry->identifier, is_for_terminal);
	else
		buffer_add(buffer, "unknown");
	if (entry->pid.len > 0) {
		buffer_add_char(buffer, '[');
		add_bytes(buffer, entry->pid, is_for_terminal);
		buffer_add_char(buffer, ']');
	}
	buffer_add(buffer, ": ");
}

// A message of several lines: those after the first are indented below it.
static void add_message(Buffer *buffer, Span message, size_t indent, bool is_for_terminal)
{
	const char *rest = message.ptr, *end = message.ptr + message.len;
	for (const char *line_end; (line_end = memchr(rest, '\n', (size_t)(end - rest))) != NULL;
	     rest = line_end + 1) {
		add_bytes(buffer, (Span){ rest, (size_t)(line_end - rest) }, is_for_terminal);
		buffer_printf(buffer, "\n%*s", (int)indent, "");
	}
	add_bytes(buffer, (Span){ rest, (size_t)(end - rest) }, is_for_terminal);
}

void log_line_add(Buffer *buffer, const LogEntry *entry, bool is_for_terminal, bool is_rest)
{
	const size_t start = buffer->length;
	if (!is_rest)
		add_short_head(buffer, entry, is_for_terminal);
	if (entry->message.len > 0)
		add_message(buffer, entry->message, buffer->length - start, is_for_terminal);
	if (!entry->is_continued)
		buffer_add_char(buffer, '\n');
}
