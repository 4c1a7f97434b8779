#include "pkg/base/json_check.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/base/utf8.h"

#include <float.h>
#include <string.h>

typedef struct Scan {
	const char *next;
	const char *end;
	const char *huge; // the first number that no float64 holds, or NULL
	size_t huge_length;
	size_t depth;
	char closers[JSON_CHECK_DEPTH_MAX]; // what ends each open collection
	Error *error;
} Scan;

// The byte as Go prints it: the character of that number.
static void add_repaired(Buffer *buffer, unsigned char byte)
{
	static const char letters[] = "abtnvfr"; // of the bytes from 7 on
	char sequence[4];
	if (byte == '\'' || byte == '\\')
		buffer_printf(buffer, "\\%c", byte);
	else if (byte >= '\a' && byte <= '\r')
		buffer_printf(buffer, "\\%c", letters[byte - '\a']);
	else if (byte < 0x20 || byte == 0x7f)
		buffer_printf(buffer, "\\x%02x", byte);
	else if ((byte > 0x7f && byte <= 0xa0) || byte == 0xad)
		buffer_printf(buffer, "\\u%04x", byte);
	else
		buffer_add_bytes(buffer, sequence, utf8_encode(byte, sequence));
}

// context: "in string literal". Go feeds its parser a blank at the end of the text.
static bool fail(Scan *scan, const char *context)
{
	CLEANUP_BUFFER character = { 0 };
	add_repaired(&character, scan->next < scan->end ? (unsigned char)*scan->next : ' ');
	return error_set(scan->error, ERROR_INVALID, "invalid character '%s' %s",
			 buffer_text(&character), context);
}

// For places where blanks are allowed.
static bool fail_between(Scan *scan, const char *context)
{
	if (scan->next < scan->end)
		return fail(scan, context);
	return error_set(scan->error, ERROR_INVALID, "unexpected end of JSON input");
}

static bool is_at(const Scan *scan, const char *bytes)
{
	return scan->next < scan->end && *scan->next && strchr(bytes, *scan->next);
}

// Takes the next byte when it is one of `bytes`.
static bool take(Scan *scan, const char *bytes)
{
	if (!is_at(scan, bytes))
		return false;
	scan->next++;
	return true;
}

static void take_all(Scan *scan, const char *bytes)
{
	while (take(scan, bytes)) {
	}
}

static void skip_blanks(Scan *scan)
{
	take_all(scan, " \t\r\n");
}

// --- scalars

static bool read_escape(Scan *scan)
{
	if (!take(scan, "u"))
		return take(scan, "bfnrt\\/\"") || fail(scan, "in string escape code");
	for (int i = 0; i < 4; i++) {
		if (!take(scan, "0123456789abcdefABCDEF"))
			return fail(scan, "in \\u hexadecimal character escape");
	}
	return true;
}

// What follows the opening quote.
static bool read_string(Scan *scan)
{
	while (!take(scan, "\"")) {
		if (take(scan, "\\")) {
			if (!read_escape(scan))
				return false;
		} else if (scan->next == scan->end || (unsigned char)*scan->next < 0x20) {
			return fail_between(scan, "in string literal");
		} else {
			scan->next++;
		}
	}
	return true;
}

static bool read_digits(Scan *scan, const char *context)
{
	static const char digits[] = "0123456789";
	if (!is_at(scan, digits))
		return fail(scan, context);
	take_all(scan, digits);
	return true;
}

static void note_when_huge(Scan *scan, const char *start)
{
	CLEANUP_BUFFER text = { 0 };
	CLEANUP_ERROR ignored = { 0 };
	double value = 0;
	buffer_add_bytes(&text, start, (size_t)(scan->next - start));
	if (scan->huge ||
	    number_parse_double(buffer_text(&text), "number", -DBL_MAX, DBL_MAX, &value, &ignored))
		return;
	scan->huge = start;
	scan->huge_length = text.length;
}

