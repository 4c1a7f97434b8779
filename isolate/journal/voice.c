#include "isolate/journal/voice.h"

// --- matches

// What the unit's processes wrote.
static bool match_processes(const LogVoice *voice, Error *error)
{
	return journal_match(voice->journal, "_SYSTEMD_UNIT", voice->source->unit, error);
}

// What systemd says about the unit.
static bool match_manager(const LogVoice *voice, Error *error)
{
	return journal_match(voice->journal, "UNIT", voice->source->unit, error) &&
	       journal_match(voice->journal, "_PID", "1", error);
}

static bool match_source(const LogVoice *voice, Error *error)
{
	return !voice->source->unit ||
	       (match_processes(voice, error) && journal_match_or(voice->journal, error) &&
		match_manager(voice, error));
}

// --- opening

static bool open_journal(LogVoice *voice, bool *ret_missing, Error *error)
{
	const bool is_host = !voice->source->directory;
	if (is_host ? journal_open_host(&voice->journal, error)
		    : journal_open_directory(voice->source->directory, &voice->journal, error))
		return true;
	*ret_missing = error->code == ERROR_NOT_FOUND;
	return false;
}

static bool seek(const LogVoice *voice, Error *error)
{
	const LogOptions *options = voice->options;
	if (options->tail != LOG_TAIL_ALL)
		return journal_seek_tail(voice->journal, options->tail, error);
	if (options->since_us > 0)
		return journal_seek_time(voice->journal, options->since_us, error);
	return journal_seek_head(voice->journal, error);
}

bool log_voice_open(LogVoice *voice, bool *ret_missing, Error *error)
{
	*ret_missing = false;
	return open_journal(voice, ret_missing, error) && match_source(voice, error) &&
	       log_voice_rewind(voice, error);
}

bool log_voice_rewind(LogVoice *voice, Error *error)
{
	return seek(voice, error) && log_voice_advance(voice, error);
}

void log_voice_close(LogVoice *voice)
{
	journal_close(&voice->journal);
}

// --- entries

bool log_voice_advance(LogVoice *voice, Error *error)
{
	do {
		if (!journal_next(voice->journal, &voice->has_entry, error))
			return false;
		if (voice->has_entry && !journal_time(voice->journal, &voice->time_us, error))
			return false;
	} while (voice->has_entry && voice->time_us < voice->options->since_us);
	return true;
}

static bool read_text(Journal *journal, const char *field, const char *otherwise, Arena *arena,
		      Span *ret, Error *error)
{
	Span value = { 0 };
	if (!journal_field(journal, field, &value, error) ||
	    (value.len == 0 && !journal_field(journal, otherwise, &value, error)))
		return false;
	// The journal may forget a field when the next one is read.
	ret->ptr = value.len > 0 ? arena_strndup(arena, value.ptr, value.len) : NULL;
	ret->len = value.len;
	return true;
}

bool log_voice_read(LogVoice *voice, Arena *arena, LogEntry *ret, Error *error)
{
	Journal *journal = voice->journal;
	Span line_break = { 0 };
	LogEntry entry = { .time_us = voice->time_us };
	if (!read_text(journal, "_HOSTNAME", "_HOSTNAME", arena, &entry.hostname, error) ||
	    !read_text(journal, "SYSLOG_IDENTIFIER", "_COMM", arena, &entry.identifier, error) ||
	    !read_text(journal, "_PID", "SYSLOG_PID", arena, &entry.pid, error) ||
	    !journal_field(journal, "_LINE_BREAK", &line_break, error))
		return false;
	entry.is_continued = span_equal(line_break, "line-max");
	// Last: it is not copied.
	if (!journal_field(journal, "MESSAGE", &entry.message, error))
		return false;
	*ret = entry;
	return true;
}
