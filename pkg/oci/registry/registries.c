#include "pkg/oci/registry/registries.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/rule.h"
#include "pkg/sys/file.h"

#include <fcntl.h>
#include <string.h>

#define SEARCH  "unqualified-search-registries"
#define MODE    "short-name-mode"
#define HELPERS "credential-helpers"

#define HELPER_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"

static const char *const modes[] = {
	[SHORT_NAME_PERMISSIVE] = "permissive",
	[SHORT_NAME_ENFORCING] = "enforcing",
	[SHORT_NAME_DISABLED] = "disabled",
};

static bool has_selector(const char *name)
{
	const char *slash = strrchr(name, '/');
	return strchr(name, '@') || strchr(slash ? slash : name, ':');
}

static bool read_alias(const TomlMember *member, Arena *arena, Pairs *ret, Error *error)
{
	const char *target = member->value->text;
	const SourcePos where = member->value->where;
	Reference reference;
	CLEANUP_ERROR reason = { 0 };
	if (member->value->kind != TOML_TEXT)
		return error_set_at(error, where, "aliases: '%s' is %s, not a text", member->key,
				    toml_kind_to_text(member->value->kind));
	if (!reference_is_short(member->key) || has_selector(member->key) ||
	    !reference_parse(member->key, NULL, arena, &reference, &reason))
		return error_set_at(error, where,
				    "aliases: '%s' is no short name (without registry, tag and "
				    "digest)",
				    member->key);
	if (target[0] == '\0') {
		pairs_remove(ret, member->key);
		return true;
	}
	if (reference_is_short(target) || has_selector(target) ||
	    !reference_parse(target, NULL, arena, &reference, &reason) ||
	    reference.kind != REFERENCE_REGISTRY)
		return error_set_at(error, where,
				    "aliases: '%s' is no full name (a registry and a repository, "
				    "without tag and digest)",
				    target);
	pairs_set(arena, ret, member->key, target);
	return true;
}

static bool read_aliases(const TomlValue *root, Arena *arena, Pairs *ret, Error *error)
{
	const TomlValue *table = NULL;
	if (!toml_get_table(root, "aliases", &table, error))
		return false;
	for (size_t i = 0; table && i < table->members.count; i++) {
		if (!read_alias(&table->members.items[i], arena, ret, error))
			return false;
	}
	return true;
}

// The texts of an array, which replace what there was.
static bool read_texts(const TomlValue *root, const char *key, Arena *arena, Texts *ret,
		       Error *error)
{
	Texts texts = { 0 };
	if (!toml_get_texts(root, key, arena, &texts, error))
		return false;
	if (toml_get(root, key))
		*ret = texts;
	return true;
}

static bool read_search(const TomlValue *root, Arena *arena, Texts *ret, Error *error)
{
	if (!read_texts(root, SEARCH, arena, ret, error))
		return false;
	for (size_t i = 0; toml_get(root, SEARCH) && i < ret->count; i++) {
		CLEANUP_ERROR reason = { 0 };
		Reference reference;
		const char *name = arena_printf(arena, "%s/a", ret->items[i]);
		if (reference_is_short(name) ||
		    !reference_parse(name, NULL, arena, &reference, &reason) ||
		    reference.kind != REFERENCE_REGISTRY)
			return error_set_at(error, toml_get(root, SEARCH)->items.items[i]->where,
					    SEARCH ": '%s' is no registry", ret->items[i]);
	}
	return true;
}

static bool read_mode(const TomlValue *root, ShortNameMode *ret, Error *error)
{
	const char *text = NULL;
	if (!toml_get_text(root, MODE, &text, error) || text_is_empty(text))
		return error->code == ERROR_NONE;
	for (size_t i = 0; i < COUNT(modes); i++) {
		if (text_equal(text, modes[i])) {
			*ret = (ShortNameMode)i;
			return true;
		}
	}
	return error_set_at(error, toml_get(root, MODE)->where,
			    MODE ": '%s' is not enforcing, permissive or disabled", text);
}

static bool read_helper_names(const TomlValue *root, Arena *arena, Texts *ret, Error *error)
{
	if (!read_texts(root, HELPERS, arena, ret, error))
		return false;
	for (size_t i = 0; toml_get(root, HELPERS) && i < ret->count; i++) {
		const char *name = ret->items[i];
		if (!name[0] || name[0] == '.' || !text_has_only(name, HELPER_LETTERS))
			return error_set_at(error, toml_get(root, HELPERS)->items.items[i]->where,
					    HELPERS ": '%s' is no name of a helper", name);
	}
	return true;
}

// --- files

static bool check_version(const TomlValue *root, Error *error)
{
	const TomlValue *old = toml_get(root, "registries");
	return !old || error_set_at(error, old->where,
				    "version 1 of the format ([registries.search] and its like) is "
				    "not supported; write " SEARCH " and [[registry]]");
}

bool registries_parse(const char *path, const char *text, size_t length, Arena *arena,
		      Registries *ret, Error *error)
{
	const TomlValue *root = NULL;
	return toml_parse(path, text, length, arena, &root, error) && check_version(root, error) &&
	       registry_rules_read(root, arena, &ret->rules, error) &&
	       read_search(root, arena, &ret->search, error) &&
	       read_mode(root, &ret->mode, error) &&
	       read_aliases(root, arena, &ret->aliases, error) &&
	       read_helper_names(root, arena, &ret->credential_helpers, error);
}

static bool load_file(const char *path, Arena *arena, Registries *ret, bool *ret_found,
		      Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	*ret_found = file_exists(AT_FDCWD, path);
	if (!*ret_found)
		return true;
	if (!file_read(AT_FDCWD, path, TOML_BYTES_MAX, arena, &text, &length, error))
		return false;
	return registries_parse(path, text, length, arena, ret, error) ||
	       error_place_in_message(error);
}

static bool load_drop_ins(const char *directory, Arena *arena, Registries *ret, Error *error)
{
	Texts names = { 0 };
	bool is_found = false;
	if (!file_exists(AT_FDCWD, directory))
		return true;
	if (!file_list(AT_FDCWD, directory, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (text_ends_with(names.items[i], ".conf") &&
		    !load_file(path_join(arena, directory, names.items[i]), arena, ret, &is_found,
			       error))
			return false;
	}
	return true;
}

// Only names are remembered there; nothing else of that file counts.
static bool load_remembered(const char *path, Arena *arena, Registries *ret, Error *error)
{
	Registries remembered = { .aliases = ret->aliases };
	bool is_found = false;
	if (!load_file(path, arena, &remembered, &is_found, error))
		return false;
	ret->aliases = remembered.aliases;
	return true;
}

static const char *file_in(const char *directory, const char *name, Arena *arena)
{
	return directory ? path_join(arena, directory, name) : "";
}

bool registries_load(const Host *host, Arena *arena, Registries *ret, Error *error)
{
	const char *own = file_in(host->config_dir, "registries.conf", arena);
	const char *vendor = file_in(host->config_vendor_dir, "registries.conf", arena);
	const char *drop_ins = file_in(host->config_dir, "registries.conf.d", arena);
	const char *cache = file_in(host->config_cache_dir, "short-name-aliases.conf", arena);
	bool is_found = false;
	return load_file(own, arena, ret, &is_found, error) &&
	       (is_found || load_file(vendor, arena, ret, &is_found, error)) &&
	       load_drop_ins(drop_ins, arena, ret, error) &&
	       load_remembered(cache, arena, ret, error);
}