static bool read_number(Scan *scan)
{
	const char *start = scan->next;
	take(scan, "-");
	if (!take(scan, "0") && !read_digits(scan, "in numeric literal"))
		return false;
	if (take(scan, ".") && !read_digits(scan, "after decimal point in numeric literal"))
		return false;
	if (take(scan, "eE")) {
		take(scan, "+-");
		if (!read_digits(scan, "in exponent of numeric literal"))
			return false;
	}
	note_when_huge(scan, start);
	return true;
}

static bool read_word(Scan *scan, const char *word)
{
	scan->next++;
	for (const char *letter = word + 1; *letter; letter++) {
		const char expected[] = { *letter, '\0' };
		if (take(scan, expected))
			continue;
		CLEANUP_BUFFER context = { 0 };
		buffer_printf(&context, "in literal %s (expecting '%s')", word, expected);
		return fail(scan, buffer_text(&context));
	}
	return true;
}

static bool read_scalar(Scan *scan)
{
	if (take(scan, "\""))
		return read_string(scan);
	if (is_at(scan, "-0123456789"))
		return read_number(scan);
	static const char *const words[] = { "true", "false", "null" };
	for (size_t i = 0; i < COUNT(words); i++) {
		if (scan->next < scan->end && *scan->next == words[i][0])
			return read_word(scan, words[i]);
	}
	return fail_between(scan, "looking for beginning of value");
}

// --- collections

static bool read_key(Scan *scan)
{
	skip_blanks(scan);
	if (!take(scan, "\""))
		return fail_between(scan, "looking for beginning of object key string");
	if (!read_string(scan))
		return false;
	skip_blanks(scan);
	return take(scan, ":") || fail_between(scan, "after object key");
}

// Opens collections up to the first scalar or the first empty one, and reads that.
static bool begin_value(Scan *scan)
{
	for (;;) {
		skip_blanks(scan);
		if (!is_at(scan, "{["))
			return read_scalar(scan);
		if (scan->depth == JSON_CHECK_DEPTH_MAX)
			return fail(scan, "exceeded max depth");
		const char closer = *scan->next++ == '{' ? '}' : ']';
		scan->closers[scan->depth++] = closer;
		skip_blanks(scan);
		if (scan->next < scan->end && *scan->next == closer)
			return true;
		if (closer == '}' && !read_key(scan))
			return false;
	}
}

// Closes what ends behind a value, up to where the next value begins or the text is read.
static bool end_value(Scan *scan)
{
	while (scan->depth > 0) {
		const char closer[] = { scan->closers[scan->depth - 1], '\0' };
		const bool is_object = *closer == '}';
		skip_blanks(scan);
		if (take(scan, ","))
			return !is_object || read_key(scan);
		if (!take(scan, closer))
			return fail_between(scan, is_object ? "after object key:value pair"
							    : "after array element");
		scan->depth--;
	}
	skip_blanks(scan);
	return scan->next == scan->end || fail(scan, "after top-level value");
}

static const char *kind_of(char first)
{
	if (first == '[')
		return "array";
	if (first == '"')
		return "string";
	return first == 't' || first == 'f' ? "bool" : "number";
}

bool json_check_object(const char *bytes, size_t length, Error *error)
{
	Scan scan = { .next = bytes, .end = bytes + length, .error = error };
	skip_blanks(&scan);
	const char *first = scan.next;
	do {
		if (!begin_value(&scan) || !end_value(&scan))
			return false;
	} while (scan.depth > 0);

	if (*first != '{' && *first != 'n')
		return error_set(error, ERROR_INVALID,
				 "json: cannot unmarshal %s into Go value of type "
				 "map[string]interface {}",
				 kind_of(*first));
	if (scan.huge)
		return error_set(error, ERROR_INVALID,
				 "json: cannot unmarshal number %.*s into Go value of type float64",
				 (int)scan.huge_length, scan.huge);
	return true;
}
