#include "isolate/enter/door.h"

#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum {
	PROGRAM_BYTES_MAX = 4 << 20
};

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U // Linux 6.3; older kernels refuse it
#endif

void door_close(Door *door)
{
	int *fds[] = { &door->process,    &door->root,       &door->cgroup,     &door->program,
		       &door->spec,       &door->started[0], &door->started[1], &door->failure[0],
		       &door->failure[1], &door->channel[0], &door->channel[1] };
	for (size_t i = 0; i < COUNT(fds); i++)
		file_close(fds[i]);
}

// A file that lives in memory and cannot be changed any more, not even by who executes it.
static bool seal(const char *name, const void *bytes, size_t length, unsigned flags, int *ret,
		 Error *error)
{
	CLEANUP_FD fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | flags);
	if (fd < 0 && flags)
		fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0)
		return error_set_errno(error, errno, "make a sealed file");
	if (!file_write_fd(fd, bytes, length, error))
		return false;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return error_set_errno(error, errno, "seal a file");
	*ret = steal_fd(&fd);
	return true;
}

static bool seal_program(const char *path, int *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *bytes = NULL;
	size_t length = 0;
	return file_read(AT_FDCWD, path, PROGRAM_BYTES_MAX, scratch, &bytes, &length, error) &&
	       seal("sdme-isolate", bytes, length, MFD_EXEC, ret, error);
}

static bool seal_spec(const AppSpec *given, int *ret, Error *error)
{
	AppSpec spec = *given;
	spec.identifier = "exec";
	spec.kind = APP_KIND_EXEC;
	spec.masked_paths = spec.read_only_paths = (Texts){ 0 };
	CLEANUP_BUFFER image = { 0 };
	return spec_print(&spec, &image, error) &&
	       seal("sdme-spec", image.data, image.length, 0, ret, error);
}

static bool open_cgroup(const Enter *enter, int *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *directory = enter->cgroup;
	if (!directory && !enter_cgroup(enter->pid, scratch, &directory, error))
		return false;
	if (*directory == '\0')
		return true;
	const char *path = path_join(scratch, directory, "cgroup.procs");
	*ret = open(path, O_WRONLY | O_CLOEXEC);
	return *ret >= 0 ? true : error_set_errno(error, errno, "open '%s'", path);
}

// All of its namespaces; joining the user namespace that we are in already is an error to the kernel.
static bool find_namespaces(pid_t pid, int *ret, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	struct stat own, other;
	const char *path = arena_printf(scratch, "/proc/%ld/ns/user", (long)pid);
	if (stat("/proc/self/ns/user", &own) < 0 || stat(path, &other) < 0)
		return error_set_errno(error, errno, "look at '%s'", path);
	const bool is_same = own.st_ino == other.st_ino && own.st_dev == other.st_dev;
	*ret = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET |
	       CLONE_NEWCGROUP | (is_same ? 0 : CLONE_NEWUSER);
	return true;
}

static bool open_process(pid_t pid, Door *door, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	door->process = (int)syscall(SYS_pidfd_open, pid, 0);
	if (door->process < 0)
		return error_set_errno(error, errno, "open process %ld", (long)pid);
	const char *root = arena_printf(scratch, "/proc/%ld/root", (long)pid);
	door->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (door->root < 0)
		return error_set_errno(error, errno, "open '%s'", root);
	return find_namespaces(pid, &door->namespaces, error);
}

// The number has not been given to another process while we looked at /proc.
static bool check_alive(const Door *door, pid_t pid, Error *error)
{
	if (syscall(SYS_pidfd_send_signal, door->process, 0, NULL, 0) < 0)
		return error_set_errno(error, errno, "process %ld", (long)pid);
	return true;
}

static bool open_channels(Door *door, Error *error)
{
	if (pipe2(door->started, O_CLOEXEC) < 0 || pipe2(door->failure, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, door->channel) < 0)
		return error_set_errno(error, errno, "make a pipe");
	return true;
}

bool door_open(const Enter *enter, Door *ret, Error *error)
{
	CLEANUP_DOOR door = DOOR_CLOSED;
	if (!open_process(enter->pid, &door, error) || !open_cgroup(enter, &door.cgroup, error) ||
	    !check_alive(&door, enter->pid, error) ||
	    !seal_program(enter->program, &door.program, error) ||
	    !seal_spec(enter->spec, &door.spec, error) || !open_channels(&door, error))
		return false;
	*ret = door;
	door = DOOR_CLOSED;
	return true;
}
