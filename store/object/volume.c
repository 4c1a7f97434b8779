#include "store/object/volume.h"

#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/state/layout.h"
#include "store/state/record.h"
#include "store/state/staging.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#define RECORD_FILE    "record"
#define DATA_DIRECTORY "data"
#define LOCK_WAIT_MS   30000

#define LABEL_PREFIX      "label."
#define ANNOTATION_PREFIX "annotation."

// Any user of a container can write, as in a volume of the hostPath provisioner; nobody on the host gets that far.
#define DATA_MODE  0777
#define CLAIM_MODE 0700

static bool lock_claim(const Host *host, const char *name, Lock *ret_lock, Error *error)
{
	const LockRequest request = { .kind = LOCK_VOLUMES,
				      .name = name,
				      .timeout_ms = LOCK_WAIT_MS };
	return lock_take(host, &request, ret_lock, error);
}

static bool no_claim(const char *name, Error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "persistentvolumeclaim \"%s\" not found", name);
}

static bool parse_claim(const Host *host, const char *name, const Pairs *record, Arena *arena,
			VolumeClaim *ret, Error *error)
{
	uint64_t created_at = 0;
	VolumeClaim claim = {
		.name = name,
		.access_modes = pairs_get_or(record, "ACCESS_MODES", ""),
		.labels = record_get_map(record, LABEL_PREFIX, arena),
		.annotations = record_get_map(record, ANNOTATION_PREFIX, arena),
		.path = path_join(arena, layout_path_of(host, LAYOUT_VOLUMES, name, arena),
				  DATA_DIRECTORY),
	};
	if (!record_get_u64(record, "SIZE_BYTES", 0, &claim.size_bytes, error) ||
	    !record_get_u64(record, "CREATED_AT", 0, &created_at, error))
		return false;
	claim.created_at = (int64_t)created_at;
	*ret = claim;
	return true;
}

static const char *record_path(const char *name, Arena *arena)
{
	return path_join(arena, name, RECORD_FILE);
}

bool volume_get(const Host *host, const char *name, Arena *arena, VolumeClaim *ret_claim,
		Error *error)
{
	CLEANUP_FD volumes = -1;
	Pairs record = { 0 };
	if (!name_check_object(name, error) || !layout_open(host, LAYOUT_VOLUMES, &volumes, error))
		return false;
	if (!file_exists(volumes, name))
		return no_claim(name, error);
	const char *own_name = arena_strdup(arena, name);
	if (!record_load(volumes, record_path(name, arena), arena, &record, error) ||
	    !parse_claim(host, own_name, &record, arena, ret_claim, error))
		return error_wrap(error, "load the persistentvolumeclaim \"%s\"", name);
	return true;
}

static Pairs print(const VolumeClaim *claim, Arena *arena)
{
	Pairs record = { 0 };
	record_set_u64(arena, &record, "CREATED_AT", (uint64_t)claim->created_at);
	record_set_u64(arena, &record, "SIZE_BYTES", claim->size_bytes);
	pairs_set(arena, &record, "ACCESS_MODES", claim->access_modes ? claim->access_modes : "");
	record_add_map(arena, &record, LABEL_PREFIX, &claim->labels);
	record_add_map(arena, &record, ANNOTATION_PREFIX, &claim->annotations);
	return record;
}

// mkdir(2) and the mode as it was asked for, whatever the umask is.
static bool make_data(int directory, Error *error)
{
	if (mkdirat(directory, DATA_DIRECTORY, DATA_MODE) < 0 ||
	    fchmodat(directory, DATA_DIRECTORY, DATA_MODE, 0) < 0)
		return error_set_errno(error, errno, "make the directory '%s'", DATA_DIRECTORY);
	return true;
}

// Staged as a whole: a claim that can be seen has its record and its directory.
static bool create(int volumes, const VolumeClaim *wanted, Arena *arena, Error *error)
{
	CLEANUP_FD directory = -1;
	const char *staged = NULL;
	VolumeClaim claim = *wanted;
	claim.created_at = (int64_t)time(NULL);
	const Pairs record = print(&claim, arena);
	return staging_make_directory(volumes, "claim", CLAIM_MODE, arena, &staged, &directory,
				      error) &&
	       make_data(directory, error) &&
	       record_save(directory, RECORD_FILE, &record, 0600, error) &&
	       staging_publish(volumes, staged, wanted->name, error);
}

