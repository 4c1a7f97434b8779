#include "isolate/log/line.h"

#include "isolate/guest/log_format.h"

#include <inttypes.h>
#include <string.h>

static const char *const stream_words[] = {
	[APP_LOG_STDOUT] = LOG_STDOUT,
	[APP_LOG_STDERR] = LOG_STDERR,
	[APP_LOG_LOST] = LOG_LOST,
};

// --- time

// The digits of one member of "YYYY-MM-DDTHH:MM:SS.NNNNNNNNNZ", and what stands before it.
static const struct {
	size_t begin;
	size_t digits;
	uint64_t min, max;
	char before;
} time_members[] = {
	{ 0, 4, 1970, 9999, '\0' },   { 5, 2, 1, 12, '-' },  { 8, 2, 1, 31, '-' },
	{ 11, 2, 0, 23, 'T' },        { 14, 2, 0, 59, ':' }, { 17, 2, 0, 60, ':' },
	{ 20, 9, 0, 999999999, '.' },
};

enum {
	YEAR,
	MONTH,
	DAY,
	HOUR,
	MINUTE,
	SECOND,
	NANOSECOND,
};

static bool read_member(const char *time, size_t index, uint64_t *ret)
{
	const size_t begin = time_members[index].begin;
	uint64_t value = 0;
	if (begin > 0 && time[begin - 1] != time_members[index].before)
		return false;
	for (size_t i = begin; i < begin + time_members[index].digits; i++) {
		if (time[i] < '0' || time[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(time[i] - '0');
	}
	*ret = value;
	return value >= time_members[index].min && value <= time_members[index].max;
}

// Since 1970-01-01. http://howardhinnant.github.io/date_algorithms.html#days_from_civil
static uint64_t days_of(uint64_t year, uint64_t month, uint64_t day)
{
	const uint64_t shifted = month <= 2 ? year - 1 : year;
	const uint64_t era = shifted / 400;
	const uint64_t year_of_era = shifted % 400;
	const uint64_t month_from_march = month > 2 ? month - 3 : month + 9;
	const uint64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
	const uint64_t day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

static bool read_time(const char *time, uint64_t *ret_us)
{
	uint64_t members[COUNT(time_members)];
	for (size_t i = 0; i < COUNT(time_members); i++) {
		if (!read_member(time, i, &members[i]))
			return false;
	}
	const uint64_t days = days_of(members[YEAR], members[MONTH], members[DAY]);
	const uint64_t seconds =
		days * 86400 + members[HOUR] * 3600 + members[MINUTE] * 60 + members[SECOND];
	*ret_us = seconds * 1000000 + members[NANOSECOND] / 1000;
	return time[LOG_TIME_BYTES - 1] == 'Z';
}

// --- the line

static bool take_word(Span *rest, const char *word)
{
	const size_t length = strlen(word);
	if (rest->len <= length || memcmp(rest->ptr, word, length) != 0 || rest->ptr[length] != ' ')
		return false;
	*rest = (Span){ rest->ptr + length + 1, rest->len - length - 1 };
	return true;
}

static bool take_stream(Span *rest, AppLogStream *ret)
{
	for (size_t i = 0; i < COUNT(stream_words); i++) {
		if (take_word(rest, stream_words[i])) {
			*ret = (AppLogStream)i;
			return true;
		}
	}
	return false;
}

static bool take_tag(Span *rest, bool *ret_is_partial)
{
	if (rest->len < 2 || rest->ptr[1] != ' ' ||
	    (rest->ptr[0] != LOG_TAG_FULL && rest->ptr[0] != LOG_TAG_PARTIAL))
		return false;
	*ret_is_partial = rest->ptr[0] == LOG_TAG_PARTIAL;
	*rest = (Span){ rest->ptr + 2, rest->len - 2 };
	return true;
}

bool app_log_line_parse(Span bytes, AppLogLine *ret)
{
	AppLogLine line = { .time = { bytes.ptr, LOG_TIME_BYTES } };
	if (bytes.len <= LOG_TIME_BYTES || bytes.ptr[LOG_TIME_BYTES] != ' ' ||
	    !read_time(bytes.ptr, &line.time_us))
		return false;
	Span rest = { bytes.ptr + LOG_TIME_BYTES + 1, bytes.len - LOG_TIME_BYTES - 1 };
	if (!take_stream(&rest, &line.stream) || !take_tag(&rest, &line.is_partial))
		return false;
	line.text = rest;
	*ret = line;
	return true;
}

uint64_t app_log_line_lost(const AppLogLine *line)
{
	uint64_t lost = 0;
	for (size_t i = 0; i < line->text.len; i++) {
		const char digit = line->text.ptr[i];
		if (digit < '0' || digit > '9' || lost > UINT32_MAX)
			return 0;
		lost = lost * 10 + (uint64_t)(digit - '0');
	}
	return lost;
}

// --- printing

static void print_safe(Span text, Buffer *buffer)
{
	size_t start = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\t')
			continue;
		buffer_add_printable(buffer, text.ptr + start, i - start);
		buffer_add_char(buffer, '\t');
		start = i + 1;
	}
	buffer_add_printable(buffer, text.ptr + start, text.len - start);
}

// The end of a line that was written to a terminal.
static Span without_return(const AppLogLine *line)
{
	const Span text = line->text;
	const bool has_return = !line->is_partial && text.len > 0 && text.ptr[text.len - 1] == '\r';
	return (Span){ text.ptr, has_return ? text.len - 1 : text.len };
}

void app_log_line_print(const AppLogLine *line, bool is_for_terminal, Buffer *buffer)
{
	if (is_for_terminal)
		print_safe(without_return(line), buffer);
	else
		buffer_add_bytes(buffer, line->text.ptr, line->text.len);
}
