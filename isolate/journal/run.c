#include "isolate/journal/run.h"

#include <string.h>

static bool is_known(const LogId *id)
{
	return id->text[0] != '\0';
}

static bool is_same(const LogId *left, const LogId *right)
{
	return is_known(left) && text_equal(left->text, right->text);
}

static bool contradicts(const LogId *left, const LogId *right)
{
	return is_known(left) && is_known(right) && !text_equal(left->text, right->text);
}

bool log_run_take(LogRun *run, const LogMark *mark)
{
	// The stream decides where both have one; else nothing may speak against it. A line without an invocation next to
	// systemd's words about a run that has written nothing else is that run's.
	if (!is_same(&run->stream, &mark->stream) &&
	    (contradicts(&run->stream, &mark->stream) ||
	     contradicts(&run->invocation, &mark->invocation)))
		return false;
	if (!is_known(&run->stream))
		run->stream = mark->stream;
	if (!is_known(&run->invocation))
		run->invocation = mark->invocation;
	run->first_us = mark->time_us;
	return true;
}

static bool read_id(Journal *journal, const char *field, LogId *ret, Error *error)
{
	Span id = { 0 };
	if (!journal_field(journal, field, &id, error))
		return false;
	*ret = (LogId){ 0 };
	if (id.len == sizeof(ret->text) - 1)
		memcpy(ret->text, id.ptr, id.len);
	return true;
}

static bool read_mark(Journal *journal, const char *unit, LogMark *ret, Error *error)
{
	Span writer = { 0 };
	if (!journal_time(journal, &ret->time_us, error) ||
	    !journal_field(journal, "_SYSTEMD_UNIT", &writer, error))
		return false;
	ret->stream = (LogId){ 0 };
	if (!span_equal(writer, unit))
		return read_id(journal, "INVOCATION_ID", &ret->invocation, error);
	return read_id(journal, "_SYSTEMD_INVOCATION_ID", &ret->invocation, error) &&
	       read_id(journal, "_STREAM_ID", &ret->stream, error);
}

static bool walk_back(Journal *journal, const char *unit, unsigned newer, LogRun *ret,
		      bool *ret_found, Error *error)
{
	LogRun run = { 0 };
	bool has_entry = false;
	for (;;) {
		LogMark mark;
		if (!journal_previous(journal, &has_entry, error))
			return false;
		if (!has_entry)
			break;
		if (!read_mark(journal, unit, &mark, error))
			return false;
		if (log_run_take(&run, &mark)) {
			// No need to read the rest of a long log.
			if (newer == 0 && is_known(&run.stream) && is_known(&run.invocation))
				break;
			continue;
		}
		if (newer == 0)
			break;
		newer--;
		run = (LogRun){ 0 };
		log_run_take(&run, &mark);
	}
	*ret_found = newer == 0 && (is_known(&run.stream) || is_known(&run.invocation));
	*ret = run;
	return true;
}

bool log_run_find(Journal *journal, const char *unit, unsigned newer, LogRun *ret, bool *ret_found,
		  Error *error)
{
	if (!journal_match(journal, "_SYSTEMD_UNIT", unit, error) ||
	    !journal_match(journal, "_TRANSPORT", "stdout", error) ||
	    !journal_match_or(journal, error) || !journal_match(journal, "UNIT", unit, error) ||
	    !journal_match(journal, "_PID", "1", error) || !journal_seek_end(journal, error) ||
	    !walk_back(journal, unit, newer, ret, ret_found, error))
		return false;
	journal_match_clear(journal);
	return true;
}
