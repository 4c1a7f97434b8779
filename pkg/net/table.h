// pkg/net/table.h - the nftables table `inet sdme` in the kernel, in the network namespace of the caller.
#ifndef PKG_NET_TABLE_H
#define PKG_NET_TABLE_H

#include "pkg/net/publication.h"

// The number that the kernel gave the table when it was made, 0 when there is none: a table that was deleted and made
// again has another one. Asks the kernel directly; libnftables is not loaded.
MUST_CHECK bool table_find(uint64_t *ret_handle, Error *error);
// Makes or replaces the table, published ports included, in one step for packets.
MUST_CHECK bool table_install(const Subnet *subnet, const Publications *publications, Error *error);
// Publishes more ports in the table that is there. Fails when one is there already and leads elsewhere.
MUST_CHECK bool table_add_ports(const Publications *added, Error *error);
// Replaces all published ports of the table that is there. Some 10 ms slower than table_add_ports when it removes some:
// the kernel waits for the packets in flight before the next change.
MUST_CHECK bool table_replace_ports(const Publications *publications, Error *error);

#endif
