#include "pkg/oci/reference.h"

#include "pkg/base/number.h"
#include "pkg/base/text.h"
#include "pkg/sys/stream/digest.h"

#include <ctype.h>
#include <string.h>

#define REPOSITORY_MAX 255
#define TAG_MAX        128
#define PORT_MAX       65535

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
	return true;
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

// "", ":5000". The grammar takes any number; what is no port cannot be asked.
static bool is_port(const char *text)
{
	uint32_t port = 0;
	CLEANUP_ERROR ignored = { 0 };
	return text[0] == '\0' || (text[0] == ':' && text_has_only(text + 1, DIGITS) &&
				   number_parse_u32(text + 1, "port", PORT_MAX, &port, &ignored));
}

// "host", "host:5000", "[::1]:5000": no zones and no dotted tails in addresses, as the grammar has it.
static bool is_registry(const char *text)
{
	const char *port = NULL;
	if (text[0] == '[') {
		const size_t length = strspn(text + 1, DIGITS "abcdefABCDEF:");
		if (length == 0 || text[length + 1] != ']')
			return false;
		port = text + length + 2;
	} else {
		const size_t length = strcspn(text, ":");
		if (!is_host_name(text, length))
			return false;
		port = text + length;
	}
	return is_port(port);
}

static bool is_tag(const char *text)
{
	return text[0] && !strchr(".-", text[0]) && strlen(text) <= TAG_MAX &&
	       text_has_only(text, LOWER UPPER DIGITS "_.-");
}

// A dot, a port, an upper-case letter, or "localhost": else it is the first part of a repository.
static bool looks_like_registry(Span text)
{
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (c == '.' || c == ':' || isupper((unsigned char)c))
			return true;
	}
	return span_equal(text, "localhost");
}

// The slash behind the registry. NULL: there is none.
static char *end_of_registry(char *text)
{
	char *slash = strchr(text, '/');
	return slash && looks_like_registry((Span){ text, (size_t)(slash - text) }) ? slash : NULL;
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
	if (strlen(repository) > REPOSITORY_MAX)
		return invalid(text, "the repository name is longer than 255 characters", error);
	if (is_repository(repository))
		return true;
	for (const char *c = repository; *c; c++) {
		if (isupper((unsigned char)*c))
			return invalid(text, "the repository name must be lower case", error);
	}
	return invalid(text, "the repository name is not valid", error);
}

typedef struct TransportPrefix {
	const char *text;
	ReferenceKind kind;
} TransportPrefix;

static const TransportPrefix prefixes[] = {
	{ "docker://", REFERENCE_REGISTRY },       { "oci:", REFERENCE_OCI_DIRECTORY },
	{ "oci-archive:", REFERENCE_OCI_ARCHIVE }, { "docker-archive:", REFERENCE_DOCKER_ARCHIVE },
	{ "dir:", REFERENCE_DIRECTORY },
};

// Transports of containers-transports(5) that need other people's daemons or stores. Their names are long enough that
// no repository is called so.
static const char *const foreign_prefixes[] = { "docker-daemon:", "containers-storage:" };

static bool has_prefix(const char *text)
{
	bool is_found = false;
	for (size_t i = 0; i < COUNT(prefixes); i++)
		is_found = is_found || text_starts_with(text, prefixes[i].text);
	for (size_t i = 0; i < COUNT(foreign_prefixes); i++)
		is_found = is_found || text_starts_with(text, foreign_prefixes[i]);
	return is_found;
}

// The registry of names without one. It must be told from a part of a repository, else its names could not be read again.
static bool check_default_registry(const char *registry, Error *error)
{
	if (is_registry(registry) && looks_like_registry(span_of(registry)) &&
	    !has_prefix(registry))
		return true;
	return invalid(registry,
		       "a default registry is a host name with a dot or a port, or localhost",
		       error);
}

// "64 hexadecimal digits" alone are what tools print for an image's id.
static bool is_id(const char *text)
{
	return strlen(text) == DIGEST_HEX_LENGTH && text_has_only(text, DIGITS "abcdef");
}

