#include "isolate/machine/generation.h"

#include "pkg/base/number.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>

static const char *machine_directory(const Host *host, const char *machine, Arena *arena)
{
	return layout_path_of(host, LAYOUT_CONTAINERS, machine, arena);
}

static bool open_generations(const Host *host, const char *machine, Arena *arena, int *ret_fd,
			     Error *error)
{
	const char *path = path_join(arena, machine_directory(host, machine, arena), "generations");
	return file_make_directories(AT_FDCWD, path, 0700, error) &&
	       file_open_directory(AT_FDCWD, path, ret_fd, error);
}

static bool write_synced(int directory, const char *path, const char *bytes, size_t length,
			 Arena *arena, Error *error)
{
	if (!file_make_directories(directory, path_parent(arena, path), 0700, error))
		return false;
	CLEANUP_FD fd = openat(directory, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(error, errno, "create '%s'", path);
	if (!file_write_fd(fd, bytes, length, error))
		return error_wrap(error, "'%s'", path);
	if (fdatasync(fd) < 0)
		return error_set_errno(error, errno, "sync '%s'", path);
	return true;
}

// One more than the highest number there is.
static bool next_name(int generations, Arena *arena, const char **ret, Error *error)
{
	Texts names = { 0 };
	if (!file_list(generations, ".", arena, &names, error))
		return false;
	uint32_t last = 0;
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_ERROR ignored = { 0 }; // staging names are no numbers
		uint32_t number = 0;
		if (number_parse_u32(names.items[i], "generation", UINT32_MAX - 1, &number,
				     &ignored) &&
		    number > last)
			last = number;
	}
	*ret = arena_printf(arena, "%u", last + 1);
	return true;
}

static bool fill_generation(int directory, const MachinePlan *plan, const GenerationFile *files,
			    size_t count, Arena *arena, Error *error)
{
	CLEANUP_BUFFER json = { 0 };
	plan_print(plan, &json);
	if (!write_synced(directory, GENERATION_PLAN_NAME, buffer_text(&json), json.length, arena,
			  error))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!write_synced(directory, files[i].name, files[i].bytes, files[i].length, arena,
				  error))
			return false;
	}
	return true;
}

bool generation_write(const Host *host, const MachinePlan *plan, const GenerationFile *files,
		      size_t file_count, Arena *arena, const char **ret_generation, Error *error)
{
	CLEANUP_FD generations = -1;
	CLEANUP_FD directory = -1;
	const char *staged = NULL;
	const char *name = NULL;
	if (!open_generations(host, plan->name, arena, &generations, error) ||
	    !staging_collect_at(generations, NULL, error) ||
	    !next_name(generations, arena, &name, error) ||
	    !staging_make_directory(generations, "generation", 0700, arena, &staged, &directory,
				    error) ||
	    !fill_generation(directory, plan, files, file_count, arena, error) ||
	    !staging_publish(generations, staged, name, error))
		return error_wrap(error, "write a generation of '%s'", plan->name);
	*ret_generation = name;
	return true;
}

// The name that the link `current` or `previous` points to; "" without the link.
static const char *read_link(int directory, const char *link, Arena *arena)
{
	char target[64];
	const ssize_t length = readlinkat(directory, link, target, sizeof(target));
	return length > 0 && (size_t)length < sizeof(target)
		       ? path_name(arena_strndup(arena, target, (size_t)length))
		       : "";
}

static const char *link_target(Arena *arena, const char *generation)
{
	return arena_printf(arena, "generations/%s", generation);
}

// Removes every generation but the two that are linked.
static bool remove_others(const Host *host, const char *machine, int directory, Arena *arena,
			  Error *error)
{
	CLEANUP_FD generations = -1;
	Texts names = { 0 };
	if (!open_generations(host, machine, arena, &generations, error) ||
	    !file_list(generations, ".", arena, &names, error))
		return false;
	const char *current = read_link(directory, "current", arena);
	const char *previous = read_link(directory, "previous", arena);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];
		if (staging_is_name(name) || text_equal(name, current) ||
		    text_equal(name, previous))
			continue;
		if (!staging_discard(generations, name, error))
			return false;
	}
	return true;
}

