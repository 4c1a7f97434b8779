// Which hosts to ask for a reference: mirrors first, by the rule that fits it best.
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/oci/registry/registries.h"

#include <string.h>

// How much of "host/repository" the rule covers, in bytes; 0 when it does not apply.
static size_t covered(const RegistryRule *rule, const char *name)
{
	if (!text_starts_with(rule->prefix, "*."))
		return path_is_below(name, rule->prefix) ? strlen(rule->prefix) : 0;
	const char *suffix = rule->prefix + 1;
	const size_t suffix_length = strlen(suffix);
	// A port counts when the rule names one.
	const size_t host = strcspn(name, strchr(suffix, ':') ? "/" : "/:");
	const bool is_match = host > suffix_length &&
			      strncmp(name + host - suffix_length, suffix, suffix_length) == 0;
	return is_match ? strcspn(name, "/") : 0;
}

static bool is_selected(const RegistryRule *rule, const Reference *reference)
{
	return text_is_empty(rule->selector) ||
	       text_equal(rule->selector + 1,
			  rule->selector[0] == '@' ? reference->digest : reference->tag);
}

static bool is_better(const RegistryRule *rule, const RegistryRule *best)
{
	return !best || strlen(rule->prefix) + strlen(rule->selector) >
				strlen(best->prefix) + strlen(best->selector);
}

static bool is_usable(const RegistryMirror *mirror, const Reference *reference)
{
	if (mirror->use == MIRROR_ALL)
		return true;
	return (mirror->use == MIRROR_DIGEST_ONLY) == (reference->digest[0] != '\0');
}

// Docker Hub has several names, and people log in to one of them.
static bool is_hub(const char *registry)
{
	return text_equal(registry, REFERENCE_DEFAULT_REGISTRY) ||
	       text_equal(registry, "index.docker.io") ||
	       text_equal(registry, "registry-1.docker.io");
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
	*endpoints_push(arena, ret) = (Endpoint){
		.host = is_hub(registry) ? "registry-1.docker.io" : registry,
		.repository = slash + 1,
		.registry = is_hub(registry) ? REFERENCE_DEFAULT_REGISTRY : registry,
		.is_insecure = is_insecure,
	};
	return true;
}

bool registries_resolve(const Registries *registries, const Reference *reference, Arena *arena,
			Endpoints *ret, Error *error)
{
	const char *name = arena_printf(arena, "%s/%s", reference->registry, reference->repository);
	const RegistryRule *best = NULL;
	for (size_t i = 0; i < registries->rules.count; i++) {
		const RegistryRule *rule = &registries->rules.items[i];
		if (covered(rule, name) > 0 && is_selected(rule, reference) &&
		    is_better(rule, best))
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
