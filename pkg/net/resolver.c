#include "pkg/net/resolver.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>

// Kubernetes' limits: what the C libraries look at.
#define SERVERS_MAX           3
#define SEARCHES_MAX          32
#define SEARCH_CHARACTERS_MAX 2048

#define FILE_BYTES_MAX (64 * 1024)
// Where systemd-resolved keeps the servers behind its stubs, 127.0.0.53 and 127.0.0.54.
#define RESOLVED_FILE "run/systemd/resolve/resolv.conf"

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

void resolver_set_option(Resolver *resolver, const char *option, Arena *arena)
{
	const size_t length = strcspn(option, ":");
	if (length == 0) // a word without a name means nothing
		return;
	for (size_t i = 0; i < resolver->options.count; i++) {
		const char *other = resolver->options.items[i];
		if (strcspn(other, ":") == length && memcmp(other, option, length) == 0) {
			resolver->options.items[i] = option;
			return;
		}
	}
	texts_add(arena, &resolver->options, option);
}

// Dots at the end mean nothing; one alone is the root.
static const char *without_dots(const char *domain, Arena *arena)
{
	size_t length = strlen(domain);
	while (length > 1 && domain[length - 1] == '.')
		length--;
	return arena_strndup(arena, domain, length);
}

static void take_line(const char *line, const char *end, Arena *arena, Resolver *resolver)
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
			texts_add(arena, &resolver->searches, without_dots(word, arena));
	} else if (text_equal(keyword, "options")) {
		for (; word; word = next_word(&line, end, arena))
			resolver_set_option(resolver, word, arena);
	}
}

void resolver_parse(const char *text, Arena *arena, Resolver *ret)
{
	Resolver resolver = { 0 };
	while (*text) {
		const char *end = text + strcspn(text, "\n");
		take_line(text, end, arena, &resolver);
		text = *end ? end + 1 : end;
	}
	*ret = resolver;
}

static void add_line(Buffer *text, const char *keyword, const Texts *words)
{
	if (words->count == 0)
		return;
	buffer_add(text, keyword);
	for (size_t i = 0; i < words->count; i++)
		buffer_printf(text, " %s", words->items[i]);
	buffer_add_char(text, '\n');
}

const char *resolver_print(const Resolver *resolver, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	if (resolver->servers.count == 0)
		buffer_add(&text, "# No name server of the host can be reached from this pod: set "
				  "dnsConfig.nameservers.\n");
	for (size_t i = 0; i < resolver->servers.count; i++)
		buffer_printf(&text, "nameserver %s\n", resolver->servers.items[i]);
	add_line(&text, "search", &resolver->searches);
	add_line(&text, "options", &resolver->options);
	return buffer_take(&text, arena);
}

// On the host itself: a loopback address, or 0.0.0.0, which means the same to a client.
static bool is_local(const char *server)
{
	struct in_addr ipv4;
	struct in6_addr ipv6;
	if (inet_pton(AF_INET, server, &ipv4) == 1)
		return ipv4.s_addr == htonl(INADDR_ANY) ||
		       ntohl(ipv4.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, server, &ipv6) == 1 &&
	       (IN6_IS_ADDR_LOOPBACK(&ipv6) || IN6_IS_ADDR_UNSPECIFIED(&ipv6));
}

static bool is_reachable(const char *server)
{
	struct in_addr address;
	return inet_pton(AF_INET, server, &address) == 1 && !is_local(server);
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

// As the kubelet cuts: whole domains, from the end.
static void cut_searches(Texts *searches)
{
	size_t length = 0;
	for (size_t i = 0; i < searches->count; i++) {
		length += strlen(searches->items[i]) + (i > 0 ? 1 : 0);
		if (length > SEARCH_CHARACTERS_MAX)
			searches->count = i;
	}
}

static void add_options(Arena *arena, Resolver *resolver, const Texts *options)
{
	for (size_t i = 0; i < options->count; i++)
		resolver_set_option(resolver, options->items[i], arena);
}

void resolver_merge(const Resolver *policy, const Resolver *config, Arena *arena, Resolver *ret)
{
	Resolver merged = { 0 };
	add_new(arena, &merged.servers, &policy->servers, SERVERS_MAX);
	add_new(arena, &merged.servers, &config->servers, SERVERS_MAX);
	add_new(arena, &merged.searches, &policy->searches, SEARCHES_MAX);
	add_new(arena, &merged.searches, &config->searches, SEARCHES_MAX);
	cut_searches(&merged.searches);
	add_options(arena, &merged, &policy->options);
	add_options(arena, &merged, &config->options);
	*ret = merged;
}

// An absent file is an empty text. Symlinks are the host's own and are followed.
static bool read_text(int root, const char *path, Arena *arena, const char **ret, Error *error)
{
	if (file_read(root, path, FILE_BYTES_MAX, arena, ret, NULL, error))
		return true;
	if (!error_forgive(error, ERROR_NOT_FOUND))
		return error_wrap(error, "read the host's name servers");
	*ret = "";
	return true;
}

// Without any server the C library asks 127.0.0.1.
static bool asks_itself(const Resolver *host)
{
	for (size_t i = 0; i < host->servers.count; i++) {
		if (is_local(host->servers.items[i]))
			return true;
	}
	return host->servers.count == 0;
}

// What of the host's name servers a network namespace can use.
static bool read_reachable(int root, const char *text, Arena *arena, Resolver *ret, Error *error)
{
	Resolver host = { 0 };
	Resolver behind = { 0 };
	resolver_parse(text, arena, &host);
	if (asks_itself(&host)) {
		if (!read_text(root, RESOLVED_FILE, arena, &text, error))
			return false;
		resolver_parse(text, arena, &behind);
		resolver_keep_reachable(&behind, arena, &behind);
	}
	if (behind.servers.count > 0)
		*ret = behind;
	else
		resolver_keep_reachable(&host, arena, ret);
	return true;
}

static bool is_empty(const Resolver *resolver)
{
	return resolver->servers.count == 0 && resolver->searches.count == 0 &&
	       resolver->options.count == 0;
}

bool resolver_print_pod(int root, const ResolverPod *pod, Arena *arena, const char **ret,
			Error *error)
{
	Resolver resolver = { 0 };
	const char *text = "";
	if (!pod->ignores_host && !read_text(root, "etc/resolv.conf", arena, &text, error))
		return false;
	if (pod->is_shared && !pod->ignores_host && is_empty(pod->config)) {
		*ret = text;
		return true;
	}
	if (pod->is_shared)
		resolver_parse(text, arena, &resolver);
	else if (!pod->ignores_host && !read_reachable(root, text, arena, &resolver, error))
		return false;
	resolver_merge(&resolver, pod->config, arena, &resolver);
	*ret = resolver_print(&resolver, arena);
	return true;
}
