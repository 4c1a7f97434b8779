#include "kube/check/names.h"

#include "pkg/base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define LOWER     "abcdefghijklmnopqrstuvwxyz"
#define UPPER     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS    "0123456789"
#define ALNUM     LOWER UPPER DIGITS
#define LABEL_RE  "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
#define SEARCH_RE "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
#define QNAME_RE  "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"

#define QNAME_RULE                                                                                 \
	"must consist of alphanumeric characters, '-', '_' or '.', and must start and end with "   \
	"an alphanumeric character"
#define QNAME_FAULT                                                                                \
	QNAME_RULE " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '" \
		   "" QNAME_RE "')"

static const char fault_empty[] = "must be non-empty";
static const char fault_label[] =
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
	"must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
	"used for validation is '" LABEL_RE "')";
static const char fault_subdomain[] =
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
	"'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
	"for validation is '" LABEL_RE "(\\." LABEL_RE ")*')";
static const char fault_search[] =
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', "
	"'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', "
	"regex used for validation is '" SEARCH_RE "(\\." SEARCH_RE ")*')";
static const char fault_label_value[] =
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
	"'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
	"'my_value',  or '12345', regex used for validation is '(" QNAME_RE ")?')";
static const char fault_data_key[] =
	"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
	"'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
	"'[-._a-zA-Z0-9]+')";

// At least one character, all of them `inner`, the first and the last one of `outer`.
static bool is_word(const char *text, size_t length, const char *outer, const char *inner)
{
	if (length == 0 || !strchr(outer, text[0]) || !strchr(outer, text[length - 1]))
		return false;
	return strspn(text, inner) >= length;
}

static bool is_label(const char *text, size_t length)
{
	return is_word(text, length, LOWER DIGITS, LOWER DIGITS "-");
}

static bool is_search_label(const char *text, size_t length)
{
	const size_t start = length > 0 && text[0] == '_' ? 1 : 0;
	return is_word(text + start, length - start, LOWER DIGITS, LOWER DIGITS "-_");
}

// All labels between the dots are good ones.
static bool is_dotted(const char *text, bool (*is_good)(const char *text, size_t length))
{
	for (;;) {
		const size_t length = strcspn(text, ".");
		if (!is_good(text, length))
			return false;
		if (!text[length])
			return true;
		text += length + 1;
	}
}

static bool is_subdomain(const char *text)
{
	return is_dotted(text, is_label);
}

// Bytes are counted everywhere; older messages of Kubernetes call them characters.
static void check_length(const char *text, size_t max, const char *unit, Arena *arena,
			 Texts *ret_faults)
{
	if (strlen(text) > max)
		texts_add(arena, ret_faults,
			  arena_printf(arena, "must be no more than %zu %s", max, unit));
}

void name_check_label(const char *name, Arena *arena, Texts *ret_faults)
{
	check_length(name, 63, "characters", arena, ret_faults);
	if (is_label(name, strlen(name)))
		return;
	texts_add(arena, ret_faults, is_subdomain(name) ? "must not contain dots" : fault_label);
}

static void check_subdomain(const char *name, const char *unit, Arena *arena, Texts *ret_faults)
{
	check_length(name, 253, unit, arena, ret_faults);
	if (!is_subdomain(name))
		texts_add(arena, ret_faults, fault_subdomain);
}

void name_check_search(const char *name, Arena *arena, Texts *ret_faults)
{
	check_length(name, 253, "characters", arena, ret_faults);
	if (!is_dotted(name, is_search_label))
		texts_add(arena, ret_faults, fault_search);
}

void name_check_subdomain(const char *name, Arena *arena, Texts *ret_faults)
{
	check_subdomain(name, "characters", arena, ret_faults);
}

