// pkg/sys/kernel/nftables.h - changes to the packet filter. The only user of libnftables, which is loaded on first use.
#ifndef PKG_SYS_KERNEL_NFTABLES_H
#define PKG_SYS_KERNEL_NFTABLES_H

#include "pkg/base/arena.h"
#include "pkg/base/error.h"

// Runs `commands` (nft(8) syntax, newlines between them) as one transaction in the network namespace of the caller:
// all of them or none. ret_output: what listings print; may be NULL.
// Fails: ERROR_SYSTEM with nft's own words; ERROR_UNSUPPORTED when the library is not installed.
MUST_CHECK bool nftables_run(const char *commands, Arena *arena, const char **ret_output,
			     Error *error);

#endif
