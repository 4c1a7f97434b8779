#include "pkg/sys/text/yaml_scalar.h"

#include "pkg/base/error.h"
#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <float.h>
#include <math.h>
#include <string.h>

// Longer texts are no numbers: they would not fit one.
#define NUMBER_LENGTH_MAX 400

static const struct {
	const char *word;
	Scalar scalar;
} words[] = {
	// clang-format off
	{ "", { .kind = SCALAR_NULL } },     { "~", { .kind = SCALAR_NULL } },
	{ "null", { .kind = SCALAR_NULL } }, { "Null", { .kind = SCALAR_NULL } }, { "NULL", { .kind = SCALAR_NULL } },
	{ "y", { SCALAR_BOOL, true, 0, 0 } },     { "Y", { SCALAR_BOOL, true, 0, 0 } },
	{ "yes", { SCALAR_BOOL, true, 0, 0 } },   { "Yes", { SCALAR_BOOL, true, 0, 0 } },   { "YES", { SCALAR_BOOL, true, 0, 0 } },
	{ "true", { SCALAR_BOOL, true, 0, 0 } },  { "True", { SCALAR_BOOL, true, 0, 0 } },  { "TRUE", { SCALAR_BOOL, true, 0, 0 } },
	{ "on", { SCALAR_BOOL, true, 0, 0 } },    { "On", { SCALAR_BOOL, true, 0, 0 } },    { "ON", { SCALAR_BOOL, true, 0, 0 } },
	{ "n", { .kind = SCALAR_BOOL } },     { "N", { .kind = SCALAR_BOOL } },
	{ "no", { .kind = SCALAR_BOOL } },    { "No", { .kind = SCALAR_BOOL } },    { "NO", { .kind = SCALAR_BOOL } },
	{ "false", { .kind = SCALAR_BOOL } }, { "False", { .kind = SCALAR_BOOL } }, { "FALSE", { .kind = SCALAR_BOOL } },
	{ "off", { .kind = SCALAR_BOOL } },   { "Off", { .kind = SCALAR_BOOL } },   { "OFF", { .kind = SCALAR_BOOL } },
	{ ".nan", { SCALAR_FLOAT, false, 0, (double)NAN } },
	{ ".NaN", { SCALAR_FLOAT, false, 0, (double)NAN } },
	{ ".NAN", { SCALAR_FLOAT, false, 0, (double)NAN } },
	{ ".inf", { SCALAR_FLOAT, false, 0, (double)INFINITY } },  { "+.inf", { SCALAR_FLOAT, false, 0, (double)INFINITY } },
	{ ".Inf", { SCALAR_FLOAT, false, 0, (double)INFINITY } },  { "+.Inf", { SCALAR_FLOAT, false, 0, (double)INFINITY } },
	{ ".INF", { SCALAR_FLOAT, false, 0, (double)INFINITY } },  { "+.INF", { SCALAR_FLOAT, false, 0, (double)INFINITY } },
	{ "-.inf", { SCALAR_FLOAT, false, 0, (double)-INFINITY } },
	{ "-.Inf", { SCALAR_FLOAT, false, 0, (double)-INFINITY } },
	{ "-.INF", { SCALAR_FLOAT, false, 0, (double)-INFINITY } },
	// clang-format on
};

// The longest word above has five letters.
static bool resolve_word(const char *text, Scalar *ret)
{
	if (strlen(text) > 5)
		return false;
	for (size_t i = 0; i < COUNT(words); i++) {
		if (text_equal(text, words[i].word)) {
			*ret = words[i].scalar;
			return true;
		}
	}
	return false;
}

static unsigned digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned)(digit - '0');
	if (digit >= 'a' && digit <= 'f')
		return (unsigned)(digit - 'a' + 10);
	if (digit >= 'A' && digit <= 'F')
		return (unsigned)(digit - 'A' + 10);
	return 16;
}

// The base that the prefix of an unsigned integer names; *text is moved behind it.
static unsigned take_base(const char **text)
{
	if ((*text)[0] != '0' || !(*text)[1])
		return 10;

	unsigned base = 8;
	size_t prefix = 1;
	switch ((*text)[1]) {
	case 'x':
	case 'X':
		base = 16;
		prefix = 2;
		break;
	case 'b':
	case 'B':
		base = 2;
		prefix = 2;
		break;
	case 'o':
	case 'O':
		prefix = 2;
		break;
	default:
		break;
	}
	*text += prefix;
	return base;
}

