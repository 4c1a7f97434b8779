#include "isolate/machine/memory_volume.h"

#include "isolate/machine/machine.h"
#include "pkg/base/path.h"
#include "pkg/sys/file.h"
#include "pkg/sys/file_tree.h"
#include "pkg/sys/kernel/mount.h"

#include <errno.h>
#include <fcntl.h>

static const char *memory_directory(const Host *host, const char *machine, Arena *arena)
{
	return path_join(arena, machine_run_directory(host, machine, arena), "memory");
}

const char *memory_volume_path(const Host *host, const MachinePlan *plan, const PlanVolume *volume,
			       Arena *arena)
{
	return arena_printf(arena, "%s/%s/%s", memory_directory(host, plan->name, arena),
			    plan_pod_directory(plan, arena), volume->name);
}

static bool mount_one(const PlanVolume *volume, const char *path, uint32_t owner, Error *error)
{
	MountOptions options = MOUNT_OPTIONS_NONE;
	options.no_device = true;
	options.no_setuid = true;
	CLEANUP_FD tree = -1;
	CLEANUP_FD target = -1;
	if (!file_make_directories(AT_FDCWD, path, 0700, error))
		return false;
	if (mount_is_at(path))
		return true;
	return mount_tmpfs(volume->size_bytes, 0777, owner, owner, /* is_secret= */ false, options,
			   &tree, error) &&
	       file_open_directory(AT_FDCWD, path, &target, error) &&
	       mount_attach(tree, target, error);
}

// keep: of one Pod; "" = none.
static bool remove_but(const Host *host, const char *machine, const char *keep, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	const char *directory = memory_directory(host, machine, scratch);
	Texts pods = { 0 };
	if (!file_list(AT_FDCWD, directory, scratch, &pods, error))
		return error_forgive(error, ERROR_NOT_FOUND);
	for (size_t i = 0; i < pods.count; i++) {
		const char *pod = path_join(scratch, directory, pods.items[i]);
		Texts volumes = { 0 };
		if (text_equal(pods.items[i], keep))
			continue;
		if (!file_list(AT_FDCWD, pod, scratch, &volumes, error))
			return false;
		for (size_t j = 0; j < volumes.count; j++)
			mount_detach(path_join(scratch, pod, volumes.items[j]));
		if (!file_tree_remove_path(AT_FDCWD, pod, error))
			return false;
	}
	return true;
}

bool memory_volumes_remove(const Host *host, const char *machine, Error *error)
{
	return remove_but(host, machine, "", error);
}

bool memory_volumes_mount(const Host *host, const MachinePlan *plan, uint32_t owner, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	if (!remove_but(host, plan->name, plan_pod_directory(plan, scratch), error))
		return false;
	for (size_t i = 0; i < plan->volumes.count; i++) {
		const PlanVolume *volume = &plan->volumes.items[i];
		if (volume->kind == PLAN_VOLUME_MEMORY &&
		    !mount_one(volume, memory_volume_path(host, plan, volume, scratch), owner,
			       error))
			return error_wrap(error, "volume '%s'", volume->name);
	}
	return true;
}
