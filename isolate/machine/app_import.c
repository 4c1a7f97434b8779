#include "isolate/machine/app_import.h"

#include "isolate/app/spec.h"
#include "isolate/app/user.h"
#include "isolate/guest/inside.h"
#include "isolate/machine/filter.h"
#include "isolate/plan/plan.h"
#include "isolate/plan/unit.h"
#include "pkg/base/path.h"
#include "pkg/base/signal.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define PROGRAM_BYTES_MAX (1024 * 1024)
#define GRACE_SECONDS     10

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define UNITS        "etc/systemd/system"

// What differs from the unit of a Pod's container: the system around it is a whole one.
#define UNIT_ADDITION "\n[Unit]\nDefaultDependencies=yes\nAfter=network.target\n"

typedef struct AppImport {
	const Host *host;
	const ImageConfig *config;
	const char *name;
	int root;
	Arena *arena;
} AppImport;

static bool write_file(const AppImport *self, const char *path, const void *bytes, size_t length,
		       mode_t mode, Error *error)
{
	CLEANUP_FD fd = -1;
	if (!file_root_make_directories(self->root, path_parent(self->arena, path), 0755, 0, 0,
					NULL, error) ||
	    !file_open_in_root(self->root, path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode,
			       &fd, error))
		return false;
	if (fchmod(fd, mode) < 0)
		return error_set_errno(error, errno, "set the mode of '%s'", path);
	return file_write_fd(fd, bytes, length, error) || error_wrap(error, "'%s'", path);
}

// --- the spec

static void set_variable(const AppImport *self, AppSpec *spec, const char *name, const char *value)
{
	AppVariable *variable = app_variables_push(self->arena, &spec->environment);
	*variable = (AppVariable){ .name = name, .value = value, .is_hidden = true };
}

// The last of a name counts: what the image sets wins.
static void fill_environment(const AppImport *self, const User *user, AppSpec *spec)
{
	set_variable(self, spec, "PATH", DEFAULT_PATH);
	set_variable(self, spec, "HOME", user->home);
	for (size_t i = 0; i < self->config->environment.count; i++) {
		const char *line = self->config->environment.items[i];
		const char *equals = strchr(line, '=');
		if (!equals || equals == line)
			continue;
		set_variable(self, spec, arena_strndup(self->arena, line, (size_t)(equals - line)),
			     equals + 1);
	}
}

static void fill_arguments(const AppImport *self, AppSpec *spec)
{
	const Texts *const parts[] = { &self->config->entrypoint, &self->config->command };
	for (size_t i = 0; i < COUNT(parts); i++) {
		for (size_t j = 0; j < parts[i]->count; j++)
			texts_add(self->arena, &spec->arguments, parts[i]->items[j]);
	}
	spec->is_verbatim = true;
}

static bool resolve_user(const AppImport *self, User *ret, Error *error)
{
	CLEANUP_FD app = -1;
	const char *path = arena_printf(self->arena, INSIDE_APP_ROOT, self->name);
	return file_open_in_root(self->root, path, O_RDONLY | O_DIRECTORY, 0, &app, error) &&
	       user_resolve(app, self->config->user, self->arena, ret, error);
}

// The name resolution of the system around it.
static void add_mounts(const AppImport *self, AppSpec *spec)
{
	static const char *const files[] = { "/etc/hosts", "/etc/hostname", "/etc/resolv.conf" };
	for (size_t i = 0; i < COUNT(files); i++)
		*app_mounts_push(self->arena, &spec->mounts) = (AppMount){
			.source = files[i],
			.target = files[i],
			.is_read_only = true,
			.is_optional = true,
		};
}

static bool read_filter(const AppImport *self, Span *ret, Error *error)
{
	const MachinePlan plan = { 0 };
	const PlanApp app = { .name = self->name };
	return filter_read(self->host, &plan, &app, "", self->arena, ret, error);
}

