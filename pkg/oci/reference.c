#include "pkg/oci/reference.h"

#include "pkg/base/text.h"
#include "pkg/sys/digest.h"

#include <ctype.h>
#include <string.h>

#define REPOSITORY_MAX 255
#define TAG_MAX        128

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static bool invalid(const char *text, const char *why, Error *error)
{
	CLEANUP_BUFFER shown = { 0 };
	buffer_add_printable(&shown, text, strnlen(text, 300));
	return error_set(error, ERROR_INVALID, "image reference '%s': %s", buffer_text(&shown),
			 why);
}

// One part of a repository: groups of [a-z0-9] joined by '.', '_', '__' or any number of '-'.
static bool is_component(const char *text, size_t length)
{
	size_t i = 0;
	while (i < length) {
		const size_t word = strspn(text + i, LOWER DIGITS);
		i += word;
		if (word == 0 || i > length)
			return false;
		if (i == length)
			return true;
		const size_t dashes = strspn(text + i, "-");
		const size_t underscores = strspn(text + i, "_");
		if (dashes > 0)
			i += dashes;
		else if (underscores > 0 && underscores <= 2)
			i += underscores;
		else if (text[i] == '.')
			i++;
		else
			return false;
	}
	return false;
}

static bool is_repository(const char *text)
{
	for (const char *part = text; part;) {
		const size_t length = strcspn(part, "/");
		if (!is_component(part, length))
			return false;
		part = part[length] == '/' ? part + length + 1 : NULL;
	}
	return strlen(text) <= REPOSITORY_MAX;
}

static bool is_host_name(const char *text, size_t length)
{
	size_t start = 0;
	for (size_t i = 0; i <= length; i++) {
		if (i < length && text[i] != '.') {
			if (!isalnum((unsigned char)text[i]) && text[i] != '-')
				return false;
			continue;
		}
		// A label: not empty, no dash at its ends.
		if (i == start || text[start] == '-' || text[i - 1] == '-')
			return false;
		start = i + 1;
	}
	return true;
}

// "host", "host:5000", "[::1]:5000".
static bool is_registry(const char *text)
{
	const char *port = NULL;
	if (text[0] == '[') {
		const size_t length = strspn(text + 1, DIGITS "abcdefABCDEF:.");
		if (length == 0 || text[length + 1] != ']')
			return false;
		port = text + length + 2;
	} else {
		const size_t length = strcspn(text, ":");
		if (!is_host_name(text, length))
			return false;
		port = text + length;
	}
	return port[0] == '\0' ||
	       (port[0] == ':' && port[1] && strlen(port) <= 6 && text_has_only(port + 1, DIGITS));
}

static bool is_tag(const char *text)
{
	return text[0] && !strchr(".-", text[0]) && strlen(text) <= TAG_MAX &&
	       text_has_only(text, LOWER UPPER DIGITS "_.-");
}

// The slash behind the registry. The first part is one when it looks like a host: a dot, a port, an upper-case letter, or
// "localhost". NULL: it does not.
static char *end_of_registry(char *text)
{
	char *slash = strchr(text, '/');
	if (!slash)
		return NULL;
	const Span first = { text, (size_t)(slash - text) };
	for (const char *c = text; c < slash; c++) {
		if (*c == '.' || *c == ':' || isupper((unsigned char)*c))
			return slash;
	}
	return span_equal(first, "localhost") ? slash : NULL;
}

// Cuts "@sha256:…" and ":tag" off the end of `rest`.
static bool split_end(char *rest, const char *text, Arena *arena, Reference *ret, Error *error)
{
	char *at = strchr(rest, '@');
	if (at) {
		*at = '\0';
		ret->digest = arena_strdup(arena, at + 1);
		if (!digest_check(ret->digest, "image reference", error))
			return false;
	}
	char *slash = strrchr(rest, '/');
	char *colon = strchr(slash ? slash : rest, ':');
	if (colon) {
		*colon = '\0';
		ret->tag = arena_strdup(arena, colon + 1);
		if (!is_tag(ret->tag))
			return invalid(text, "the tag is not valid", error);
	}
	return true;
}

