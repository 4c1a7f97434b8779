#include "isolate/journal/voice.h"

#include "isolate/guest/mark.h"

// What systemd says when a run of a unit has ended (sd-messages.h: SD_MESSAGE_UNIT_SUCCESS, …_FAILURE_RESULT,
// …_SKIPPED).
static const char *const end_messages[] = {
	"7ad2d189f7e94e70a38c781354912448",
	"d9b373ed55a64feb8242e02dbe79a49c",
	"0e4284a0caca4bfc81c0bb6786972673",
};

// --- matches

static bool match_stream(const LogVoice *voice, Error *error)
{
	// The priorities under which both streams of an app are written (isolate/guest).
	switch (voice->options->stream) {
	case LOG_STREAM_STDOUT:
		return journal_match(voice->journal, "PRIORITY", "6", error);
	case LOG_STREAM_STDERR:
		return journal_match(voice->journal, "PRIORITY", "3", error);
	case LOG_STREAM_BOTH:
		break;
	}
	return true;
}

// What the unit's processes wrote.
static bool match_processes(const LogVoice *voice, Error *error)
{
	return journal_match(voice->journal, "_SYSTEMD_UNIT", voice->source->unit, error) &&
	       match_stream(voice, error);
}

// What systemd says about the unit.
static bool match_manager(const LogVoice *voice, Error *error)
{
	return journal_match(voice->journal, "UNIT", voice->source->unit, error) &&
	       journal_match(voice->journal, "_PID", "1", error);
}

static bool match_source(const LogVoice *voice, Error *error)
{
	switch (voice->source->scope) {
	case LOG_SCOPE_APP:
		return match_processes(voice, error) &&
		       journal_match(voice->journal, "_TRANSPORT", "stdout", error);
	case LOG_SCOPE_UNIT:
		return match_processes(voice, error) && journal_match_or(voice->journal, error) &&
		       match_manager(voice, error);
	case LOG_SCOPE_MACHINE:
		break;
	}
	return match_stream(voice, error);
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
	if (voice->since_us > 0)
		return journal_seek_time(voice->journal, voice->since_us, error);
	return journal_seek_head(voice->journal, error);
}

// True when following must notice that this run has ended.
static bool ends_with_run(const LogVoice *voice)
{
	return voice->options->follow && voice->source->instance == LOG_INSTANCE_CURRENT;
}

// Limits the matches to the run, as far as it is known by now.
static bool match_run(LogVoice *voice, Error *error)
{
	const unsigned newer = (voice->source->instance == LOG_INSTANCE_PREVIOUS ? 1u : 0u) +
			       (voice->source->is_waiting ? 1u : 0u);
	LogRun run = { 0 };
	bool is_found = false;
	if (!log_run_find(voice->journal, voice->source->unit, newer, &run, &is_found, error))
		return false;
	if (!is_found && newer > 0)
		return error_set(error, ERROR_NOT_FOUND,
				 "unit '%s' has no earlier run in the journal",
				 voice->source->unit);
	voice->run = run;
	if (run.stream.text[0] != '\0')
		return journal_match(voice->journal, "_STREAM_ID", run.stream.text, error);
	if (newer > 0) // it wrote nothing, and never will
		return journal_match(voice->journal, "_SYSTEMD_INVOCATION_ID", run.invocation.text,
				     error);
	// It has written nothing so far: only what comes after its beginning can be its own.
	if (is_found && run.first_us > voice->since_us)
		voice->since_us = run.first_us;
	return true;
}

// Adds systemd's words about this run to the matches.
static bool match_end(const LogVoice *voice, Error *error)
{
	const char *invocation = voice->run.invocation.text;
	return journal_match_or(voice->journal, error) && match_manager(voice, error) &&
	       (invocation[0] == '\0' ||
		journal_match(voice->journal, "INVOCATION_ID", invocation, error));
}

static bool position(LogVoice *voice, Error *error)
{
	const bool has_run = voice->source->instance != LOG_INSTANCE_ALL;
	if ((has_run && !match_run(voice, error)) || !match_source(voice, error) ||
	    !seek(voice, error))
		return false;
	// Only now, so that the tail does not count what systemd says.
	return !ends_with_run(voice) || match_end(voice, error);
}

bool log_voice_open(LogVoice *voice, bool *ret_missing, Error *error)
{
	*ret_missing = false;
	if (!open_journal(voice, ret_missing, error))
		return false;
	voice->since_us = voice->options->since_us;
	return position(voice, error) && log_voice_advance(voice, error);
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

// Is this systemd's word about the unit, watched only to see the end of the run?
static bool is_word_of_manager(const LogVoice *voice, bool *ret, Error *error)
{
	Span unit = { 0 };
	*ret = false;
	if (!ends_with_run(voice))
		return true;
	if (!journal_field(voice->journal, "_SYSTEMD_UNIT", &unit, error))
		return false;
	*ret = !span_equal(unit, voice->source->unit);
	return true;
}

static bool note_end(LogVoice *voice, Error *error)
{
	Span id = { 0 };
	if (!journal_field(voice->journal, "MESSAGE_ID", &id, error))
		return false;
	// Without a known invocation the ends of earlier runs come along, too.
	if (voice->run.invocation.text[0] == '\0' && voice->time_us < voice->run.first_us)
		return true;
	for (size_t i = 0; i < COUNT(end_messages); i++)
		voice->is_over = voice->is_over || span_equal(id, end_messages[i]);
	return true;
}

bool log_voice_advance(LogVoice *voice, Error *error)
{
	voice->has_entry = false;
	for (;;) {
		bool has_entry = false, is_managers = false;
		if (!journal_next(voice->journal, &has_entry, error))
			return false;
		if (!has_entry)
			return true;
		if (!journal_time(voice->journal, &voice->time_us, error) ||
		    !is_word_of_manager(voice, &is_managers, error))
			return false;
		if (is_managers && !note_end(voice, error))
			return false;
		if (!is_managers && voice->time_us >= voice->since_us)
			break;
	}
	voice->has_entry = true;
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

// As the app wrote it.
static Span without_mark(Span line)
{
	if (line.len < LINE_MARK_BYTES)
		return line;
	const size_t rest = line.len - LINE_MARK_BYTES;
	const bool is_marked = memcmp(line.ptr + rest, LINE_MARK, LINE_MARK_BYTES) == 0;
	return is_marked ? (Span){ line.ptr, rest } : line;
}

bool log_voice_read(LogVoice *voice, Arena *arena, LogEntry *ret, Error *error)
{
	Journal *journal = voice->journal;
	Span line_break = { 0 };
	LogEntry entry = { .time_us = voice->time_us };
	if (voice->options->format == LOG_FORMAT_SHORT &&
	    (!read_text(journal, "_HOSTNAME", "_HOSTNAME", arena, &entry.hostname, error) ||
	     !read_text(journal, "SYSLOG_IDENTIFIER", "_COMM", arena, &entry.identifier, error) ||
	     !read_text(journal, "_PID", "SYSLOG_PID", arena, &entry.pid, error)))
		return false;
	if (!journal_field(journal, "_LINE_BREAK", &line_break, error))
		return false;
	entry.is_continued = span_equal(line_break, "line-max");
	// Last: it is not copied.
	if (!journal_field(journal, "MESSAGE", &entry.message, error))
		return false;
	if (!entry.is_continued)
		entry.message = without_mark(entry.message);
	*ret = entry;
	return true;
}
