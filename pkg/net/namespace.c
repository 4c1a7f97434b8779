#include "pkg/net/namespace.h"

#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>

bool namespace_open_own(int *ret_fd, Error *error)
{
	const int fd = open(NAMESPACE_OWN, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set_errno(error, errno, "open '%s'", NAMESPACE_OWN);
	*ret_fd = fd;
	return true;
}

bool namespace_enter(int fd, Error *error)
{
	return setns(fd, CLONE_NEWNET) == 0 ||
	       error_set_errno(error, errno, "change the network namespace");
}

bool namespace_visit(int fd, NamespaceWork work, void *context, Error *error)
{
	CLEANUP_FD home = -1;
	CLEANUP_ERROR lost = { 0 };
	if (!namespace_open_own(&home, error) || !namespace_enter(fd, error))
		return false;
	const bool is_done = work(context, error);
	if (!namespace_enter(home, &lost))
		return is_done ? error_move(error, &lost) : error_wrap(error, "%s", lost.message);
	return is_done;
}