static bool fill_spec(const AppImport *self, AppSpec *spec, Error *error)
{
	User user = { 0 };
	*spec = (AppSpec){
		.identifier = self->name,
		.kind = APP_KIND_APPLICATION,
		.restart = APP_RESTART_ON_FAILURE,
		.working_directory = path_clean(
			self->arena, path_join(self->arena, "/", self->config->working_directory)),
		.no_new_privileges = true,
		.own_ipc = true,
		.own_shm = true,
		.own_cgroup = true,
	};
	add_mounts(self, spec);
	spec_default_masked_paths(self->arena, &spec->masked_paths);
	spec_default_read_only_paths(self->arena, &spec->read_only_paths);
	if (!resolve_user(self, &user, error) || !read_filter(self, &spec->filter, error))
		return false;
	spec->uid = user.uid;
	spec->gid = user.gid;
	spec->groups = user.groups;
	spec->capabilities = capability_sets(capability_default, user.uid, /* is_ambient= */ false);
	fill_environment(self, &user, spec);
	fill_arguments(self, spec);
	return spec->arguments.count > 0 ||
	       error_set(error, ERROR_INVALID, "the image has no command to run");
}

static bool write_spec(const AppImport *self, Error *error)
{
	AppSpec spec;
	CLEANUP_BUFFER bytes = { 0 };
	const char *path = arena_printf(self->arena, INSIDE_SPEC, self->name);
	const char *status = arena_printf(self->arena, INSIDE_STATUS, self->name);
	const char *log = arena_printf(self->arena, INSIDE_LOG, self->name);
	return fill_spec(self, &spec, error) && spec_print(&spec, &bytes, error) &&
	       write_file(self, path, buffer_text(&bytes), bytes.length, 0600, error) &&
	       file_root_make_directories(self->root, status, 0755, 0, 0, NULL, error) &&
	       file_root_make_directories(self->root, log, 0750, 0, 0, NULL, error);
}

// --- unit and program

static bool make_plan(const AppImport *self, MachinePlan *plan, Error *error)
{
	const char *signal = self->config->stop_signal;
	PlanApp *app = plan_apps_push(self->arena, &plan->apps);
	plan->grace_seconds = GRACE_SECONDS;
	app->name = self->name;
	app->capabilities = capability_default;
	app->restart = PLAN_RESTART_ON_FAILURE;
	app->stop_signal =
		text_is_empty(signal) ? "SIGTERM" : signal_canonical_name(signal, self->arena);
	return app->stop_signal ||
	       error_set(error, ERROR_INVALID, "the image's STOPSIGNAL '%s' is no signal", signal);
}

static bool link_unit(const AppImport *self, const char *unit, Error *error)
{
	CLEANUP_FD wants = -1;
	if (!file_root_make_directories(self->root, UNITS "/multi-user.target.wants", 0755, 0, 0,
					&wants, error))
		return false;
	return symlinkat(arena_printf(self->arena, "../%s", unit), wants, unit) == 0 ||
	       error_set_errno(error, errno, "enable '%s'", unit);
}

static bool write_unit(const AppImport *self, Error *error)
{
	MachinePlan plan = { 0 };
	UnitFiles files = { 0 };
	if (!make_plan(self, &plan, error))
		return false;
	unit_print_machine(&plan, self->arena, &files);
	const char *unit = unit_app_name(self->arena, self->name);
	const char *text = arena_printf(self->arena, "%s%s", files.items[0].text, UNIT_ADDITION);
	return write_file(self, path_join(self->arena, UNITS, unit), text, strlen(text), 0644,
			  error) &&
	       link_unit(self, unit, error);
}

static bool write_program(const AppImport *self, Error *error)
{
	const char *bytes = NULL;
	size_t length = 0;
	const char *from = path_join(self->arena, self->host->library_dir, "machine/sdme-isolate");
	return file_read(AT_FDCWD, from, PROGRAM_BYTES_MAX, self->arena, &bytes, &length, error) &&
	       write_file(self, INSIDE_PROGRAM, bytes, length, 0755, error);
}

bool app_import(const Host *host, const ImageConfig *config, const char *name, int root,
		Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	const AppImport self = {
		.host = host, .config = config, .name = name, .root = root, .arena = arena
	};
	return write_spec(&self, error) && write_unit(&self, error) && write_program(&self, error);
}
