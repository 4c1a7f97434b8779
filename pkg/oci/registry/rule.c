#include "pkg/oci/registry/rule.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"

#include <string.h>

static const char *const mirror_uses[] = {
	[MIRROR_ALL] = "all",
	[MIRROR_DIGEST_ONLY] = "digest-only",
	[MIRROR_TAG_ONLY] = "tag-only",
};

static SourcePos place_of(const TomlValue *table, const char *key)
{
	const TomlValue *value = toml_get(table, key);
	return value ? value->where : table->where;
}

// --- locations

// "host/path" of the key, without slashes too many; *ret stays as it is when the key is absent.
static bool read_location(const TomlValue *table, const char *key, Arena *arena, const char **ret,
			  Error *error)
{
	const char *text = NULL;
	if (!toml_get_text(table, key, &text, error))
		return false;
	if (text_is_empty(text))
		return true;
	if (strstr(text, "://"))
		return error_set_at(error, place_of(table, key),
				    "%s: a host and a path, without http:// or the like", key);
	*ret = path_clean(arena, text);
	return true;
}

// Cuts ":tag" or "@digest" off "host:port/repository:tag@digest".
static const char *cut_selector(const char **name, Arena *arena)
{
	const char *slash = strchr(*name, '/');
	const size_t length =
		slash ? (size_t)(slash - *name) + strcspn(slash, ":@") : strlen(*name);
	const char *selector = arena_strdup(arena, *name + length);
	*name = arena_strndup(arena, *name, length);
	return selector;
}

static bool check_wildcard(const TomlValue *table, const char *prefix, Error *error)
{
	if (!text_starts_with(prefix, "*."))
		return !strchr(prefix, '*') ||
		       error_set_at(error, place_of(table, "prefix"),
				    "prefix: '*' stands for the first part of a host only");
	return !strchr(prefix, '/') ||
	       error_set_at(error, place_of(table, "prefix"),
			    "prefix: *.HOST stands for hosts and takes no path");
}

// --- mirrors

static bool parse_mirror_use(const TomlValue *table, bool is_digest_only, MirrorUse *ret,
			     Error *error)
{
	const char *text = NULL;
	if (!toml_get_text(table, "pull-from-mirror", &text, error))
		return false;
	if (text && is_digest_only)
		return error_set_at(error, place_of(table, "pull-from-mirror"),
				    "pull-from-mirror: the registry has mirror-by-digest-only");
	for (size_t i = 0; text && i < COUNT(mirror_uses); i++) {
		if (text_equal(text, mirror_uses[i])) {
			*ret = (MirrorUse)i;
			return true;
		}
	}
	return !text ||
	       error_set_at(error, place_of(table, "pull-from-mirror"),
			    "pull-from-mirror: '%s' is not all, digest-only or tag-only", text);
}

static bool read_mirror(const TomlValue *table, bool is_digest_only, Arena *arena,
			RegistryRule *rule, Error *error)
{
	RegistryMirror mirror = { .use = is_digest_only ? MIRROR_DIGEST_ONLY : MIRROR_ALL };
	if (!read_location(table, "location", arena, &mirror.location, error) ||
	    !toml_get_bool(table, "insecure", &mirror.is_insecure, error) ||
	    !parse_mirror_use(table, is_digest_only, &mirror.use, error))
		return false;
	if (text_is_empty(mirror.location))
		return error_set_at(error, table->where, "the mirror has no location");
	if (cut_selector(&mirror.location, arena)[0])
		return error_set_at(error, place_of(table, "location"),
				    "location: a mirror takes no tag and no digest");
	*registry_mirrors_push(arena, &rule->mirrors) = mirror;
	return true;
}

