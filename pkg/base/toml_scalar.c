// Numbers, booleans, dates: the values without quotes. A word is taken whole, then the first form that fits it wins.
#include "pkg/base/calendar.h"
#include "pkg/base/number.h"
#include "pkg/base/toml_scan.h"

#include <float.h>
#include <math.h>

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool take_time(const char **text)
{
	int ignored = 0;
	if (!calendar_take_number(text, 2, 0, 23, &ignored) || !calendar_take_char(text, ":") ||
	    !calendar_take_number(text, 2, 0, 59, &ignored) || !calendar_take_char(text, ":") ||
	    !calendar_take_number(text, 2, 0, 60, &ignored))
		return false;
	if (!calendar_take_char(text, "."))
		return true;
	const size_t fraction = strspn(*text, "0123456789");
	*text += fraction;
	return fraction > 0;
}

static bool take_day(const char **text)
{
	CalendarDate ignored = { 0 };
	return calendar_take_date(text, 0, &ignored);
}

static bool is_datetime(const char *text)
{
	int ignored = 0;
	const char *rest = text;
	if (take_time(&rest) && *rest == '\0')
		return true;
	rest = text;
	if (!take_day(&rest))
		return false;
	if (*rest == '\0')
		return true;
	if (!calendar_take_char(&rest, "Tt ") || !take_time(&rest))
		return false;
	return *rest == '\0' || (calendar_take_zone(&rest, "zZ", &ignored) && *rest == '\0');
}

// Copies the digits at *text without their underscores; false unless each underscore has a digit on both sides.
static bool take_digits(const char **text, const char *digits, Buffer *plain)
{
	bool was_digit = false;
	for (; **text; (*text)++) {
		if (strchr(digits, **text)) {
			buffer_add_char(plain, **text);
			was_digit = true;
		} else if (**text == '_' && was_digit) {
			was_digit = false;
		} else {
			break;
		}
	}
	return was_digit;
}

static bool parse_radix(const char *text, int64_t *ret)
{
	static const struct {
		const char *prefix;
		const char *digits;
		unsigned shift;
	} radixes[] = {
		{ "0x", "0123456789abcdefABCDEF", 4 },
		{ "0o", "01234567", 3 },
		{ "0b", "01", 1 },
	};
	for (size_t i = 0; i < COUNT(radixes); i++) {
		if (!text_starts_with(text, radixes[i].prefix))
			continue;
		const char *rest = text + 2;
		CLEANUP_BUFFER plain = { 0 };
		if (!take_digits(&rest, radixes[i].digits, &plain) || *rest)
			return false;
		int64_t value = 0;
		for (const char *c = plain.data; *c; c++) {
			const int digit = is_digit(*c) ? *c - '0' : (*c | 0x20) - 'a' + 10;
			if (value > INT64_MAX >> radixes[i].shift)
				return false;
			value = value << radixes[i].shift | digit;
		}
		*ret = value;
		return true;
	}
	return false;
}

// Sign, whole part, and what makes it a float; `plain` gets what strtod and strtoll understand.
static bool take_decimal(const char *text, Buffer *plain, bool *ret_is_float)
{
	const char *rest = text;
	if (*rest == '+' || *rest == '-') {
		if (*rest == '-')
			buffer_add_char(plain, '-');
		rest++;
	}
	if (rest[0] == '0' && (is_digit(rest[1]) || rest[1] == '_'))
		return false;
	if (!take_digits(&rest, "0123456789", plain))
		return false;

	*ret_is_float = *rest != '\0';
	if (calendar_take_char(&rest, ".")) {
		buffer_add_char(plain, '.');
		if (!take_digits(&rest, "0123456789", plain))
			return false;
	}
	if (calendar_take_char(&rest, "eE")) {
		buffer_add_char(plain, 'e');
		if (*rest == '+' || *rest == '-')
			buffer_add_char(plain, *rest++);
		if (!take_digits(&rest, "0123456789", plain))
			return false;
	}
	return *rest == '\0';
}

static bool parse_special(const char *text, double *ret)
{
	const bool is_negative = text[0] == '-';
	const char *word = text[0] == '-' || text[0] == '+' ? text + 1 : text;
	if (text_equal(word, "inf"))
		*ret = is_negative ? -(double)INFINITY : (double)INFINITY;
	else if (text_equal(word, "nan"))
		*ret = (double)NAN;
	else
		return false;
	return true;
}

// A decimal number of either kind; false with an error set when it is too large, false without when it is none.
static bool parse_decimal(const char *text, TomlValue *value, Error *error)
{
	CLEANUP_BUFFER plain = { 0 };
	bool is_float = false;
	if (!take_decimal(text, &plain, &is_float))
		return false;
	value->kind = is_float ? TOML_FLOAT : TOML_INTEGER;
	if (is_float)
		return number_parse_double(plain.data, "number", -DBL_MAX, DBL_MAX, &value->number,
					   error);
	return number_parse_i64(plain.data, "number", INT64_MIN, INT64_MAX, &value->integer, error);
}

static bool parse_value(const char *word, TomlValue *value, Error *error)
{
	value->text = word;
	if (text_equal(word, "true") || text_equal(word, "false")) {
		value->kind = TOML_BOOL;
		value->boolean = word[0] == 't';
		return true;
	}
	if (is_datetime(word)) {
		value->kind = TOML_DATETIME;
		return true;
	}
	if (parse_special(word, &value->number)) {
		value->kind = TOML_FLOAT;
		return true;
	}
	if (parse_radix(word, &value->integer)) {
		value->kind = TOML_INTEGER;
		return true;
	}
	return parse_decimal(word, value, error);
}

// Bytes of the word at the scanner; the one blank between a date and a time belongs to it.
static size_t word_length(const char *text)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.:";

	const size_t length = strspn(text, allowed);
	const char *rest = text;
	const bool is_date = length == 10 && take_day(&rest);
	if (is_date && text[10] == ' ' && is_digit(text[11]))
		return 11 + strspn(text + 11, allowed);
	return length;
}

bool toml_scan_scalar(TomlScanner *scanner, TomlValue *value, Error *error)
{
	const size_t length = word_length(scanner->text + scanner->at);
	if (length == 0)
		return error_set_at(error, value->where, "expected a value");

	const char *word = arena_strndup(scanner->arena, scanner->text + scanner->at, length);
	if (!parse_value(word, value, error)) {
		error_clear(error);
		return error_set_at(error, value->where, "'%s' is not a value; texts need quotes",
				    word);
	}
	scanner->at += length;
	return true;
}
