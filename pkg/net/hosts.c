#include "pkg/net/hosts.h"

#include "pkg/base/text.h"

#include <string.h>

static const char header_text[] = "# Kubernetes-managed hosts file.\n";
static const char header_text_host_network[] = "# Kubernetes-managed hosts file (host network).\n";

// As the kubelet writes them, its fe00:: addresses included.
static const char localhost_lines[] = "127.0.0.1\tlocalhost\n"
				      "::1\tlocalhost ip6-localhost ip6-loopback\n"
				      "fe00::0\tip6-localnet\n"
				      "fe00::0\tip6-mcastprefix\n"
				      "fe00::1\tip6-allnodes\n"
				      "fe00::2\tip6-allrouters\n";

static void add_aliases(Buffer *text, const HostAliases *aliases)
{
	if (aliases->count == 0)
		return;
	buffer_add(text, "\n# Entries added by HostAliases.\n");
	for (size_t i = 0; i < aliases->count; i++) {
		const HostAlias *alias = &aliases->items[i];
		buffer_add(text, alias->ip);
		for (size_t j = 0; j < alias->names.count; j++)
			buffer_printf(text, "\t%s", alias->names.items[j]);
		buffer_add_char(text, '\n');
	}
}

const char *hosts_print(Ipv4 address, const char *host_name, const char *domain,
			const HostAliases *aliases, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	const char *ip = ipv4_print(address, arena);
	buffer_add(&text, header_text);
	buffer_add(&text, localhost_lines);
	if (text_is_empty(domain))
		buffer_printf(&text, "%s\t%s\n", ip, host_name);
	else
		buffer_printf(&text, "%s\t%s.%s\t%s\n", ip, host_name, domain, host_name);
	add_aliases(&text, aliases);
	return buffer_take(&text, arena);
}

static bool line_names(const char *line, size_t length, const char *name)
{
	static const char blanks[] = " \t\r";
	const char *end = line + length;
	line += strcspn(line, blanks); // the address
	while (line < end) {
		line += strspn(line, blanks);
		const size_t word = strcspn(line, " \t\r\n#");
		if (word == strlen(name) && memcmp(line, name, word) == 0)
			return true;
		if (word == 0)
			return false;
		line += word;
	}
	return false;
}

static bool has_name(const char *text, const char *name)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");
		if (*text != '#' && line_names(text, length, name))
			return true;
		text += length + (text[length] ? 1 : 0);
	}
	return false;
}

const char *hosts_print_host_network(const char *host_file, const char *host_name,
				     const HostAliases *aliases, Arena *arena)
{
	CLEANUP_BUFFER text = { 0 };
	buffer_add(&text, header_text_host_network);
	buffer_add(&text, host_file);
	if (text.length > 0 && text.data[text.length - 1] != '\n')
		buffer_add_char(&text, '\n');
	if (!has_name(host_file, host_name))
		buffer_printf(&text, "127.0.1.1\t%s\n", host_name);
	add_aliases(&text, aliases);
	return buffer_take(&text, arena);
}
