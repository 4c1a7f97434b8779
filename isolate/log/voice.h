// isolate/log/voice.h - a log while it is printed: what is wanted of it, and its next line. Private to logs.c.
#ifndef ISOLATE_LOG_VOICE_H
#define ISOLATE_LOG_VOICE_H

#include "isolate/log/logs.h"
#include "isolate/log/reader.h"
#include "pkg/sys/file_watch.h"

typedef struct AppLogVoice {
	AppLogSource *source;
	const AppLogOptions *options;
	AppLogReader reader;
	int directory;
	bool has_line;
	AppLogLine line; // that waits to be printed
} AppLogVoice;

// Goes to the first line that the options ask for. Without such an instance the findings say so.
MUST_CHECK bool app_log_voice_open(AppLogVoice *voice, FileWatch *watch, Arena *arena,
				   Error *error);
// Goes to the next line, if there is one by now.
MUST_CHECK bool app_log_voice_advance(AppLogVoice *voice, Error *error);
void app_log_voice_close(AppLogVoice *voice);

#endif