static const char *canonical_registry(const char *registry)
{
	return text_equal(registry, "index.docker.io") ? REFERENCE_DEFAULT_REGISTRY : registry;
}

static bool check_repository(const char *text, const char *repository, Error *error)
{
	if (is_repository(repository))
		return true;
	for (const char *c = repository; *c; c++) {
		if (isupper((unsigned char)*c))
			return invalid(text, "the repository name must be lower case", error);
	}
	return invalid(text, "the repository name is not valid", error);
}

static bool parse_registry(const char *text, const char *default_registry, Arena *arena,
			   Reference *ret, Error *error)
{
	char *rest = arena_strdup(arena, text);
	ret->registry =
		text_is_empty(default_registry) ? REFERENCE_DEFAULT_REGISTRY : default_registry;
	char *slash = end_of_registry(rest);
	if (slash) {
		*slash = '\0';
		ret->registry = rest;
		rest = slash + 1;
	}
	if (!is_registry(ret->registry))
		return invalid(text, "the registry is not a host name with an optional port",
			       error);
	ret->registry = canonical_registry(ret->registry);
	if (!split_end(rest, text, arena, ret, error))
		return false;

	const bool is_official =
		text_equal(ret->registry, REFERENCE_DEFAULT_REGISTRY) && !strchr(rest, '/');
	ret->repository = is_official ? arena_printf(arena, "library/%s", rest) : rest;
	if (!check_repository(text, ret->repository, error))
		return false;
	if (strlen(rest) == DIGEST_HEX_LENGTH && text_has_only(rest, DIGITS "abcdef"))
		return invalid(text, "64 hexadecimal digits are an id, not a name", error);
	if (ret->digest[0])
		ret->tag = "";
	else if (!ret->tag[0])
		ret->tag = "latest";
	ret->text =
		arena_printf(arena, "%s/%s%s%s", ret->registry, ret->repository,
			     ret->digest[0] ? "@" : ":", ret->digest[0] ? ret->digest : ret->tag);
	return true;
}

// "DIR[:TAG]". A tag of a layout is any text, as its annotation is.
static bool parse_layout(const char *text, const char *rest, Arena *arena, Reference *ret,
			 Error *error)
{
	const size_t length = strcspn(rest, ":");
	ret->path = arena_strndup(arena, rest, length);
	ret->tag = rest[length] == ':' ? arena_strdup(arena, rest + length + 1) : "";
	ret->text = arena_strdup(arena, text);
	for (const char *c = text; *c; c++) {
		if (iscntrl((unsigned char)*c))
			return invalid(text, "control characters", error);
	}
	return length > 0 || invalid(text, "the path is missing", error);
}

bool reference_parse(const char *text, const char *default_registry, Arena *arena, Reference *ret,
		     Error *error)
{
	static const struct {
		const char *prefix;
		ReferenceKind kind;
	} transports[] = {
		{ "docker://", REFERENCE_REGISTRY },
		{ "oci:", REFERENCE_OCI_DIRECTORY },
		{ "oci-archive:", REFERENCE_OCI_ARCHIVE },
	};
	Reference reference = {
		.text = "", .registry = "", .repository = "", .tag = "", .digest = "", .path = ""
	};
	const char *rest = text;
	for (size_t i = 0; i < COUNT(transports); i++) {
		if (text_starts_with(text, transports[i].prefix)) {
			reference.kind = transports[i].kind;
			rest = text + strlen(transports[i].prefix);
			break;
		}
	}
	if (text_is_empty(rest))
		return invalid(text, "it is empty", error);
	const bool is_done =
		reference.kind == REFERENCE_REGISTRY
			? parse_registry(rest, default_registry, arena, &reference, error)
			: parse_layout(text, rest, arena, &reference, error);
	if (is_done)
		*ret = reference;
	return is_done;
}

bool reference_is_latest(const Reference *reference)
{
	return reference->kind == REFERENCE_REGISTRY && text_equal(reference->tag, "latest");
}

const char *reference_at_digest(const Reference *reference, const char *digest, Arena *arena)
{
	if (reference->kind != REFERENCE_REGISTRY)
		return "";
	return arena_printf(arena, "%s/%s@%s", reference->registry, reference->repository, digest);
}