static bool read_mirrors(const TomlValue *table, Arena *arena, RegistryRule *rule, Error *error)
{
	const TomlValue *mirrors = NULL;
	bool is_digest_only = false;
	if (!toml_get_tables(table, "mirror", &mirrors, error) ||
	    !toml_get_bool(table, "mirror-by-digest-only", &is_digest_only, error))
		return false;
	for (size_t i = 0; mirrors && i < mirrors->items.count; i++) {
		if (!read_mirror(mirrors->items.items[i], is_digest_only, arena, rule, error))
			return false;
	}
	return true;
}

// --- rules

// The location that takes the prefix's place. A tag may be part of the prefix, which makes the rule one for that tag,
// but cannot become another one.
static bool place_rule(const TomlValue *table, Arena *arena, RegistryRule *rule, Error *error)
{
	if (text_is_empty(rule->prefix))
		rule->prefix = rule->location;
	if (text_is_empty(rule->prefix))
		return error_set_at(error, table->where, "a registry needs a prefix or a location");
	rule->selector = cut_selector(&rule->prefix, arena);
	if (text_is_empty(rule->location)) {
		// A wildcard stands for many hosts: without a location each is its own.
		rule->location = text_starts_with(rule->prefix, "*.") ? "" : rule->prefix;
		return true;
	}
	const char *selector = cut_selector(&rule->location, arena);
	return text_is_empty(selector) || text_equal(selector, rule->selector) ||
	       error_set_at(error, place_of(table, "location"),
			    "location: '%s' cannot take the place of another tag or digest",
			    selector);
}

static bool read_rule(const TomlValue *table, Arena *arena, RegistryRule *ret, Error *error)
{
	RegistryRule rule = { .prefix = "", .location = "" };
	if (!read_location(table, "prefix", arena, &rule.prefix, error) ||
	    !read_location(table, "location", arena, &rule.location, error) ||
	    !toml_get_bool(table, "insecure", &rule.is_insecure, error) ||
	    !toml_get_bool(table, "blocked", &rule.is_blocked, error) ||
	    !check_wildcard(table, rule.prefix, error) || !place_rule(table, arena, &rule, error) ||
	    !read_mirrors(table, arena, &rule, error))
		return false;
	*ret = rule;
	return true;
}

// Two rules of one file that say of one location that it is and is not insecure, or blocked, are a mistake.
static bool check_conflict(const RegistryRules *rules, const RegistryRule *rule, SourcePos where,
			   Error *error)
{
	for (size_t i = 0; i < rules->count; i++) {
		const RegistryRule *other = &rules->items[i];
		if (text_is_empty(rule->location) || !text_equal(other->location, rule->location) ||
		    !text_equal(other->selector, rule->selector))
			continue;
		const char *what = other->is_insecure != rule->is_insecure ? "insecure"
				   : other->is_blocked != rule->is_blocked ? "blocked"
									   : NULL;
		if (what)
			return error_set_at(error, where,
					    "'%s' is defined more than once, with conflicting '%s'",
					    rule->location, what);
	}
	return true;
}

static void add_rule(const RegistryRule *rule, Arena *arena, RegistryRules *rules)
{
	for (size_t i = 0; i < rules->count; i++) {
		if (text_equal(rules->items[i].prefix, rule->prefix) &&
		    text_equal(rules->items[i].selector, rule->selector)) {
			rules->items[i] = *rule;
			return;
		}
	}
	*registry_rules_push(arena, rules) = *rule;
}

bool registry_rules_read(const TomlValue *root, Arena *arena, RegistryRules *ret, Error *error)
{
	const TomlValue *tables = NULL;
	RegistryRules here = { 0 };
	if (!toml_get_tables(root, "registry", &tables, error))
		return false;
	for (size_t i = 0; tables && i < tables->items.count; i++) {
		const TomlValue *table = tables->items.items[i];
		RegistryRule rule;
		if (!read_rule(table, arena, &rule, error) ||
		    !check_conflict(&here, &rule, table->where, error))
			return false;
		add_rule(&rule, arena, &here);
	}
	for (size_t i = 0; i < here.count; i++)
		add_rule(&here.items[i], arena, ret);
	return true;
}
