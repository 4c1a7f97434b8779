// pkg/net/namespace.h - network namespaces, by descriptor.
#ifndef PKG_NET_NAMESPACE_H
#define PKG_NET_NAMESPACE_H

#include "pkg/base/error.h"

// Shows the network namespace of the calling thread.
#define NAMESPACE_OWN "/proc/thread-self/ns/net"

MUST_CHECK bool namespace_open_own(int *ret_fd, Error *error);
MUST_CHECK bool namespace_enter(int fd, Error *error);

typedef bool (*NamespaceWork)(void *context, Error *error);

// Does `work` in the namespace behind `fd`; the caller is in its own afterwards, also when the work fails.
MUST_CHECK bool namespace_visit(int fd, NamespaceWork work, void *context, Error *error);

#endif
