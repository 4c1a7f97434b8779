// pkg/net/hosts.h - the text of a pod's /etc/hosts. Pure.
// Spec: kubelet 1.34, pkg/kubelet/kubelet_pods.go, managedHostsFileContent and nodeHostsFileContent.
#ifndef PKG_NET_HOSTS_H
#define PKG_NET_HOSTS_H

#include "pkg/base/vec.h"
#include "pkg/net/address.h"

// spec.hostAliases[]
typedef struct HostAlias {
	const char *ip;
	Texts names;
} HostAlias;

VEC_DECLARE(HostAliases, host_aliases, HostAlias);

// A pod with a network namespace of its own. domain: "" or the part behind the host name ("sub.default.svc.cluster.local"
// gives "web.sub.default… web").
const char *hosts_print(Ipv4 address, const char *host_name, const char *domain,
			const HostAliases *aliases, Arena *arena);
// A pod with hostNetwork: `host_file` is the text of the host's /etc/hosts. A host whose name is not in it finds itself by
// nss-myhostname, which an image need not have: the pod gets a line for it, with Debian's address.
const char *hosts_print_host_network(const char *host_file, const char *host_name,
				     const HostAliases *aliases, Arena *arena);

#endif
