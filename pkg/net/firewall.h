// pkg/net/firewall.h - does the host's own firewall stand in the way of pods?
// Our table accepts what pods need, but each table has its own say: where another one drops forwarded packets by
// policy (Docker does, in `ip filter FORWARD`), pods are cut off from the world. We leave the tables of others alone
// and name the chain, so that the operator can be told.
#ifndef PKG_NET_FIREWALL_H
#define PKG_NET_FIREWALL_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

// The first chain of another table than ours that hooks into forwarding with the policy drop, as nft names it
// ("ip filter FORWARD"), or NULL. Loads libnftables: not for the path that starts a pod.
MUST_CHECK bool firewall_find_obstacle(Arena *arena, const char **ret_chain, Error *error);

// The pure part: `listing` is what `nft list chains` prints.
const char *firewall_parse_obstacle(const char *listing, Arena *arena);

#endif
