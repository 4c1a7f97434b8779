// Volumes and their sources.
#include "kube/check/duplicates.h"
#include "kube/check/names.h"
#include "kube/check/parts.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/text/yaml.h"

#include <stdlib.h>

static void check_mode(const OptionalInt64 *mode, SourcePos where, const FieldPath *path,
		       Report *report)
{
	if (mode->is_set && (mode->value < 0 || mode->value > 0777))
		field_invalid_number(report, where, path, mode->value,
				     "must be a number between 0 and 0777 (octal), both inclusive");
}

// Kubernetes asks for no grammar here, and waits for an object that cannot exist.
static void check_name_of_object(const Origin *origin, const char *name, const FieldPath *path,
				 const char *field, const char *kind, Report *report)
{
	Texts faults = { 0 };
	if (!text_is_empty(name))
		name_check_subdomain(name, report->arena, &faults);
	if (faults.count > 0)
		field_forbidden(report, origin_of(origin, field), FIELD(path, field),
				arena_printf(report->arena,
					     "not supported by sdme: no %s can have this name: %s",
					     kind, faults.items[0]));
}

// --- items

static void check_item(const KeyToPath *item, const FieldPath *path, Report *report)
{
	check_mode(&item->mode, origin_of(&item->origin, "mode"), FIELD(path, "mode"), report);
	if (text_is_empty(item->path))
		return;
	const SourcePos where = origin_of(&item->origin, "path");
	check_local_path(item->path, where, FIELD(path, "path"), report);
	if (text_starts_with(item->path, "..") && !text_starts_with(item->path, "../"))
		field_invalid(report, where, FIELD(path, "path"), item->path,
			      "must not start with '..'");
}

// The path of an item, without slashes at its end.
typedef struct ItemPath {
	const char *text;
	size_t length;
	size_t index;
} ItemPath;

// By bytes, '/' before all others: what is below a path follows it at once.
static int compare_paths(const void *left, const void *right)
{
	const ItemPath *left_path = left;
	const ItemPath *right_path = right;
	size_t i = 0;
	while (i < left_path->length && i < right_path->length &&
	       left_path->text[i] == right_path->text[i])
		i++;
	const bool is_end = i == left_path->length || i == right_path->length;
	if (is_end && left_path->length == right_path->length)
		return left_path->index < right_path->index ? -1 : 1;
	if (is_end)
		return left_path->length < right_path->length ? -1 : 1;
	const unsigned char left_byte = (unsigned char)left_path->text[i];
	const unsigned char right_byte = (unsigned char)right_path->text[i];
	if (left_byte == '/' || right_byte == '/')
		return left_byte == '/' ? -1 : 1;
	return left_byte < right_byte ? -1 : 1;
}

static bool is_at_or_below(const ItemPath *path, const ItemPath *other)
{
	return path->length >= other->length &&
	       memcmp(path->text, other->text, other->length) == 0 &&
	       (path->length == other->length || path->text[other->length] == '/');
}

// Of two paths that overlap the later one is at fault.
static void report_overlap(const KeyToPaths *items, const ItemPath *left, const ItemPath *right,
			   const FieldPath *list, Report *report)
{
	const ItemPath *later = left->index < right->index ? right : left;
	const ItemPath *earlier = later == left ? right : left;
	field_forbidden(report, origin_of(&items->items[later->index].origin, "path"),
			FIELD(FIELD_AT(list, later->index), "path"),
			arena_printf(report->arena,
				     "not supported by sdme: overlaps with the path of item %zu",
				     earlier->index));
}

static void check_overlaps(const KeyToPaths *items, const FieldPath *list, Report *report)
{
	ItemPath *paths = arena_array(report->arena, items->count, sizeof(ItemPath));
	size_t count = 0;
	for (size_t i = 0; i < items->count; i++) {
		const char *text = items->items[i].path ? items->items[i].path : "";
		size_t length = strlen(text);
		while (length > 0 && text[length - 1] == '/')
			length--;
		if (length > 0)
			paths[count++] = (ItemPath){ text, length, i };
	}
	if (count > 1)
		qsort(paths, count, sizeof(ItemPath), compare_paths);
	size_t above = 0;
	for (size_t i = 1; i < count; i++) {
		if (is_at_or_below(&paths[i], &paths[above]))
			report_overlap(items, &paths[above], &paths[i], list, report);
		else
			above = i;
	}
}

