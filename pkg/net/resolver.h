// pkg/net/resolver.h - a pod's /etc/resolv.conf: the host's name servers as a pod can reach them, and spec.dnsConfig.
// Pure but for resolver_read_host.
// Spec: resolv.conf(5); Kubernetes "DNS for Services and Pods", "Pod's DNS Config".
#ifndef PKG_NET_RESOLVER_H
#define PKG_NET_RESOLVER_H

#include "pkg/base/error.h"
#include "pkg/base/pairs.h"

// The contents of a resolv.conf.
typedef struct Resolver {
	Texts servers;
	Texts searches;
	Pairs options; // "ndots" = "5"; "" for options without a value
} Resolver;

// Lines that are neither nameserver, search, domain nor options are skipped, as the C library does.
void resolver_parse(const char *text, Arena *arena, Resolver *ret);
// nameserver, search and options lines.
const char *resolver_print(const Resolver *resolver, Arena *arena);

// What of the host's file is of use in a network namespace with IPv4 only: name servers on loopback addresses and IPv6
// name servers are left out. No server may remain; resolver_print then says so in a comment.
void resolver_keep_reachable(const Resolver *host, Arena *arena, Resolver *ret);
// dnsConfig on top of the policy's result: servers and searches are appended without duplicates and cut at 3 and 32,
// options of the same name are replaced.
void resolver_merge(const Resolver *policy, const Resolver *config, Arena *arena, Resolver *ret);

// The host's resolv.conf text. root: descriptor of the directory that stands for "/". is_shared: the pod has
// the host's network and gets the file as it is; otherwise, when the file names the stub of systemd-resolved
// (127.0.0.53), run/systemd/resolve/resolv.conf is read in its place. A missing file is an empty text.
MUST_CHECK bool resolver_read_host(int root, bool is_shared, Arena *arena, const char **ret,
				   Error *error);

#endif
