#include "isolate/machine/reference.h"

#include "isolate/machine/host_path.h"
#include "isolate/machine/host_tree.h"
#include "pkg/sys/file.h"
#include "store/object/configmap.h"
#include "store/object/volume.h"
#include "store/state/slot.h"

// How much of a Secret is wanted.
typedef enum Depth {
	DEPTH_KEYS, // nothing is decrypted
	DEPTH_VALUES,
} Depth;

// The name of one object.
typedef struct PlanReference {
	bool is_secret;
	const char *object;
	bool is_optional;
} PlanReference;

void referent_clear(Referent *referent)
{
	secret_clear(&referent->secret);
}

static bool load_present(const Host *host, const PlanReference *reference, Depth depth,
			 Arena *arena, Referent *referent, Error *error)
{
	const bool has_values = reference->is_secret && depth == DEPTH_VALUES;
	referent->data = has_values ? &referent->secret.object.data : &referent->object.data;
	if (has_values)
		return secret_get(host, reference->object, arena, &referent->secret, error);
	return reference->is_secret
		       ? secret_inspect(host, reference->object, arena, &referent->object, error)
		       : configmap_get(host, reference->object, arena, &referent->object, error);
}

static bool load(const Host *host, const PlanReference *reference, Depth depth, Arena *arena,
		 Referent *referent, Error *error)
{
	if (load_present(host, reference, depth, arena, referent, error))
		return true;
	referent->data = NULL;
	return reference->is_optional && error_forgive(error, ERROR_NOT_FOUND);
}

// --- the environment

static bool is_of_secret(const PlanEnvironment *entry)
{
	return entry->kind == PLAN_ENVIRONMENT_SECRET || entry->kind == PLAN_ENVIRONMENT_SECRET_KEY;
}

static bool has_key(const PlanEnvironment *entry)
{
	return entry->kind == PLAN_ENVIRONMENT_CONFIG_MAP_KEY ||
	       entry->kind == PLAN_ENVIRONMENT_SECRET_KEY;
}

static void add_variable(const char *name, const StoredItem *item, Arena *arena,
			 StoredData *variables)
{
	*stored_data_push(arena, variables) = (StoredItem){ .key = name, .value = item->value };
}

static bool add_key(const PlanEnvironment *entry, const StoredData *data, Arena *arena,
		    StoredData *variables, Error *error)
{
	const StoredItem *item = data ? stored_data_get(data, entry->key) : NULL;
	// What is binary in a ConfigMap is no variable, in Kubernetes as well.
	if (item && (is_of_secret(entry) || !item->is_binary)) {
		add_variable(entry->name, item, arena, variables);
		return true;
	}
	return entry->is_optional ||
	       error_set(error, ERROR_NOT_FOUND, "couldn't find key %s in %s default/%s",
			 entry->key, is_of_secret(entry) ? "Secret" : "ConfigMap", entry->object);
}

static void add_all(const char *prefix, const StoredData *data, Arena *arena, StoredData *variables)
{
	for (size_t i = 0; data && i < data->count; i++) {
		const StoredItem *item = &data->items[i];
		if (!item->is_binary)
			add_variable(arena_printf(arena, "%s%s", prefix, item->key), item, arena,
				     variables);
	}
}

static bool resolve_variables(const Host *host, const PlanEnvironment *entry, Depth depth,
			      Arena *arena, Referent *referent, StoredData *variables, Error *error)
{
	const PlanReference reference = { is_of_secret(entry), entry->object, entry->is_optional };
	if (!load(host, &reference, depth, arena, referent, error))
		return false;
	if (has_key(entry))
		return add_key(entry, referent->data, arena, variables, error);
	add_all(entry->name, referent->data, arena, variables);
	return true;
}

bool reference_variables(const Host *host, const PlanEnvironment *entry, Arena *arena,
			 Referent *referent, StoredData *variables, Error *error)
{
	return resolve_variables(host, entry, DEPTH_VALUES, arena, referent, variables, error);
}

static bool check_variables(const Host *host, const PlanEnvironment *entry, Arena *arena,
			    Error *error)
{
	CLEANUP_REFERENT referent = { 0 };
	StoredData variables = { 0 };
	return entry->kind == PLAN_ENVIRONMENT_VALUE || entry->is_optional ||
	       resolve_variables(host, entry, DEPTH_KEYS, arena, &referent, &variables, error);
}

