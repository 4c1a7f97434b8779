#include "pkg/cli/message.h"

#include "pkg/base/text.h"

static void add_lines(Buffer *buffer, const char *text)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");
		buffer_add_printable(buffer, text, length);
		text += length;
		if (*text == '\n' && *++text)
			buffer_add_char(buffer, '\n');
	}
}

void message_print(FILE *stream, const char *prefix, const char *text)
{
	CLEANUP_BUFFER buffer = { 0 };
	add_lines(&buffer, prefix);
	add_lines(&buffer, text);
	fprintf(stream, "%s\n", buffer_text(&buffer));
}

void message_print_error(FILE *stream, const char *prefix, const Error *error)
{
	CLEANUP_BUFFER text = { 0 };
	if (error->where.path)
		buffer_printf(&text, "%s:", error->where.path);
	if (error->where.path && error->where.line > 0)
		buffer_printf(&text, "%u:%u:", error->where.line, error->where.column);
	if (error->where.path)
		buffer_add_char(&text, ' ');
	buffer_add(&text, error->message);
	message_print(stream, prefix, buffer_text(&text));
}
