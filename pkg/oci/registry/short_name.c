#include "pkg/oci/registry/short_name.h"

#include "pkg/base/text.h"

#include <string.h>

// "team/app:1" is "team/app" and ":1".
static size_t length_of_name(const char *text)
{
	const char *slash = strrchr(text, '/');
	const char *last = slash ? slash : text;
	const size_t length = strcspn(text, "@");
	const size_t colon = (size_t)(last - text) + strcspn(last, ":");
	return colon < length ? colon : length;
}

static bool ambiguous(const Registries *registries, const char *text, Arena *arena, Error *error)
{
	return error_set(error, ERROR_INVALID,
			 "'%s' names no registry, and registries.conf has more than one to search: "
			 "%s; write '%s/%s', or add an alias there",
			 text, texts_join(&registries->search, ", ", arena),
			 registries->search.items[0], text);
}

static bool has_other_default(const char *registry)
{
	return !text_is_empty(registry) && !text_equal(registry, REFERENCE_DEFAULT_REGISTRY);
}

bool short_name_parse(const Registries *registries, const char *text, const char *default_registry,
		      Arena *arena, Reference *ret, Error *error)
{
	Reference plain;
	if (!reference_parse(text, NULL, arena, &plain, error))
		return false;
	if (!reference_is_short(text)) {
		*ret = plain;
		return true;
	}
	const size_t length = length_of_name(text);
	const char *alias = pairs_get(&registries->aliases, arena_strndup(arena, text, length));
	if (alias)
		return reference_parse(arena_printf(arena, "%s%s", alias, text + length), NULL,
				       arena, ret, error);
	if (has_other_default(default_registry))
		return reference_parse(text, default_registry, arena, ret, error);
	if (registries->search.count > 1)
		return ambiguous(registries, text, arena, error);
	const char *name = registries->search.count == 1
				   ? arena_printf(arena, "%s/%s", registries->search.items[0], text)
				   : text;
	return reference_parse(name, NULL, arena, ret, error);
}
