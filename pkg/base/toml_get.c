// Typed look-ups in a document that toml.c made.
#include "pkg/base/toml.h"

const char *toml_kind_to_text(TomlKind kind)
{
	static const char *const words[] = {
		[TOML_TABLE] = "a table",   [TOML_ARRAY] = "an array",
		[TOML_TEXT] = "a text",     [TOML_INTEGER] = "a whole number",
		[TOML_FLOAT] = "a number",  [TOML_BOOL] = "true or false",
		[TOML_DATETIME] = "a date",
	};
	return words[kind];
}

static bool refuse_kind(const TomlValue *value, const char *key, TomlKind wanted, Error *error)
{
	return error_set_at(error, value->where, "'%s' must be %s, not %s", key,
			    toml_kind_to_text(wanted), toml_kind_to_text(value->kind));
}

bool toml_get_text(const TomlValue *table, const char *key, const char **ret, Error *error)
{
	const TomlValue *value = toml_get(table, key);
	if (value && value->kind != TOML_TEXT)
		return refuse_kind(value, key, TOML_TEXT, error);
	if (value)
		*ret = value->text;
	return true;
}

bool toml_get_bool(const TomlValue *table, const char *key, bool *ret, Error *error)
{
	const TomlValue *value = toml_get(table, key);
	if (value && value->kind != TOML_BOOL)
		return refuse_kind(value, key, TOML_BOOL, error);
	if (value)
		*ret = value->boolean;
	return true;
}

bool toml_get_integer(const TomlValue *table, const char *key, int64_t *ret, Error *error)
{
	const TomlValue *value = toml_get(table, key);
	if (value && value->kind != TOML_INTEGER)
		return refuse_kind(value, key, TOML_INTEGER, error);
	if (value)
		*ret = value->integer;
	return true;
}

// The items of an array, each of one kind; NULL in *ret when the key is absent.
static bool get_array(const TomlValue *table, const char *key, TomlKind kind, const TomlValue **ret,
		      Error *error)
{
	const TomlValue *value = toml_get(table, key);
	if (value && value->kind != TOML_ARRAY)
		return refuse_kind(value, key, TOML_ARRAY, error);
	for (size_t i = 0; value && i < value->items.count; i++) {
		if (value->items.items[i]->kind != kind)
			return error_set_at(error, value->items.items[i]->where,
					    "'%s' must hold %ss only", key,
					    kind == TOML_TEXT ? "text" : "table");
	}
	*ret = value;
	return true;
}

bool toml_get_texts(const TomlValue *table, const char *key, Arena *arena, Texts *ret, Error *error)
{
	const TomlValue *array = NULL;
	if (!get_array(table, key, TOML_TEXT, &array, error))
		return false;
	for (size_t i = 0; array && i < array->items.count; i++)
		texts_add(arena, ret, array->items.items[i]->text);
	return true;
}

bool toml_get_table(const TomlValue *table, const char *key, const TomlValue **ret, Error *error)
{
	const TomlValue *value = toml_get(table, key);
	if (value && value->kind != TOML_TABLE)
		return refuse_kind(value, key, TOML_TABLE, error);
	*ret = value;
	return true;
}

bool toml_get_tables(const TomlValue *table, const char *key, const TomlValue **ret, Error *error)
{
	return get_array(table, key, TOML_TABLE, ret, error);
}