static void check_prefix(const char *prefix, Arena *arena, Texts *ret_faults)
{
	Texts faults = { 0 };
	if (text_is_empty(prefix))
		texts_add(arena, &faults, fault_empty);
	else
		check_subdomain(prefix, "bytes", arena, &faults);
	for (size_t i = 0; i < faults.count; i++)
		texts_add(arena, ret_faults,
			  arena_printf(arena, "prefix part %s", faults.items[i]));
}

void name_check_qualified(const char *name, Arena *arena, Texts *ret_faults)
{
	const char *slash = strchr(name, '/');
	if (slash && strchr(slash + 1, '/')) {
		texts_add(arena, ret_faults,
			  "a valid label key " QNAME_FAULT " with an optional DNS subdomain prefix "
			  "and '/' (e.g. 'example.com/MyName')");
		return;
	}
	if (slash)
		check_prefix(arena_strndup(arena, name, (size_t)(slash - name)), arena, ret_faults);

	const char *part = slash ? slash + 1 : name;
	if (!*part)
		texts_add(arena, ret_faults, "name part must be non-empty");
	else if (strlen(part) > 63)
		texts_add(arena, ret_faults, "name part must be no more than 63 bytes");
	if (!is_word(part, strlen(part), ALNUM, ALNUM "-_."))
		texts_add(arena, ret_faults, "name part " QNAME_FAULT);
}

void name_check_label_value(const char *value, Arena *arena, Texts *ret_faults)
{
	check_length(value, 63, "bytes", arena, ret_faults);
	if (*value && !is_word(value, strlen(value), ALNUM, ALNUM "-_."))
		texts_add(arena, ret_faults, fault_label_value);
}

void name_check_data_key(const char *key, Arena *arena, Texts *ret_faults)
{
	check_length(key, 253, "characters", arena, ret_faults);
	if (!*key || !text_has_only(key, ALNUM "-_."))
		texts_add(arena, ret_faults, fault_data_key);
	if (text_equal(key, "."))
		texts_add(arena, ret_faults, "must not be '.'");
	else if (text_equal(key, ".."))
		texts_add(arena, ret_faults, "must not be '..'");
	else if (text_starts_with(key, ".."))
		texts_add(arena, ret_faults, "must not start with '..'");
}

void name_check_env(const char *name, Arena *arena, Texts *ret_faults)
{
	if (!*name)
		texts_add(arena, ret_faults, "environment variable name must be non-empty");
	for (; *name; name++) {
		if (*name >= ' ' && *name <= '~' && *name != '=')
			continue;
		texts_add(arena, ret_faults,
			  "a valid environment variable name must consist only of printable ASCII "
			  "characters other than '='");
		return;
	}
}

void name_check_port(const char *name, Arena *arena, Texts *ret_faults)
{
	check_length(name, 15, "characters", arena, ret_faults);
	if (!*name || !text_has_only(name, LOWER DIGITS "-"))
		texts_add(arena, ret_faults,
			  "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
	if (!name[strcspn(name, LOWER)])
		texts_add(arena, ret_faults, "must contain at least one letter (a-z)");
	if (strstr(name, "--"))
		texts_add(arena, ret_faults, "must not contain consecutive hyphens");
	if (*name && (name[0] == '-' || name[strlen(name) - 1] == '-'))
		texts_add(arena, ret_faults, "must not begin or end with a hyphen");
}

void name_check_ip(const char *address, Arena *arena, Texts *ret_faults)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	if (inet_pton(AF_INET, address, bytes) != 1 && inet_pton(AF_INET6, address, bytes) != 1)
		texts_add(arena, ret_faults,
			  "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
}

void number_check_port(int64_t port, Arena *arena, Texts *ret_faults)
{
	if (port < 1 || port > 65535)
		texts_add(arena, ret_faults, "must be between 1 and 65535, inclusive");
}

void number_check_id(int64_t id, Arena *arena, Texts *ret_faults)
{
	if (id < 0 || id > INT32_MAX)
		texts_add(arena, ret_faults, "must be between 0 and 2147483647, inclusive");
}
