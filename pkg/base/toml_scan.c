#include "pkg/base/toml_scan.h"

#include "pkg/base/utf8.h"

char toml_peek(const TomlScanner *scanner)
{
	return scanner->text[scanner->at];
}

SourcePos toml_place(const TomlScanner *scanner)
{
	return (SourcePos){ scanner->path, scanner->line,
			    (unsigned)(scanner->at - scanner->line_start) + 1 };
}

bool toml_accept(TomlScanner *scanner, const char *expected)
{
	if (!text_starts_with(scanner->text + scanner->at, expected))
		return false;
	scanner->at += strlen(expected);
	return true;
}

bool toml_at_newline(const TomlScanner *scanner)
{
	const char *here = scanner->text + scanner->at;
	return here[0] == '\n' || (here[0] == '\r' && here[1] == '\n');
}

// Steps over the newline at the scanner.
static void next_line(TomlScanner *scanner)
{
	scanner->at += toml_peek(scanner) == '\r' ? 2 : 1;
	scanner->line++;
	scanner->line_start = scanner->at;
}

void toml_skip_blanks(TomlScanner *scanner)
{
	scanner->at += strspn(scanner->text + scanner->at, " \t");
}

static bool is_refused(char byte)
{
	return ((unsigned char)byte < 0x20 && byte != '\t') || byte == 0x7f;
}

static bool skip_comment(TomlScanner *scanner, Error *error)
{
	toml_skip_blanks(scanner);
	if (toml_peek(scanner) != '#')
		return true;
	while (toml_peek(scanner) && !toml_at_newline(scanner)) {
		if (is_refused(toml_peek(scanner)))
			return error_set_at(error, toml_place(scanner),
					    "a control character in a comment");
		scanner->at++;
	}
	return true;
}

bool toml_skip_lines(TomlScanner *scanner, Error *error)
{
	if (!skip_comment(scanner, error))
		return false;
	while (toml_at_newline(scanner)) {
		next_line(scanner);
		if (!skip_comment(scanner, error))
			return false;
	}
	return true;
}

bool toml_end_line(TomlScanner *scanner, Error *error)
{
	if (!skip_comment(scanner, error))
		return false;
	if (toml_at_newline(scanner))
		next_line(scanner);
	else if (toml_peek(scanner))
		return error_set_at(error, toml_place(scanner), "expected the end of the line");
	return true;
}

bool toml_scan_key(TomlScanner *scanner, const char **ret, Error *error)
{
	static const char bare[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

	const char first = toml_peek(scanner);
	if (first == '"' || first == '\'')
		return toml_scan_text(scanner, /* may_be_multiline= */ false, ret, error);

	const size_t length = strspn(scanner->text + scanner->at, bare);
	if (length == 0)
		return error_set_at(error, toml_place(scanner), "expected a key");
	*ret = arena_strndup(scanner->arena, scanner->text + scanner->at, length);
	scanner->at += length;
	return true;
}

// --- texts

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

// \uXXXX and \UXXXXXXXX; the scanner is behind the letter.
static bool add_unicode(TomlScanner *scanner, SourcePos where, int digits, Buffer *text,
			Error *error)
{
	uint32_t code = 0;
	for (int i = 0; i < digits; i++) {
		const int digit = hex_digit(toml_peek(scanner));
		if (digit < 0)
			return error_set_at(error, where, "\\%c needs %d hexadecimal digits",
					    digits == 4 ? 'u' : 'U', digits);
		code = code << 4 | (uint32_t)digit;
		scanner->at++;
	}
	char bytes[4];
	const size_t length = utf8_encode(code, bytes);
	if (length == 0 || code == 0)
		return error_set_at(error, where, "U+%04X cannot be part of a text", code);
	buffer_add_bytes(text, bytes, length);
	return true;
}

// A backslash at the end of a line: the blanks and newlines behind it vanish.
static bool skip_folded(TomlScanner *scanner)
{
	toml_skip_blanks(scanner);
	if (!toml_at_newline(scanner))
		return false;
	while (toml_at_newline(scanner)) {
		next_line(scanner);
		toml_skip_blanks(scanner);
	}
	return true;
}

// The scanner is behind a backslash.
static bool add_escape(TomlScanner *scanner, bool is_multiline, Buffer *text, Error *error)
{
	static const char letters[] = "btnfr\"\\";
	static const char meanings[] = "\b\t\n\f\r\"\\";

	const SourcePos where = toml_place(scanner);
	const char letter = toml_peek(scanner);
	if (is_multiline && skip_folded(scanner))
		return true;
	scanner->at = where.column - 1 + scanner->line_start;
	if (letter)
		scanner->at++;
	if (letter == 'u' || letter == 'U')
		return add_unicode(scanner, where, letter == 'u' ? 4 : 8, text, error);

	const char *found = letter ? strchr(letters, letter) : NULL;
	if (!found)
		return error_set_at(error, where,
				    "unknown escape; use '...' for a text with backslashes");
	buffer_add_char(text, meanings[found - letters]);
	return true;
}

// One byte, newline or escape of a text that has not ended here.
static bool add_character(TomlScanner *scanner, char quote, bool is_multiline, Buffer *text,
			  Error *error)
{
	const char byte = toml_peek(scanner);
	if (is_multiline && toml_at_newline(scanner)) {
		next_line(scanner);
		buffer_add_char(text, '\n');
		return true;
	}
	if (byte == '\0' || toml_at_newline(scanner))
		return error_set_at(error, toml_place(scanner), "the text does not end");
	if (is_refused(byte))
		return error_set_at(error, toml_place(scanner), "a control character in a text");
	scanner->at++;
	if (byte == '\\' && quote == '"')
		return add_escape(scanner, is_multiline, text, error);
	buffer_add_char(text, byte);
	return true;
}

// Steps over the closing quotes. In a multi-line text up to two more quotes may stand before them.
static bool accept_close(TomlScanner *scanner, char quote, bool is_multiline, Buffer *text)
{
	const char quotes[] = { quote, '\0' };
	const size_t run = strspn(scanner->text + scanner->at, quotes);
	const size_t needed = is_multiline ? 3 : 1;
	if (run < needed)
		return false;

	const size_t surplus = is_multiline ? (run < 5 ? run : 5) - needed : 0;
	for (size_t i = 0; i < surplus; i++)
		buffer_add_char(text, quote);
	scanner->at += needed + surplus;
	return true;
}

bool toml_scan_text(TomlScanner *scanner, bool may_be_multiline, const char **ret, Error *error)
{
	const char quote = toml_peek(scanner);
	const bool is_multiline =
		may_be_multiline && toml_accept(scanner, quote == '"' ? "\"\"\"" : "'''");
	if (!is_multiline)
		scanner->at++;
	else if (toml_at_newline(scanner))
		next_line(scanner);

	CLEANUP_BUFFER text = { 0 };
	while (!accept_close(scanner, quote, is_multiline, &text)) {
		if (!add_character(scanner, quote, is_multiline, &text, error))
			return false;
	}
	*ret = buffer_take(&text, scanner->arena);
	return true;
}
