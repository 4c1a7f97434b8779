// Volumes and their sources.
#include "kube/check_parts.h"
#include "kube/duplicates.h"
#include "kube/names.h"
#include "kube/schema.h"
#include "pkg/base/path.h"
#include "pkg/base/text.h"
#include "pkg/sys/yaml.h"

static void check_mode(const OptionalInt64 *mode, SourcePos where, const FieldPath *path,
		       Report *report)
{
	if (mode->is_set && (mode->value < 0 || mode->value > 0777))
		field_invalid_number(report, where, path, mode->value,
				     "must be a number between 0 and 0777 (octal), both inclusive");
}

static void check_object_name(const Origin *origin, const char *name, const FieldPath *path,
			      const char *field, Report *report)
{
	if (text_is_empty(name))
		return;
	Texts faults = { 0 };
	name_check_subdomain(name, report->arena, &faults);
	field_invalid_all(report, origin_of(origin, field), FIELD(path, field), name, &faults);
}

static void check_item(const KeyToPath *item, const FieldPath *path, Report *report)
{
	check_mode(&item->mode, origin_of(&item->origin, "mode"), FIELD(path, "mode"), report);
	if (text_is_empty(item->path))
		return;
	const SourcePos where = origin_of(&item->origin, "path");
	check_local_path(item->path, where, FIELD(path, "path"), report);
	if (text_starts_with(item->path, "..") && !path_has_dotdot(item->path))
		field_invalid(report, where, FIELD(path, "path"), item->path,
			      "must not start with '..'");
}

// A configMap or secret volume; name_field: "name" or "secretName".
static void check_object_volume(const ObjectVolumeSource *source, const FieldPath *path,
				const char *name_field, Report *report)
{
	if (!source)
		return;
	check_object_name(&source->origin, source->name, path, name_field, report);
	check_mode(&source->default_mode, origin_of(&source->origin, "defaultMode"),
		   FIELD(path, "defaultMode"), report);
	Texts paths = { 0 };
	for (size_t i = 0; i < source->items.count; i++) {
		check_item(&source->items.items[i], FIELD_AT(FIELD(path, "items"), i), report);
		texts_add(report->arena, &paths, source->items.items[i].path);
	}
	const size_t *first = duplicates_find(&paths, report->arena);
	for (size_t i = 0; i < paths.count; i++) {
		if (first[i] == i)
			continue;
		const FieldPath *item = FIELD_AT(FIELD(path, "items"), i);
		field_invalid(report, origin_of(&source->items.items[i].origin, "path"),
			      FIELD(item, "path"), paths.items[i], "conflicting duplicate paths");
	}
}

static void check_host_path(const HostPathSource *source, const FieldPath *parent, Report *report)
{
	if (!source || text_is_empty(source->path))
		return;
	const FieldPath *path = FIELD(parent, "path");
	const SourcePos where = origin_of(&source->origin, "path");
	if (path_has_dotdot(source->path))
		field_invalid(report, where, path, source->path, "must not contain '..'");
	if (!path_is_absolute(source->path))
		field_invalid(report, where, path, source->path, "must be an absolute path");
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
		field_unsupported(report, where, FIELD(path, "medium"), medium, "\"\", \"Memory\"");
	if (source->size_limit.is_set && source->size_limit.value.is_negative)
		field_forbidden(report, origin_of(&source->origin, "sizeLimit"),
				FIELD(path, "sizeLimit"),
				"SizeLimit field must be a valid resource quantity");
}

// All sources but the first are one too many.
static void check_source_count(const Volume *volume, const FieldPath *path, Report *report)
{
	const YamlNode *node = volume->origin.node;
	size_t count = 0;
	for (size_t i = 0; node && i < node->members.count; i++) {
		const YamlMember *member = &node->members.items[i];
		const SchemaField *field = schema_find(&schema_volume, member->key);
		if (!field || field->form.kind != FIELD_STRUCT || member->value->kind == YAML_NULL)
			continue;
		if (++count > 1)
			field_forbidden(report, member->where, FIELD(path, member->key),
					"may not specify more than 1 volume type");
	}
}

static void check_volume(const Volume *volume, const FieldPath *path, Report *report)
{
	if (!text_is_empty(volume->name)) {
		Texts faults = { 0 };
		name_check_label(volume->name, report->arena, &faults);
		field_invalid_all(report, origin_of(&volume->origin, "name"), FIELD(path, "name"),
				  volume->name, &faults);
	}
	check_source_count(volume, path, report);
	check_empty_dir(volume->empty_dir, FIELD(path, "emptyDir"), report);
	check_host_path(volume->host_path, FIELD(path, "hostPath"), report);
	check_object_volume(volume->config_map, FIELD(path, "configMap"), "name", report);
	check_object_volume(volume->secret, FIELD(path, "secret"), "secretName", report);
	if (volume->persistent_volume_claim)
		check_object_name(&volume->persistent_volume_claim->origin,
				  volume->persistent_volume_claim->claim_name,
				  FIELD(path, "persistentVolumeClaim"), "claimName", report);
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
