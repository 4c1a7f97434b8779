// isolate/log/line.h - one line of a container's log (isolate/guest/log_format.h), and what a user sees of it. Pure.
#ifndef ISOLATE_LOG_LINE_H
#define ISOLATE_LOG_LINE_H

#include "pkg/base/text.h"

#include <stdint.h>

typedef enum AppLogStream {
	APP_LOG_STDOUT,
	APP_LOG_STDERR,
	APP_LOG_LOST, // the text is a number of lines that could not be written
} AppLogStream;

// Views of the bytes that were parsed.
typedef struct AppLogLine {
	Span time; // RFC 3339 with nine digits, in UTC
	uint64_t time_us;
	AppLogStream stream;
	bool is_partial; // goes on in the next line of the stream, or ended without a newline
	Span text;       // any bytes
} AppLogLine;

// bytes: without the newline. False for what is no such line; whoever wrote it is not trusted.
bool app_log_line_parse(Span bytes, AppLogLine *ret);
// The number in a line of APP_LOG_LOST; 0 when it is none.
uint64_t app_log_line_lost(const AppLogLine *line);

// Appends the text. is_for_terminal: control characters are shown as \x1b instead of being obeyed; tabs stay.
void app_log_line_print(const AppLogLine *line, bool is_for_terminal, Buffer *buffer);

#endif
