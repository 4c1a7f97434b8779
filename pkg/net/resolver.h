// pkg/net/resolver.h - a pod's /etc/resolv.conf: the host's name servers as a pod can reach them, and spec.dnsConfig.
// Pure but for resolver_print_pod.
// Spec: resolv.conf(5); Kubernetes "DNS for Services and Pods", "Pod's DNS Config".
#ifndef PKG_NET_RESOLVER_H
#define PKG_NET_RESOLVER_H

#include "pkg/base/error.h"
#include "pkg/base/vec.h"

// The contents of a resolv.conf.
typedef struct Resolver {
	Texts servers;
	Texts searches;
	Texts options; // "ndots:5", "rotate"; each name once
} Resolver;

// What a pod asks for.
typedef struct ResolverPod {
	bool is_shared;    // it has the host's network
	bool ignores_host; // dnsPolicy None: `config` is all
	const Resolver *config;
} ResolverPod;

// Adds an option, or replaces the one of its name.
void resolver_set_option(Resolver *resolver, const char *option, Arena *arena);
// Lines that are neither nameserver, search, domain nor options are skipped, as the C library does. A dot at the end of
// a domain is dropped: it means nothing.
void resolver_parse(const char *text, Arena *arena, Resolver *ret);
// nameserver, search and options lines.
const char *resolver_print(const Resolver *resolver, Arena *arena);

// What of the host's file is of use in a network namespace with IPv4 only: name servers on loopback addresses and IPv6
// name servers are left out. No server may remain; resolver_print then says so in a comment.
void resolver_keep_reachable(const Resolver *host, Arena *arena, Resolver *ret);
// dnsConfig on top of the policy's result: servers and searches are appended without duplicates and cut at Kubernetes'
// limits (3 servers; 32 domains, 2048 characters), options of the same name are replaced.
void resolver_merge(const Resolver *policy, const Resolver *config, Arena *arena, Resolver *ret);

// The pod's resolv.conf. root: descriptor of the directory that stands for "/" of the host. Where the host's file is
// missing, names no server or one on a loopback address, and systemd-resolved knows better ones, those are taken. A pod
// with the host's network and no config gets the host's file as it is, and keeps loopback servers in any case.
MUST_CHECK bool resolver_print_pod(int root, const ResolverPod *pod, Arena *arena, const char **ret,
				   Error *error);

#endif