static void print_registry(Reference *reference, Arena *arena)
{
	const bool has_digest = reference->digest[0] != '\0';
	if (has_digest)
		reference->tag = "";
	else if (!reference->tag[0])
		reference->tag = "latest";
	reference->text = arena_printf(arena, "%s/%s%s%s", reference->registry,
				       reference->repository, has_digest ? "@" : ":",
				       has_digest ? reference->digest : reference->tag);
}

static bool parse_registry(const char *text, const char *default_registry, Arena *arena,
			   Reference *ret, Error *error)
{
	char *rest = arena_strdup(arena, text);
	char *slash = end_of_registry(rest);
	if (slash) {
		*slash = '\0';
		ret->registry = rest;
		rest = slash + 1;
		if (!is_registry(ret->registry))
			return invalid(text,
				       "the registry is not a host name with an optional port",
				       error);
		// "docker://oci:5000/app" would be "oci:5000/app" when it is printed.
		if (has_prefix(ret->registry))
			return invalid(text, "the registry has the name of a transport", error);
	} else if (!text_is_empty(default_registry)) {
		ret->registry = default_registry;
		if (!check_default_registry(default_registry, error))
			return false;
	}
	ret->registry = canonical_registry(ret->registry);
	if (is_id(text))
		return invalid(text, "64 hexadecimal digits are an id, not a name", error);
	if (!split_end(rest, text, arena, ret, error))
		return false;

	const bool is_official =
		text_equal(ret->registry, REFERENCE_DEFAULT_REGISTRY) && !strchr(rest, '/');
	ret->repository = is_official ? arena_printf(arena, "library/%s", rest) : rest;
	if (!check_repository(text, ret->repository, error))
		return false;
	print_registry(ret, arena);
	return true;
}

static bool has_control_characters(const char *text)
{
	for (const char *c = text; *c; c++) {
		if (iscntrl((unsigned char)*c))
			return true;
	}
	return false;
}

// "PATH[:TAG]"; dir: has no tags, its path is all that follows. A tag of a layout is any text, as its annotation is.
static bool parse_path(const char *text, const char *rest, Arena *arena, Reference *ret,
		       Error *error)
{
	const bool has_tags = ret->kind != REFERENCE_DIRECTORY;
	const size_t length = has_tags ? strcspn(rest, ":") : strlen(rest);
	ret->path = arena_strndup(arena, rest, length);
	ret->tag = rest[length] == ':' ? arena_strdup(arena, rest + length + 1) : "";
	ret->text = arena_strdup(arena, text);
	if (has_control_characters(text))
		return invalid(text, "control characters", error);
	return length > 0 || invalid(text, "the path is missing", error);
}

static bool check_foreign(const char *text, Error *error)
{
	for (size_t i = 0; i < COUNT(foreign_prefixes); i++) {
		if (text_starts_with(text, foreign_prefixes[i]))
			return error_set(error, ERROR_UNSUPPORTED,
					 "'%s' is not supported; save the image to a file and use "
					 "docker-archive:FILE",
					 foreign_prefixes[i]);
	}
	return true;
}

bool reference_parse(const char *text, const char *default_registry, Arena *arena, Reference *ret,
		     Error *error)
{
	Reference reference = {
		.text = "",
		.registry = REFERENCE_DEFAULT_REGISTRY,
		.repository = "",
		.tag = "",
		.digest = "",
		.path = "",
	};
	const char *rest = text;
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (text_starts_with(text, prefixes[i].text)) {
			reference.kind = prefixes[i].kind;
			rest = text + strlen(prefixes[i].text);
			break;
		}
	}
	if (text_is_empty(rest))
		return invalid(text, "it is empty", error);
	if (!check_foreign(text, error))
		return false;
	if (reference.kind != REFERENCE_REGISTRY)
		reference.registry = "";
	const bool is_done =
		reference.kind == REFERENCE_REGISTRY
			? parse_registry(rest, default_registry, arena, &reference, error)
			: parse_path(text, rest, arena, &reference, error);
	if (is_done)
		*ret = reference;
	return is_done;
}

bool reference_is_short(const char *text)
{
	for (size_t i = 0; i < COUNT(prefixes); i++) {
		if (text_starts_with(text, prefixes[i].text))
			return false;
	}
	return !looks_like_registry((Span){ text, strcspn(text, "/") }) || !strchr(text, '/');
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
