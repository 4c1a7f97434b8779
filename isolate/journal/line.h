// isolate/journal/line.h - one journal entry as the text that a user sees. Pure.
#ifndef ISOLATE_JOURNAL_LINE_H
#define ISOLATE_JOURNAL_LINE_H

#include "isolate/journal/logs.h"
#include "pkg/base/text.h"

// Views of the journal's fields: valid for one entry.
typedef struct LogEntry {
	uint64_t time_us;
	Span message;
	Span hostname;
	Span identifier; // SYSLOG_IDENTIFIER or _COMM
	Span pid;
	bool is_continued; // journald cut a long line here: the next entry goes on with it
} LogEntry;

// Appends the entry with its line end, if it has one. is_rest: the entry before was the start of this line.
void log_line_add(Buffer *buffer, const LogEntry *entry, bool is_for_terminal, bool is_rest);

#endif
