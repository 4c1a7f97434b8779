#include "store/object/file.h"

#include "pkg/base/text.h"
#include "pkg/sys/file.h"
#include "store/object/check.h"
#include "store/state/record.h"

#include <errno.h>
#include <time.h>

#define LOCK_WAIT_MS 30000

#define LABEL_PREFIX      "label."
#define ANNOTATION_PREFIX "annotation."

static bool take_lock(const Host *host, const StoredKind *kind, const char *name, Lock *ret_lock,
		      Error *error)
{
	const LockRequest request = { .kind = kind->lock,
				      .name = name,
				      .timeout_ms = LOCK_WAIT_MS };
	return lock_take(host, &request, ret_lock, error);
}

static bool refuse(const StoredKind *kind, const char *name, Report *report, Error *error)
{
	return report_finish(report, error) ||
	       error_wrap(error, "the %s \"%s\" is invalid", kind->word, name);
}

bool object_file_begin(const Host *host, const StoredKind *kind, const StoredObject *draft,
		       Lock *ret_lock, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	Report report;
	report_init(&report, scratch);
	if (!name_check_object(draft->name, error))
		return false;
	kind->check(draft, (SourcePos){ 0 }, &report);
	return refuse(kind, draft->name, &report, error) &&
	       take_lock(host, kind, draft->name, ret_lock, error);
}

static bool not_found(const StoredKind *kind, const char *name, Error *error)
{
	return error_set(error, ERROR_NOT_FOUND, "%s \"%s\" not found", kind->word, name);
}

static bool parse(const Pairs *record, Arena *arena, StoredObject *ret, Error *error)
{
	StoredObject object = {
		.name = pairs_get_or(record, "NAME", ""),
		.type = pairs_get_or(record, "TYPE", ""),
		.labels = record_get_map(record, LABEL_PREFIX, arena),
		.annotations = record_get_map(record, ANNOTATION_PREFIX, arena),
	};
	uint64_t created_at = 0;
	if (!record_get_bool(record, "IMMUTABLE", false, &object.is_immutable, error) ||
	    !record_get_u64(record, "CREATED_AT", 0, &created_at, error) ||
	    !record_get_u64(record, "GENERATION", 1, &object.generation, error))
		return false;
	object.created_at = (int64_t)created_at;
	*ret = object;
	return true;
}

bool object_file_load(const Host *host, const StoredKind *kind, const char *name, Arena *arena,
		      Pairs *ret_record, StoredObject *ret_object, Error *error)
{
	CLEANUP_FD directory = -1;
	Pairs record = { 0 };
	StoredObject object = { 0 };
	if (!name_check_object(name, error) ||
	    !layout_open(host, kind->directory, &directory, error))
		return false;
	const char *file = layout_file_name(name, arena);
	if (!file_exists(directory, file))
		return not_found(kind, name, error);
	if (!record_load(directory, file, arena, &record, error) ||
	    !parse(&record, arena, &object, error))
		return error_wrap(error, "load the %s \"%s\"", kind->word, name);
	// Two long names may share a file name, in theory.
	if (!text_equal(object.name, name))
		return not_found(kind, name, error);
	*ret_record = record;
	*ret_object = object;
	return true;
}

static bool objects_equal(const StoredObject *left, const StoredObject *right)
{
	return text_equal(left->type, right->type) && left->is_immutable == right->is_immutable &&
	       pairs_equal(&left->labels, &right->labels) &&
	       pairs_equal(&left->annotations, &right->annotations) &&
	       stored_data_equal(&left->data, &right->data);
}

static Pairs copy_pairs(const Pairs *pairs, Arena *arena)
{
	Pairs copy = { 0 };
	for (size_t i = 0; i < pairs->count; i++)
		*pairs_push(arena, &copy) = pairs->items[i];
	pairs_sort(&copy);
	return copy;
}

static bool plan(const StoredKind *kind, const StoredObject *current, const StoredObject *draft,
		 PutMode mode, Arena *arena, StoredObject *ret_next, StoreChange *ret_change,
		 Error *error)
{
	StoredObject next = *draft;
	next.data = stored_data_sorted(&draft->data, arena);
	next.labels = copy_pairs(&draft->labels, arena);
	next.annotations = copy_pairs(&draft->annotations, arena);
	next.created_at = current ? current->created_at : (int64_t)time(NULL);
	next.generation = current ? current->generation + 1 : 1;

	if (current && mode == PUT_CREATE)
		return error_set(error, ERROR_EXISTS, "%s \"%s\" already exists", kind->plural,
				 draft->name);
	if (current) {
		Report report;
		report_init(&report, arena);
		object_check_replacement(current, &next, (SourcePos){ 0 }, &report);
		if (!refuse(kind, draft->name, &report, error))
			return false;
	}
	*ret_change = !current                        ? STORE_CREATED
		      : objects_equal(current, &next) ? STORE_UNCHANGED
						      : STORE_CONFIGURED;
	*ret_next = next;
	return true;
}

