// pkg/net/rules.h - the nftables commands of the pod network, as text from typed data. Pure.
#ifndef PKG_NET_RULES_H
#define PKG_NET_RULES_H

#include "pkg/net/publication.h"

#define RULES_FAMILY "inet"
#define RULES_TABLE  "sdme"

// Replaces the whole table, as one transaction: chains and empty maps. The tables of others are not touched.
const char *rules_print_table(const Subnet *subnet, Arena *arena);
// Adds to the maps of published ports. Follows rules_print_table in the same transaction, or stands alone.
const char *rules_print_ports(const Publications *publications, Arena *arena);
// Empties the maps; rules_print_ports may follow in the same transaction.
const char *rules_print_flush(void);
// Changes with the text of rules_print_table, so that the rules of an older program are replaced.
uint32_t rules_version(const Subnet *subnet);

#endif
