#include "pkg/sys/text/yaml_part.h"

#include <string.h>

#define SEPARATOR "---"

static bool is_separator(Span line)
{
	const size_t length = strlen(SEPARATOR);
	return line.len >= length && memcmp(line.ptr, SEPARATOR, length) == 0;
}

// The next line with its newline; empty at the end.
static Span take_line(YamlCutter *cutter)
{
	const size_t left = (size_t)(cutter->end - cutter->next);
	const char *newline = memchr(cutter->next, '\n', left);
	const Span line = { cutter->next, newline ? (size_t)(newline + 1 - cutter->next) : left };
	cutter->next += line.len;
	cutter->lines++;
	return line;
}

// Behind the dashes there may be blanks and a comment.
static Span behind_dashes(Span line)
{
	static const char blanks[] = " \t\r\n";
	const char *rest = line.ptr + strlen(SEPARATOR);
	const char *end = line.ptr + line.len;
	while (rest < end && strchr(blanks, *rest))
		rest++;
	while (rest < end && strchr(blanks, end[-1]))
		end--;
	const bool is_comment = rest < end && *rest == '#';
	return (Span){ rest, is_comment ? 0 : (size_t)(end - rest) };
}

YamlCutter yaml_cutter(const char *text, size_t length)
{
	return (YamlCutter){ text, text + length, 0 };
}

bool yaml_cut(YamlCutter *cutter, YamlPart *ret_part)
{
	const char *start = cutter->next;
	if (!start)
		return false;
	YamlPart part = { .lines_before = cutter->lines };
	Span line = take_line(cutter);
	while (line.len > 0 && !is_separator(line))
		line = take_line(cutter);
	part.text = (Span){ start, (size_t)(line.ptr - start) };
	if (line.len == 0)
		cutter->next = NULL;
	else
		part.separator = behind_dashes(line);
	part.separator_line = cutter->lines;
	*ret_part = part;
	return true;
}
