#include "isolate/machine/host_link.h"

#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_root.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool host_link_is_followed_late(const char *path)
{
	return path_is_below(path, "/dev");
}

static bool refuse_link(const PlanVolume *volume, Error *error)
{
	return error_wrap(error, "volume '%s': hostPath '%s'", volume->name, volume->path);
}

// --- what may be followed

// Who may not read something of the host must not have a Pod read it for them.
static bool check_owner(const char *link, Error *error)
{
	struct stat own, target;
	if (lstat(link, &own) < 0 || stat(link, &target) < 0)
		return error_set_errno(error, errno, "'%s'", link);
	return own.st_uid == 0 || own.st_uid == target.st_uid ||
	       error_set(error, ERROR_INVALID,
			 "the symbolic link '%s' belongs to the user id %lu, what it leads to does "
			 "not; name that instead",
			 link, (unsigned long)own.st_uid);
}

static bool is_written(const MachinePlan *plan, const PlanVolume *volume)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanMounts *mounts = &plan->apps.items[i].mounts;
		for (size_t j = 0; j < mounts->count; j++) {
			if (text_equal(mounts->items[j].volume, volume->name) &&
			    !mounts->items[j].is_read_only)
				return true;
		}
	}
	return false;
}

static bool check_writer(const MachinePlan *plan, const char *link, Error *error)
{
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *volume = &plan->volumes.items[i];
		if (volume->kind == PLAN_VOLUME_HOST_PATH && path_is_below(link, volume->path) &&
		    is_written(plan, volume))
			return error_set(
				error, ERROR_INVALID,
				"the symbolic link '%s' lies where the Pod '%s' can write; "
				"name what it leads to instead",
				link, plan->name);
	}
	return true;
}

static bool check_links(const MachinePlan *writer, const Texts *links, Error *error)
{
	for (size_t i = 0; i < links->count; i++) {
		if (!check_writer(writer, links->items[i], error))
			return false;
	}
	return true;
}

// Few paths have links, so the other plans are hardly ever read.
static bool check_writers(const Host *host, const MachinePlan *own, const Texts *links,
			  Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Texts names = { 0 };
	if (links->count == 0)
		return true;
	if (!check_links(own, links, error) || !machine_list_names(host, scratch, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		MachinePlan plan = { 0 };
		if (text_equal(names.items[i], own->name))
			continue;
		if (generation_load_current(host, names.items[i], scratch, NULL, &plan, error)
			    ? !check_links(&plan, links, error)
			    : !error_forgive(error, ERROR_NOT_FOUND))
			return false;
	}
	return true;
}

// --- where the paths lead

// Claims and emptyDirs are there.
static bool check_place(const Host *host, const char *link, Error *error)
{
	return !path_is_below(link, host->data_dir) ||
	       error_set(error, ERROR_INVALID,
			 "the symbolic link '%s' lies where Pods can write; name what it leads to "
			 "instead",
			 link);
}

static bool settle(const Host *host, int root, PlanVolume *volume, Arena *arena, Texts *links,
		   Error *error)
{
	const size_t before = links->count;
	const char *path = path_clean(arena, volume->path);
	if (!host_link_is_followed_late(path) &&
	    !file_root_resolve(root, path, arena, &path, links, error))
		return refuse_link(volume, error);
	for (size_t i = before; i < links->count; i++) {
		if (!check_place(host, links->items[i], error) ||
		    !check_owner(links->items[i], error))
			return refuse_link(volume, error);
	}
	volume->path = path;
	return true;
}

bool host_links_settle(const Host *host, MachinePlan *plan, Arena *arena, Error *error)
{
	CLEANUP_FD root = -1;
	Texts links = { 0 };
	if (!file_open_directory(AT_FDCWD, "/", &root, error))
		return false;
	for (size_t i = 0; i < plan->volumes.count; i++) {
		PlanVolume *volume = &plan->volumes.items[i];
		if (volume->kind == PLAN_VOLUME_HOST_PATH &&
		    !settle(host, root, volume, arena, &links, error))
			return false;
	}
	return check_writers(host, plan, &links, error) || error_wrap(error, "hostPath");
}
