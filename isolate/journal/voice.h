// isolate/journal/voice.h - a log source while it is read: its journal, its matches, its next entry. Private to logs.c.
#ifndef ISOLATE_JOURNAL_VOICE_H
#define ISOLATE_JOURNAL_VOICE_H

#include "isolate/journal/line.h"
#include "isolate/journal/logs.h"
#include "pkg/sys/journal.h"

typedef struct LogVoice {
	const LogSource *source;
	const LogOptions *options;
	Journal *journal;
	bool has_entry;   // stands on an entry that waits to be printed
	bool is_in_line;  // the last printed entry was cut by journald in the middle of a line
	uint64_t time_us; // of the entry
} LogVoice;

// Opens the source and goes to the first entry that the options ask for.
// Fails with ERROR_NOT_FOUND when there is no journal (yet): then *ret_missing is true.
MUST_CHECK bool log_voice_open(LogVoice *voice, bool *ret_missing, Error *error);
// Back to the first entry that the options ask for.
MUST_CHECK bool log_voice_rewind(LogVoice *voice, Error *error);
void log_voice_close(LogVoice *voice);
// Goes to the next entry, if there is one by now.
MUST_CHECK bool log_voice_advance(LogVoice *voice, Error *error);
// The entry that the voice stands on. Texts live in the arena; the message until the next call on the voice.
MUST_CHECK bool log_voice_read(LogVoice *voice, Arena *arena, LogEntry *ret, Error *error);

#endif
