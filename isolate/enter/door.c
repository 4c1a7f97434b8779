#include "isolate/enter/door.h"

#include "isolate/enter/gate.h"
#include "isolate/enter/process_status.h"
#include "isolate/enter/terminal.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/random.h>
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
	int *fds[] = { &door->process, &door->root, &door->cgroup,     &door->program,
		       &door->spec,    &door->page, &door->channel[0], &door->channel[1] };
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

static bool seal_spec(const AppSpec *given, uint64_t password, int *ret, Error *error)
{
	AppSpec spec = *given;
	CLEANUP_BUFFER program = { 0 };
	gate_print(spec.filter, password, &program);
	spec.filter = (Span){ program.data, program.length };
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
	if (!directory && !process_cgroup(enter->pid, scratch, &directory, error))
		return false;
	if (*directory == '\0')
		return true;
	return file_open_directory(AT_FDCWD, directory, ret, error);
}

// All of its namespaces; joining the user namespace that we are in already is an error to the kernel.
static bool find_namespaces(pid_t pid, uint32_t *ret, Error *error)
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
	return true;
}

// The number has not been given to another process while we looked at /proc.
static bool check_alive(const Door *door, pid_t pid, Error *error)
{
	if (syscall(SYS_pidfd_send_signal, door->process, 0, NULL, 0) < 0)
		return error_set_errno(error, errno, "process %ld", (long)pid);
	return true;
}

static bool open_page(const Enter *enter, uint64_t password, Door *door, Error *error)
{
	static const uint32_t streams[] = {
		[ENTER_PIPES] = SPEC_STREAMS_OUT,
		[ENTER_PIPES_AND_INPUT] = SPEC_STREAMS_ALL,
		[ENTER_TERMINAL] = SPEC_STREAMS_TERM,
	};
	SpecExec page = { .password = password, .streams = streams[enter->stdio] };
	struct winsize size;
	if (terminal_size(&size)) {
		page.rows = size.ws_row;
		page.columns = size.ws_col;
	}
	if (!find_namespaces(enter->pid, &page.namespaces, error))
		return false;
	door->page = memfd_create("sdme-exec", MFD_CLOEXEC);
	if (door->page < 0)
		return error_set_errno(error, errno, "make shared memory");
	return file_write_fd(door->page, &page, sizeof(page), error);
}

static bool open_channel(Door *door, Error *error)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, door->channel) < 0)
		return error_set_errno(error, errno, "make a socket");
	return true;
}

bool door_open(const Enter *enter, Door *ret, Error *error)
{
	CLEANUP_DOOR door = DOOR_CLOSED;
	uint64_t password = 0;
	if (getrandom(&password, sizeof(password), 0) != sizeof(password))
		return error_set_errno(error, errno, "draw a number");
	if (!open_process(enter->pid, &door, error) || !open_cgroup(enter, &door.cgroup, error) ||
	    !open_page(enter, password, &door, error) || !check_alive(&door, enter->pid, error) ||
	    !seal_program(enter->program, &door.program, error) ||
	    !seal_spec(enter->spec, password, &door.spec, error) || !open_channel(&door, error))
		return false;
	*ret = door;
	door = DOOR_CLOSED;
	return true;
}

bool door_receive_streams(const Door *door, int ret[SPEC_STREAMS_MAX])
{
	char byte = 0;
	struct iovec data = { &byte, sizeof(byte) };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(SPEC_STREAMS_MAX * sizeof(int))];
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	for (size_t i = 0; i < SPEC_STREAMS_MAX; i++)
		ret[i] = -1;
	if (recvmsg(door->channel[0], &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0)
		return false;
	const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(ret, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
	return true;
}

bool door_answer(const Door *door, SpecExec *ret, Error *error)
{
	if (pread(door->page, ret, sizeof(*ret), 0) != sizeof(*ret))
		return error_set_errno(error, errno, "read the answer");
	SpecFailure *failure = &ret->failure;
	failure->what[sizeof(failure->what) - 1] = '\0';
	failure->subject[sizeof(failure->subject) - 1] = '\0';
	return true;
}
