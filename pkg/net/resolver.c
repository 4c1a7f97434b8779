#include "pkg/net/resolver.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>

// Kubernetes' limits: what the C libraries look at.
#define SERVERS_MAX  3
#define SEARCHES_MAX 32

#define FILE_BYTES_MAX (64 * 1024)
#define RESOLVED_STUB  "127.0.0.53"
#define RESOLVED_FILE  "run/systemd/resolve/resolv.conf"

static const char blanks[] = " \t\r";

// The next word of the line, NULL at its end. `position` moves behind it.
static const char *next_word(const char **position, const char *end, Arena *arena)
{
	const char *start = *position;
	while (start < end && strchr(blanks, *start))
		start++;
	const char *stop = start;
	while (stop < end && !strchr(blanks, *stop))
		stop++;
	*position = stop;
	return stop > start ? arena_strndup(arena, start, (size_t)(stop - start)) : NULL;
}

// "ndots:5" or "rotate"; a word without a name means nothing.
static void set_option(Resolver *resolver, const char *word, Arena *arena)
{
	const size_t length = strcspn(word, ":");
	const char *value = word[length] ? word + length + 1 : "";
	if (length > 0)
		pairs_set(arena, &resolver->options, arena_strndup(arena, word, length), value);
}

static void parse_line(const char *line, const char *end, Arena *arena, Resolver *resolver)
{
	const char *keyword = next_word(&line, end, arena);
	const char *word = keyword ? next_word(&line, end, arena) : NULL;
	if (!word)
		return;
	if (text_equal(keyword, "nameserver")) {
		texts_add(arena, &resolver->servers, word);
	} else if (text_equal(keyword, "search") || text_equal(keyword, "domain")) {
		resolver->searches = (Texts){ 0 }; // the last line holds
		for (; word; word = next_word(&line, end, arena))
			texts_add(arena, &resolver->searches, word);
	} else if (text_equal(keyword, "options")) {
		for (; word; word = next_word(&line, end, arena))
			set_option(resolver, word, arena);
	}
}

void resolver_parse(const char *text, Arena *arena, Resolver *ret)
{
	Resolver resolver = { 0 };
	while (*text) {
		const char *end = text + strcspn(text, "\n");
		parse_line(text, end, arena, &resolver);
		text = *end ? end + 1 : end;
	}
	*ret = resolver;
}

const char *resolver_print(const Resolver *resolver, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	if (resolver->servers.count == 0)
		buffer_add(&text, "# No name server of the host can be reached from this pod: set "
				  "dnsConfig.nameservers.\n");
	for (size_t i = 0; i < resolver->servers.count; i++)
		buffer_printf(&text, "nameserver %s\n", resolver->servers.items[i]);

	for (size_t i = 0; i < resolver->searches.count; i++)
		buffer_printf(&text, "%s %s", i == 0 ? "search" : "", resolver->searches.items[i]);
	buffer_add(&text, resolver->searches.count > 0 ? "\n" : "");

	for (size_t i = 0; i < resolver->options.count; i++) {
		const Pair *option = &resolver->options.items[i];
		buffer_printf(&text, "%s %s%s%s", i == 0 ? "options" : "", option->key,
			      text_is_empty(option->value) ? "" : ":", option->value);
	}
	buffer_add(&text, resolver->options.count > 0 ? "\n" : "");
	return buffer_take(&text, arena);
}

static bool is_reachable(const char *server)
{
	struct in_addr address;
	return inet_pton(AF_INET, server, &address) == 1 && ntohl(address.s_addr) != 0 &&
	       ntohl(address.s_addr) >> 24 != IN_LOOPBACKNET;
}

void resolver_keep_reachable(const Resolver *host, Arena *arena, Resolver *ret)
{
	Texts servers = { 0 };
	for (size_t i = 0; i < host->servers.count; i++) {
		if (is_reachable(host->servers.items[i]))
			texts_add(arena, &servers, host->servers.items[i]);
	}
	*ret = (Resolver){ servers, host->searches, host->options };
}

static void add_new(Arena *arena, Texts *texts, const Texts *more, size_t max)
{
	for (size_t i = 0; i < more->count && texts->count < max; i++) {
		if (!texts_contain(texts, more->items[i]))
			texts_add(arena, texts, more->items[i]);
	}
}

void resolver_merge(const Resolver *policy, const Resolver *config, Arena *arena, Resolver *ret)
{
	Resolver merged = { 0 };
	add_new(arena, &merged.servers, &policy->servers, SERVERS_MAX);
	add_new(arena, &merged.servers, &config->servers, SERVERS_MAX);
	add_new(arena, &merged.searches, &policy->searches, SEARCHES_MAX);
	add_new(arena, &merged.searches, &config->searches, SEARCHES_MAX);
	for (size_t i = 0; i < policy->options.count; i++)
		pairs_set(arena, &merged.options, policy->options.items[i].key,
			  policy->options.items[i].value);
	for (size_t i = 0; i < config->options.count; i++)
		pairs_set(arena, &merged.options, config->options.items[i].key,
			  config->options.items[i].value);
	*ret = merged;
}

// An absent file is an empty text. Symlinks are the host's own and are followed.
static bool read_text(int root, const char *path, Arena *arena, const char **ret, Error *error)
{
	if (file_read(root, path, FILE_BYTES_MAX, arena, ret, NULL, error))
		return true;
	if (error->code != ERROR_NOT_FOUND)
		return false;
	error_clear(error);
	*ret = "";
	return true;
}

bool resolver_read_host(int root, bool is_shared, Arena *arena, const char **ret, Error *error)
{
	const char *text = NULL, *upstream = NULL;
	if (!read_text(root, "etc/resolv.conf", arena, &text, error))
		return error_wrap(error, "read the host's name servers");

	Resolver resolver = { 0 };
	resolver_parse(text, arena, &resolver);
	if (!is_shared && texts_contain(&resolver.servers, RESOLVED_STUB)) {
		if (!read_text(root, RESOLVED_FILE, arena, &upstream, error))
			return error_wrap(error, "read the host's name servers");
		text = text_is_empty(upstream) ? text : upstream;
	}
	*ret = text;
	return true;
}
