#include "pkg/cli/completion_script.h"

void script_add_quoted(Buffer *buffer, const char *text)
{
	buffer_add_char(buffer, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buffer_add(buffer, "'\\''");
		else
			buffer_add_char(buffer, *text);
	}
	buffer_add_char(buffer, '\'');
}

static const char *source_of(CompletionKind kind, const char *const *words, size_t word_count,
			     Arena *arena)
{
	if (words) {
		CLEANUP_BUFFER source = { 0 };
		buffer_add(&source, "words");
		for (size_t i = 0; i < word_count; i++)
			buffer_printf(&source, " %s", words[i]);
		return buffer_take(&source, arena);
	}
	if (kind == COMPLETE_FILE)
		return "files";
	if (kind == COMPLETE_DIRECTORY)
		return "directories";
	const char *names = completion_kind_to_text(kind);
	return names ? arena_printf(arena, "names %s", names) : NULL;
}

const char *script_option_source(const Option *option, Arena *arena)
{
	const char *source =
		source_of(option->completion, option->words, option->word_count, arena);
	return source ? source : "none";
}

const char *script_positional_source(const Positional *positional, Arena *arena)
{
	size_t count = 0;
	while (positional->words && positional->words[count])
		count++;
	return source_of(positional->completion, positional->words, count, arena);
}

bool script_takes_next_word(const Option *option)
{
	return option->type != OPTION_FLAG && !option->implied_value;
}

void script_add_template(const Script *script, const char *text, const char *walk)
{
	const struct {
		const char *word;
		const char *value;
	} fields[] = {
		{ "PROGRAM", script->root->name },
		{ "FUNCTION", script->function },
		{ "WALK", walk },
	};
	while (*text) {
		size_t i = 0;
		while (i < COUNT(fields) && !text_starts_with(text, fields[i].word))
			i++;
		if (i == COUNT(fields)) {
			buffer_add_char(script->buffer, *text++);
			continue;
		}
		if (text_equal(fields[i].word, "WALK"))
			script_add_template(script, fields[i].value, /* walk= */ "");
		else
			buffer_add(script->buffer, fields[i].value);
		text += strlen(fields[i].word);
	}
}
