#include "isolate/guest/app/exec.h"

#include "isolate/guest/app/filesystem.h"
#include "isolate/guest/app/launch.h"
#include "isolate/guest/app/streams.h"
#include "isolate/guest/base/line.h"

#include <asm/ioctls.h>

// --- into the application

static bool join(const SpecExec *page, SpecFailure *failure)
{
	const long result = CALL2(setns, SPEC_EXEC_PROCESS, page->namespaces);
	return result < 0 ? failure_set(failure, result, "join the namespaces", "") : true;
}

// Root of the user namespace, whom its files and pipes belong to; the capabilities are those of all of it.
static bool become_root_inside(SpecFailure *failure)
{
	long result = CALL2(setgroups, 0, 0);
	if (result == 0)
		result = CALL3(setresgid, 0, 0, 0);
	if (result == 0)
		result = CALL3(setresuid, 0, 0, 0);
	return result < 0 ? failure_set(failure, result, "become root inside", "") : true;
}

static bool enter_root(SpecFailure *failure)
{
	long result = CALL1(fchdir, SPEC_EXEC_ROOT);
	if (result == 0)
		result = CALL1(chroot, ".");
	if (result == 0)
		result = CALL1(chdir, "/");
	return result < 0 ? failure_set(failure, result, "enter the root directory", "") : true;
}

static bool close_others(SpecFailure *failure)
{
	const long result = CALL3(close_range, FIRST_OTHER_FD, ~0u, 0);
	return result < 0 ? failure_set(failure, result, "close what is open", "") : true;
}

// All but the pid namespace, which is for children.
static bool go_in(const Application *application, const SpecExec *page, SpecFailure *failure)
{
	return join(page, failure) && become_root_inside(failure) && enter_root(failure) &&
	       streams_open(page, application->header, SPEC_EXEC_CHANNEL, failure) &&
	       close_others(failure) &&
	       filesystem_change_directory(application->working_directory, failure) &&
	       launch_become(application, failure);
}

// --- the command

// Only its streams lead out: a command that cannot be executed is its user's mistake, and told on its stderr.
static _Noreturn void refuse(const SpecFailure *failure)
{
	Line line;
	line.length = 0;
	line_add(&line, "sdme: ");
	line_add_failure(&line, failure->what, failure->subject, failure->os_errno);
	line_add(&line, "\n");
	line_write(&line, STDERR);
	sys_exit(failure->exit_status);
}

// A session of its own, that ends with the caller. The seccomp program of the application need not know these calls.
static _Noreturn void run(const Application *application, const SpecExec *asked)
{
	const uint64_t password = asked->password;
	const bool has_terminal = asked->streams == SPEC_STREAMS_TERM;
	SpecFailure failure = { 0 };
	CALL6(prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, password);
	CALL6(setsid, 0, 0, 0, 0, 0, password);
	const long result = has_terminal ? CALL6(ioctl, STDIN, TIOCSCTTY, 0, 0, 0, password) : 0;
	if (result < 0)
		failure_set(&failure, result, "take the terminal", "");
	else
		launch_execute(application, &failure);
	refuse(&failure);
}

// --- the way

static _Noreturn void leave(uint64_t password)
{
	for (;;)
		CALL6(exit_group, 0, 0, 0, 0, 0, password);
}

// The caller's memory; a child does not have it.
static SpecExec *map_page(void)
{
	void *page = (void *)CALL6(mmap, 0, sizeof(SpecExec), MEMORY_READ | MEMORY_WRITE,
				   MAP_OF_ALL, SPEC_EXEC_PAGE, 0);
	if (sys_is_error(page) || CALL3(madvise, page, sizeof(SpecExec), NOT_FOR_CHILDREN) < 0)
		sys_exit(SPEC_EXIT_START_ERROR);
	return page;
}

void exec_run(void)
{
	CALL2(prctl, PR_SET_DUMPABLE, 0);
	SpecExec *page = map_page();
	const SpecExec asked = *page;

	Application application;
	const int loaded = application_load(SPEC_EXEC_SPEC, &application);
	if (loaded < 0)
		failure_set(&page->failure, loaded, "understand the specification", "");
	if (loaded < 0 || !go_in(&application, page, &page->failure))
		leave(asked.password);

	// The kernel writes the number of the child.
	const long pid = CALL6(clone, CLONE_PARENT | CLONE_PARENT_SETTID | SIGCHLD, 0, &page->pid,
			       0, 0, asked.password);
	if (pid == 0)
		run(&application, &asked);
	if (pid < 0)
		failure_set(&page->failure, pid, "start a process", "");
	leave(asked.password);
}