static void print_head(const StoredObject *object, Arena *arena, Pairs *ret_record)
{
	Pairs record = { 0 };
	pairs_set(arena, &record, "NAME", object->name);
	if (!text_is_empty(object->type))
		pairs_set(arena, &record, "TYPE", object->type);
	record_set_bool(arena, &record, "IMMUTABLE", object->is_immutable);
	record_set_u64(arena, &record, "CREATED_AT", (uint64_t)object->created_at);
	record_set_u64(arena, &record, "GENERATION", object->generation);
	record_add_map(arena, &record, LABEL_PREFIX, &object->labels);
	record_add_map(arena, &record, ANNOTATION_PREFIX, &object->annotations);
	*ret_record = record;
}

static bool check_keys(const Pairs *record, Error *error)
{
	for (size_t i = 0; i < record->count; i++) {
		if (!record_is_key(record->items[i].key))
			return error_set(error, ERROR_INVALID, "'%s' cannot be a key",
					 record->items[i].key);
	}
	return true;
}

static bool save(const Host *host, const StoredKind *kind, const char *name, const Pairs *record,
		 Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD directory = -1;
	if (!check_keys(record, error) || !layout_open(host, kind->directory, &directory, error) ||
	    !record_save(directory, layout_file_name(name, scratch), record, 0600, error))
		return error_wrap(error, "store the %s \"%s\"", kind->word, name);
	return true;
}

bool object_file_put(const Host *host, const StoredKind *kind, const StoredObject *current,
		     const StoredObject *draft, PutMode mode, ObjectAppend append,
		     StoreChange *ret_change, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	StoredObject next = { 0 };
	Pairs record = { 0 };
	StoreChange change = STORE_UNCHANGED;
	if (!plan(kind, current, draft, mode, scratch, &next, &change, error))
		return false;
	if (change != STORE_UNCHANGED) {
		print_head(&next, scratch, &record);
		if (!append(host, &next, scratch, &record, error) ||
		    !save(host, kind, next.name, &record, error))
			return false;
	}
	if (ret_change)
		*ret_change = change;
	return true;
}

// The name that the file's record gives: file names of long names are shortened.
static bool read_name(int directory, const char *file, Arena *arena, const char **ret, Error *error)
{
	*ret = file;
	if (!strstr(file, ".."))
		return true;
	Pairs record = { 0 };
	if (!record_load(directory, file, arena, &record, error))
		return false;
	*ret = pairs_get_or(&record, "NAME", file);
	return true;
}

static bool list_names(const Host *host, const StoredKind *kind, Arena *arena, Texts *ret_names,
		       Error *error)
{
	CLEANUP_FD directory = -1;
	Texts files = { 0 }, names = { 0 };
	if (!layout_open(host, kind->directory, &directory, error) ||
	    !file_list(directory, ".", arena, &files, error))
		return false;
	for (size_t i = 0; i < files.count; i++) {
		const char *name = NULL;
		if (files.items[i][0] == '.') // staged, or the key
			continue;
		if (!read_name(directory, files.items[i], arena, &name, error))
			return false;
		texts_add(arena, &names, name);
	}
	texts_sort(&names);
	*ret_names = names;
	return true;
}

bool object_file_list(const Host *host, const StoredKind *kind, ObjectLoad load, Arena *arena,
		      StoredObjects *ret_objects, Error *error)
{
	Texts names = { 0 };
	StoredObjects objects = { 0 };
	if (!list_names(host, kind, arena, &names, error))
		return false;
	for (size_t i = 0; i < names.count; i++) {
		if (!load(host, names.items[i], arena, stored_objects_push(arena, &objects), error))
			return false;
	}
	*ret_objects = objects;
	return true;
}

bool object_file_remove(const Host *host, const StoredKind *kind, const char *name, Error *error)
{
	CLEANUP_ARENA scratch = arena_new();
	CLEANUP_FD directory = -1;
	CLEANUP_LOCK lock = LOCK_NONE;
	if (!name_check_object(name, error) || !take_lock(host, kind, name, &lock, error) ||
	    !layout_open(host, kind->directory, &directory, error))
		return false;
	const bool is_gone = unlinkat(directory, layout_file_name(name, scratch), 0) < 0;
	const int os_errno = errno;
	lock_release_and_remove(host, &lock);
	if (is_gone && os_errno == ENOENT)
		return not_found(kind, name, error);
	if (is_gone)
		return error_set_errno(error, os_errno, "remove the %s \"%s\"", kind->word, name);
	if (fsync(directory) < 0)
		return error_set_errno(error, errno, "sync the directory of '%s'", name);
	return true;
}