// A configMap or secret volume; name_field: "name" or "secretName".
static void check_object_volume(const ObjectVolumeSource *source, const FieldPath *path,
				const char *name_field, const char *kind, Report *report)
{
	if (!source)
		return;
	check_name_of_object(&source->origin, source->name, path, name_field, kind, report);
	check_mode(&source->default_mode, origin_of(&source->origin, "defaultMode"),
		   FIELD(path, "defaultMode"), report);
	const FieldPath *list = FIELD(path, "items");
	for (size_t i = 0; i < source->items.count; i++)
		check_item(&source->items.items[i], FIELD_AT(list, i), report);
	check_overlaps(&source->items, list, report);
}

// --- sources

static void check_host_path(const HostPathSource *source, const FieldPath *parent, Report *report)
{
	if (!source || text_is_empty(source->path))
		return;
	const FieldPath *path = FIELD(parent, "path");
	const SourcePos where = origin_of(&source->origin, "path");
	if (path_has_dotdot(source->path))
		field_invalid(report, where, path, source->path, "must not contain '..'");
	if (!path_is_absolute(source->path))
		field_forbidden(report, where, path,
				"not supported by sdme: must be an absolute path");
}

static void check_empty_dir(const EmptyDirSource *source, const FieldPath *path, Report *report)
{
	if (!source)
		return;
	const char *medium = source->medium;
	const SourcePos where = origin_of(&source->origin, "medium");
	if (medium && text_starts_with(medium, "HugePages"))
		field_forbidden(report, where, FIELD(path, "medium"),
				"not supported by sdme: huge pages are not supported yet");
	else if (!text_is_empty(medium) && !text_equal(medium, "Memory"))
		field_forbidden(report, where, FIELD(path, "medium"),
				"not supported by sdme: there are only \"\" and \"Memory\"");
	if (source->size_limit.is_set && source->size_limit.value.is_negative)
		field_forbidden(report, origin_of(&source->origin, "sizeLimit"),
				FIELD(path, "sizeLimit"),
				"SizeLimit field must be a valid resource quantity");
}

// All sources but the first are one too many, in the order in which Kubernetes looks at them.
static void check_source_count(const Volume *volume, const FieldPath *path, Report *report)
{
	// clang-format off
	static const char *const sources[] = {
		"emptyDir", "hostPath", "gitRepo", "gcePersistentDisk", "awsElasticBlockStore", "secret", "nfs",
		"iscsi", "glusterfs", "persistentVolumeClaim", "rbd", "cinder", "cephfs", "flocker", "downwardAPI",
		"fc", "configMap", "azureFile", "flexVolume", "vsphereVolume", "quobyte", "azureDisk", "storageos",
		"photonPersistentDisk", "portworxVolume", "projected", "scaleIO", "csi", "ephemeral", "image",
	};
	// clang-format on
	bool has_one = false;
	for (size_t i = 0; i < COUNT(sources); i++) {
		const YamlMember *member = yaml_find(volume->origin.node, sources[i]);
		if (!member || member->value->kind == YAML_NULL)
			continue;
		if (has_one)
			field_forbidden(report, member->where, FIELD(path, sources[i]),
					"may not specify more than 1 volume type");
		has_one = true;
	}
}

static void check_volume(const Volume *volume, const FieldPath *path, Report *report)
{
	check_name(&volume->origin, path, "name", volume->name, name_check_label, report);
	check_source_count(volume, path, report);
	check_empty_dir(volume->empty_dir, FIELD(path, "emptyDir"), report);
	check_host_path(volume->host_path, FIELD(path, "hostPath"), report);
	check_object_volume(volume->config_map, FIELD(path, "configMap"), "name", "ConfigMap",
			    report);
	check_object_volume(volume->secret, FIELD(path, "secret"), "secretName", "Secret", report);
	if (volume->persistent_volume_claim)
		check_name_of_object(&volume->persistent_volume_claim->origin,
				     volume->persistent_volume_claim->claim_name,
				     FIELD(path, "persistentVolumeClaim"), "claimName",
				     "PersistentVolumeClaim", report);
}

void check_volumes(const Volumes *volumes, const FieldPath *path, Report *report)
{
	Texts names = { 0 };
	for (size_t i = 0; i < volumes->count; i++) {
		const char *name = volumes->items[i].name;
		check_volume(&volumes->items[i], FIELD_AT(path, i), report);
		texts_add(report->arena, &names, text_is_empty(name) ? NULL : name);
	}
	const size_t *first = duplicates_find(&names, report->arena);
	for (size_t i = 0; i < volumes->count; i++) {
		if (first[i] != i)
			field_duplicate(report, origin_of(&volumes->items[i].origin, "name"),
					FIELD(FIELD_AT(path, i), "name"), names.items[i]);
	}
}
