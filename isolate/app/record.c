#include "isolate/app/record.h"

#include "pkg/base/number.h"
#include "pkg/base/pairs.h"
#include "pkg/base/text.h"

static const int64_t second_us = 1000000;

static const char *const state_words[] = {
	[APP_STATE_WAITING] = "waiting",
	[APP_STATE_RUNNING] = APP_STATE_WORD_RUNNING,
	[APP_STATE_TERMINATED] = "terminated",
};

// The lines of the record. Lines without "=" are none of ours.
static bool read_lines(const char *text, Arena *arena, Pairs *ret, Error *error)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");
		const char *equals = memchr(text, '=', length);
		if (!equals)
			return error_set(error, ERROR_INVALID, "a line without '='");
		const char *key = arena_strndup(arena, text, (size_t)(equals - text));
		const size_t value_length = (size_t)(text + length - equals - 1);
		pairs_set(arena, ret, key, arena_strndup(arena, equals + 1, value_length));
		text += length + (text[length] == '\n');
	}
	return true;
}

static bool get_number(const Pairs *lines, const char *key, uint64_t max, uint64_t *ret,
		       Error *error)
{
	return number_parse_u64(pairs_get_or(lines, key, "0"), key, max, ret, error);
}

// "1700000000.000042": seconds and six digits of microseconds.
static bool get_time(const Pairs *lines, const char *key, Arena *arena, int64_t *ret, Error *error)
{
	const char *text = pairs_get_or(lines, key, "0.000000");
	const char *dot = strchr(text, '.');
	if (!dot || strlen(dot) != 7)
		return error_set(error, ERROR_INVALID, "%s: '%s' is no time", key, text);
	const char *whole = arena_strndup(arena, text, (size_t)(dot - text));
	uint64_t seconds = 0, micro = 0;
	if (!number_parse_u64(whole, key, INT64_MAX / (uint64_t)second_us - 1, &seconds, error) ||
	    !number_parse_u64(dot + 1, key, 999999, &micro, error))
		return false;
	*ret = (int64_t)seconds * second_us + (int64_t)micro;
	return true;
}

static bool get_end(const Pairs *lines, const char *prefix, Arena *arena, AppEnd *ret, Error *error)
{
	const char *code = arena_printf(arena, "%sEXIT_CODE", prefix);
	const char *signal = arena_printf(arena, "%sSIGNAL", prefix);
	const char *partial = arena_printf(arena, "%sLOG_IS_PARTIAL", prefix);
	uint64_t exit_code = 0, signal_number = 0, is_partial = 0;
	if (!get_number(lines, code, 255, &exit_code, error) ||
	    !get_number(lines, signal, 64, &signal_number, error) ||
	    !get_number(lines, partial, 1, &is_partial, error) ||
	    !get_time(lines, arena_printf(arena, "%sSTARTED_AT", prefix), arena, &ret->started_us,
		      error) ||
	    !get_time(lines, arena_printf(arena, "%sFINISHED_AT", prefix), arena, &ret->finished_us,
		      error))
		return false;
	ret->was_stopped = pairs_get(lines, arena_printf(arena, "%sSTOPPED", prefix)) != NULL;
	ret->exit_code = (int)exit_code;
	ret->signal_number = (int)signal_number;
	ret->has_partial_log = is_partial > 0;
	ret->reason = pairs_get_or(lines, arena_printf(arena, "%sREASON", prefix), "");
	ret->message = pairs_get_or(lines, arena_printf(arena, "%sMESSAGE", prefix), "");
	return true;
}

static bool get_state(const char *word, AppState *ret, Error *error)
{
	for (size_t i = 0; i < COUNT(state_words); i++) {
		if (text_equal(word, state_words[i])) {
			*ret = (AppState)i;
			return true;
		}
	}
	return error_set(error, ERROR_INVALID, "STATE: unknown state '%s'", word);
}

void app_record_end_lost(AppRecord *record)
{
	record->state = APP_STATE_TERMINATED;
	record->end.has_partial_log = true;
	if (record->is_ending)
		return;
	record->end = (AppEnd){
		.exit_code = 137,
		.reason = "ContainerStatusUnknown",
		.message = "",
		.started_us = record->started_us,
		.has_partial_log = true,
	};
}

static bool parse(const Pairs *lines, Arena *arena, AppRecord *record, Error *error)
{
	uint64_t restarts = 0, pid = 0;
	const char *word = pairs_get_or(lines, "STATE", "");
	const bool is_lost = text_equal(word, APP_STATE_WORD_LOST);
	if (!get_state(is_lost ? APP_STATE_WORD_RUNNING : word, &record->state, error) ||
	    !get_number(lines, "RESTARTS", UINT32_MAX, &restarts, error) ||
	    !get_number(lines, "PID", INT32_MAX, &pid, error) ||
	    !get_number(lines, "BACKOFF_MS", INT64_MAX, &record->backoff_ms, error) ||
	    !get_time(lines, "STARTED_AT", arena, &record->started_us, error) ||
	    !get_time(lines, "BACKOFF_UNTIL", arena, &record->backoff_until_us, error) ||
	    !get_end(lines, "", arena, &record->end, error) ||
	    !get_end(lines, "LAST_", arena, &record->last, error))
		return false;
	record->restarts = (uint32_t)restarts;
	record->pid = (uint32_t)pid;
	record->identifier = pairs_get_or(lines, "ID", "");
	record->reason = pairs_get_or(lines, "REASON", "");
	record->is_ending = record->state == APP_STATE_RUNNING && !text_is_empty(record->reason);
	record->has_last = pairs_get(lines, "LAST_REASON") != NULL;
	if (is_lost)
		app_record_end_lost(record);
	return true;
}

bool app_record_parse(const char *text, Arena *arena, AppRecord *ret, Error *error)
{
	Pairs lines = { 0 };
	AppRecord record = { 0 };
	if (!read_lines(text, arena, &lines, error) || !parse(&lines, arena, &record, error))
		return error_wrap(error, "record of an application");
	*ret = record;
	return true;
}