// What the API server allows for a claim that is bound: to grow. One made on first use was asked for by nobody.
static bool check_change(const VolumeClaim *current, const VolumeClaim *wanted, Error *error)
{
	const bool is_implicit = text_is_empty(current->access_modes);
	if (!is_implicit && !text_is_empty(wanted->access_modes) &&
	    !text_equal(current->access_modes, wanted->access_modes))
		return error_set(
			error, ERROR_INVALID,
			"the persistentvolumeclaim \"%s\" is invalid: spec: Forbidden: spec is "
			"immutable after creation except resources.requests and "
			"volumeAttributesClassName for bound claims",
			wanted->name);
	if (wanted->size_bytes > 0 && wanted->size_bytes < current->size_bytes)
		return error_set(
			error, ERROR_INVALID,
			"the persistentvolumeclaim \"%s\" is invalid: "
			"spec.resources.requests.storage: Forbidden: field can not be less than "
			"status.capacity",
			wanted->name);
	return true;
}

static void change_map(const Pairs *current, const Pairs *wanted, const char *prefix, Arena *arena,
		       Pairs *changes)
{
	if (pairs_equal(current, wanted))
		return;
	for (size_t i = 0; i < current->count; i++)
		pairs_set(arena, changes,
			  arena_printf(arena, "%s%s", prefix, current->items[i].key), NULL);
	for (size_t i = 0; i < wanted->count; i++)
		pairs_set(arena, changes, arena_printf(arena, "%s%s", prefix, wanted->items[i].key),
			  wanted->items[i].value);
}

static bool update(int volumes, const Lock *lock, const VolumeClaim *current,
		   const VolumeClaim *wanted, Arena *arena, StoreChange *ret_change, Error *error)
{
	Pairs changes = { 0 };
	if (!check_change(current, wanted, error))
		return false;
	if (wanted->size_bytes > current->size_bytes)
		record_set_u64(arena, &changes, "SIZE_BYTES", wanted->size_bytes);
	if (!text_is_empty(wanted->access_modes)) {
		if (text_is_empty(current->access_modes))
			pairs_set(arena, &changes, "ACCESS_MODES", wanted->access_modes);
		change_map(&current->labels, &wanted->labels, LABEL_PREFIX, arena, &changes);
		change_map(&current->annotations, &wanted->annotations, ANNOTATION_PREFIX, arena,
			   &changes);
	}
	*ret_change = changes.count > 0 ? STORE_CONFIGURED : STORE_UNCHANGED;
	return changes.count == 0 ||
	       record_update(lock, volumes, record_path(wanted->name, arena), &changes, error);
}

bool volume_ensure(const Host *host, const VolumeClaim *wanted, Arena *arena,
		   VolumeClaim *ret_claim, StoreChange *ret_change, Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD volumes = -1;
	VolumeClaim current = { 0 };
	StoreChange change = STORE_CREATED;
	if (!name_check_object(wanted->name, error) ||
	    !lock_claim(host, wanted->name, &lock, error) ||
	    !layout_open(host, LAYOUT_VOLUMES, &volumes, error))
		return false;
	const bool is_new = !file_exists(volumes, wanted->name);
	const bool is_done =
		is_new ? create(volumes, wanted, arena, error)
		       : volume_get(host, wanted->name, arena, &current, error) &&
				 update(volumes, &lock, &current, wanted, arena, &change, error);
	if (!is_done || !volume_get(host, wanted->name, arena, &current, error))
		return false;
	if (ret_claim)
		*ret_claim = current;
	if (ret_change)
		*ret_change = change;
	return true;
}

bool volume_list(const Host *host, Arena *arena, VolumeClaims *ret_claims, Error *error)
{
	CLEANUP_FD volumes = -1;
	Texts names = { 0 };
	VolumeClaims claims = { 0 };
	if (!layout_open(host, LAYOUT_VOLUMES, &volumes, error) ||
	    !file_list(volumes, ".", arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (names.items[i][0] == '.') // staged, or trash
			continue;
		if (!volume_get(host, names.items[i], arena, volume_claims_push(arena, &claims),
				error))
			return false;
	}
	*ret_claims = claims;
	return true;
}

bool volume_remove(const Host *host, const char *name, Error *error)
{
	CLEANUP_LOCK lock = LOCK_NONE;
	CLEANUP_FD volumes = -1;
	if (!name_check_object(name, error) || !lock_claim(host, name, &lock, error) ||
	    !layout_open(host, LAYOUT_VOLUMES, &volumes, error))
		return false;
	const bool is_there = file_exists(volumes, name);
	const bool is_removed = is_there && staging_discard(volumes, name, error);
	lock_release_and_remove(host, &lock);
	return is_there ? is_removed : no_claim(name, error);
}
