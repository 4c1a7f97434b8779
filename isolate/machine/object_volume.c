#include "isolate/machine/object_volume.h"

#include "isolate/guest/inside.h"
#include "isolate/machine/generation.h"
#include "isolate/machine/machine.h"
#include "isolate/machine/reference.h"
#include "pkg/sys/file.h"
#include "pkg/sys/kernel/mount.h"
#include "store/state/lock.h"
#include "store/state/slot.h"

#include <fcntl.h>

// How long others may take to write thousands of files in every machine.
#define LOCK_TIMEOUT_MS 30000

// Nothing grows for files that are there already.
static bool write_files(int directory, const VolumeFiles *files, uint32_t owner, bool is_secret,
			Error *error)
{
	bool is_current = false;
	const VolumeRoom room = kube_volume_room(files);
	if (!kube_volume_sweep(directory, files, owner, owner, &is_current, error))
		return false;
	return (is_current ||
		mount_grow_tmpfs(directory, room.bytes, room.inodes, is_secret, error)) &&
	       kube_volume_write(directory, files, owner, owner, NULL, error);
}

bool object_volume_write(const Host *host, const PlanVolume *volume, uint32_t owner, int directory,
			 Arena *arena, Error *error)
{
	CLEANUP_REFERENT referent = { 0 };
	VolumeFiles files = { 0 };
	return reference_files(host, volume, arena, &referent, &files, error) &&
	       write_files(directory, &files, owner, volume->kind == PLAN_VOLUME_SECRET, error);
}

// --- in running machines

// ERROR_NOT_FOUND: the machine does not run; ERROR_BUSY: another data directory's does.
static bool open_machine_root(const Host *host, const char *machine, int *ret, Error *error)
{
	CLEANUP_BUS bus = NULL;
	CLEANUP_ARENA scratch = arena_new();
	pid_t leader = 0;
	return bus_open_system(&bus, error) && machine_leader(host, bus, machine, &leader, error) &&
	       file_open_directory(AT_FDCWD, arena_printf(scratch, "/proc/%ld/root", (long)leader),
				   ret, error);
}

static uint32_t first_id(const MachinePlan *plan)
{
	return plan->has_user_namespace ? slot_first_id(plan->slot) : 0;
}

static bool refresh_volume(const Host *host, const MachinePlan *plan, const PlanVolume *volume,
			   Arena *arena, Error *error)
{
	CLEANUP_FD root = -1;
	CLEANUP_FD directory = -1;
	if (!open_machine_root(host, plan->name, &root, error)) {
		if (error->code != ERROR_NOT_FOUND && error->code != ERROR_BUSY)
			return false;
		error_clear(error); // the next start reads the object
		return true;
	}
	const char *path = arena_printf(arena, "/" INSIDE_VOLUME, volume->name);
	return file_open_in_root(root, path, O_RDONLY | O_DIRECTORY, 0, &directory, error) &&
	       object_volume_write(host, volume, first_id(plan), directory, arena, error);
}

static bool refresh_machine(const Host *host, const char *machine, PlanVolumeKind kind,
			    const char *object, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	MachinePlan plan = { 0 };
	if (!generation_load_current(host, machine, scratch, NULL, &plan, error))
		return false;
	for (size_t i = 0; i < plan.volumes.count; i++) {
		const PlanVolume *volume = &plan.volumes.items[i];
		if (volume->kind == kind && text_equal(volume->object, object) &&
		    !refresh_volume(host, &plan, volume, scratch, error))
			return error_wrap(error, "stored, but volume '%s' of '%s' is as before",
					  volume->name, machine);
	}
	return true;
}

// While it is held the object stays as it is, and nobody else writes its volumes.
static bool lock_object(const Host *host, PlanVolumeKind kind, const char *object, Lock *ret_lock,
			Error *error)
{
	const LockRequest request = {
		.kind = kind == PLAN_VOLUME_SECRET ? LOCK_SECRETS : LOCK_CONFIGMAPS,
		.name = object,
		.timeout_ms = LOCK_TIMEOUT_MS,
	};
	return lock_take(host, &request, ret_lock, error);
}

bool object_volumes_refresh(const Host *host, PlanVolumeKind kind, const char *object, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_LOCK lock = LOCK_NONE;
	Texts machines = { 0 };
	bool is_done = lock_object(host, kind, object, &lock, error) &&
		       machine_list_names(host, scratch, &machines, error);
	for (size_t i = 0; i < machines.count; i++) {
		CLEANUP_ERROR failure = { 0 };
		if (!refresh_machine(host, machines.items[i], kind, object, &failure) && is_done)
			is_done = error_move(error, &failure);
	}
	return is_done;
}
