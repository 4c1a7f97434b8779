// isolate/log/reader.h - the log of one instance of a container, line by line over its parts. Private to the logs.
// What it has found last tells how: a line, nothing for now, or nothing any more. Lines that are none are passed over, and
// counted.
#ifndef ISOLATE_LOG_READER_H
#define ISOLATE_LOG_READER_H

#include "isolate/guest/log_format.h"
#include "isolate/log/line.h"
#include "isolate/log/part.h"

typedef struct AppLogReader {
	int directory; // of the container's log; the caller's
	AppLogPart part;
	AppLogParts parts; // of the instance, when it was opened
	Arena *arena;
	int fd; // of the part; -1: all is read
	uint64_t offset;
	bool is_last_look; // nobody writes the part any more: what comes now is its end
	bool is_over;      // nothing will come
	// What has been read and not been looked at.
	char bytes[64 * 1024];
	size_t begin, end;
	bool is_in_damage; // until the next newline
	uint64_t damaged;  // lines that are none
	uint64_t gaps;     // parts that were gone before we came to them
	// Without following: where it ends, which is where the log ended when it was opened.
	bool has_end;
	uint64_t end_number, end_offset;
} AppLogReader;

// back: 0 is the newest instance, 1 the one before. *ret_is_found: there is one. Everything lives in the arena.
MUST_CHECK bool app_log_reader_open(AppLogReader *reader, int directory, uint64_t back, bool follow,
				    Arena *arena, bool *ret_is_found, Error *error);
// Goes to the beginning of a part.
MUST_CHECK bool app_log_reader_go(AppLogReader *reader, uint64_t number, Error *error);
// The next line; views are valid until the next call. *ret_got is false when there is none for now: see is_over.
MUST_CHECK bool app_log_reader_next(AppLogReader *reader, AppLogLine *ret, bool *ret_got,
				    Error *error);
void app_log_reader_close(AppLogReader *reader);

#endif
