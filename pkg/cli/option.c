#include "pkg/cli/option.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <assert.h>
#include <float.h>

const char *words_join(const char *const *words, size_t count, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	for (size_t i = 0; i < count; i++)
		buffer_printf(&text, "%s%s", i > 0 ? ", " : "", words[i]);
	return buffer_take(&text, arena);
}

static bool refuse_word(const Option *option, const char *spelled, const char *text, Arena *arena,
			Error *error)
{
	return error_set(error, ERROR_USAGE, "%s: '%s' is not one of %s", spelled, text,
			 words_join(option->words, option->word_count, arena));
}

// The index of `text` in the option's words; word_count when it is none of them.
static size_t find_word(const Option *option, const char *text)
{
	size_t i = 0;
	while (i < option->word_count && !text_equal(option->words[i], text))
		i++;
	return i;
}

static bool store_flag(const char *spelled, const char *text, bool *ret, Error *error)
{
	const bool is_true = text_equal(text, "true");
	if (!is_true && !text_equal(text, "false"))
		return error_set(error, ERROR_USAGE, "%s: '%s' is neither true nor false", spelled,
				 text);
	*ret = is_true;
	return true;
}

static bool store_pair(const char *spelled, const char *text, Pairs *pairs, Arena *arena,
		       Error *error)
{
	const char *equals = strchr(text, '=');
	if (!equals || equals == text)
		return error_set(error, ERROR_USAGE, "%s: '%s' is not KEY=VALUE", spelled, text);
	*pairs_push(arena, pairs) = (Pair){
		arena_strndup(arena, text, (size_t)(equals - text)),
		equals + 1,
	};
	return true;
}

static void store_list(const char *text, Texts *list, Arena *arena)
{
	for (const char *item = text; *item;) {
		const size_t length = strcspn(item, ",");
		if (length > 0)
			texts_add(arena, list, arena_strndup(arena, item, length));
		item += length + (item[length] == ',' ? 1 : 0);
	}
}

static bool store_u32(const Option *option, const char *spelled, const char *text, uint32_t *ret,
		      Error *error)
{
	int64_t number = 0;
	const int64_t max = option->max > 0 ? option->max : UINT32_MAX;
	if (!number_parse_i64(text, spelled, option->min, max, &number, error))
		return false;
	*ret = (uint32_t)number;
	return true;
}

static bool store(const Option *option, const char *spelled, const char *text, void *place,
		  Arena *arena, Error *error)
{
	switch (option->type) {
	case OPTION_FLAG:
		return store_flag(spelled, text, place, error);
	case OPTION_TEXT:
		*(const char **)place = text;
		return true;
	case OPTION_TEXTS:
		texts_add(arena, place, text);
		return true;
	case OPTION_LIST:
		store_list(text, place, arena);
		return true;
	case OPTION_PAIRS:
		return store_pair(spelled, text, place, arena, error);
	case OPTION_CHOICE:
		*(unsigned *)place = (unsigned)find_word(option, text);
		return true;
	case OPTION_U32:
		return store_u32(option, spelled, text, place, error);
	case OPTION_U64:
		return number_parse_u64(text, spelled, UINT64_MAX, place, error);
	case OPTION_DOUBLE:
		return number_parse_double(text, spelled, 0, DBL_MAX, place, error);
	case OPTION_SIZE:
		return number_parse_size(text, spelled, place, error);
	case OPTION_DURATION:
		return number_parse_duration_ms(text, spelled, place, error);
	}
	return true;
}

bool option_store(const Option *option, const char *spelled, const char *text, void *options,
		  Arena *arena, Error *error)
{
	if (option->words && find_word(option, text) == option->word_count)
		return refuse_word(option, spelled, text, arena, error);
	if (!store(option, spelled, text, (char *)options + option->offset, arena, error)) {
		error->code = ERROR_USAGE;
		return false;
	}
	return true;
}

void *option_defaults(const Option *table, size_t count, size_t size, Arena *arena)
{
	void *options = arena_alloc(arena, size > 0 ? size : 1);
	for (size_t i = 0; i < count; i++) {
		CLEANUP_ERROR error = { 0 };
		const char *text = table[i].default_text;
		const bool is_stored = !text || option_store(&table[i], table[i].name, text,
							     options, arena, &error);
		assert(is_stored); // command_check refuses such a table
	}
	return options;
}