// Integers beyond int64_t are left: decimal ones become floats, as they do in JSON.
static bool resolve_integer(const char *text, Scalar *ret)
{
	const bool is_negative = *text == '-';
	if (*text == '-' || *text == '+')
		text++;
	const unsigned base = take_base(&text);
	if (!*text)
		return false;

	const uint64_t limit = (uint64_t)INT64_MAX + (is_negative ? 1 : 0);
	uint64_t value = 0;
	for (; *text; text++) {
		const unsigned digit = digit_value(*text);
		if (digit >= base || value > (limit - digit) / base)
			return false;
		value = value * base + digit;
	}
	*ret = (Scalar){ .kind = SCALAR_INTEGER,
			 .integer = (int64_t)(is_negative ? 0 - value : value) };
	return true;
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
static bool is_float(const char *text)
{
	static const char digits[] = "0123456789";
	if (*text == '-' || *text == '+')
		text++;
	const size_t whole = strspn(text, digits);
	text += whole;
	size_t fraction = 0;
	if (*text == '.') {
		fraction = strspn(text + 1, digits);
		text += 1 + fraction;
	}
	if (whole + fraction == 0)
		return false;
	if (*text == 'e' || *text == 'E') {
		text++;
		if (*text == '-' || *text == '+')
			text++;
		const size_t exponent = strspn(text, digits);
		if (exponent == 0)
			return false;
		text += exponent;
	}
	return !*text;
}

static bool resolve_float(const char *text, Scalar *ret)
{
	if (!is_float(text))
		return false;
	CLEANUP_ERROR ignored = { 0 };
	double real = 0;
	if (!number_parse_double(text, "number", -DBL_MAX, DBL_MAX, &real, &ignored))
		return false;
	*ret = (Scalar){ .kind = SCALAR_FLOAT, .real = real };
	return true;
}

Scalar scalar_resolve(const char *text)
{
	Scalar scalar = { .kind = SCALAR_TEXT };
	if (resolve_word(text, &scalar))
		return scalar;
	if (!strchr("0123456789+-.", *text) || strlen(text) > NUMBER_LENGTH_MAX)
		return scalar;

	char digits[NUMBER_LENGTH_MAX + 1];
	size_t length = 0;
	for (const char *next = text; *next; next++) {
		if (*next != '_')
			digits[length++] = *next;
	}
	digits[length] = '\0';
	if (resolve_integer(digits, &scalar) || resolve_float(digits, &scalar))
		return scalar;
	return scalar;
}

// The fewest significant digits that give the same number back: at most 17.
static const char *shortest_digits(double real, Arena *arena)
{
	const char *text = NULL;
	for (int precision = 0; precision < 17; precision++) {
		CLEANUP_ERROR ignored = { 0 };
		double back = 0;
		text = arena_printf(arena, "%.*e", precision, real);
		if (number_parse_double(text, "number", -DBL_MAX, DBL_MAX, &back, &ignored) &&
		    !(back < real) && !(back > real))
			break;
	}
	return text;
}

// "1.5e-07" is written as "1.5e-7".
static const char *exponential_text(const char *text, Arena *arena)
{
	const char *sign = strchr(text, 'e') + 1;
	const char *digits = sign + 1 + (sign[1] == '0' ? 1 : 0);
	return arena_printf(arena, "%.*s%s", (int)(sign + 1 - text), text, digits);
}

const char *scalar_real_text(double real, Arena *arena)
{
	if (isnan(real))
		return "NaN";
	if (isinf(real))
		return real > 0 ? "+Inf" : "-Inf";

	const char *text = shortest_digits(real, arena);
	const double size = fabs(real);
	if (size > 0 && (size < 1e-6 || size >= 1e21))
		return exponential_text(text, arena);

	const char *point = strchr(text, '.');
	const int digits = point ? (int)strspn(point + 1, "0123456789") : 0;
	CLEANUP_ERROR ignored = { 0 };
	int64_t exponent = 0;
	const char *sign = strchr(text, 'e') + 1;
	if (!number_parse_i64(*sign == '+' ? sign + 1 : sign, "exponent", -400, 400, &exponent,
			      &ignored))
		return text;
	const int places = digits - (int)exponent;
	return arena_printf(arena, "%.*f", places > 0 ? places : 0, real);
}
