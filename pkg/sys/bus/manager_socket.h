// pkg/sys/bus/manager_socket.h - the private socket of a machine's PID 1.
// systemd listens on /run/systemd/private and accepts only peers that are root in its user namespace and have a
// process id in its process namespace. Both are looked at when the connection is made, not later: a short-lived child
// joins the machine's namespaces, gives up every privilege there, connects, and goes; the socket stays with us.
#ifndef PKG_SYS_BUS_MANAGER_SOCKET_H
#define PKG_SYS_BUS_MANAGER_SOCKET_H

#include "pkg/base/error.h"

#include <stdint.h>
#include <sys/types.h>

// leader: the machine's PID 1, as the host counts. Fails: ERROR_NOT_FOUND (no such process), ERROR_BUSY (nobody
// listens there yet), ERROR_TIMEOUT.
MUST_CHECK bool manager_socket_connect(pid_t leader, uint64_t timeout_ms, int *ret_fd,
				       Error *error);

#endif
