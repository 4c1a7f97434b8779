#include "pkg/net/firewall.h"

#include "pkg/base/text.h"
#include "pkg/net/rules.h"
#include "pkg/sys/kernel/nftables.h"

// What stands between `start` and the brace that opens a block: "table ip filter {" gives "ip filter".
static const char *read_name(const char *line, const char *keyword, Arena *arena)
{
	const char *start = line + strlen(keyword);
	const char *brace = strstr(start, " {");
	return brace ? arena_strndup(arena, start, (size_t)(brace - start)) : "";
}

static const char *const own_table = RULES_FAMILY " " RULES_TABLE;

const char *firewall_parse_obstacle(const char *listing, Arena *arena)
{
	const char *table = "", *chain = "";
	while (*listing) {
		const size_t length = strcspn(listing, "\n");
		const char *line = arena_strndup(arena, listing, length);
		line += strspn(line, "\t ");
		if (text_starts_with(line, "table "))
			table = read_name(line, "table ", arena);
		else if (text_starts_with(line, "chain "))
			chain = read_name(line, "chain ", arena);
		else if (strstr(line, "hook forward ") && strstr(line, "policy drop;") &&
			 !text_equal(table, own_table))
			return arena_printf(arena, "%s %s", table, chain);
		listing += length + (listing[length] == '\n');
	}
	return NULL;
}

bool firewall_find_obstacle(Arena *arena, const char **ret_chain, Error *error)
{
	const char *listing = NULL;
	if (!nftables_run("list chains", arena, &listing, error))
		return error_wrap(error, "look at the host's firewall");
	*ret_chain = firewall_parse_obstacle(listing, arena);
	return true;
}
