// pkg/net/sysctl.h - network settings of the kernel: files below /proc/sys/net, which shows the network namespace of the
// process that looks. Settings that are not per namespace are none of this program's business.
#ifndef PKG_NET_SYSCTL_H
#define PKG_NET_SYSCTL_H

#include "pkg/base/error.h"

// name: "ipv4/ip_forward".
MUST_CHECK bool sysctl_set(const char *name, const char *value, Error *error);
// As sysctl_set; a setting that this kernel doesn't have (no IPv6) is passed over.
MUST_CHECK bool sysctl_set_if_known(const char *name, const char *value, Error *error);
// True when the setting is there and its text is `value`.
bool sysctl_is(const char *name, const char *value);

#endif
