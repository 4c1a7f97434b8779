#include "pkg/oci/registries.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/base/toml.h"
#include "pkg/sys/file.h"

#include <fcntl.h>
#include <string.h>

static const char *const mirror_uses[] = {
	[MIRROR_ALL] = "all",
	[MIRROR_DIGEST_ONLY] = "digest-only",
	[MIRROR_TAG_ONLY] = "tag-only",
};

static bool parse_mirror_use(const TomlValue *table, MirrorUse *ret, Error *error)
{
	const char *text = NULL;
	if (!toml_get_text(table, "pull-from-mirror", &text, error))
		return false;
	for (size_t i = 0; text && i < COUNT(mirror_uses); i++) {
		if (text_equal(text, mirror_uses[i])) {
			*ret = (MirrorUse)i;
			return true;
		}
	}
	return !text ||
	       error_set_at(error, table->where,
			    "pull-from-mirror: '%s' is not all, digest-only or tag-only", text);
}

static bool read_mirror(const TomlValue *table, MirrorUse use, Arena *arena, RegistryRule *rule,
			Error *error)
{
	RegistryMirror mirror = { .use = use };
	if (!toml_get_text(table, "location", &mirror.location, error) ||
	    !toml_get_bool(table, "insecure", &mirror.is_insecure, error) ||
	    !parse_mirror_use(table, &mirror.use, error))
		return false;
	if (text_is_empty(mirror.location))
		return error_set_at(error, table->where, "the mirror has no location");
	mirror.location = path_clean(arena, mirror.location);
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
		if (!read_mirror(mirrors->items.items[i],
				 is_digest_only ? MIRROR_DIGEST_ONLY : MIRROR_ALL, arena, rule,
				 error))
			return false;
	}
	return true;
}

static bool read_rule(const TomlValue *table, Arena *arena, RegistryRule *ret, Error *error)
{
	RegistryRule rule = { 0 };
	if (!toml_get_text(table, "prefix", &rule.prefix, error) ||
	    !toml_get_text(table, "location", &rule.location, error) ||
	    !toml_get_bool(table, "insecure", &rule.is_insecure, error) ||
	    !toml_get_bool(table, "blocked", &rule.is_blocked, error) ||
	    !read_mirrors(table, arena, &rule, error))
		return false;
	if (text_is_empty(rule.prefix))
		rule.prefix = rule.location;
	if (text_is_empty(rule.prefix))
		return error_set_at(error, table->where, "a registry needs a prefix or a location");
	// A wildcard stands for many hosts: without a location each is its own.
	if (text_is_empty(rule.location) && !text_starts_with(rule.prefix, "*."))
		rule.location = rule.prefix;
	rule.prefix = path_clean(arena, rule.prefix);
	rule.location = text_is_empty(rule.location) ? "" : path_clean(arena, rule.location);
	*ret = rule;
	return true;
}

static void add_rule(const RegistryRule *rule, Arena *arena, Registries *registries)
{
	for (size_t i = 0; i < registries->count; i++) {
		if (text_equal(registries->items[i].prefix, rule->prefix)) {
			registries->items[i] = *rule;
			return;
		}
	}
	*registries_push(arena, registries) = *rule;
}

bool registries_parse(const char *path, const char *text, size_t length, Arena *arena,
		      Registries *ret, Error *error)
{
	const TomlValue *root = NULL;
	const TomlValue *tables = NULL;
	if (!toml_parse(path, text, length, arena, &root, error) ||
	    !toml_get_tables(root, "registry", &tables, error))
		return false;
	for (size_t i = 0; tables && i < tables->items.count; i++) {
		RegistryRule rule;
		if (!read_rule(tables->items.items[i], arena, &rule, error))
			return false;
		add_rule(&rule, arena, ret);
	}
	return true;
}