// What killed calls left of their links, and the generations before the last two. What cannot go now goes at the next
// switch.
static void clean_up(const Host *host, const char *machine, int directory, Arena *arena)
{
	CLEANUP_ERROR left_behind = { 0 };
	if (!staging_collect_at(directory, NULL, &left_behind) ||
	    !remove_others(host, machine, directory, arena, &left_behind))
		return;
}

bool generation_switch(const Host *host, const char *machine, const char *generation, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_FD directory = -1;
	if (!file_open_directory(AT_FDCWD, machine_directory(host, machine, arena), &directory,
				 error))
		return false;
	const char *old = read_link(directory, "current", arena);
	if (!text_is_empty(old) && !text_equal(old, generation) &&
	    !file_replace_link(directory, "previous", link_target(arena, old), error))
		return false;
	if (!file_replace_link(directory, "current", link_target(arena, generation), error))
		return false;
	if (fsync(directory) < 0)
		return error_set_errno(error, errno, "sync the directory of '%s'", machine);
	clean_up(host, machine, directory, arena);
	return true;
}

bool generation_discard(const Host *host, const char *machine, const char *generation, Error *error)
{
	CLEANUP_ARENA arena = arena_new();
	CLEANUP_FD directory = -1;
	CLEANUP_FD generations = -1;
	if (!file_open_directory(AT_FDCWD, machine_directory(host, machine, arena), &directory,
				 error))
		return false;
	return text_equal(read_link(directory, "current", arena), generation) ||
	       (open_generations(host, machine, arena, &generations, error) &&
		staging_discard(generations, generation, error));
}

bool generation_list(const Host *host, const char *machine, Arena *arena, Texts *ret_directories,
		     Error *error)
{
	CLEANUP_ERROR missing = { 0 };
	Texts names = { 0 };
	const char *path = path_join(arena, machine_directory(host, machine, arena), "generations");
	if (!file_list(AT_FDCWD, path, arena, &names, &missing))
		return missing.code == ERROR_NOT_FOUND || error_move(error, &missing);
	for (size_t i = 0; i < names.count; i++) {
		if (!staging_is_name(names.items[i]))
			texts_add(arena, ret_directories, path_join(arena, path, names.items[i]));
	}
	return true;
}

static bool open_current(const Host *host, const char *machine, Arena *arena, int *ret_fd,
			 const char **ret_path, Error *error)
{
	CLEANUP_FD directory = -1;
	const char *path = machine_directory(host, machine, arena);
	if (!file_exists(AT_FDCWD, path))
		return error_set(error, ERROR_NOT_FOUND, "no machine '%s'", machine);
	if (!file_open_directory(AT_FDCWD, path, &directory, error))
		return false;
	const char *name = read_link(directory, "current", arena);
	if (text_is_empty(name))
		return error_set(error, ERROR_NOT_FOUND, "'%s' has no configuration", machine);
	*ret_path = path_join(arena, path, link_target(arena, name));
	return file_open_directory(AT_FDCWD, *ret_path, ret_fd, error);
}

bool generation_load_current(const Host *host, const char *machine, Arena *arena,
			     const char **ret_directory, MachinePlan *ret, Error *error)
{
	CLEANUP_FD directory = -1;
	const char *path = NULL;
	const char *json = NULL;
	size_t length = 0;
	if (!open_current(host, machine, arena, &directory, &path, error) ||
	    !file_read(directory, GENERATION_PLAN_NAME, PLAN_BYTES_MAX, arena, &json, &length,
		       error) ||
	    !plan_parse(json, length, arena, ret, error))
		return false;
	if (ret_directory)
		*ret_directory = path;
	return true;
}

bool generation_read_file(const Host *host, const char *machine, const char *name, Arena *arena,
			  const char **ret, size_t *ret_length, Error *error)
{
	CLEANUP_FD directory = -1;
	const char *path = NULL;
	return open_current(host, machine, arena, &directory, &path, error) &&
	       file_read(directory, name, PLAN_BYTES_MAX, arena, ret, ret_length, error);
}
