#include "kube/go_time.h"

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

static bool fail(Error *error, const char *text, const char *rest, const char *layout)
{
	CLEANUP_BUFFER message = { 0 };
	buffer_add(&message, "parsing time ");
	buffer_add_quoted(&message, text);
	buffer_add(&message, " as \"" LAYOUT "\": cannot parse ");
	buffer_add_quoted(&message, rest);
	buffer_printf(&message, " as \"%s\"", layout);
	return error_set(error, ERROR_INVALID, "%s", buffer_text(&message));
}

static bool fail_range(Error *error, const char *text, const char *name)
{
	CLEANUP_BUFFER message = { 0 };
	buffer_add(&message, "parsing time ");
	buffer_add_quoted(&message, text);
	buffer_printf(&message, ": %s out of range", name);
	return error_set(error, ERROR_INVALID, "%s", buffer_text(&message));
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

static int days_of(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
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
	if (*end) {
		CLEANUP_BUFFER rest = { 0 };
		buffer_add(&rest, "parsing time ");
		buffer_add_quoted(&rest, text);
		buffer_add(&rest, ": extra text: ");
		buffer_add_quoted(&rest, end);
		return error_set(error, ERROR_INVALID, "%s", buffer_text(&rest));
	}
	if (values[DAY] < 1 || values[DAY] > days_of(values[YEAR], values[MONTH]))
		return fail_range(error, text, parts[DAY].name);
	return true;
}
