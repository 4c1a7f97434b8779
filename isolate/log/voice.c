#include "isolate/log/voice.h"

#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <fcntl.h>

static bool is_wanted(const AppLogVoice *voice, const AppLogLine *line)
{
	const AppLogOptions *options = voice->options;
	if (line->time_us < options->since_us)
		return false;
	switch (options->streams) {
	case APP_LOG_STREAMS_STDOUT:
		return line->stream == APP_LOG_STDOUT;
	case APP_LOG_STREAMS_STDERR:
		return line->stream == APP_LOG_STDERR;
	case APP_LOG_STREAMS_ALL:
		break;
	}
	return true;
}

// The next one that is wanted.
static bool next(AppLogVoice *voice, AppLogLine *ret, bool *ret_got, Error *error)
{
	do {
		if (!app_log_reader_next(&voice->reader, ret, ret_got, error))
			return false;
		if (*ret_got && ret->stream == APP_LOG_LOST) {
			voice->source->findings.lost += app_log_line_lost(ret);
			continue;
		}
	} while (*ret_got && (ret->stream == APP_LOG_LOST || !is_wanted(voice, ret)));
	return true;
}

bool app_log_voice_advance(AppLogVoice *voice, Error *error)
{
	AppLogFindings *findings = &voice->source->findings;
	if (!next(voice, &voice->line, &voice->has_line, error))
		return false;
	findings->damaged = voice->reader.damaged;
	findings->has_no_beginning = findings->has_no_beginning || voice->reader.gaps > 0;
	return true;
}

// --- where to begin

// What has been looked at before does not count.
static bool begin_at(AppLogVoice *voice, uint64_t number, Error *error)
{
	voice->reader.damaged = voice->reader.gaps = 0;
	voice->source->findings.lost = 0;
	return app_log_reader_go(&voice->reader, number, error);
}

// Whether there was something before the oldest line that is kept, and it is asked for.
static bool look_for_beginning(AppLogVoice *voice, Error *error)
{
	const AppLogPart *first = &voice->reader.parts.items[0];
	AppLogLine line;
	bool got = false;
	if (first->number == 0)
		return true;
	if (!app_log_reader_next(&voice->reader, &line, &got, error))
		return false;
	voice->source->findings.has_no_beginning = got && line.time_us >= voice->options->since_us;
	return begin_at(voice, first->number, error);
}

// How many wanted lines there are from the beginning of a part to the end of that part.
static bool count_part(AppLogVoice *voice, uint64_t number, uint64_t *ret, Error *error)
{
	AppLogLine line;
	bool got = false, is_partial = false;
	uint64_t lines = 0;
	if (!app_log_reader_go(&voice->reader, number, error))
		return false;
	for (;;) {
		if (!next(voice, &line, &got, error) || !interrupt_check(error))
			return false;
		if (!got || voice->reader.part.number != number)
			break;
		is_partial = line.is_partial;
		lines += is_partial ? 0 : 1;
	}
	*ret = lines + (is_partial ? 1 : 0);
	return true;
}

static bool skip(AppLogVoice *voice, uint64_t lines, Error *error)
{
	AppLogLine line;
	bool got = true;
	while (lines > 0 && got) {
		if (!next(voice, &line, &got, error))
			return false;
		lines -= got && !line.is_partial ? 1 : 0;
	}
	return true;
}

// Goes back part by part until there are enough lines, then forward over those that are too many.
// *ret_is_enough: there were as many as are asked for.
static bool go_to_tail(AppLogVoice *voice, bool *ret_is_enough, Error *error)
{
	const AppLogParts *parts = &voice->reader.parts;
	const uint64_t wanted = voice->options->tail;
	uint64_t lines = 0;
	size_t first = parts->count;
	do {
		uint64_t own = 0;
		if (!count_part(voice, parts->items[--first].number, &own, error))
			return false;
		lines += own;
	} while (first > 0 && lines < wanted);
	*ret_is_enough = lines >= wanted;
	return begin_at(voice, parts->items[first].number, error) &&
	       skip(voice, lines > wanted ? lines - wanted : 0, error);
}

static bool go_to_begin(AppLogVoice *voice, Error *error)
{
	bool is_enough = false;
	if (!look_for_beginning(voice, error))
		return false;
	if (voice->options->tail == APP_LOG_TAIL_ALL)
		return true;
	if (!go_to_tail(voice, &is_enough, error))
		return false;
	if (is_enough)
		voice->source->findings.has_no_beginning = false;
	return true;
}

// --- opening

static bool open_directory(AppLogVoice *voice, bool *ret_is_found, Error *error)
{
	*ret_is_found =
		file_open_directory(AT_FDCWD, voice->source->directory, &voice->directory, error);
	return *ret_is_found || error_forgive(error, ERROR_NOT_FOUND);
}

bool app_log_voice_open(AppLogVoice *voice, FileWatch *watch, Arena *arena, Error *error)
{
	bool is_found = false;
	voice->directory = voice->reader.fd = -1;
	voice->source->findings = (AppLogFindings){ 0 };
	if (!open_directory(voice, &is_found, error))
		return false;
	if (is_found) {
		file_watch_add(watch, voice->directory);
		if (!app_log_reader_open(&voice->reader, voice->directory, voice->source->back,
					 voice->options->follow, arena, &is_found, error))
			return false;
	}
	voice->source->findings.is_missing = !is_found;
	return !is_found || go_to_begin(voice, error);
}

void app_log_voice_close(AppLogVoice *voice)
{
	app_log_reader_close(&voice->reader);
	file_close(&voice->directory);
}
