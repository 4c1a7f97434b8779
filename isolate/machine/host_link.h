// isolate/machine/host_link.h - where the hostPath volumes of a plan lead, once for all of its starts.
// Links of the host are followed when a Pod is applied, and never afterwards: a container may be able to write where its
// volume's path leads through, and would choose by a link what of the host its next start gets.
#ifndef ISOLATE_MACHINE_HOST_LINK_H
#define ISOLATE_MACHINE_HOST_LINK_H

#include "isolate/plan/plan.h"
#include "pkg/base/error.h"
#include "pkg/sys/host.h"

// Makes the paths of all hostPath volumes what they lead to. Those below /dev stay: their links are udev's, and name a
// device that has another name after the next start of the host. Refused are links that lead nowhere, links of other users
// than root to what is not theirs, and links where a Pod can write, this or another one.
MUST_CHECK bool host_links_settle(const Host *host, MachinePlan *plan, Arena *arena, Error *error);

// True for a path that is not settled.
bool host_link_is_followed_late(const char *path);

#endif
