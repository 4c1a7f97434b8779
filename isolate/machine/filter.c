#include "isolate/machine/filter.h"

#include "isolate/app/seccomp.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"

#include <fcntl.h>

// Where localhostProfile is looked for, below the data directory.
#define SECCOMP_PROFILE_DIRECTORY "seccomp"
#define PROFILE_BYTES_MAX         (1024 * 1024)

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
