#include "isolate/machine/filter.h"

#include "isolate/app/capability.h"
#include "isolate/app/seccomp.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/seccomp.h"

#include <fcntl.h>

// Where localhostProfile is looked for, below the data directory.
#define SECCOMP_PROFILE_DIRECTORY "seccomp"
#define PROFILE_BYTES_MAX         (1024 * 1024)
#define PROGRAM_BYTES_MAX         (256 * 1024)

const char *filter_file_name(const PlanApp *app, Arena *arena)
{
	return arena_printf(arena, "filters/%s.bpf", app->name);
}

static bool read_local_profile(const Host *host, const char *name, Arena *arena, Span *ret,
			       Error *error)
{
	CLEANUP_FD directory = -1;
	CLEANUP_FD fd = -1;
	const char *path = path_join(arena, host->data_dir, SECCOMP_PROFILE_DIRECTORY);
	return file_open_directory(AT_FDCWD, path, &directory, error) &&
	       file_open_in_root(directory, name, O_RDONLY, 0, &fd, error) &&
	       file_read_fd(fd, PROFILE_BYTES_MAX, arena, &ret->ptr, &ret->len, error);
}

// The runtime's default profile is for an app that has more capabilities than usual: some calls come with them.
static bool read_profile(const Host *host, const PlanApp *app, Arena *arena, Span *ret,
			 Error *error)
{
	if (!text_is_empty(app->seccomp_profile))
		return read_local_profile(host, app->seccomp_profile, arena, ret, error);
	return file_read(AT_FDCWD, path_join(arena, host->library_dir, SECCOMP_PROFILE_NAME),
			 PROFILE_BYTES_MAX, arena, &ret->ptr, &ret->len, error);
}

static bool add_filter(const Host *host, const PlanApp *app, Arena *arena, GenerationFiles *files,
		       Error *error)
{
	Span profile = { 0 };
	CLEANUP_BUFFER program = { 0 };
	if (!read_profile(host, app, arena, &profile, error) ||
	    !seccomp_compile_profile(profile.ptr, profile.len, app->capabilities, &program, error))
		return error_wrap(error, "seccomp profile of container '%s'", app->name);
	GenerationFile *file = generation_files_push(arena, files);
	file->name = filter_file_name(app, arena);
	file->length = program.length;
	file->bytes = buffer_take(&program, arena);
	return true;
}

bool filters_compile(const Host *host, const MachinePlan *plan, Arena *arena,
		     GenerationFiles *files, Error *error)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanApp *app = &plan->apps.items[i];
		if (app->seccomp == PLAN_SECCOMP_COMPILED &&
		    !add_filter(host, app, arena, files, error))
			return false;
	}
	return true;
}

static bool app_writes_to_host(const MachinePlan *plan, const PlanApp *app)
{
	for (size_t i = 0; i < app->mounts.count; i++) {
		const PlanMount *mount = &app->mounts.items[i];
		const PlanVolume *volume = plan_find_volume(plan, mount->volume);
		if (volume && volume->kind == PLAN_VOLUME_HOST_PATH && !volume->is_read_only &&
		    !mount->is_read_only)
			return true;
	}
	return false;
}

// One of them writes to a directory, or a file, of the host, where the host's users may find what it makes. Then the others
// count, too: it can hand them an open file.
static bool writes_to_host(const MachinePlan *plan)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		if (app_writes_to_host(plan, &plan->apps.items[i]))
			return true;
	}
	return false;
}

// No files that give their user more than he has: neither set-id bits nor capabilities, which root of a user namespace
// gives for the host where an id-mapped mount makes root of him.
static bool makes_plain_files(const MachinePlan *plan, const PlanApp *app)
{
	return !app->may_escalate && writes_to_host(plan);
}

uint64_t filter_capabilities(const MachinePlan *plan, const PlanApp *app)
{
	return app->capabilities &
	       ~(makes_plain_files(plan, app) ? CAPABILITY_BIT(CAPABILITY_SETFCAP) : 0);
}

static bool read_program(const char *directory, const char *name, Arena *arena, Span *ret,
			 Error *error)
{
	return file_read(AT_FDCWD, path_join(arena, directory, name), PROGRAM_BYTES_MAX, arena,
			 &ret->ptr, &ret->len, error);
}

static bool read_profile_program(const Host *host, const PlanApp *app, const char *generation,
				 Arena *arena, Span *ret, Error *error)
{
	switch (app->seccomp) {
	case PLAN_SECCOMP_UNCONFINED:
		break;
	case PLAN_SECCOMP_DEFAULT:
		return read_program(host->library_dir, SECCOMP_DEFAULT_NAME, arena, ret, error);
	case PLAN_SECCOMP_COMPILED:
		return read_program(generation, filter_file_name(app, arena), arena, ret, error);
	}
	*ret = (Span){ 0 };
	return true;
}

bool filter_read(const Host *host, const MachinePlan *plan, const PlanApp *app,
		 const char *generation, Arena *arena, Span *ret, Error *error)
{
	const char *common =
		makes_plain_files(plan, app) ? SECCOMP_APP_PLAIN_NAME : SECCOMP_APP_NAME;
	Span denied = { 0 };
	Span profile = { 0 };
	CLEANUP_BUFFER program = { 0 };
	if (!read_program(host->library_dir, common, arena, &denied, error) ||
	    !read_profile_program(host, app, generation, arena, &profile, error) ||
	    !seccomp_program_join(denied, profile, &program, error))
		return error_wrap(error, "seccomp program of container '%s'", app->name);
	ret->len = program.length;
	ret->ptr = buffer_take(&program, arena);
	return true;
}

bool filter_read_machine(const Host *host, Arena *arena, Span *ret, Error *error)
{
	return read_program(host->library_dir, SECCOMP_MACHINE_NAME, arena, ret, error);
}
