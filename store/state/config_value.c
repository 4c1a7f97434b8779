#include "store/state/config_value.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"

#include <inttypes.h>

static bool store_bool(const ConfigKey *key, const char *text, bool *ret, Error *error)
{
	const bool is_yes = text_equal(text, "yes") || text_equal(text, "true");
	if (!is_yes && !text_equal(text, "no") && !text_equal(text, "false"))
		return error_set(error, ERROR_INVALID, "%s: '%s' is neither yes nor no", key->name,
				 text);
	*ret = is_yes;
	return true;
}

static bool check_words(const ConfigKey *key, const char *text, Error *error)
{
	CLEANUP_BUFFER words = { 0 };
	for (size_t i = 0; key->words && key->words[i]; i++) {
		if (text_equal(key->words[i], text))
			return true;
		buffer_printf(&words, "%s'%s'", i > 0 ? ", " : "", key->words[i]);
	}
	if (!key->words)
		return true;
	return error_set(error, ERROR_INVALID, "%s: '%s' is not one of %s", key->name, text,
			 buffer_text(&words));
}

bool config_check_text(const char *key, const char *text, Error *error)
{
	for (const char *c = text; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return error_set(error, ERROR_INVALID,
					 "%s: control characters are not allowed", key);
	}
	return true;
}

static bool store_text(const ConfigKey *key, const char *text, const char **ret, Error *error)
{
	if (!config_check_text(key->name, text, error) || !check_words(key, text, error) ||
	    (key->check && !key->check(key->name, text, error)))
		return false;
	*ret = text;
	return true;
}

static const char *print_size(uint64_t bytes, Arena *arena)
{
	static const char units[] = "KMGT";
	size_t unit = 0;
	for (; bytes > 0 && bytes % 1024 == 0 && units[unit]; unit++)
		bytes /= 1024;
	return arena_printf(arena, unit > 0 ? "%" PRIu64 "%c" : "%" PRIu64, bytes,
			    unit > 0 ? units[unit - 1] : ' ');
}

// What both ends of the range are in the words of the key's type.
static const char *print_number(const ConfigKey *key, uint64_t value, Arena *arena)
{
	return key->type == CONFIG_SIZE ? print_size(value, arena)
					: arena_printf(arena, "%" PRIu64, value);
}

static bool check_range(const ConfigKey *key, const char *text, uint64_t value, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	if (key->max == 0 || (value >= key->min && value <= key->max))
		return true;
	return error_set(error, ERROR_INVALID, "%s: '%s' is not in %s..%s", key->name, text,
			 print_number(key, key->min, arena), print_number(key, key->max, arena));
}

static bool store_number(const ConfigKey *key, const char *text, uint64_t *ret, Error *error)
{
	uint64_t value = 0;
	const bool is_number =
		key->type == CONFIG_SIZE
			? number_parse_size(text, key->name, &value, error)
			: number_parse_u64(text, key->name, INT64_MAX, &value, error);
	if (!is_number || !check_range(key, text, value, error))
		return false;
	*ret = value;
	return true;
}

bool config_store(Config *config, const ConfigKey *key, const char *text, Error *error)
{
	void *place = (char *)config + key->offset;
	switch (key->type) {
	case CONFIG_BOOL:
		return store_bool(key, text, place, error);
	case CONFIG_TEXT:
		return store_text(key, text, place, error);
	case CONFIG_NUMBER:
	case CONFIG_SIZE:
		return store_number(key, text, place, error);
	case CONFIG_SECONDS:
		return number_parse_duration_ms(text, key->name, place, error);
	}
	return true;
}

static const char *print_seconds(uint64_t ms, Arena *arena)
{
	return ms % 1000 == 0 ? arena_printf(arena, "%" PRIu64, ms / 1000)
			      : arena_printf(arena, "%" PRIu64 "ms", ms);
}

const char *config_value(const Config *config, const ConfigKey *key, Arena *arena)
{
	const void *place = (const char *)config + key->offset;
	switch (key->type) {
	case CONFIG_BOOL:
		return *(const bool *)place ? "yes" : "no";
	case CONFIG_TEXT:
		return *(const char *const *)place;
	case CONFIG_NUMBER:
	case CONFIG_SIZE:
		return print_number(key, *(const uint64_t *)place, arena);
	case CONFIG_SECONDS:
		return print_seconds(*(const uint64_t *)place, arena);
	}
	return "";
}

const char *config_toml_text(const TomlValue *value, Arena *arena)
{
	switch (value->kind) {
	case TOML_TEXT:
		return value->text;
	case TOML_INTEGER:
		return arena_printf(arena, "%" PRId64, value->integer);
	case TOML_BOOL:
		return value->boolean ? "true" : "false";
	case TOML_FLOAT:
	case TOML_DATETIME:
	case TOML_TABLE:
	case TOML_ARRAY:
		return NULL;
	}
	return NULL;
}

const char *config_toml_print(const Config *config, const ConfigKey *key, Arena *arena)
{
	const char *text = config_value(config, key, arena);
	if (key->type == CONFIG_BOOL)
		return text_equal(text, "yes") ? "true" : "false";
	if (key->type != CONFIG_TEXT && text_has_only(text, "0123456789"))
		return text;

	CLEANUP_BUFFER quoted = { 0 };
	buffer_add_char(&quoted, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buffer_add_char(&quoted, '\\');
		buffer_add_char(&quoted, *text);
	}
	buffer_add_char(&quoted, '"');
	return buffer_take(&quoted, arena);
}
