// isolate/guest/app/log.h - what the application writes, on disk (isolate/guest/log_format.h).
// Written at once and without waiting for anybody; what a disk that is full does not take is counted, and said in the
// log as soon as there is room.
#ifndef ISOLATE_GUEST_APP_LOG_H
#define ISOLATE_GUEST_APP_LOG_H

#include "isolate/guest/base/system.h"
#include "isolate/guest/log_format.h"
#include "isolate/guest/spec.h"

enum {
	LOG_BUFFER_BYTES = 64 * 1024,
};

typedef struct Log {
	int directory; // of this application's logs
	uint64_t part_bytes_max;
	uint64_t parts_max;

	int file; // the newest part, locked; -1: none could be made
	uint64_t instance;
	uint64_t part;
	uint64_t part_bytes;
	char time[LOG_TIME_BYTES]; // of what is added
	uint64_t lost;             // lines that could not be written since the last one that could

	char buffer[LOG_BUFFER_BYTES]; // whole lines
	size_t length;
	uint64_t lines;
} Log;

void log_open(Log *log, int directory, const SpecHeader *header);
// The next instance begins: its first part; what is older than the last one goes.
void log_begin(Log *log);
// What is added from now on has the time of now.
void log_note_time(Log *log);
// A line without its newline, or a piece of at most LOG_PIECE_BYTES. stream: LOG_STDOUT, LOG_STDERR.
void log_add(Log *log, const char *stream, const char *text, size_t size, bool is_end);
void log_flush(Log *log);
// The instance has ended: all of its log is in the file, which is let go. False when its last lines could not be written.
bool log_end(Log *log);

#endif
