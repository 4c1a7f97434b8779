#include "kube/manifest/go_time.h"

#include "pkg/base/calendar.h"
#include "pkg/base/text.h"

#include <ctype.h>
#include <string.h>

#define LAYOUT "2006-01-02T15:04:05Z07:00"

// The numbers of the layout, each with what stands in front of it.
static const struct Part {
	const char *before;
	const char *layout;
	unsigned digits;
	unsigned digits_min;
	int min;
	int max;
	const char *name;
} parts[] = {
	{ "", "2006", 4, 4, 0, 9999, "year" }, { "-", "01", 2, 2, 1, 12, "month" },
	{ "-", "02", 2, 2, 0, 99, "day" },     { "T", "15", 2, 1, 0, 23, "hour" },
	{ ":", "04", 2, 2, 0, 59, "minute" },  { ":", "05", 2, 2, 0, 59, "second" },
};
enum {
	YEAR,
	MONTH,
	DAY
};

// Go's package time quotes in its own way: nothing but ASCII is printed.
static const char *quoted(const char *text, Arena *arena)
{
	CLEANUP_BUFFER buffer = { 0 };
	for (; *text; text++) {
		const unsigned char byte = (unsigned char)*text;
		if (byte < 0x20 || byte >= 0x80)
			buffer_printf(&buffer, "\\x%02x", byte);
		else
			buffer_printf(&buffer, "%s%c", byte == '"' || byte == '\\' ? "\\" : "",
				      byte);
	}
	return arena_printf(arena, "\"%s\"", buffer_text(&buffer));
}

static bool fail(Error *error, const char *text, const char *rest, const char *layout)
{
	CLEANUP_ARENA arena = arena_new();
	return error_set(error, ERROR_INVALID,
			 "parsing time %s as \"" LAYOUT "\": cannot parse %s as \"%s\"",
			 quoted(text, arena), quoted(rest, arena), layout);
}

static bool fail_range(Error *error, const char *text, const char *name)
{
	CLEANUP_ARENA arena = arena_new();
	return error_set(error, ERROR_INVALID, "parsing time %s: %s out of range",
			 quoted(text, arena), name);
}

static bool fail_extra(Error *error, const char *text, const char *extra)
{
	CLEANUP_ARENA arena = arena_new();
	return error_set(error, ERROR_INVALID, "parsing time %s: extra text: %s",
			 quoted(text, arena), quoted(extra, arena));
}

// At most `max` digits; how many there are.
static unsigned take_number(const char **text, unsigned max, int *ret)
{
	unsigned count = 0;
	*ret = 0;
	for (; count < max && isdigit((unsigned char)**text); count++)
		*ret = *ret * 10 + (*(*text)++ - '0');
	return count;
}

// Z, or a signed offset "+01:00". Returns what follows, or NULL.
static const char *skip_zone(const char *text)
{
	if (*text == 'Z')
		return text + 1;
	const char *next = text + 1;
	int number = 0;
	if ((*text != '+' && *text != '-') || take_number(&next, 2, &number) < 2 ||
	    *next++ != ':' || take_number(&next, 2, &number) < 2)
		return NULL;
	return next;
}

bool go_time_check(const char *text, Error *error)
{
	int values[COUNT(parts)];
	const char *next = text;
	for (size_t i = 0; i < COUNT(parts); i++) {
		const struct Part *part = &parts[i];
		if (!text_starts_with(next, part->before))
			return fail(error, text, next, part->before);
		next += strlen(part->before);
		const char *start = next;
		if (take_number(&next, part->digits, &values[i]) < part->digits_min)
			return fail(error, text, start, part->layout);
		if (values[i] < part->min || values[i] > part->max)
			return fail_range(error, text, part->name);
	}
	if ((*next == '.' || *next == ',') && isdigit((unsigned char)next[1]))
		next += 1 + strspn(next + 1, "0123456789");
	const char *end = skip_zone(next);
	if (!end)
		return fail(error, text, next, "Z07:00");
	if (*end)
		return fail_extra(error, text, end);
	if (values[DAY] < 1 || values[DAY] > calendar_days_of_month(values[YEAR], values[MONTH]))
		return fail_range(error, text, parts[DAY].name);
	return true;
}