static bool load_file(const char *path, Arena *arena, Registries *ret, Error *error)
{
	const char *text = NULL;
	size_t length = 0;
	if (!file_exists(AT_FDCWD, path))
		return true;
	return file_read(AT_FDCWD, path, TOML_BYTES_MAX, arena, &text, &length, error) &&
	       registries_parse(path, text, length, arena, ret, error);
}

bool registries_load(const char *directory, Arena *arena, Registries *ret, Error *error)
{
	const char *drop_ins = path_join(arena, directory, "registries.conf.d");
	Texts names = { 0 };
	if (!load_file(path_join(arena, directory, "registries.conf"), arena, ret, error))
		return false;
	if (!file_exists(AT_FDCWD, drop_ins))
		return true;
	if (!file_list(AT_FDCWD, drop_ins, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (text_ends_with(names.items[i], ".conf") &&
		    !load_file(path_join(arena, drop_ins, names.items[i]), arena, ret, error))
			return false;
	}
	return true;
}

// How much of "host/repository" the rule covers, in bytes; 0 when it does not apply.
static size_t covered(const RegistryRule *rule, const char *name)
{
	if (!text_starts_with(rule->prefix, "*."))
		return path_is_below(name, rule->prefix) ? strlen(rule->prefix) : 0;
	const size_t host = strcspn(name, "/:");
	const size_t suffix = strlen(rule->prefix) - 1;
	const bool is_match =
		host > suffix && strncmp(name + host - suffix, rule->prefix + 1, suffix) == 0;
	return is_match ? strcspn(name, "/") : 0;
}

static bool is_better(const RegistryRule *rule, const RegistryRule *best)
{
	return !best || strlen(rule->prefix) > strlen(best->prefix);
}

static bool is_usable(const RegistryMirror *mirror, const Reference *reference)
{
	if (mirror->use == MIRROR_ALL)
		return true;
	return (mirror->use == MIRROR_DIGEST_ONLY) == (reference->digest[0] != '\0');
}

// "host/repository" as an endpoint.
static bool add_endpoint(const char *name, bool is_insecure, Arena *arena, Endpoints *ret,
			 Error *error)
{
	const char *slash = strchr(name, '/');
	if (!slash || !slash[1])
		return error_set(error, ERROR_INVALID,
				 "registries.conf: '%s' leaves no repository to ask for", name);
	const char *registry = arena_strndup(arena, name, (size_t)(slash - name));
	const bool is_hub = text_equal(registry, REFERENCE_DEFAULT_REGISTRY);
	*endpoints_push(arena, ret) = (Endpoint){
		.host = is_hub ? "registry-1.docker.io" : registry,
		.repository = slash + 1,
		.registry = registry,
		.is_insecure = is_insecure,
	};
	return true;
}

bool registries_resolve(const Registries *registries, const Reference *reference, Arena *arena,
			Endpoints *ret, Error *error)
{
	const char *name = arena_printf(arena, "%s/%s", reference->registry, reference->repository);
	const RegistryRule *best = NULL;
	for (size_t i = 0; i < registries->count; i++) {
		const RegistryRule *rule = &registries->items[i];
		if (covered(rule, name) > 0 && is_better(rule, best))
			best = rule;
	}
	if (!best)
		return add_endpoint(name, false, arena, ret, error);
	if (best->is_blocked)
		return error_set(error, ERROR_DENIED, "registries.conf blocks '%s'", best->prefix);

	const char *rest = name + covered(best, name);
	for (size_t i = 0; i < best->mirrors.count; i++) {
		const RegistryMirror *mirror = &best->mirrors.items[i];
		if (is_usable(mirror, reference) &&
		    !add_endpoint(arena_printf(arena, "%s%s", mirror->location, rest),
				  mirror->is_insecure, arena, ret, error))
			return false;
	}
	const char *place =
		best->location[0] ? arena_printf(arena, "%s%s", best->location, rest) : name;
	return add_endpoint(place, best->is_insecure, arena, ret, error);
}
