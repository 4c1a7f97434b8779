#include "isolate/app/expand.h"

#include "pkg/base/text.h"

// execve(2) takes no longer text (MAX_ARG_STRLEN). What is longer is not expanded further: a manifest of a few lines, each
// naming the one before many times, could ask for more bytes than there are.
#define EXPANDED_MAX (128u * 1024)

// Appends what the "$" at *text stands for and moves *text behind it.
static void add_reference(Buffer *buffer, const char **text, const Pairs *variables, Arena *arena)
{
	const char *at = *text + 1;
	const char *end = *at == '(' ? strchr(at, ')') : NULL;
	if (*at == '$') {
		buffer_add_char(buffer, '$');
		*text = at + 1;
	} else if (end) {
		const char *name = arena_strndup(arena, at + 1, (size_t)(end - at - 1));
		const char *value = pairs_get(variables, name);
		if (value)
			buffer_add(buffer, value);
		else
			buffer_add_bytes(buffer, *text, (size_t)(end + 1 - *text));
		*text = end + 1;
	} else {
		buffer_add_char(buffer, '$');
		*text = at;
	}
}

const char *expand_text(const char *text, const Pairs *variables, Arena *arena)
{
	if (!strchr(text, '$'))
		return text;

	CLEANUP_BUFFER buffer = { 0 };
	while (*text && buffer.length <= EXPANDED_MAX) {
		const size_t plain = strcspn(text, "$");
		buffer_add_bytes(&buffer, text, plain);
		text += plain;
		if (*text)
			add_reference(&buffer, &text, variables, arena);
	}
	return buffer_take(&buffer, arena);
}