bool reference_check_environments(const Host *host, const MachinePlan *plan, Arena *arena,
				  Error *error)
{
	for (size_t i = 0; i < plan->apps.count; i++) {
		const PlanApp *app = &plan->apps.items[i];
		for (size_t j = 0; j < app->environment.count; j++) {
			if (!check_variables(host, &app->environment.items[j], arena, error))
				return error_wrap(error, "container '%s'", app->name);
		}
	}
	return true;
}

// --- volumes

static VolumeKeys keys_of(const PlanVolume *volume, Arena *arena)
{
	VolumeKeys keys = { 0 };
	for (size_t i = 0; i < volume->items.count; i++) {
		const PlanItem *item = &volume->items.items[i];
		*volume_keys_push(arena, &keys) = (VolumeKey){
			.key = item->key,
			.path = item->path,
			.mode = item->mode == PLAN_MODE_DEFAULT ? -1 : (int64_t)item->mode,
		};
	}
	return keys;
}

static bool resolve_files(const Host *host, const PlanVolume *volume, Depth depth, Arena *arena,
			  Referent *referent, VolumeFiles *files, Error *error)
{
	const bool is_secret = volume->kind == PLAN_VOLUME_SECRET;
	const PlanReference reference = { is_secret, volume->object, volume->is_optional };
	const VolumeKeys keys = keys_of(volume, arena);
	if (!load(host, &reference, depth, arena, referent, error))
		return false;
	const VolumeProjection projection = {
		.data = referent->data,
		.is_secret = is_secret,
		.items = &keys,
		.default_mode = volume->default_mode,
		.is_optional = volume->is_optional,
	};
	return kube_volume_project(&projection, arena, files, error);
}

bool reference_files(const Host *host, const PlanVolume *volume, Arena *arena, Referent *referent,
		     VolumeFiles *files, Error *error)
{
	return resolve_files(host, volume, DEPTH_VALUES, arena, referent, files, error);
}

bool reference_claim(const Host *host, const PlanVolume *volume, Arena *arena,
		     const char **ret_path, Error *error)
{
	const VolumeClaim wanted = { .name = volume->object, .access_modes = "" };
	VolumeClaim claim = { 0 };
	if (!volume_ensure(host, &wanted, arena, &claim, NULL, error))
		return false;
	*ret_path = claim.path;
	return true;
}

static bool check_files(const Host *host, const PlanVolume *volume, Arena *arena, Error *error)
{
	CLEANUP_REFERENT referent = { 0 };
	VolumeFiles files = { 0 };
	return volume->is_optional ||
	       resolve_files(host, volume, DEPTH_KEYS, arena, &referent, &files, error);
}

// Any ids do for a try.
static bool check_mounts(const MachinePlan *plan, const PlanVolume *volume, Error *error)
{
	CLEANUP_FD id_map = -1;
	CLEANUP_FD fd = -1;
	CLEANUP_FD tree = -1;
	MountOptions options = MOUNT_OPTIONS_NONE;
	if (!plan->has_user_namespace)
		return true;
	if (!mount_open_id_map(slot_first_id(plan->slot), 1, /* maps_host_root= */ false, &id_map,
			       error) ||
	    !host_path_open(volume, &fd, error))
		return false;
	options.user_namespace = id_map;
	return host_tree_clone(fd, volume->path, options, &tree, error) ||
	       error_wrap(error, "hostPath '%s'", volume->path);
}

static bool check_host_path(const MachinePlan *plan, const PlanVolume *volume, bool *ret_is_made,
			    Error *error)
{
	return host_path_check(volume, ret_is_made, error) &&
	       (*ret_is_made || check_mounts(plan, volume, error));
}

static bool check_volume(const Host *host, const MachinePlan *plan, const PlanVolume *volume,
			 Arena *arena, bool *ret_is_made, Error *error)
{
	switch (volume->kind) {
	case PLAN_VOLUME_EMPTY:
	case PLAN_VOLUME_MEMORY:
	case PLAN_VOLUME_CLAIM: // one that is not there is made by the start
		return true;
	case PLAN_VOLUME_HOST_PATH:
		return check_host_path(plan, volume, ret_is_made, error);
	case PLAN_VOLUME_CONFIG_MAP:
	case PLAN_VOLUME_SECRET:
		break;
	}
	return check_files(host, volume, arena, error);
}

bool reference_check_volume(const Host *host, const MachinePlan *plan, const PlanVolume *volume,
			    Arena *arena, bool *ret_is_made, Error *error)
{
	*ret_is_made = false;
	return check_volume(host, plan, volume, arena, ret_is_made, error) ||
	       error_wrap(error, "volume '%s'", volume->name);
}
