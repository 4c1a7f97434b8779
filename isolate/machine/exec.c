#include "isolate/machine/exec.h"

#include "isolate/app/user.h"
#include "isolate/enter/process_status.h"
#include "isolate/guest/inside.h"
#include "isolate/guest/spec.h"
#include "isolate/machine/app_status.h"
#include "isolate/machine/filter.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/sys/bus/unit.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

#define CGROUP_ROOT "/sys/fs/cgroup"

static const char *list_apps(const MachinePlan *plan, Arena *arena)
{
	CLEANUP_BUFFER names = { 0 };
	for (size_t i = 0; i < plan->apps.count; i++)
		buffer_printf(&names, "%s%s", i > 0 ? ", " : "", plan->apps.items[i].name);
	return buffer_take(&names, arena);
}

static size_t count_main_apps(const MachinePlan *plan, const char **ret_last)
{
	size_t count = 0;
	for (size_t i = 0; i < plan->apps.count; i++) {
		if (plan_app_traits(&plan->apps.items[i])->is_init)
			continue;
		count++;
		*ret_last = plan->apps.items[i].name;
	}
	return count;
}

bool machine_find_app(const Host *host, const char *machine, const char *app, Arena *arena,
		      const char **ret_app, Error *error)
{
	MachinePlan plan = { 0 };
	const char *only = NULL;
	if (!generation_load_current(host, machine, arena, NULL, &plan, error))
		return false;
	if (!text_is_empty(app)) {
		if (!plan_find_app(&plan, app))
			return error_set(error, ERROR_NOT_FOUND,
					 "'%s' has no container '%s'; available: %s", machine, app,
					 list_apps(&plan, arena));
		*ret_app = app;
		return true;
	}
	if (count_main_apps(&plan, &only) != 1)
		return error_set(error, ERROR_INVALID, "'%s' has several containers, name one: %s",
				 machine, list_apps(&plan, arena));
	*ret_app = only;
	return true;
}

// Below the control group of the host's unit, nspawn keeps the machine's in `payload`.
static bool machine_cgroup(Bus *bus, const char *machine, Arena *arena, const char **ret,
			   Error *error)
{
	UnitState state = { 0 };
	if (!bus_unit_state(bus, unit_machine_name(arena, machine), arena, &state, error))
		return false;
	if (text_is_empty(state.control_group))
		return error_set(error, ERROR_NOT_FOUND, "'%s' is not running", machine);
	*ret = arena_printf(arena, CGROUP_ROOT "%s/payload", state.control_group);
	return true;
}

static bool app_pid(const Host *host, const char *machine, const char *app, const char *cgroup,
		    Arena *arena, pid_t *ret, Error *error)
{
	AppRecord record = { 0 };
	if (!app_status_load(host, machine, app, arena, &record, error))
		return error_wrap(error, "container '%s' of '%s' is not running", app, machine);
	if (record.state != APP_STATE_RUNNING)
		return error_set(error, ERROR_NOT_FOUND, "container '%s' of '%s' is not running",
				 app, machine);
	return enter_find_pid(cgroup, record.pid, ret, error);
}

static bool read_spec(pid_t leader, const char *app, Arena *arena, AppSpec *ret, Error *error)
{
	CLEANUP_FD root = -1;
	CLEANUP_FD fd = -1;
	const char *bytes = NULL;
	size_t length = 0;
	const char *root_path = arena_printf(arena, "/proc/%ld/root", (long)leader);
	const char *path = arena_printf(arena, "/" INSIDE_SPEC, app);
	return file_open_directory(AT_FDCWD, root_path, &root, error) &&
	       file_open_plain_in_root(root, path, &fd, error) &&
	       file_read_fd(fd, SPEC_BYTES_MAX, arena, &bytes, &length, error) &&
	       spec_parse(bytes, length, arena, ret, error);
}

// Another user of the same root: the groups and home are that user's, the capabilities those of the app.
static bool change_user(pid_t pid, const char *user, Arena *arena, AppSpec *spec, Error *error)
{
	if (!user)
		return true;
	CLEANUP_FD root = -1;
	User found = { 0 };
	if (!file_open_directory(AT_FDCWD, arena_printf(arena, "/proc/%ld/root", (long)pid), &root,
				 error) ||
	    !user_resolve(root, user, arena, &found, error))
		return false;
	spec->uid = found.uid;
	spec->gid = found.gid;
	spec->groups = found.groups;
	spec->capabilities = capability_sets(spec->capabilities.bounding, found.uid,
					     /* is_ambient= */ false);
	return true;
}

static EnterStdio stdio_of(const ExecRequest *request)
{
	if (request->has_terminal)
		return ENTER_TERMINAL;
	return request->has_no_stdin ? ENTER_PIPES : ENTER_PIPES_AND_INPUT;
}

// like: see Enter.
static bool run(const Host *host, const ExecRequest *request, pid_t pid, pid_t like, AppSpec *spec,
		int *ret_status, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	spec->arguments = request->arguments;
	spec->is_verbatim = true;
	Enter enter = {
		.pid = pid,
		.like = like,
		.program = path_join(arena, host->library_dir, "machine/sdme-isolate"),
		.stdio = stdio_of(request),
		.spec = spec,
	};
	return change_user(pid, request->user, arena, spec, error) &&
	       filter_read_machine(host, arena, &enter.filter, error) &&
	       enter_run(&enter, ret_status, error);
}

// The app may have less than its spec asks for: nspawn keeps a set of its own for the whole machine.
static void limit_capabilities(uint64_t bounding, CapabilitySets *sets)
{
	sets->bounding &= bounding;
	sets->permitted &= bounding;
	sets->effective &= bounding;
	sets->inheritable &= bounding;
	sets->ambient &= bounding;
}

// Limits and priorities are those of the app's parent, sdme-isolate: the app may have changed its own.
static bool run_beside(const Host *host, const ExecRequest *request, pid_t pid, AppSpec *spec,
		       int *ret_status, Error *error)
{
	ProcessStatus status = { 0 };
	if (!process_status_load(pid, &status, error))
		return false;
	limit_capabilities(status.bounding, &spec->capabilities);
	return run(host, request, pid, (pid_t)status.parent, spec, ret_status, error);
}

static bool exec_in_app(const Host *host, const ExecRequest *request, pid_t leader,
			const char *cgroup, Arena *arena, int *ret_status, Error *error)
{
	AppSpec spec = { 0 };
	pid_t pid = -1;
	const char *app_cgroup = arena_printf(arena, "%s/system.slice/%s", cgroup,
					      unit_app_name(arena, request->app));
	return app_pid(host, request->machine, request->app, app_cgroup, arena, &pid, error) &&
	       read_spec(leader, request->app, arena, &spec, error) &&
	       run_beside(host, request, pid, &spec, ret_status, error);
}

static bool exec_in_machine(const Host *host, const ExecRequest *request, pid_t leader,
			    Arena *arena, int *ret_status, Error *error)
{
	AppSpec spec = { 0 };
	return enter_machine_spec(leader, arena, &spec, error) &&
	       run(host, request, leader, leader, &spec, ret_status, error);
}

bool machine_exec(const Host *host, Bus *bus, const ExecRequest *request, int *ret_status,
		  Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	pid_t leader = -1;
	const char *cgroup = NULL;
	if (!machine_leader(host, bus, request->machine, &leader, error) ||
	    !machine_cgroup(bus, request->machine, arena, &cgroup, error))
		return false;
	return request->app ? exec_in_app(host, request, leader, cgroup, arena, ret_status, error)
			    : exec_in_machine(host, request, leader, arena, ret_status, error);
}
