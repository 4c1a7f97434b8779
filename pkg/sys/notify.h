// pkg/sys/notify.h - what a service of Type=notify tells its manager.
// The only user of <systemd/sd-daemon.h>.
#ifndef PKG_SYS_NOTIFY_H
#define PKG_SYS_NOTIFY_H

#include "pkg/base/error.h"

// The service is up; `status` is shown by systemctl status. Returns when the manager has read it, so that the process
// may end. Without a manager nobody is told.
MUST_CHECK bool notify_ready(const char *status, Error *error);

#endif
