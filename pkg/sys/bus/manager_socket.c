#include "pkg/sys/bus/manager_socket.h"

#include "pkg/sys/file.h"
#include "pkg/sys/interrupt.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

// Where systemd listens for root without D-Bus; the same in every version so far.
static const struct sockaddr_un address = { AF_UNIX, "/run/systemd/private" };

// What the helper leaves as its exit status is an errno, or this when something else killed a step of it.
#define STATUS_UNKNOWN 255

// The user namespace is not joined: the ids below count in the host's, and no capability is wanted.
#define JOINED_NAMESPACES                                                                          \
	(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

// From here to helper_main: the child. It may be a copy of one thread of many, so only system calls are allowed.

static int wait_for_child(pid_t child)
{
	int status = 0;
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return errno;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : STATUS_UNKNOWN;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0 } };
	return (int)syscall(SYS_capset, &header, none);
}

// Takes on the identity of the machine's root, who owns the socket, and nothing else of the host's. Raw calls: glibc's
// would tell other threads, which this copy does not have.
static bool become_owner(const struct stat *owner)
{
	return syscall(SYS_setgroups, 0, NULL) == 0 &&
	       syscall(SYS_setresgid, owner->st_gid, owner->st_gid, owner->st_gid) == 0 &&
	       syscall(SYS_setresuid, owner->st_uid, owner->st_uid, owner->st_uid) == 0 &&
	       drop_capabilities() == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

// The process that becomes visible in the machine comes into being with everything dropped, so whoever rules there
// gains nothing by seizing it.
static int helper_main(int leader_fd, int socket_fd)
{
	struct stat owner;
	if (setns(leader_fd, JOINED_NAMESPACES) < 0 || lstat(address.sun_path, &owner) < 0)
		return errno;
	if (!S_ISSOCK(owner.st_mode))
		return ENOENT;
	if (syscall(SYS_close_range, leader_fd, leader_fd, 0) < 0 || !become_owner(&owner))
		return errno;

	const pid_t visible = fork();
	if (visible < 0)
		return errno;
	if (visible > 0)
		return wait_for_child(visible);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	const struct sockaddr *peer = (const struct sockaddr *)&address;
	_exit(connect(socket_fd, peer, sizeof(address)) < 0 ? errno : 0);
}

static void close_all_but(unsigned low, unsigned high)
{
	if (low > 0)
		syscall(SYS_close_range, 0U, low - 1, 0U);
	syscall(SYS_close_range, low + 1, high - 1, 0U);
	syscall(SYS_close_range, high + 1, ~0U, 0U);
}

static NORETURN void run_helper(int leader_fd, int socket_fd)
{
	const unsigned one = (unsigned)leader_fd, two = (unsigned)socket_fd;
	close_all_but(one < two ? one : two, one < two ? two : one);
	_exit(helper_main(leader_fd, socket_fd));
}

// The end of the child is waited for with a limit: the machine may have put a file system there that hangs.
static bool wait_for_helper(pid_t helper, uint64_t timeout_ms, int *ret_status, Error *error)
{
	CLEANUP_FD fd = (int)syscall(SYS_pidfd_open, helper, 0);
	struct pollfd one = { .fd = fd, .events = POLLIN };
	int ready = 0;
	const bool has_waited =
		fd >= 0 && interrupt_poll(&one, 1, timeout_ms * 1000, &ready, error);
	if (ready == 0)
		kill(helper, SIGKILL);
	*ret_status = wait_for_child(helper);
	if (fd < 0)
		return error_set(error, ERROR_SYSTEM, "no descriptor for a child process");
	if (has_waited && ready == 0)
		return error_set(error, ERROR_TIMEOUT, "timed out");
	return has_waited;
}

static bool explain(int status, Error *error)
{
	switch (status) {
	case 0:
		return true;
	case ESRCH:
		return error_set(error, ERROR_NOT_FOUND, "it has ended");
	case ENOENT:
	case ECONNREFUSED:
	case EAGAIN:
		return error_set(error, ERROR_BUSY, "its systemd is not up yet");
	case STATUS_UNKNOWN:
		return error_set(error, ERROR_SYSTEM, "the helper process was killed");
	default:
		return error_set_errno(error, status, "enter the machine");
	}
}

static bool connect_through_helper(int leader_fd, int socket_fd, uint64_t timeout_ms, Error *error)
{
	const pid_t helper = fork();
	if (helper < 0)
		return error_set_errno(error, errno, "fork");
	if (helper == 0)
		run_helper(leader_fd, socket_fd);
	int status = 0;
	return wait_for_helper(helper, timeout_ms, &status, error) && explain(status, error);
}

bool manager_socket_connect(pid_t leader, uint64_t timeout_ms, int *ret_fd, Error *error)
{
	CLEANUP_FD leader_fd = (int)syscall(SYS_pidfd_open, leader, 0);
	if (leader_fd < 0 && errno == ESRCH)
		return error_set(error, ERROR_NOT_FOUND, "process %d has ended", (int)leader);
	if (leader_fd < 0)
		return error_set_errno(error, errno, "open process %d", (int)leader);
	CLEANUP_FD socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (socket_fd < 0)
		return error_set_errno(error, errno, "make a socket");

	if (!connect_through_helper(leader_fd, socket_fd, timeout_ms, error))
		return error_wrap(error, "connect to the machine of process %d", (int)leader);
	*ret_fd = steal_fd(&socket_fd);
	return true;
}
